import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cabinetAsset, communityAsset, gatewayAsset, lampAsset } from './assets.ts'
import { eventually } from './eventually.ts'
import { createLamp, type Lamp } from './lamp.ts'
import { createPlatformProcess, type PlatformProcess } from './platform-process.ts'

/* The HTTP side of the outside contract, field by field, as somebody would read it who has nothing but its text. */

let platform: PlatformProcess
let lamp: Lamp
const base = '/api/v1/municipalities/town'

const get = async (path: string): Promise<unknown> => {
  const { status, json, text } = await platform.api.call('GET', path, { token: null })
  if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${text}`)
  return json
}
const put = async (path: string, body: unknown) => platform.api.call('PUT', path, { body })
const collection = (features: unknown[]) => ({ type: 'FeatureCollection', features })

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const anyText = expect.any(String)
const features = [
  communityAsset(),
  cabinetAsset('k1'),
  gatewayAsset('g1', 'g1'),
  {
    type: 'Feature',
    geometry: null,
    properties: {
      kind: 'program',
      id: 'half-night',
      steps: [
        { at: 'dusk', level: 100 },
        { at: '23:30', level: 50 },
        { at: 'dawn', level: 0 },
      ],
    },
  },
  {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [26.5, 41.5] },
    properties: { kind: 'sensor', id: 's1', community: 'village', measures: { noise: 'dB' }, reportInterval: 900 },
  },
  lampAsset('a-01', { cabinet: 'k1', circuit: 'c1', phase: 'L1', position: 1, street: 'Ευριπίδου', pole: 'Σ1' }),
  lampAsset('solar', {
    supply: 'solar',
    panelPower: 120,
    batteryCapacity: 600,
    batteryChemistry: 'lifepo4',
    batteryVoltageNominal: 12.8,
  }),
]

beforeAll(async () => {
  platform = await createPlatformProcess()
  await platform.start()
  const imported = await put(`${base}/assets`, collection(features))
  expect(imported).toMatchObject({ status: 200, json: { created: 7, updated: 0, unchanged: 0, rejected: [] } })
  lamp = createLamp({ mqttUrl: platform.mqttUrl, municipality: 'town', id: 'a-01', reportIntervalMs: 2_000 })
  lamp.powerW = 0
  lamp.turnOn()
  // A dark lamp, so that there is an incident and a ticket to read.
  await eventually(async () => {
    expect(await get(`${base}/tickets`)).toMatchObject({ items: [{ status: 'open' }] })
  })
})
afterAll(async () => {
  await lamp?.vanish()
  await platform?.dispose()
})

describe('the register', () => {
  test('an import made the municipality; it can be named, and has a time zone', async () => {
    expect(await get(base)).toEqual({ id: 'town', name: 'town', timeZone: 'Europe/Athens' })
    expect((await put(base, { name: 'Δήμος' })).status).toBe(200)
    expect(await get(base)).toEqual({ id: 'town', name: 'Δήμος', timeZone: 'Europe/Athens' })
    const other = await put('/api/v1/municipalities/elsewhere', { name: 'Αλλού', timeZone: 'Europe/Nicosia' })
    expect(other.status).toBe(201)
  })

  test('an import is an idempotent upsert that counts what it did and rejects one by one', async () => {
    const again = await put(`${base}/assets`, collection(features))
    expect(again.json).toMatchObject({ created: 0, updated: 0, unchanged: 7, rejected: [] })
    const changed = [lampAsset('solar', { ...features[6]?.properties, street: 'Νέα οδός' }), { type: 'Feature' }]
    const { json } = await put(`${base}/assets`, collection(changed))
    expect(json).toMatchObject({ created: 0, updated: 1, unchanged: 0, rejected: [{ index: 1, reason: anyText }] })
  })
})

describe('what is known of a light', () => {
  test('its state, since when and why, its last reading and its incident', async () => {
    expect(await get(`${base}/luminaires/a-01`)).toMatchObject({
      id: 'a-01',
      state: 'dark',
      since: isoTime,
      reason: 'noPowerWhenExpectedOn',
      lastReading: { at: isoTime, activePower: 0, supplyVoltage: 231 },
      lastSeen: isoTime,
      incident: anyText,
    })
    expect(await get(`${base}/luminaires/solar`)).toMatchObject({ state: 'unknown', lastReading: null, lastSeen: null })
  })

  test('its readings as received, oldest first, by time and page', async () => {
    const path = `${base}/luminaires/a-01/readings`
    const { items } = (await get(path)) as { items: { at: string }[] }
    expect(items[0]).toMatchObject({ at: isoTime, receivedAt: isoTime, seq: 0, uptime: 0, activePower: 0 })
    const times = items.map(({ at }) => at)
    expect(times).toEqual([...times].sort())
    const [first = '', second = ''] = times
    expect(await get(`${path}?from=${first}&to=${second}`)).toEqual({ items: [items[0]], next: null })
    expect(await get(`${path}?from=${Date.parse(second)}&limit=1`)).toMatchObject({ items: [{ at: second }] })
    const page = (await get(`${path}?limit=1`)) as { next: string }
    expect(await get(`${path}?limit=1&cursor=${page.next}`)).toMatchObject({ items: [{ at: second }] })
    expect(await get(`${path}?limit=100000`)).toMatchObject({ next: null })
  })

  test.each(['luminaires/a-01', 'cabinets/k1', 'circuits/c1'])(
    'maintenance of %s has an end and a note',
    async (what) => {
      const path = `${base}/${what}/maintenance`
      const until = new Date(Date.now() + 3_600_000).toISOString()
      const { status, json } = await put(path, { until, note: 'εργασίες' })
      expect({ status, json }).toEqual({ status: 200, json: { until, note: 'εργασίες' } })
      expect((await platform.api.call('DELETE', path)).status).toBe(204)
    },
  )
})

describe('incidents and tickets', () => {
  const incident = {
    id: anyText,
    fault: 'lampFailure',
    scope: { kind: 'luminaire', id: 'a-01' },
    members: ['a-01'],
    startedAt: isoTime,
    detectedAt: isoTime,
    reason: 'noPowerWhenExpectedOn',
    evidence: [{ at: isoTime, kind: 'reading', subject: 'a-01', detail: anyText }],
    ticket: anyText,
  }

  test('incidents by state and time', async () => {
    expect(await get(`${base}/incidents?state=all`)).toMatchObject({ items: [incident], next: null })
    expect(await get(`${base}/incidents?since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual({
      items: [],
      next: null,
    })
    expect(await get(`${base}/incidents?state=open&since=0`)).toHaveProperty('items')
    expect(await get(`${base}/incidents?state=resolved`)).toHaveProperty('items')
  })

  test('tickets by status', async () => {
    expect(await get(`${base}/tickets`)).toMatchObject({
      items: [
        {
          id: anyText,
          category: 'street-light-out',
          source: 'telemetry',
          service: 'municipalLighting',
          incident: anyText,
          reports: 0,
          createdAt: isoTime,
          dueAt: isoTime,
          title: anyText,
          location: { lat: 41.5, lon: 26.53 },
          history: expect.arrayContaining([{ at: isoTime, event: 'opened', by: 'telemetry' }]),
        },
      ],
      next: null,
    })
    expect(await get(`${base}/tickets?status=waiting`)).toEqual({ items: [], next: null })
  })

  test('communities count their lights', async () => {
    // A light whose maintenance has just ended is unknown until its next reading.
    await eventually(async () => {
      const { items } = (await get(`${base}/communities`)) as { items: Record<string, unknown>[] }
      expect(items).toHaveLength(1)
      expect(items[0]).toMatchObject({ id: 'village', unknown: 1, total: 2, darkCommunity: false })
      expect(items[0]).toMatchObject({ lit: expect.any(Number), dark: expect.any(Number) })
    })
  })

  test('the quarantine shows topic, reason, time and payload', async () => {
    await lamp.say('telemetry', '{"at":"tea time"}')
    expect(await get(`${base}/quarantine`)).toMatchObject({
      items: [
        {
          topic: 'city/v1/town/devices/a-01/telemetry',
          reason: expect.stringMatching(/^invalidField: at/),
          receivedAt: isoTime,
          payload: '{"at":"tea time"}',
        },
      ],
    })
  })
})

describe('the platform itself', () => {
  test('health, readiness and metrics need no token', async () => {
    expect(await get('/healthz')).toEqual({ status: 'ok' })
    expect(await get('/readyz')).toMatchObject({ status: 'ready' })
    const metrics = await platform.api.call('GET', '/metrics', { token: null })
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(metrics.text).toMatch(/^# TYPE fanari_\w+ counter$/m)
  })

  test('the catalogue has every fault of the contract and all reasons incidents use', async () => {
    const { faults, reasons, resolutions } = (await get('/api/v1/catalogue')) as {
      faults: { fault: string }[]
      reasons: Record<string, { el: string; en: string }>
      resolutions: Record<string, unknown>
    }
    const named =
      'lampFailure lampPowerTooLow lampPowerTooHigh dimmingFailure lampUnexpectedOn cyclingFailure relayFailure controlGearFailure ' +
      'powerFactorTooLow supplyVoltageTooHigh supplyVoltageTooLow currentTooHigh supplyLoss highTemperature impactDetected ' +
      'orientationChanged cabinetDoorOpen leakageDetected circuitBreakerTripped communicationFailure batteryLevelTooLow batteryEmpty ' +
      'circuitOutage phaseLoss cabinetOutage gatewayOutage dayBurningGroup notCharging panelUnderperforming batteryAged ' +
      'autonomyAtRisk suspectedTheft energyMismatch communityDark clockFault platformBlind'
    expect(faults.map(({ fault }) => fault).sort()).toEqual(named.split(' ').sort())
    const { items } = (await get(`${base}/incidents`)) as { items: { reason: string }[] }
    for (const { reason } of items) expect(reasons[reason]).toMatchObject({ el: anyText, en: anyText })
    for (const resolution of ['stillRunning', 'restarted', 'unknown']) expect(resolutions).toHaveProperty(resolution)
  })

  test('OpenAPI 3.1 lists every address of the contract', async () => {
    const { openapi, paths } = (await get('/api/v1/openapi.json')) as {
      openapi: string
      paths: Record<string, Record<string, unknown>>
    }
    expect(openapi).toMatch(/^3\.1\./)
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`),
    )
    const town = '/api/v1/municipalities/{}'
    expect(operations).toEqual(
      expect.arrayContaining([
        `PUT ${town}`,
        `PUT ${town}/assets`,
        `GET ${town}/luminaires/{}`,
        `GET ${town}/luminaires/{}/readings`,
        ...['luminaires', 'cabinets', 'circuits'].flatMap((kind) => [
          `PUT ${town}/${kind}/{}/maintenance`,
          `DELETE ${town}/${kind}/{}/maintenance`,
        ]),
        `GET ${town}/communities`,
        `GET ${town}/quarantine`,
        `GET ${town}/incidents`,
        `GET ${town}/tickets`,
        'GET /api/v1/catalogue',
        'GET /healthz',
        'GET /readyz',
        'GET /metrics',
      ]),
    )
  })

  test('errors are problem documents of RFC 9457', async () => {
    const { status, headers, json } = await platform.api.call('GET', `${base}/luminaires/none`)
    expect(status).toBe(404)
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(json).toEqual({
      type: '/problems/not-found',
      title: anyText,
      status: 404,
      detail: anyText,
      instance: `${base}/luminaires/none`,
      retry: false,
    })
  })
})
