import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openReader, startTestApi, type TestApi } from '../test-api.ts'
import { collection, community, gateway, luminaire } from '../test-documents.ts'
import { createDirectoryReader } from './directory-reader.ts'

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
})
afterEach(() => t.close())

const m = 'orestiada'
const put = async (...features: unknown[]): Promise<void> => {
  const { status } = await t.call('PUT', `/api/v1/municipalities/${m}/assets`, { body: collection(...features) })
  expect(status).toBe(200)
}

describe('the register, read by the process of the MQTT door', () => {
  test('knows a device as soon as its import is answered, though it was asked a moment before', async () => {
    const reader = openReader(t, () => 0)
    expect(reader.isKnownDevice(m, 'L-1')).toBe(false)
    await put(community('vyssa', 'Βύσσα'), luminaire('L-1'))
    expect(reader.isKnownDevice(m, 'L-1')).toBe(true)
    expect(reader.isKnownDevice('elsewhere', 'L-1')).toBe(false)
  })

  test('lets a light be taken over by another gateway within a tenth of a second', async () => {
    let now = 0
    const reader = openReader(t, () => now)
    await put(gateway('G-1'), gateway('G-2', { device: 'concentrator-2' }), luminaire('L-1', { gateway: 'G-1' }))
    expect(reader.speaksFor(m, 'G-1', 'L-1')).toBe(true)
    expect(reader.speaksFor(m, 'concentrator-2', 'L-1')).toBe(false)
    await put(luminaire('L-1', { gateway: 'G-2' }))
    expect(reader.speaksFor(m, 'concentrator-2', 'L-1')).toBe(true)
    now += 100
    expect(reader.speaksFor(m, 'G-1', 'L-1')).toBe(false)
    expect(reader.speaksFor(m, 'G-2', 'L-1')).toBe(false)
  })

  test('takes a new password and a new token at once, and the old ones no more', async () => {
    const reader = openReader(t, () => 0)
    await put(luminaire('L-1'))
    const rotate = async (): Promise<string> => {
      const { body } = await t.call('POST', `/api/v1/municipalities/${m}/devices/L-1/credentials`)
      return (body as { password: string }).password
    }
    const old = await rotate()
    expect(reader.authenticate(`${m}/L-1`, old)).toEqual({ kind: 'device', municipality: m, device: 'L-1' })
    const fresh = await rotate()
    expect(reader.authenticate(`${m}/L-1`, old)).toBeNull()
    expect(reader.authenticate(`${m}/L-1`, fresh)).not.toBeNull()

    const made = await t.call('POST', '/api/v1/tokens', { body: { name: 'control room', role: 'admin' } })
    const { id, token } = made.body as { id: string; token: string }
    expect(reader.authenticate('token', token)).toEqual({ kind: 'operator', name: 'control room' })
    await t.call('DELETE', `/api/v1/tokens/${id}`)
    expect(reader.authenticate('token', token)).toBeNull()
  })

  test('goes on while the api is away', async () => {
    const reader = openReader(t)
    await put(luminaire('L-1'))
    await t.api.stop()
    expect(reader.isKnownDevice(m, 'L-1')).toBe(true)
    expect(reader.isKnownDevice(m, 'L-2')).toBe(false)
  })

  test('cannot be opened before the api has made it, makes nothing itself, and refuses another schema', () => {
    const readerOf = (databaseFile: string) =>
      createDirectoryReader({ databaseFile, clock: t.clock, monotonicNow: () => 0 })
    const nowhere = join(t.folder, 'not-yet.db')
    expect(() => readerOf(nowhere).open()).toThrow()
    expect(existsSync(nowhere)).toBe(false)
    const old = join(t.folder, 'old.db')
    const database = new DatabaseSync(old)
    database.exec('PRAGMA user_version = 1')
    database.close()
    expect(() => readerOf(old).open()).toThrow(/schema 1, this release reads \d+/)
  })
})
