import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../access/permissions.ts'
import { epoch, startTestApi, type TestApi, until } from '../test-api.ts'
import { collection, incidentChange, luminaire } from '../test-documents.ts'
import { openRecords, type Records } from './records.fixture.ts'

/*
 * One citizen's name, number and address, put in where they come in, and then looked for wherever anything goes out: every route
 * there is, MQTT, the live stream, the log, and the log of events that statistics and InfluxDB follow.
 */

const base = '/api/v1/municipalities/orestiada'
const seeds = ['Μελπομένη', 'Σπαρτιάτη', '6947001122', '694 700 1122', 'melpo@inbox.example']
/** What she wrote of herself: for staff, and for nobody else. */
const written = 'το σπίτι της γιαγιάς'

let t: TestApi
let records: Records
let stream = ''
let routes: { method: string; url: string; permission: string }[] = []
const log: string[] = []
const leaving = new AbortController()
const tokens = new Map<Role, string>()
let ticket = ''
let report = ''
let code = ''

beforeAll(async () => {
  t = await startTestApi({ log: (level, event, fields) => log.push(JSON.stringify({ level, event, ...fields })) })
  await t.call('PUT', `${base}/assets`, { body: collection(luminaire('L-1')) })
  const { body } = await t.call('GET', '/api/v1/permissions')
  routes = (body as { routes: typeof routes }).routes
  for (const role of ['viewer', 'technician', 'privacyOfficer'] as const) {
    const made = await t.call('POST', '/api/v1/tokens', { body: { name: role, role } })
    tokens.set(role, (made.body as { token: string }).token)
  }
  const response = await fetch(t.url(`${base}/stream`), { signal: leaving.signal })
  void (async () => {
    try {
      for await (const chunk of response.body ?? []) stream += Buffer.from(chunk).toString()
    } catch {
      // It ends when the test leaves.
    }
  })()

  t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch, { id: 'i-1' })])
  const taken = await t.call('POST', `${base}/reports`, {
    token: null,
    body: {
      category: 'street-light-out',
      luminaire: 'L-1',
      description: `${written}, Μελπομένη Σπαρτιάτη, 6947001122`,
      address: 'Ευριπίδου 3',
      channel: 'web',
      contact: { name: 'Μελπομένη Σπαρτιάτη', phone: '694 700 1122', email: 'melpo@inbox.example' },
      clientId: 'form-1',
    },
  })
  expect(taken.status).toBe(201)
  const answer = taken.body as { id: string; ticket: string; trackingCode: string; answerToken: string }
  report = answer.id
  ticket = answer.ticket
  code = answer.trackingCode
  records = openRecords(t)
  records.workOrder('w-1', ticket)
  // Staff looks, and types what it should not.
  await t.call('GET', `${base}/reports/${report}/contact`)
  await t.call('PUT', `${base}/work-orders/w-1/call-back`, { body: { report } })
  const note = 'Καλέστε 694 700 1122 ή melpo@inbox.example'
  const worked = await t.call('POST', `${base}/tickets/${ticket}/events`, { body: { event: 'started', note } })
  expect(worked.status).toBe(200)
  await t.call('POST', `${base}/privacy/export`, { body: { email: 'melpo@inbox.example', proof: 'inPerson' } })
  await t.call('GET', `${base}/reports?contact=melpo@inbox.example&limit=0`)
  const comment = 'Πάρτε με στο 6947001122, Σπαρτιάτη'
  const said = { lit: 'no', token: answer.answerToken, comment }
  await t.call('POST', `${base}/tracking/${code}/answer`, { token: null, body: said })
  // They call again.
  await t.call('POST', `${base}/calls`, { body: { call: 'c-1', caller: '694 700 1122', line: '15321' } })
  await until(
    () => stream.includes('inProgress') && t.mqtt.messages.some(({ payload }) => payload.includes('inProgress')),
  )
})
afterAll(async () => {
  leaving.abort()
  records.database.close()
  await t.close()
})

const found = (text: string, wanted: readonly string[]): string[] => wanted.filter((seed) => text.includes(seed))

/** The address of what is really there. */
const addressOf = (url: string): string => {
  const id = url.includes('/reports/')
    ? report
    : url.includes('/work-orders/')
      ? 'w-1'
      : url.includes('/incidents/')
        ? 'i-1'
        : null
  const known = url.includes('/tickets/') ? ticket : (id ?? 'L-1')
  return url
    .replace(':municipality', 'orestiada')
    .replace(':code', code)
    .replace('*', 'x')
    .replaceAll(/:[^/.]+/g, known)
}

describe('a citizen’s name, number and address', () => {
  test('are where they belong', async () => {
    expect(found((await t.call('GET', `${base}/reports/${report}/contact`)).text, seeds)).toEqual([
      'Μελπομένη',
      'Σπαρτιάτη',
      '694 700 1122',
      'melpo@inbox.example',
    ])
  })

  test('come out of no route, for nobody, for a viewer, for a crew, for the privacy officer', async () => {
    const leaks: string[] = []
    const asked = routes.filter(({ method, url }) => method === 'GET' && !url.endsWith('/stream'))
    expect(asked.length).toBeGreaterThan(30)
    for (const { url } of asked) {
      for (const role of [null, 'viewer', 'technician', 'privacyOfficer'] as const) {
        const token = role === null ? null : (tokens.get(role) ?? null)
        const { text } = await t.call('GET', addressOf(url), { token })
        // What she wrote, with all she wrote in it, is for who works on it.
        const wanted = role === 'technician' ? [seeds[4] ?? '', seeds[3] ?? ''] : [...seeds, written]
        const leaked = found(text, wanted)
        if (leaked.length > 0) leaks.push(`${url} for ${role}: ${leaked}`)
      }
    }
    expect(leaks).toEqual([])
  })

  test('go over neither MQTT nor the live stream nor the log', () => {
    expect(t.mqtt.messages.length).toBeGreaterThan(2)
    expect(found(JSON.stringify(t.mqtt.messages), [...seeds, written])).toEqual([])
    expect(stream).toContain('event: ticket')
    expect(found(stream, [...seeds, written])).toEqual([])
    expect(found(log.join('\n'), [...seeds, written])).toEqual([])
  })

  test('are found by no search of those who are not staff', async () => {
    await until(() => records.database.get("SELECT 1 FROM search_entries WHERE kind = 'report'") !== null)
    for (const words of ['γιαγιάς', 'Σπαρτιάτη', '6947001122', 'melpo']) {
      const places = await t.call('GET', `${base}/places?q=${encodeURIComponent(words)}`, { token: null })
      expect([words, places.status, places.body]).toEqual([words, 200, { items: [] }])
      const search = `${base}/search?q=${encodeURIComponent(words)}`
      expect((await t.call('GET', search, { token: null })).status).toBe(401)
      expect((await t.call('GET', search, { token: tokens.get('viewer') ?? '' })).status).toBe(403)
    }
  })

  test('stand in no table but those of contacts and callers, and in the words of the report', () => {
    const tables = records.database.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    const holding = tables
      .map(({ name }) => name)
      .filter((name) => found(JSON.stringify(records.database.all(`SELECT * FROM "${name}"`)), seeds).length > 0)
    // Search follows the words of the report, for staff, and forgets them with it.
    expect(holding.sort()).toEqual(['calls', 'report_contacts', 'reports', 'search_entries', 'search_index'])
  })

  test('reach the journal, whence history and InfluxDB take theirs, not at all', () => {
    expect(found(JSON.stringify(t.journal.records), [...seeds, written])).toEqual([])
  })
})
