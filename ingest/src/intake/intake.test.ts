import { type JournalEntry, type QuarantineItem, toIso, topics } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { openJournal, readAll, t0 } from '../testing/journal.ts'
import { createIntake } from './intake.ts'

const telemetry = topics.device('m', 'd', 'telemetry')

const openIntake = async () => {
  const journal = await openJournal()
  const intake = createIntake({
    journal,
    directory: { isKnownDevice: (_m, device) => device !== 'stranger' },
    now: () => t0,
  })
  const send = (payload: string | Uint8Array, topic = telemetry): Promise<void> =>
    new Promise((resolve, reject) => {
      const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
      intake.accept({ topic, payload: bytes }, (error) => (error === null ? resolve() : reject(error)))
    })
  return {
    journal,
    intake,
    send,
    /** Journal content without positions. */
    kept: async () => (await readAll(journal)).map(({ position: _, receivedAt: __, ...record }) => record),
    readings: async () =>
      (await readAll(journal)).flatMap((entry: JournalEntry) => (entry.kind === 'reading' ? [entry.reading] : [])),
    quarantine: async (municipality = 'm'): Promise<QuarantineItem[]> =>
      (await journal.quarantine(municipality, { limit: 5_000 })).items,
    metric: (name: string): Record<string, number> => {
      const metric = intake.metrics().find((one) => one.name === name)
      return Object.fromEntries(
        (metric?.values ?? []).map(({ labels, value }) => [Object.values(labels ?? {}).join() || 'all', value]),
      )
    },
  }
}

describe('telemetry', () => {
  test('of one reading is durable when it is done', async () => {
    const { journal, send, kept } = await openIntake()
    await send(`{"at":"${toIso(t0)}","seq":1,"activePower":61.5}`)
    expect(journal.head).toBe(1)
    expect(await kept()).toEqual([
      { kind: 'reading', municipality: 'm', device: 'd', reading: { at: t0, seq: 1, activePower: 61.5 } },
    ])
  })

  test('of several readings goes in by time, and a bad one goes aside alone', async () => {
    const { send, readings, quarantine } = await openIntake()
    await send(
      JSON.stringify([
        { at: t0 - 1, seq: 3 },
        { at: t0 - 3, seq: 1 },
        { at: t0 - 2, seq: 2, activePower: 'much' },
        { at: t0 + 601_000, seq: 4 },
        { at: t0 - 31 * 86_400_000, seq: 5 },
        { at: t0 - 2, seq: 6, lamp: 'LED' },
      ]),
    )
    expect(await readings()).toEqual([
      { at: t0 - 3, seq: 1 },
      { at: t0 - 2, seq: 6 },
      { at: t0 - 1, seq: 3 },
    ])
    const aside = await quarantine()
    expect(aside.map(({ reason }) => reason.split(':')[0])).toEqual(['ancientTime', 'futureTime', 'invalidField'])
    expect(aside[2]?.reason).toMatch(/^invalidField: activePower: Invalid input/)
    expect(aside[2]?.payload).toBe(`{"at":${t0 - 2},"seq":2,"activePower":"much"}`)
  })

  test('of 500 readings is taken, of 501 set aside whole', async () => {
    const { send, readings, quarantine } = await openIntake()
    const many = (count: number) =>
      JSON.stringify(Array.from({ length: count }, (_, seq) => ({ at: t0 - 1_000 + seq, seq })))
    await send(many(500))
    expect(await readings()).toHaveLength(500)
    await send(many(501))
    expect(await readings()).toHaveLength(500)
    expect((await quarantine()).map(({ reason }) => reason)).toEqual(['tooManyReadings: 501, at most 500'])
  })

  test('is taken up to the limits of time, and not beyond', async () => {
    const { send, readings, quarantine } = await openIntake()
    await send(`{"at":${t0 + 600_000}}`)
    await send(`{"at":${t0 + 600_001}}`)
    await send(`{"at":${t0 - 30 * 86_400_000}}`)
    await send(`{"at":${t0 - 30 * 86_400_000 - 1}}`)
    expect((await readings()).map(({ at }) => at - t0)).toEqual([600_000, -30 * 86_400_000])
    expect((await quarantine()).map(({ reason }) => reason.split(':')[0])).toEqual(['ancientTime', 'futureTime'])
  })

  test('that comes again changes nothing, and is done once the first is durable', async () => {
    const { journal, send, readings, metric } = await openIntake()
    const payload = `{"at":${t0},"seq":1}`
    let firstDone = false
    const first = send(payload).then(() => {
      firstDone = true
    })
    await send(payload)
    expect(firstDone).toBe(true)
    await first
    await send(`[${payload},${payload},{"at":${t0 + 1},"seq":1}]`)
    await journal.stop()
    await journal.start()
    await send(payload)
    expect(await readings()).toEqual([
      { at: t0, seq: 1 },
      { at: t0 + 1, seq: 1 },
    ])
    expect(metric('fanari_intake_duplicates_total')).toEqual({ all: 4 })
    expect(metric('fanari_intake_readings_total')).toEqual({ all: 2 })
  })

  test('loses its unknown fields, which are counted by a bounded number of names', async () => {
    const { send, readings, metric } = await openIntake()
    const made = Object.fromEntries(Array.from({ length: 150 }, (_, number) => [`x${number}`, number]))
    await send(JSON.stringify({ at: t0, ...made }))
    await send(`{"at":${t0 + 1},"x0":1}`)
    expect(await readings()).toEqual([{ at: t0 }, { at: t0 + 1 }])
    const counted = metric('fanari_intake_unknown_fields_total')
    expect(Object.keys(counted)).toHaveLength(101)
    expect(counted).toMatchObject({ x0: 2, x99: 1, other: 50 })
  })
})

describe('bad input', () => {
  const nested = (depth: number, inner = '') => '['.repeat(depth) + inner + ']'.repeat(depth)
  const cases: { name: string; payload: string | Uint8Array; reason: RegExp; topic?: string }[] = [
    { name: 'nothing', payload: '', reason: /^emptyPayload$/ },
    { name: 'no JSON', payload: 'on', reason: /^malformedJson: / },
    { name: 'half a JSON', payload: '{"at":1', reason: /^malformedJson: / },
    { name: 'NaN', payload: `{"at":${t0},"activePower":NaN}`, reason: /^malformedJson: / },
    { name: 'Infinity', payload: `{"at":${t0},"activePower":-Infinity}`, reason: /^malformedJson: / },
    {
      name: 'an overflowing number',
      payload: `{"at":${t0},"activePower":1e999}`,
      reason: /^invalidField: activePower: /,
    },
    { name: 'Latin-1', payload: Buffer.from('{"at":1,"x":"\xe9"}', 'latin1'), reason: /^malformedJson: not UTF-8$/ },
    { name: 'a byte order mark', payload: '\ufeff{"at":1}', reason: /^malformedJson: / },
    {
      name: 'compressed bytes',
      payload: Buffer.from('1f8b0800000000000003', 'hex'),
      reason: /^malformedJson: not UTF-8$/,
    },
    { name: 'a string', payload: '"reading"', reason: /^invalidField: / },
    { name: 'null', payload: 'null', reason: /^invalidField: / },
    { name: 'an empty array', payload: '[]', reason: /^emptyArray$/ },
    { name: 'arrays 100 000 deep', payload: nested(100_000), reason: /^invalidField: / },
    {
      name: 'a deep value',
      payload: `{"at":${t0},"activePower":${nested(50_000)}}`,
      reason: /^invalidField: activePower: /,
    },
    { name: 'a prototype', payload: `{"__proto__":{"at":${t0}}}`, reason: /^invalidField: at: / },
    { name: 'more than a megabyte', payload: `"${'x'.repeat(1024 * 1024)}"`, reason: /^tooLarge: 1048578 bytes/ },
    {
      name: 'a very long field name',
      payload: `{"at":1,"measurements":{"${'n'.repeat(9_000)}":1}}`,
      reason: /^invalidField: .{0,290}$/,
    },
    {
      name: 'a status without state',
      payload: '{}',
      reason: /^invalidField: state: /,
      topic: topics.device('m', 'd', 'status'),
    },
    {
      name: 'an event without time',
      payload: '{"type":"supplyLoss"}',
      reason: /^invalidField: at: /,
      topic: topics.device('m', 'd', 'event'),
    },
    {
      name: 'an event of next year',
      payload: `{"type":"supplyLoss","at":${t0 + 3e10}}`,
      reason: /^futureTime: /,
      topic: topics.device('m', 'd', 'event'),
    },
    {
      name: 'an event nested too deeply',
      payload: `{"type":"x","at":${t0},"details":{"a":${nested(100_000)}}}`,
      reason: /^invalidField: nested too deeply$/,
      topic: topics.device('m', 'd', 'event'),
    },
    {
      name: 'a result of unknown status',
      payload: '{"id":"c","status":"maybe"}',
      reason: /^invalidField: status: /,
      topic: topics.device('m', 'd', 'result'),
    },
    {
      name: 'a device that is not registered',
      payload: `{"at":${t0}}`,
      reason: /^unknownDevice$/,
      topic: topics.device('m', 'stranger', 'telemetry'),
    },
    { name: 'a command', payload: '{}', reason: /^unknownTopic$/, topic: topics.device('m', 'd', 'command') },
    { name: 'an unknown channel', payload: '{}', reason: /^unknownTopic$/, topic: 'city/v1/m/devices/d/poetry' },
  ]

  test.for(cases)(
    'is set aside with the reason, and the next message is taken: $name',
    async ({ payload, reason, topic }) => {
      const { send, quarantine, readings } = await openIntake()
      await send(payload, topic)
      await send(`{"at":${t0},"seq":7}`)
      const [item, ...others] = await quarantine()
      expect(others).toEqual([])
      expect(item?.reason).toMatch(reason)
      expect(item?.topic).toBe(topic ?? telemetry)
      expect(item?.payload.length).toBeLessThanOrEqual(4_096)
      expect(await readings()).toEqual([{ at: t0, seq: 7 }])
    },
  )

  test.for([
    'elsewhere',
    '',
    'city/v1/m+/devices/d/telemetry',
    `city/v1/${'m'.repeat(65)}/devices/d/telemetry`,
    '/'.repeat(60_000),
  ])('of a topic that names no municipality is kept under none: %#', async (topic) => {
    const { send, quarantine } = await openIntake()
    await send('{}', topic)
    expect(await quarantine('')).toMatchObject([{ reason: 'unknownTopic', topic: topic.slice(0, 256) }])
  })

  test('is shown as UTF-8, with replacements, cut at a whole character', async () => {
    const { send, quarantine } = await openIntake()
    await send(Buffer.from([0x7b, 0xff, 0xfe, 0x41]))
    await send('φ'.repeat(4_000))
    await send(`x${'φ'.repeat(4_000)}`)
    const [odd, even, bytes] = await quarantine()
    expect(bytes?.payload).toBe('{\ufffd\ufffdA')
    expect(even?.payload).toBe('φ'.repeat(2_048))
    expect(odd?.payload).toBe(`x${'φ'.repeat(2_047)}`)
  })

  test('that the door refuses is set aside with its reason', async () => {
    const { intake, quarantine } = await openIntake()
    const message = { topic: topics.device('m', 'd', 'telemetry'), payload: Buffer.from('x') }
    await new Promise((resolve) => intake.quarantine(message, 'topicForbidden', resolve))
    expect(await quarantine()).toEqual([
      { topic: message.topic, reason: 'topicForbidden', payload: 'x', receivedAt: toIso(t0) },
    ])
  })

  test('in a flood from one device is sampled, and its neighbours’ and its own good readings are kept', async () => {
    const { journal, send, quarantine, readings, metric } = await openIntake()
    for (let count = 0; count < 1_250; count += 1) void send('on')
    await send('on', topics.device('m', 'neighbour', 'telemetry'))
    await send(`{"at":${t0}}`)
    const kept = await quarantine()
    expect(kept.filter(({ reason }) => reason.includes('one in 100 is kept'))).toHaveLength(2)
    expect(kept).toHaveLength(1_000 + 2 + 1)
    expect(await readings()).toEqual([{ at: t0 }])
    expect(metric('fanari_intake_quarantined_total')).toEqual({ malformedJson: 1_251 })
    expect(metric('fanari_intake_quarantine_not_kept_total')).toEqual({ all: 248 })
    expect(journal.head).toBe(1_004)
  })
})

describe('the other channels', () => {
  const cases = [
    { channel: 'status', payload: { state: 'offline' }, record: { kind: 'status', status: { state: 'offline' } } },
    {
      channel: 'status',
      payload: { state: 'online', session: 's', firmware: '1', at: toIso(t0 - 90 * 86_400_000), battery: 3 },
      record: { kind: 'status', status: { state: 'online', session: 's', firmware: '1', at: t0 - 90 * 86_400_000 } },
    },
    {
      channel: 'event',
      payload: { type: 'supplyLoss', at: t0, details: { hold: [1, null] } },
      record: { kind: 'event', event: { type: 'supplyLoss', at: t0, details: { hold: [1, null] } } },
    },
    {
      channel: 'result',
      payload: { id: 'c', status: 'rejected', reason: 'busy' },
      record: { kind: 'result', result: { id: 'c', status: 'rejected', reason: 'busy' } },
    },
  ] as const
  test.for(cases)('are journalled as they are: $channel', async ({ channel, payload, record }) => {
    const { send, kept } = await openIntake()
    await send(JSON.stringify(payload), topics.device('m', 'd', channel))
    expect(await kept()).toEqual([{ municipality: 'm', device: 'd', ...record }])
  })
})

describe('a journal that cannot be written', () => {
  test('is the only thing that makes a message fail, and it fails bad ones too: nothing of them was kept', async () => {
    const { journal, send } = await openIntake()
    await journal.stop()
    await expect(send(`{"at":${t0}}`)).rejects.toThrow('not open')
    await expect(send(`[{"at":${t0 + 1}}]`)).rejects.toThrow('not open')
    await expect(send('on')).rejects.toThrow('not open')
  })
})
