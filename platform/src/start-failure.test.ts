import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockFolder } from '@fanari/ingest'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SettingsError } from './settings.ts'
import { describeStartFailure } from './start-failure.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-start-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const listen = (port: number, host: string): Promise<{ port: number; close: () => void }> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(port, host, () =>
      resolve({ port: (server.address() as AddressInfo).port, close: () => server.close() }),
    )
  })

/** What was really thrown. */
const failureOf = async (act: () => unknown): Promise<unknown> => {
  try {
    await act()
  } catch (error) {
    return error
  }
  throw new Error('nothing failed')
}

describe('a start that fails', () => {
  test('at a port that is taken says which, in one line', async () => {
    const { port, close } = await listen(0, '127.0.0.1')
    const { message, status } = describeStartFailure(await failureOf(() => listen(port, '127.0.0.1')))
    close()
    expect(message).toBe(
      `127.0.0.1:${port} is taken by another program; set another port (npm start -- --help lists the variables)`,
    )
    expect(status).toBe(1)
  })

  test('at an address of another machine says so', async () => {
    const { message } = describeStartFailure(await failureOf(() => listen(0, '192.0.2.1')))
    expect(message).toBe('192.0.2.1: this machine has no such address')
  })

  test('because another process has the folder says which, in one line', async () => {
    const release = lockFolder(folder, 'the service broker')
    const { message, status } = describeStartFailure(await failureOf(() => lockFolder(folder, 'the service broker')))
    release()
    expect(message).toBe(`the service broker in ${folder} is in use by another process`)
    expect(status).toBe(1)
  })

  test('because its folder lies in a file says so in one line', async () => {
    writeFileSync(join(folder, 'file'), '')
    const { message } = describeStartFailure(await failureOf(() => mkdir(join(folder, 'file', 'data'))))
    expect(message).toMatch(/^ENOTDIR: .*$/)
  })

  test('by its settings ends with status 2', () => {
    expect(describeStartFailure(new SettingsError(['FANARI_X: wrong']))).toEqual({
      message: 'the environment is not valid:\n  FANARI_X: wrong',
      status: 2,
    })
  })

  test('by a fault of ours shows where', () => {
    expect(describeStartFailure(new TypeError('x is undefined')).message).toContain('start-failure.test.ts')
    expect(describeStartFailure('odd')).toEqual({ message: 'odd', status: 1 })
  })
})
