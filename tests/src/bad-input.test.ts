import { type IClientOptions, type MqttClient, default as mqtt } from 'mqtt'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Request, TownClient } from './api-client.ts'
import { communityAsset, gatewayAsset, lampAsset, lampAssets } from './assets.ts'
import { eventually } from './eventually.ts'
import { adminToken, createPlatformProcess, type PlatformProcess } from './platform-process.ts'

/* Doors are closed here, as they are by default: devices have the credentials that the import gave out. */
let platform: PlatformProcess
let town: TownClient
const passwords = new Map<string, string>()

const municipality = 'town'
const branch = (device: string, channel = 'telemetry'): string => `city/v1/${municipality}/devices/${device}/${channel}`

beforeAll(async () => {
  platform = await createPlatformProcess({ FANARI_DEVICE_AUTH: 'closed' })
  await platform.start()
  town = platform.api.town(municipality)
  const gateways = [gatewayAsset('g1', 'g1')]
  const lights = [...lampAssets('a', 2), lampAsset('behind', { gateway: 'g1' }), lampAsset('neighbour')]
  const { credentials = [] } = await town.importAssets([communityAsset(), ...gateways, ...lights])
  for (const { username, password } of credentials) passwords.set(username, password)
})
afterAll(() => platform?.dispose())

const connect = async (device: string, more: IClientOptions = {}): Promise<MqttClient> => {
  const username = `${municipality}/${device}`
  const password = passwords.get(username) ?? ''
  const options = { clientId: username, username, password, reconnectPeriod: 0, ...more }
  const client = await mqtt.connectAsync(platform.mqttUrl, options, false)
  onTestFinished(() => client.endAsync(true))
  return client
}

const isoIn = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString()
const json = (value: unknown): string => JSON.stringify(value)
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const day = 86_400

/** What was set aside, newest first; quarantined messages are acknowledged only once they are there. */
const quarantineOf = async (topic: string) => (await town.quarantine()).filter((item) => item.topic === topic)

describe('over MQTT', () => {
  test('every device of the import has credentials', () => {
    expect([...passwords.keys()].sort()).toEqual(['town/a-01', 'town/a-02', 'town/behind', 'town/g1', 'town/neighbour'])
  })

  /** Payloads are made when they are sent: their times are of then. */
  const cases: { name: string; payload: () => string | Buffer; reason: RegExp; channel?: string }[] = [
    { name: 'nothing', payload: () => '', reason: /^emptyPayload$/ },
    { name: 'no JSON', payload: () => 'lamp on!', reason: /^malformedJson: / },
    { name: 'half a JSON', payload: () => '{"at":', reason: /^malformedJson: / },
    {
      name: 'bytes that are no UTF-8',
      payload: () => Buffer.from([0xff, 0xfe, 0x00, 0x7b]),
      reason: /^malformedJson: /,
    },
    { name: 'NaN', payload: () => `{"at":${Date.now()},"activePower":NaN}`, reason: /^malformedJson: / },
    {
      name: 'a number beyond all',
      payload: () => `{"at":${Date.now()},"activePower":1e999}`,
      reason: /^invalidField: activePower/,
    },
    {
      name: 'a word for a number',
      payload: () => json({ at: Date.now(), activePower: 'much' }),
      reason: /^invalidField: activePower/,
    },
    {
      name: 'a level of 101 %',
      payload: () => json({ at: Date.now(), lightLevel: 101 }),
      reason: /^invalidField: lightLevel/,
    },
    { name: 'half a seq', payload: () => json({ at: Date.now(), seq: 1.5 }), reason: /^invalidField: seq/ },
    {
      name: 'a fault nobody knows',
      payload: () => json({ at: Date.now(), faults: ['gremlins'] }),
      reason: /^invalidField: faults/,
    },
    { name: 'no time', payload: () => json({ activePower: 58 }), reason: /^invalidField: at/ },
    { name: 'a time without a zone', payload: () => json({ at: '2026-01-10T18:00:00' }), reason: /^invalidField: at/ },
    { name: 'a time in words', payload: () => json({ at: 'now' }), reason: /^invalidField: at/ },
    { name: 'a time of 1970', payload: () => json({ at: 0 }), reason: /^ancientTime: at is 1970-01-01T00:00:00.000Z/ },
    { name: 'a time in an hour', payload: () => json({ at: isoIn(3_600) }), reason: /^futureTime: / },
    { name: 'a time 40 days ago', payload: () => json({ at: isoIn(-40 * day) }), reason: /^ancientTime: / },
    { name: 'an empty array', payload: () => '[]', reason: /^emptyArray$/ },
    {
      name: '501 readings',
      payload: () => json(Array.from({ length: 501 }, (_, i) => ({ at: Date.now() - i, seq: i }))),
      reason: /^tooManyReadings: 501, at most 500$/,
    },
    { name: 'arrays 100 000 deep', payload: () => nested(100_000), reason: /^invalidField: / },
    {
      name: 'a deep value',
      payload: () => `{"at":${Date.now()},"measurements":${nested(50_000)}}`,
      reason: /^invalidField: measurements/,
    },
    { name: 'a prototype', payload: () => `{"__proto__":{"at":${Date.now()}}}`, reason: /^invalidField: at/ },
    {
      name: 'hostile text',
      payload: () => json({ at: '<script>alert(1)</script>\u0000\u202e' }),
      reason: /^invalidField: at/,
    },
    {
      name: 'a status of its own',
      payload: () => json({ state: 'dancing' }),
      reason: /^invalidField: state/,
      channel: 'status',
    },
    {
      name: 'an event without a time',
      payload: () => json({ type: 'supplyLoss' }),
      reason: /^invalidField: at/,
      channel: 'event',
    },
    { name: 'a result of nothing', payload: () => '{}', reason: /^invalidField: /, channel: 'result' },
    {
      name: 'a command, which is not its to give',
      payload: () => json({ id: 'x', type: 'poll' }),
      reason: /^topicForbidden$/,
      channel: 'command',
    },
    { name: 'a channel that is none', payload: () => '{}', reason: /^unknownTopic$/, channel: 'poetry' },
  ]

  test.for(cases)(
    '$name is acknowledged, set aside with the reason, and harms nobody',
    async ({ payload, reason, channel }) => {
      const [device, neighbour] = await Promise.all([connect('a-01'), connect('neighbour')])
      const topic = branch('a-01', channel)
      const before = (await quarantineOf(topic)).length
      await device.publishAsync(topic, payload(), { qos: 1 })
      const aside = await quarantineOf(topic)
      expect(aside).toHaveLength(before + 1)
      expect(aside[0]?.reason).toMatch(reason)
      expect(Buffer.byteLength(aside[0]?.payload ?? '')).toBeLessThanOrEqual(4_096)

      // Both go on over the connections they have.
      for (const [id, client] of [
        ['a-01', device],
        ['neighbour', neighbour],
      ] as const) {
        const at = Date.now()
        await client.publishAsync(branch(id), json({ at, activePower: 58 }), { qos: 1 })
        expect((await town.readings(id)).at(-1)).toMatchObject({ at: new Date(at).toISOString(), activePower: 58 })
      }
    },
  )

  test('of an array the good readings are kept, and each bad one is set aside alone', async () => {
    const device = await connect('a-02')
    const at = Date.now() - 60_000
    const readings = [
      { at, seq: 1, activePower: 57 },
      { at: at + 1, seq: 2, activePower: -1e9 },
      { at: at + 2, seq: 3, activePower: 58, colour: 'warm' },
      { at: 0, seq: 4 },
      'reading',
      null,
      { at: at + 3, seq: 5, activePower: 59 },
    ]
    await device.publishAsync(branch('a-02'), json(readings), { qos: 1 })
    const kept = await town.readings('a-02')
    expect(kept.map(({ seq, activePower }) => [seq, activePower])).toEqual([
      [1, 57],
      [3, 58],
      [5, 59],
    ])
    expect(kept[1]).not.toHaveProperty('colour')
    const aside = await quarantineOf(branch('a-02'))
    expect(aside.map(({ reason }) => reason.split(':')[0]).sort()).toEqual([
      'ancientTime',
      'invalidField',
      'invalidField',
      'invalidField',
    ])
    expect(aside.map(({ payload }) => payload)).toContain(json(readings[1]))
  })

  test('500 readings in any order are one publish, and a repeat changes nothing', async () => {
    const device = await connect('behind')
    const from = Date.now() - 3_600_000
    const readings = Array.from({ length: 500 }, (_, i) => ({ at: from + i * 1_000, seq: i, temperature: 20 }))
    const shuffled = [...readings.slice(250).reverse(), ...readings.slice(0, 250)]
    for (let i = 0; i < 2; i++) await device.publishAsync(branch('behind'), json(shuffled), { qos: 1 })
    expect((await town.readings('behind')).map(({ seq }) => seq)).toEqual(readings.map(({ seq }) => seq))
  })

  test('an oversized packet ends its connection, and its alone', async () => {
    const [device, neighbour] = await Promise.all([connect('a-01'), connect('neighbour')])
    const closed = new Promise<void>((resolve) => device.once('close', () => resolve()))
    device.on('error', () => {})
    device.publish(branch('a-01'), 'x'.repeat(2 * 1024 * 1024), { qos: 1 })
    await closed
    await neighbour.publishAsync(branch('neighbour'), json({ at: Date.now() }), { qos: 1 })
    expect(neighbour.connected).toBe(true)
  })
})

describe('closed to strangers', () => {
  test.for([
    ['no credentials', { username: undefined, password: undefined }],
    ['a wrong password', { password: 'wrong' }],
    ['an unknown user', { username: 'town/nobody', clientId: 'town/nobody' }],
    ["another device's name as client id", { clientId: 'town/a-02' }],
    ['SQL for a name', { username: "' OR 1=1 --" }],
  ] as [string, IClientOptions][])('%s is refused', async ([, options]) => {
    await expect(connect('a-01', options)).rejects.toThrow(/Connection refused/)
  })

  test("a device speaks on its own branch; what it says on another's is set aside", async () => {
    const device = await connect('a-01')
    await device.publishAsync(branch('a-02'), json({ at: Date.now(), activePower: 1, seq: 99 }), { qos: 1 })
    expect((await quarantineOf(branch('a-02')))[0]?.reason).toBe('topicForbidden')
    expect((await town.readings('a-02')).map(({ seq }) => seq)).not.toContain(99)
    await expect(device.subscribeAsync('city/v1/#')).rejects.toThrow()
    await expect(device.subscribeAsync(branch('a-02', 'command'))).rejects.toThrow()
    expect(await device.subscribeAsync(branch('a-01', 'command'), { qos: 1 })).toMatchObject([{ qos: 1 }])
  })

  test('a gateway speaks for its lights, and for no others', async () => {
    const gateway = await connect('g1')
    const at = Date.now()
    await gateway.publishAsync(branch('behind'), json({ at, activePower: 55 }), { qos: 1 })
    expect((await town.readings('behind')).at(-1)).toMatchObject({ activePower: 55 })
    await gateway.publishAsync(branch('a-01'), json({ at, activePower: 55, seq: 77 }), { qos: 1 })
    expect((await quarantineOf(branch('a-01')))[0]?.reason).toBe('topicForbidden')
  })

  test('nobody but the platform says what an incident is', async () => {
    const operator = await connect('-', { clientId: 'operations', username: 'token', password: adminToken })
    const device = await connect('a-01')
    const heard: string[] = []
    operator.on('message', (topic) => heard.push(topic))
    await operator.subscribeAsync('city/v1/town/incidents/#', { qos: 1 })
    for (const client of [device, operator])
      await client.publishAsync('city/v1/town/incidents/forged', '{}', { qos: 1, retain: true })
    const latecomer = await connect('-', { clientId: 'latecomer', username: 'token', password: adminToken })
    latecomer.on('message', (topic) => heard.push(topic))
    await latecomer.subscribeAsync(['city/v1/town/incidents/#', 'city/v1/town/devices/a-01/telemetry'], { qos: 1 })
    await device.publishAsync(branch('a-01'), json({ at: Date.now() }), { qos: 1 })
    await eventually(() => expect(heard).toContain(branch('a-01')))
    expect(heard).not.toContain('city/v1/town/incidents/forged')
  })

  test('a device of the register is known, one that is not is set aside, even for the open door', async () => {
    const open = await createPlatformProcess({ FANARI_DEVICE_AUTH: 'open' })
    onTestFinished(() => open.dispose())
    await open.start()
    const theirs = open.api.town(municipality)
    await theirs.importAssets([communityAsset(), lampAsset('a-01')])
    const stranger = await mqtt.connectAsync(open.mqttUrl, { reconnectPeriod: 0 })
    onTestFinished(() => stranger.endAsync(true))
    await stranger.publishAsync(branch('a-99'), json({ at: Date.now() }), { qos: 1 })
    await stranger.publishAsync('somewhere/else', 'hello', { qos: 1 })
    await stranger.publishAsync(branch('a-01'), json({ at: Date.now(), activePower: 58 }), { qos: 1 })
    expect(await theirs.quarantine()).toMatchObject([{ topic: branch('a-99'), reason: 'unknownDevice' }])
    expect(await theirs.readings('a-01')).toHaveLength(1)
  })
})

describe('over HTTP', () => {
  const base = `/api/v1/municipalities/${municipality}`
  const cases: [name: string, method: string, path: string, status: number, code: string, request?: Request][] = [
    ['an unknown address', 'GET', '/api/v1/nowhere', 404, 'not-found'],
    ['an unknown municipality', 'GET', '/api/v1/municipalities/nowhere/incidents', 404, 'not-found'],
    ['an unknown light', 'GET', `${base}/luminaires/z-99`, 404, 'not-found'],
    ['an id that climbs', 'GET', `${base}/luminaires/..%2F..%2Fetc%2Fpasswd`, 400, 'invalid-request'],
    ['SQL for an id', 'GET', `${base}/luminaires/${encodeURIComponent("x' OR 1=1 --")}`, 400, 'invalid-request'],
    ['a limit of NaN', 'GET', `${base}/incidents?limit=NaN`, 400, 'invalid-request'],
    ['a state that is none', 'GET', `${base}/incidents?state=sleepy`, 400, 'invalid-request'],
    ['a time without a zone', 'GET', `${base}/incidents?since=2026-01-10T18:00:00`, 400, 'invalid-request'],
    ['more readings than allowed', 'GET', `${base}/luminaires/a-01/readings?limit=100001`, 400, 'invalid-request'],
    ['a method that is none here', 'DELETE', `${base}/incidents`, 405, 'method-not-allowed'],
    ['writing without a token', 'PUT', base, 401, 'unauthenticated', { token: null, body: { name: 'x' } }],
    ['writing with a wrong token', 'PUT', base, 401, 'unauthenticated', { token: 'wrong', body: { name: 'x' } }],
    ['half a JSON', 'PUT', base, 400, 'invalid-json', { body: '{"name":' }],
    ['NaN', 'PUT', base, 400, 'invalid-json', { body: '{"name":NaN}' }],
    ['a number for a name', 'PUT', base, 400, 'invalid-request', { body: { name: 7 } }],
    ['a zone on Mars', 'PUT', base, 400, 'invalid-request', { body: { name: 'x', timeZone: 'Mars/Olympus' } }],
    ['nesting 100 000 deep', 'PUT', `${base}/assets`, 400, 'invalid-request', { body: nested(100_000) }],
    ['what is no FeatureCollection', 'PUT', `${base}/assets`, 400, 'invalid-request', { body: { type: 'Feature' } }],
    ['text', 'PUT', base, 415, 'unsupported-media-type', { body: 'x', headers: { 'content-type': 'text/plain' } }],
    ['33 MiB of assets', 'PUT', `${base}/assets`, 413, 'too-large', { body: ' '.repeat(33 * 1024 * 1024) }],
    [
      'maintenance that has ended',
      'PUT',
      `${base}/luminaires/a-01/maintenance`,
      400,
      'invalid-request',
      { body: { until: 0 } },
    ],
    [
      'maintenance of nothing',
      'PUT',
      `${base}/circuits/none/maintenance`,
      404,
      'not-found',
      { body: { until: isoIn(60) } },
    ],
  ]

  test.for(cases)('%s is answered with a problem document', async ([, method, path, status, code, request]) => {
    const answer = await platform.api.call(method, path, request)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(answer.json).toMatchObject({ type: `/problems/${code}`, status, retry: false })
    expect(answer.text).not.toMatch(/node_modules|\.ts:\d/)
  })

  test('a bad asset is rejected alone, by its place and field', async () => {
    const bad = [
      { type: 'Feature', geometry: null, properties: { kind: 'volcano', id: 'v' } },
      lampAsset('bad-power', { ratedPower: -60 }),
      lampAsset('bad id'),
      { ...lampAsset('bad-place'), geometry: { type: 'Point', coordinates: [26.5, 141.5] } },
      lampAsset('bad-interval', { reportInterval: 'often' }),
    ]
    const body = { type: 'FeatureCollection', features: [lampAsset('late-1'), ...bad, lampAsset('late-2')] }
    const { status, json: answer } = await platform.api.call('PUT', `${base}/assets`, { body })
    expect(status).toBe(200)
    expect(answer).toMatchObject({ created: 2, updated: 0, unchanged: 0 })
    const { rejected } = answer as { rejected: { index: number; id?: string; reason: string }[] }
    expect(rejected.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5])
    expect(rejected[1]).toMatchObject({ id: 'bad-power', reason: expect.stringContaining('ratedPower') })
  })

  test('and the platform is as well as before', async () => {
    expect((await platform.api.call('GET', '/readyz')).status).toBe(200)
    const metrics = await platform.api.call('GET', '/metrics', { token: null })
    expect(metrics.text).toMatch(/^fanari_intake_quarantined_total\{reason="malformedJson"\} \d+$/m)
    expect(platform.log.filter(({ level }) => level === 'error')).toEqual([])
  })
})
