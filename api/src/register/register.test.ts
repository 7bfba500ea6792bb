import type { DeviceDirectory, ImportAnswer, JournalRecord } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openReader, startTestApi, type TestApi } from '../test-api.ts'
import { cabinet, collection, community, gateway, luminaire } from '../test-documents.ts'

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
})
afterEach(() => t.close())

const assetsPath = '/api/v1/municipalities/orestiada/assets'
const put = async (...features: unknown[]): Promise<ImportAnswer> => {
  const { status, body } = await t.call('PUT', assetsPath, { body: collection(...features) })
  expect(status).toBe(200)
  return body
}
const passwordOf = (answer: ImportAnswer, device: string): string => {
  const found = answer.credentials?.find((credentials) => credentials.device === device)
  if (found === undefined) throw new Error(`no credentials for ${device}`)
  return found.password
}
/** Of the api and, over the same database, of a process beside it: they must agree. */
const directory = (): DeviceDirectory => {
  const reader = openReader(t)
  const agreed = <Answer>(own: Answer, read: Answer): Answer => {
    expect(read).toEqual(own)
    return own
  }
  return {
    authenticate: (...who) => agreed(t.api.directory.authenticate(...who), reader.authenticate(...who)),
    speaksFor: (...whom) => agreed(t.api.directory.speaksFor(...whom), reader.speaksFor(...whom)),
    isKnownDevice: (...which) => agreed(t.api.directory.isKnownDevice(...which), reader.isKnownDevice(...which)),
  }
}
const kinds = (records: JournalRecord[]) => records.map(({ kind }) => kind)

describe('an import', () => {
  test('creates the municipality and tells the journal before it answers', async () => {
    const answer = await put(community('vyssa', 'Νέα Βύσσα'), luminaire('L-1'), cabinet('K-1'))
    expect(answer).toMatchObject({ created: 3, updated: 0, unchanged: 0, rejected: [] })
    expect(t.journal.records).toEqual([
      { kind: 'municipality', municipality: { id: 'orestiada', name: 'orestiada', timeZone: 'Europe/Athens' } },
      expect.objectContaining({ kind: 'assets', municipality: 'orestiada' }),
    ])
  })

  test('goes to the journal in entries of at most 500 features', async () => {
    await put(...Array.from({ length: 1_101 }, (_, index) => luminaire(`L-${index}`)))
    const sizes = t.journal.records.flatMap((record) => (record.kind === 'assets' ? [record.features.length] : []))
    expect(sizes).toEqual([500, 500, 101])
  })

  test('that changes nothing writes nothing', async () => {
    await put(luminaire('L-1'))
    const before = t.journal.records.length
    expect(await put(luminaire('L-1'))).toEqual({ created: 0, updated: 0, unchanged: 1, rejected: [] })
    expect(t.journal.records).toHaveLength(before)
  })

  test('can be read back as it was given, and imported again', async () => {
    await put(luminaire('L-1', { street: 'Καραθεοδωρή', pole: '12' }), luminaire('L-2', { community: 'sterna' }))
    const all = await t.call('GET', `${assetsPath}?kind=luminaire&community=vyssa`)
    expect(all.headers.get('content-type')).toMatch(/^application\/geo\+json/)
    expect(all.body).toMatchObject({ features: [{ properties: { id: 'L-1', street: 'Καραθεοδωρή', pole: '12' } }] })
    const again = await t.call('PUT', assetsPath, {
      body: all.text,
      headers: { 'content-type': 'application/geo+json' },
    })
    expect(again.body).toMatchObject({ unchanged: 1 })
  })

  test('is still there after a restart', async () => {
    const password = passwordOf(await put(luminaire('L-1', { gateway: 'G-1' }), gateway('G-1')), 'L-1')
    await t.restart()
    expect(directory().authenticate('orestiada/L-1', password)).toEqual({
      kind: 'device',
      municipality: 'orestiada',
      device: 'L-1',
    })
    expect(directory().speaksFor('orestiada', 'G-1', 'L-1')).toBe(true)
    expect(await put(luminaire('L-1', { gateway: 'G-1' }))).toMatchObject({ unchanged: 1 })
  })

  test('of ten thousand lights keeps every one', async () => {
    const features = Array.from({ length: 10_000 }, (_, index) => luminaire(`L-${index}`))
    expect(await put(...features)).toMatchObject({ created: 10_000, rejected: [] })
    const told = t.journal.records.flatMap((record) => (record.kind === 'assets' ? record.features : []))
    expect(new Set(told.map(({ properties }) => properties.id)).size).toBe(10_000)
  })
})

describe('the journal', () => {
  test('that refuses makes the import answer 503, and gets everything after the restart', async () => {
    t.journal.refuse = true
    const refused = await t.call('PUT', assetsPath, { body: collection(luminaire('L-1')) })
    expect(refused.status).toBe(503)
    expect(refused.body).toMatchObject({ type: '/problems/not-ready', retry: true })
    expect(t.journal.records).toEqual([])
    await t.api.stop()
    t.journal.refuse = false
    await t.restart()
    expect(kinds(t.journal.records)).toEqual(['municipality', 'assets'])
  })

  test('gets maintenance, with its end', async () => {
    await put(luminaire('L-1', { circuit: 'C-1' }), cabinet('K-1'))
    t.journal.records.length = 0
    const base = '/api/v1/municipalities/orestiada'
    const until = '2026-01-11T18:00:00.000Z'
    for (const path of ['luminaires/L-1', 'cabinets/K-1', 'circuits/C-1']) {
      const started = await t.call('PUT', `${base}/${path}/maintenance`, { body: { until, note: 'νέα λάμπα' } })
      expect([started.status, started.body]).toEqual([200, { until, note: 'νέα λάμπα' }])
      expect((await t.call('DELETE', `${base}/${path}/maintenance`)).status).toBe(204)
    }
    const scopes = [
      { kind: 'luminaire', id: 'L-1' },
      { kind: 'cabinet', id: 'K-1' },
      { kind: 'circuit', id: 'C-1' },
    ]
    expect(t.journal.records).toEqual(
      scopes.flatMap((scope) => [
        { kind: 'maintenance', municipality: 'orestiada', scope, until: Date.parse(until), note: 'νέα λάμπα' },
        { kind: 'maintenance', municipality: 'orestiada', scope, until: null },
      ]),
    )
    for (const path of ['luminaires/X', 'cabinets/X', 'circuits/X']) {
      expect((await t.call('PUT', `${base}/${path}/maintenance`, { body: { until } })).status).toBe(404)
    }
    const past = await t.call('PUT', `${base}/luminaires/L-1/maintenance`, { body: { until: 1_000 } })
    expect([past.status, past.body]).toEqual([
      400,
      expect.objectContaining({ errors: [expect.objectContaining({ path: 'body.until' })] }),
    ])
  })
})

describe('credentials', () => {
  test('are given once a device, and open the door to it alone', async () => {
    const answer = await put(luminaire('L-1'), luminaire('L-2'), cabinet('K-1'), cabinet('K-2', { device: 'D-2' }))
    expect(answer.credentials?.map(({ username }) => username)).toEqual([
      'orestiada/L-1',
      'orestiada/L-2',
      'orestiada/D-2',
    ])
    const password = passwordOf(answer, 'L-1')
    expect(password).toMatch(/^[\w-]{32}$/)
    expect(directory().authenticate('orestiada/L-2', password)).toBeNull()
    expect(directory().isKnownDevice('orestiada', 'L-1')).toBe(true)
    expect(directory().isKnownDevice('elsewhere', 'L-1')).toBe(false)
  })

  test.each([
    ['', ''],
    ['orestiada/L-1', ''],
    ['orestiada/L-1', 'wrong'],
    ['orestiada/L-1', 'x'.repeat(100_000)],
    ['orestiada', 'x'],
    ['orestiada/L-1/x', 'x'],
    ['/', 'x'],
    ['token', 'wrong'],
    ['token', ''],
    ["orestiada/' OR 1=1 --", 'x'],
    ['__proto__/constructor', 'x'],
  ])('%j with %.20j is nobody', async (username, password) => {
    await put(luminaire('L-1'))
    expect(directory().authenticate(username, password)).toBeNull()
  })

  test('are replaced on request; the old ones end at once', async () => {
    const old = passwordOf(await put(luminaire('L-1')), 'L-1')
    const path = '/api/v1/municipalities/orestiada/devices/L-1/credentials'
    const { status, body } = await t.call('POST', path)
    expect(status).toBe(200)
    const { password } = body as { password: string }
    expect(directory().authenticate('orestiada/L-1', old)).toBeNull()
    expect(directory().authenticate('orestiada/L-1', password)).not.toBeNull()
    expect((await t.call('POST', path.replace('L-1', 'L-9'))).status).toBe(404)
  })

  test('stay with the device when two lights swap theirs', async () => {
    const password = passwordOf(
      await put(luminaire('L-1', { device: 'D-1' }), luminaire('L-2', { device: 'D-2' })),
      'D-1',
    )
    const swapped = await put(luminaire('L-1', { device: 'D-2' }), luminaire('L-2', { device: 'D-1' }))
    expect(swapped).toEqual({ created: 0, updated: 2, unchanged: 0, rejected: [] })
    await t.restart()
    expect(directory().authenticate('orestiada/D-1', password)).not.toBeNull()
    expect((await t.call('GET', '/api/v1/municipalities/orestiada/devices')).body).toMatchObject({
      items: [
        { id: 'D-1', asset: { id: 'L-2' } },
        { id: 'D-2', asset: { id: 'L-1' } },
      ],
    })
  })

  test('are revoked when the asset gets another device', async () => {
    const old = passwordOf(await put(luminaire('L-1', { device: 'D-1' })), 'D-1')
    await put(luminaire('L-1', { device: 'D-2' }))
    expect(directory().authenticate('orestiada/D-1', old)).toBeNull()
    expect(directory().isKnownDevice('orestiada', 'D-1')).toBe(false)
    await t.restart()
    expect(directory().isKnownDevice('orestiada', 'D-1')).toBe(false)
    expect(directory().isKnownDevice('orestiada', 'D-2')).toBe(true)
  })

  test('are made for a device that belongs to no asset, which an import does not revoke', async () => {
    const path = '/api/v1/municipalities/orestiada/devices'
    const added = await t.call('POST', path, { body: { device: 'D-1' } })
    expect(added.status).toBe(201)
    expect((await t.call('POST', path, { body: { device: 'D-1' } })).status).toBe(409)
    expect(await put(luminaire('L-1', { device: 'D-1' }))).not.toHaveProperty('credentials')
    await put(luminaire('L-1', { device: 'D-2' }))
    expect(directory().isKnownDevice('orestiada', 'D-1')).toBe(true)
    expect((await t.call('GET', path)).body).toMatchObject({
      items: [
        { id: 'D-1', asset: null },
        { id: 'D-2', asset: { kind: 'luminaire', id: 'L-1' } },
      ],
    })
  })

  test('are never stored as they are', async () => {
    const password = passwordOf(await put(luminaire('L-1')), 'L-1')
    const { readFileSync, readdirSync } = await import('node:fs')
    for (const file of readdirSync(t.folder)) {
      expect(readFileSync(`${t.folder}/${file}`).includes(password)).toBe(false)
    }
  })
})

describe('a gateway', () => {
  test.each<[string, unknown[], string, string, boolean]>([
    ['speaks for a light registered to it', [gateway('G-1', { device: 'GD' })], 'GD', 'L-1', true],
    ['speaks under its id when it has no device', [gateway('G-1')], 'G-1', 'L-1', true],
    ['speaks even before it is imported itself', [], 'G-1', 'L-1', true],
    ['does not speak for the light of another', [gateway('G-2')], 'G-2', 'L-1', false],
    ['with a device does not speak under its id', [gateway('G-1', { device: 'GD' })], 'G-1', 'L-1', false],
    ['does not speak for a light without one', [gateway('G-1')], 'G-1', 'L-2', false],
    ['is not spoken for by its light', [gateway('G-1')], 'L-1', 'G-1', false],
  ])('%s', async (_name, features, speaker, target, expected) => {
    await put(luminaire('L-1', { gateway: 'G-1' }), luminaire('L-2'), ...features)
    expect(directory().speaksFor('orestiada', speaker, target)).toBe(expected)
  })

  test('speaks for cabinets too, and every device for itself', async () => {
    await put(cabinet('K-1', { device: 'KD', gateway: 'G-1' }), gateway('G-1'))
    expect(directory().speaksFor('orestiada', 'G-1', 'KD')).toBe(true)
    expect(directory().speaksFor('orestiada', 'KD', 'KD')).toBe(true)
    expect(directory().speaksFor('elsewhere', 'G-1', 'KD')).toBe(false)
  })
})

describe('a municipality', () => {
  test('is created, changed, and told to the journal once a change', async () => {
    const path = '/api/v1/municipalities/orestiada'
    expect((await t.call('PUT', path, { body: { name: 'Ορεστιάδα' } })).status).toBe(201)
    expect((await t.call('PUT', path, { body: { name: 'Ορεστιάδα' } })).status).toBe(200)
    const utc = await t.call('PUT', path, { body: { name: 'Ορεστιάδα', timeZone: 'UTC' } })
    expect(utc.body).toEqual({ id: 'orestiada', name: 'Ορεστιάδα', timeZone: 'UTC' })
    expect(kinds(t.journal.records)).toEqual(['municipality', 'municipality'])
    expect((await t.call('GET', path)).body).toEqual(utc.body)
    expect((await t.call('PUT', path, { body: { name: 'x', timeZone: 'Mars/Olympus' } })).status).toBe(400)
  })

  test('keeps its name when assets come', async () => {
    await t.call('PUT', '/api/v1/municipalities/orestiada', { body: { name: 'Ορεστιάδα' } })
    await put(luminaire('L-1'))
    expect((await t.call('GET', '/api/v1/municipalities/orestiada')).body).toMatchObject({ name: 'Ορεστιάδα' })
  })
})
