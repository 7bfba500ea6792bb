import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Forecast, LuminaireStatus, Readiness } from '@fanari/contracts'
import { catalogueSchema, toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { adminToken, epoch, startTestApi, type TestApi } from '../test-api.ts'
import { collection, community, incidentChange, luminaire, solarLuminaire } from '../test-documents.ts'

const base = '/api/v1/municipalities/orestiada'

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
})
afterEach(() => t.close())

const importTwo = () => {
  const body = collection(community('vyssa', 'Νέα Βύσσα'), luminaire('L-1'), luminaire('L-2'))
  return t.call('PUT', `${base}/assets`, { body })
}
const statusOf = (id: string, more: Partial<LuminaireStatus> = {}): LuminaireStatus => ({
  id,
  device: id,
  community: 'vyssa',
  state: 'lit',
  since: toIso(epoch),
  reason: 'poweredAsExpected',
  lastReading: { at: toIso(epoch), receivedAt: toIso(epoch), activePower: 60 },
  lastSeen: toIso(epoch),
  ...more,
})

describe('the forecast of a light', () => {
  const told: Forecast = {
    night: '2026-01-10',
    probabilityDark: 0.62,
    expectedDarkAt: '2026-01-11T02:10:00.000Z',
    stateOfCharge: 31.5,
    usableEnergy: 240,
    neededEnergy: 390,
    next: ['2026-01-11', '2026-01-12', '2026-01-13'].map((night) => ({ night, probabilityDark: 0.4 })),
    at: toIso(epoch),
  }

  test('is told for a solar light that reports its battery', async () => {
    await t.call('PUT', `${base}/assets`, { body: collection(community('vyssa', 'Νέα Βύσσα'), solarLuminaire('S-1')) })
    t.lights.forecasts.set('S-1', told)
    const { status, body } = await t.call('GET', `${base}/luminaires/S-1/forecast`)
    expect([status, body]).toEqual([200, told])
  })

  test('is a problem that says why for a light on the grid, one never heard and one that does not exist', async () => {
    await importTwo()
    await t.call('PUT', `${base}/assets`, { body: collection(community('vyssa', 'Νέα Βύσσα'), solarLuminaire('S-1')) })
    const answers = []
    for (const id of ['L-1', 'S-1', 'X-1']) {
      const { status, body } = await t.call('GET', `${base}/luminaires/${id}/forecast`)
      answers.push([status, (body as { detail: string }).detail])
    }
    expect(answers).toEqual([
      [404, expect.stringContaining('fed by the grid')],
      [404, expect.stringContaining('has not reported its battery')],
      [404, 'There is no luminaire X-1'],
    ])
  })
})

describe('lights', () => {
  test('imported a moment ago are known, and unknown until they report', async () => {
    await importTwo()
    expect((await t.call('GET', `${base}/luminaires/L-1`)).body).toEqual({
      id: 'L-1',
      device: 'L-1',
      community: 'vyssa',
      state: 'unknown',
      since: toIso(epoch),
      reason: 'neverReported',
      lastReading: null,
      lastSeen: null,
    })
    expect((await t.call('GET', `${base}/communities`)).body).toEqual({
      items: [
        {
          id: 'vyssa',
          name: 'Νέα Βύσσα',
          lit: 0,
          dark: 0,
          unknown: 2,
          total: 2,
          darkCommunity: false,
          at: toIso(epoch),
        },
      ],
      next: null,
    })
  })

  test('are told as the detector sees them, one by one, as a list and for the map', async () => {
    await importTwo()
    t.lights.statuses.set('L-2', statusOf('L-2'))
    expect((await t.call('GET', `${base}/luminaires/L-2`)).body).toEqual(statusOf('L-2'))
    expect((await t.call('GET', `${base}/lights`)).body).toEqual({
      at: toIso(epoch),
      lights: [{ id: 'L-2', state: 'lit', reason: 'poweredAsExpected' }],
    })
    const first = (await t.call('GET', `${base}/luminaires?limit=1`)).body as { items: LuminaireStatus[]; next: string }
    expect(first.items.map(({ id, state }) => [id, state])).toEqual([['L-1', 'unknown']])
    const second = await t.call('GET', `${base}/luminaires?limit=1&cursor=${first.next}`)
    expect(second.body).toEqual({ items: [statusOf('L-2')], next: null })
    expect((await t.call('GET', `${base}/devices`)).body).toMatchObject({
      items: [
        { id: 'L-1', lastSeen: null },
        { id: 'L-2', lastSeen: toIso(epoch), light: { state: 'lit' } },
      ],
    })
  })

  test('answer whole numbers and zones in a range of readings, and page between readings of one instant', async () => {
    await importTwo()
    const at = [0, 1, 1, 1, 1, 2, 3].map((second) => epoch + second * 1_000)
    t.lights.readings = at.map((instant, seq) => ({ at: toIso(instant), receivedAt: toIso(instant), seq }))
    const read = async (query: string) => {
      const { status, body } = await t.call('GET', `${base}/luminaires/L-1/readings?${query}`)
      expect(status).toBe(200)
      const { items, next } = body as { items: { seq: number }[]; next: string | null }
      return { seqs: items.map(({ seq }) => seq), next }
    }
    expect((await read('')).seqs).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect((await read(`from=${epoch + 1_000}&to=${epoch + 3_000}`)).seqs).toEqual([1, 2, 3, 4, 5])
    // 20:00:02 in Athens is 18:00:02 UTC; the + is not escaped.
    expect((await read('from=2026-01-10T20:00:02+02:00')).seqs).toEqual([5, 6])
    const seen: number[] = []
    let next: string | null = ''
    while (next !== null) {
      const page = await read(`limit=2${next === '' ? '' : `&cursor=${next}`}`)
      seen.push(...page.seqs)
      next = page.next
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6])
  })
})

describe('the quarantine', () => {
  test('is paged, also of a municipality nobody knows', async () => {
    t.lights.quarantine = Array.from({ length: 3 }, (_, index) => ({
      topic: 'city/v1/nowhere/devices/d/telemetry',
      reason: 'malformedJson',
      receivedAt: toIso(epoch),
      payload: `{${index}`,
    }))
    const first = (await t.call('GET', '/api/v1/municipalities/nowhere/quarantine?limit=2')).body as { next: string }
    expect(first).toMatchObject({ items: [{ payload: '{0' }, { payload: '{1' }] })
    const second = await t.call('GET', `/api/v1/municipalities/nowhere/quarantine?limit=2&cursor=${first.next}`)
    expect(second.body).toMatchObject({ items: [{ payload: '{2' }], next: null })
  })
})

describe('tokens', () => {
  const make = async (role: string): Promise<{ id: string; token: string }> => {
    const { status, body } = await t.call('POST', '/api/v1/tokens', { body: { name: `the ${role}`, role } })
    expect(status).toBe(201)
    return body
  }

  test.each<[string, string, string, unknown, Record<string, number>]>([
    ['assets', 'PUT', `${base}/assets`, collection(), { admin: 200, operator: 403, technician: 403, viewer: 403 }],
    ['a municipality', 'PUT', base, { name: 'x' }, { admin: 200, operator: 403, technician: 403, viewer: 403 }],
    ['tokens', 'GET', '/api/v1/tokens', undefined, { admin: 200, operator: 403, technician: 403, viewer: 403 }],
    ['the trail', 'GET', `${base}/audit`, undefined, { admin: 200, operator: 200, technician: 403, viewer: 403 }],
    [
      'maintenance',
      'PUT',
      `${base}/luminaires/L-1/maintenance`,
      { until: '2027-01-01T00:00:00Z' },
      { admin: 200, operator: 200, technician: 200, viewer: 403 },
    ],
    ['oneself', 'POST', '/api/v1/session', {}, { admin: 200, operator: 200, technician: 200, viewer: 200 }],
  ])('open %s to their roles alone', async (_name, method, path, body, expected) => {
    await importTwo()
    for (const [role, status] of Object.entries(expected)) {
      const { token } = await make(role)
      const answer = await t.call(method, path, { token, ...(body === undefined ? {} : { body }) })
      expect([role, answer.status]).toEqual([role, status])
    }
  })

  test('say whom they stand for, survive a restart, and end when they are taken back', async () => {
    const { id, token } = await make('operator')
    await t.restart()
    expect((await t.call('POST', '/api/v1/session', { token })).body).toEqual({
      name: 'the operator',
      role: 'operator',
    })
    expect(t.api.directory.authenticate('token', token)).toEqual({ kind: 'operator', name: 'the operator' })
    expect((await t.call('DELETE', `/api/v1/tokens/${id}`)).status).toBe(204)
    expect((await t.call('POST', '/api/v1/session', { token })).status).toBe(401)
    expect(t.api.directory.authenticate('token', token)).toBeNull()
  })

  test('of those who only look open no MQTT door that commands devices', async () => {
    expect(t.api.directory.authenticate('token', (await make('viewer')).token)).toBeNull()
    expect(t.api.directory.authenticate('token', adminToken)).toEqual({ kind: 'operator', name: 'admin' })
  })

  test('are listed without their secrets', async () => {
    const { token } = await make('viewer')
    const { text } = await t.call('GET', '/api/v1/tokens')
    expect(text).toContain('the viewer')
    expect(text).not.toContain(token)
  })

  test('without a configured one: the first start makes an administrator, whose last token stays', async () => {
    const other = await startTestApi({ adminToken: undefined })
    try {
      const token = other.api.firstAdminToken()
      expect(token).toMatch(/^fanari_[\w-]{32}$/)
      await other.restart()
      expect(other.api.firstAdminToken()).toBeNull()
      const { body } = await other.call('GET', '/api/v1/tokens', { token })
      const [admin] = (body as { items: { id: string }[] }).items
      expect((await other.call('DELETE', `/api/v1/tokens/${admin?.id}`, { token })).status).toBe(409)
    } finally {
      await other.close()
    }
  })
})

describe('the live stream', () => {
  /** Reads a stream until it has shown `count` events. */
  const readEvents = async (count: number, meanwhile: () => void) => {
    const leaving = new AbortController()
    const response = await fetch(t.url(`${base}/stream`), { signal: leaving.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const events: [string, unknown][] = []
    let text = ''
    for await (const chunk of response.body ?? []) {
      if (text === '') meanwhile()
      text += Buffer.from(chunk).toString()
      const frames = text.split('\n\n').slice(0, -1)
      events.length = 0
      for (const frame of frames) {
        const name = /^event: (.*)$/m.exec(frame)?.[1]
        if (name !== undefined) events.push([name, JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '')])
      }
      if (events.length >= count) break
    }
    leaving.abort()
    return events
  }

  test('shows the clock at once, then lights, communities, incidents and tickets of its municipality alone', async () => {
    await importTwo()
    const light = { lit: 1, dark: 1, unknown: 0, total: 2, darkCommunity: false, at: toIso(epoch) }
    const counts = { lit: 1, dark: 1, unknown: 0, darkLights: ['L-1'], unknownLights: [] }
    const call = {
      night: '2026-01-10',
      moment: 'midnight',
      plannedAt: toIso(epoch),
      community: 'vyssa',
      ...counts,
    } as const
    const events = await readEvents(6, () => {
      t.lights.emit('elsewhere', [{ type: 'community.changed', at: epoch, community: 'x', light }])
      t.lights.emit('orestiada', [
        { type: 'light.changed', at: epoch, luminaire: 'L-1', state: 'dark', reason: 'noPowerWhenExpectedOn' },
        { type: 'light.changed', at: epoch, luminaire: 'L-2', state: 'lit', reason: 'poweredAsExpected' },
        { type: 'community.changed', at: epoch, community: 'vyssa', light },
        { type: 'rollCall', at: epoch, ...call },
      ])
      t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch, { id: 'i-1' })])
    })
    expect(events).toEqual([
      ['clock', { time: toIso(epoch), speed: 1 }],
      ['community', { id: 'vyssa', ...light }],
      ['rollCall', { ...call, at: toIso(epoch) }],
      [
        'lights',
        [
          { id: 'L-1', state: 'dark', reason: 'noPowerWhenExpectedOn' },
          { id: 'L-2', state: 'lit', reason: 'poweredAsExpected' },
        ],
      ],
      ['incident', expect.objectContaining({ id: 'i-1', ticket: expect.stringMatching(/^t-/) })],
      ['ticket', expect.objectContaining({ incident: 'i-1', status: 'open' })],
    ])
  })

  test('ends with the platform, and is let go of when the page leaves', async () => {
    await importTwo()
    await readEvents(1, () => {})
    const clients = async () => /fanari_stream_clients (\d+)/.exec((await t.call('GET', '/metrics')).text)?.[1]
    while ((await clients()) !== '0') await new Promise((resolve) => setImmediate(resolve))
    const open = await fetch(t.url(`${base}/stream`))
    expect(await clients()).toBe('1')
    await t.api.stop()
    await expect(open.text()).resolves.toMatch(/event: clock/)
  })

  test('drops a page that does not read, and the others go on', async () => {
    await importTwo()
    const stuck = await fetch(t.url(`${base}/stream`))
    const detail = 'x'.repeat(500)
    const outputs = Array.from({ length: 2_000 }, (_, index) => ({
      type: 'light.changed' as const,
      at: epoch,
      luminaire: `${index}-${detail}`,
      state: 'lit' as const,
      reason: 'poweredAsExpected' as const,
    }))
    const clients = async () => /fanari_stream_clients (\d+)/.exec((await t.call('GET', '/metrics')).text)?.[1]
    while ((await clients()) !== '0') t.lights.emit('orestiada', outputs)
    await expect(stuck.text()).rejects.toThrow()
    expect((await readEvents(1, () => {})).length).toBe(1)
  })
})

describe('the platform', () => {
  test('describes itself', async () => {
    await importTwo()
    expect((await t.call('GET', '/api/v1/platform', { token: null })).body).toEqual({
      name: 'Fanari',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      time: toIso(epoch),
      speed: 1,
      town: null,
      municipalities: [{ id: 'orestiada', name: 'orestiada', timeZone: 'Europe/Athens' }],
    })
    const catalogue = catalogueSchema.parse((await t.call('GET', '/api/v1/catalogue')).body)
    expect(catalogue.faults.find(({ fault }) => fault === 'circuitOutage')?.title.el).toBe('Σκοτεινό κύκλωμα')
    expect((await t.call('GET', '/healthz')).body).toEqual({ status: 'ok' })
  })

  test('is ready when all its services are', async () => {
    const services: Readiness[] = [
      { ready: true, detail: 'journal' },
      { ready: false, detail: 'the broker does not listen yet' },
    ]
    const other = await startTestApi({ readiness: () => services })
    try {
      const waiting = await other.call('GET', '/readyz')
      expect([waiting.status, waiting.body]).toEqual([
        503,
        expect.objectContaining({ type: '/problems/not-ready', detail: 'the broker does not listen yet' }),
      ])
      services[1] = { ready: true, detail: 'broker' }
      expect((await other.call('GET', '/readyz')).body).toEqual({ status: 'ready', services: ['journal', 'broker'] })
    } finally {
      await other.close()
    }
  })

  test('gives metrics in the Prometheus text format, with hostile labels escaped', async () => {
    const values = [{ labels: { reason: 'a "b" \\ c\nd' }, value: 3 }]
    const other = await startTestApi({
      metrics: [() => [{ name: 'fanari_quarantined_total', help: 'Set aside\nso far', type: 'counter', values }]],
    })
    try {
      const { text, headers } = await other.call('GET', '/metrics')
      expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
      expect(text).toContain(
        '# HELP fanari_quarantined_total Set aside\\nso far\n# TYPE fanari_quarantined_total counter\n' +
          'fanari_quarantined_total{reason="a \\"b\\" \\\\ c\\nd"} 3\n',
      )
      expect(text).toContain('fanari_incidents_open 0\n')
    } finally {
      await other.close()
    }
  })

  test('stops twice, and a port in use is an error that names it', async () => {
    const taken = Number(new URL(t.url('/')).port)
    await expect(startTestApi({ port: taken })).rejects.toThrow(/EADDRINUSE/)
    await t.api.stop()
    await t.api.stop()
    expect(t.api.address()).toBeNull()
  })
})

describe('the console', () => {
  let folder: string
  let withPages: TestApi
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fanari-console-'))
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '<title>Fanari</title>')
    writeFileSync(join(folder, 'assets', 'main.js'), 'export {}')
    writeFileSync(join(folder, '..', 'fanari-secret.txt'), 'secret')
    withPages = await startTestApi({ consoleFolder: folder })
  })
  afterEach(async () => {
    await withPages.close()
    rmSync(folder, { recursive: true, force: true })
    rmSync(join(folder, '..', 'fanari-secret.txt'))
  })

  test.each<[string, string, number, RegExp]>([
    ['/', 'text/html', 200, /<title>Fanari/],
    ['/assets/main.js', '*/*', 200, /export/],
    ['/tickets/t-1', 'text/html,*/*', 200, /<title>Fanari/],
    ['/tickets/t-1', 'application/json', 404, /problems\/not-found/],
    ['/api/v1/nowhere', 'text/html', 404, /problems\/not-found/],
    ['/..%2ffanari-secret.txt', '*/*', 404, /problems/],
    ['/open311/v2/requests', 'text/html', 404, /^\[{"code":404,/],
    ['/open311/v2/nothing.xml', 'text/html', 404, /<errors><error><code>404/],
    ['/healthz', 'text/html', 200, /ok/],
  ])('%s for %s answers %i', async (path, accept, status, text) => {
    const answer = await withPages.call('GET', path, { token: null, headers: { accept } })
    expect(answer.status).toBe(status)
    expect(answer.text).toMatch(text)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'self'; worker-src 'self' blob:/)
  })

  test('is not there without its folder', async () => {
    expect((await t.call('GET', '/', { headers: { accept: 'text/html' } })).status).toBe(404)
  })
})
