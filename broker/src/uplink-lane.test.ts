import type { InboundMessage, Intake } from '@fanari/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  connectDevice,
  connectOperator,
  connectPacket,
  openSocket,
  publishPacket,
  startBroker,
  startForTest,
  type TestBroker,
  until,
} from './harness.ts'

const lamp = 'orestiada/lamp-1'
const gateway = 'orestiada/gateway-1'
const topicOf = (device: string, channel = 'telemetry'): string => `city/v1/orestiada/devices/${device}/${channel}`

/** So many turns of the event loop go by before the intake answers: enough for several chunks to arrive. */
const commitTurns = 4

/** An intake that answers late and in heaps, as a group commit does, and keeps what it was given in words. */
const createCommittingIntake = () => {
  const given: string[] = []
  let waiting: ((error: Error | null) => void)[] = []
  const take = ({ topic, payload }: InboundMessage, reason: string, done: (error: Error | null) => void): void => {
    given.push(`${reason} ${topic} ${Buffer.from(payload).toString('hex')}`)
    waiting.push(done)
    if (waiting.length === 1) commitAfter(commitTurns)
  }
  const commitAfter = (turns: number): void => {
    if (turns > 0) {
      setImmediate(commitAfter, turns - 1)
      return
    }
    const committed = waiting
    waiting = []
    for (const answer of committed) answer(null)
  }
  const intake: Intake = {
    accept: (message, done) => take(message, 'accepted', done),
    quarantine: (message, reason, done) => take(message, reason, done),
  }
  return { intake, given }
}

/** Cuts a byte stream into MQTT packets. */
const packetsIn = (bytes: Buffer): Buffer[] => {
  const packets: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = start + 2 + (bytes[start + 1] as number)
    packets.push(bytes.subarray(start, end))
    start = end
  }
  return packets
}

describe('however a conversation is cut, its answers and what the intake is given are those of Aedes alone', () => {
  const withLane = createCommittingIntake()
  const withoutLane = createCommittingIntake()
  let brokers: TestBroker[] = []
  beforeAll(async () => {
    brokers = await Promise.all([withLane, withoutLane].map(({ intake }) => startBroker({ intake })))
    // What somebody hears is not plain: here all of it goes through Aedes.
    const operator = await connectOperator(brokers[1]?.port ?? 0)
    await operator.subscribeAsync('city/v1/#')
  })
  afterAll(() => Promise.all(brokers.map(({ broker }) => broker.stop())))

  const kinds = {
    reading: (id: number) => publishPacket(topicOf('gateway-1'), `{"at":${id}}`, id),
    'reading of another': (id: number) => publishPacket(topicOf('lamp-2'), `{"at":${id}}`, id),
    status: (id: number) => publishPacket(topicOf('gateway-1', 'status'), '{"state":"online"}', id),
    'nothing at all': (id: number) => publishPacket(topicOf('gateway-1'), '', id),
    'a backlog': (id: number) => publishPacket(topicOf('gateway-1'), Buffer.alloc(70_000, id), id),
    repeat: (id: number) => withFlags(publishPacket(topicOf('gateway-1'), `{"at":${id}}`, id), 0x3a),
    retained: (id: number) => withFlags(publishPacket(topicOf('gateway-1'), `{"at":${id}}`, id), 0x33),
    'QoS 0': (id: number) => qos0(topicOf('gateway-1'), `{"at":${id}}`),
    'QoS 2': (id: number) => withFlags(publishPacket(topicOf('gateway-1'), `{"at":${id}}`, id), 0x34),
    'another’s topic': (id: number) => publishPacket(topicOf('lamp-1'), '{}', id),
    'a command': (id: number) => publishPacket(topicOf('gateway-1', 'command'), '{}', id),
    'an unknown topic': (id: number) => publishPacket('somewhere/else', '{}', id),
    'a topic that is not ASCII': (id: number) => publishPacket(topicOf('λάμπα'), '{}', id),
    ping: () => Buffer.from([0xc0, 0]),
  } satisfies Record<string, (id: number) => Buffer>
  const withFlags = (packet: Buffer, firstByte: number): Buffer => {
    packet[0] = firstByte
    return packet
  }
  const qos0 = (topic: string, payload: string): Buffer => {
    const body = Buffer.concat([Buffer.from([0, topic.length]), Buffer.from(topic + payload)])
    return Buffer.concat([Buffer.from([0x30, body.length]), body])
  }
  const subscribe = Buffer.concat([
    Buffer.from([0x82, topicOf('gateway-1', 'command').length + 5, 0, 1, 0, topicOf('gateway-1', 'command').length]),
    Buffer.from(topicOf('gateway-1', 'command')),
    Buffer.from([1]),
  ])

  /** PUBRECs come when the store has the message, which may finish two at once in either order. */
  const pubrec = '50'

  /** Answers by their type; those of one type come in order. */
  const converse = async (port: number, chunks: readonly Buffer[], answers: number) => {
    const client = await openSocket(port)
    client.socket.setNoDelay(true)
    client.socket.write(Buffer.concat([connectPacket(gateway), subscribe]))
    await until(() => packetsIn(client.received()).length === 2)
    for (const chunk of chunks) {
      client.socket.write(chunk)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => packetsIn(client.received()).length === 2 + answers)
    client.socket.destroy()
    const received = packetsIn(client.received()).map((packet) => packet.toString('hex'))
    const { [pubrec]: pubrecs = [], ...others } = Object.groupBy(received, (packet) => packet.slice(0, 2))
    return { ...others, pubrecs: pubrecs.sort() }
  }

  test('with whatever a device may send', { timeout: 120_000 }, async () => {
    const kind = fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[]))
    const plain = fc.constantFrom<keyof typeof kinds>('reading', 'status', 'reading of another')
    const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 })
    const conversation = fc.record({
      plain: fc.array(plain, { maxLength: 6 }),
      any: fc.array(kind, { maxLength: 12 }),
      cuts,
    })
    await fc.assert(
      fc.asyncProperty(conversation, async ({ plain, any, cuts }) => {
        const names = [...plain, ...any, ...plain]
        const bytes = Buffer.concat(names.map((name, i) => kinds[name](i + 1)))
        const chunks: Buffer[] = []
        for (let start = 0, cut = 0; start < bytes.length; cut++) {
          // Small cuts for packets of some hundred bytes, and now and then all the rest.
          const size = cut % 5 === 4 ? bytes.length : (cuts[cut % cuts.length] as number)
          chunks.push(bytes.subarray(start, start + size))
          start += size
        }
        const answers = names.filter((name) => name !== 'QoS 0').length
        withLane.given.length = 0
        withoutLane.given.length = 0
        const [short, long] = await Promise.all(brokers.map(({ port }) => converse(port, chunks, answers)))
        expect(short).toEqual(long)
        expect(withLane.given).toEqual(withoutLane.given)
        expect(withLane.given).toHaveLength(names.filter((name) => name !== 'ping').length)
      }),
      { numRuns: 150 },
    )
  })
})

test('a reading whose lane is open is still kept before it is acknowledged, and still counted', async () => {
  const { port, intake, metric } = await startForTest()
  const device = await openSocket(port)
  device.socket.write(connectPacket(lamp))
  await until(() => device.received().length === 4)
  intake.held = true
  device.socket.write(Buffer.concat([1, 2, 3].map((id) => publishPacket(topicOf('lamp-1'), '{}', id))))
  await until(() => intake.accepted.length === 3)
  device.socket.write(Buffer.from([0xc0, 0]))
  await until(() => device.received().length >= 6)
  expect([...device.received().subarray(4)]).toEqual([0xd0, 0])
  intake.release()
  await until(() => device.received().length >= 18)
  expect(device.received().subarray(6).toString('hex')).toBe('400200014002000240020003')
  expect(metric('received_packets_total')).toBe(5)
  device.socket.destroy()
})

test('a reading the intake could not keep ends its connection unacknowledged, and its alone', async () => {
  const { port, intake, metric } = await startForTest()
  const device = await openSocket(port)
  device.socket.write(connectPacket(lamp))
  const neighbour = await connectDevice(port, gateway)
  await until(() => device.received().length === 4)
  intake.held = true
  device.socket.write(publishPacket(topicOf('lamp-1'), '{}', 7))
  await until(() => intake.accepted.length === 1)
  intake.release(new Error('disk full'))
  await until(device.closed)
  expect(device.received().length).toBe(4)
  expect(metric('refused_total', 'intakeFailed')).toBe(1)
  intake.held = false
  await neighbour.publishAsync(topicOf('gateway-1'), '{}', { qos: 1 })
  await neighbour.endAsync()
})

test('what looks like a publish but lies within another packet is none', async () => {
  const { port, intake } = await startForTest()
  const device = await openSocket(port)
  device.socket.write(connectPacket(lamp))
  await until(() => device.received().length === 4)
  const inner = publishPacket(topicOf('lamp-1'), '{}', 1)
  const [subscribeStart, qos] = [Buffer.from([0x82, inner.length + 5, 0, 1, 0, inner.length]), Buffer.from([0])]
  device.socket.write(subscribeStart)
  // The PINGRESP of another client: what was written before has been read by now.
  const other = await openSocket(port)
  other.socket.write(Buffer.concat([connectPacket(gateway), Buffer.from([0xc0, 0])]))
  await until(() => other.received().length === 6)
  device.socket.write(Buffer.concat([inner, qos]))
  await until(() => device.received().length > 4 || device.closed())
  expect(intake.accepted).toEqual([])
  for (const { socket } of [device, other]) socket.destroy()
})

test('a packet over the limit is refused on an open lane as before', async () => {
  const { port, intake, metric } = await startForTest({ limits: { maxPacketBytes: 1_000 } })
  const device = await openSocket(port)
  device.socket.write(connectPacket(lamp))
  await until(() => device.received().length === 4)
  device.socket.write(publishPacket(topicOf('lamp-1'), 'x'.repeat(1_000), 1))
  await until(device.closed)
  expect(metric('refused_total', 'packetTooLarge')).toBe(1)
  expect(intake.accepted).toEqual([])
})

test('who subscribes hears what is published from then on', async () => {
  const { port } = await startForTest()
  const device = await connectDevice(port, lamp)
  await device.publishAsync(topicOf('lamp-1'), 'unheard', { qos: 1 })
  const operator = await connectOperator(port)
  const heard: string[] = []
  operator.on('message', (_topic, payload) => heard.push(payload.toString()))
  await operator.subscribeAsync('city/v1/#')
  await device.publishAsync(topicOf('lamp-1'), 'heard', { qos: 1 })
  await operator.unsubscribeAsync('city/v1/#')
  await device.publishAsync(topicOf('lamp-1'), 'unheard again', { qos: 1 })
  await until(() => heard.length === 1)
  expect(heard).toEqual(['heard'])
  await Promise.all([device.endAsync(), operator.endAsync()])
})
