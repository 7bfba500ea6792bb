import { createHash } from 'node:crypto'
import type { MqttClient } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  connectDevice,
  connectPacket,
  openSocket,
  publishPacket,
  type RawSocket,
  startBroker,
  type TestBroker,
  until,
} from './harness.ts'

const lamp = 'orestiada/lamp-1'
const branch = 'city/v1/orestiada/devices/lamp-1'
const neighbourTopic = 'city/v1/orestiada/devices/lamp-2/telemetry'

let started: TestBroker
let neighbour: MqttClient
let attacker: RawSocket | null = null

beforeAll(async () => {
  started = await startBroker({ limits: { connectTimeoutS: 1, maxPacketBytes: 65_536 } })
  neighbour = await connectDevice(started.port, 'orestiada/lamp-2')
})
afterEach(() => attacker?.socket.destroy())
afterAll(async () => {
  await neighbour.endAsync()
  await started.broker.stop()
})

const subscribePacket = (filter: string): Buffer => {
  const bytes = Buffer.from(filter)
  return Buffer.concat([Buffer.from([0x82, bytes.length + 5, 0, 1, 0, bytes.length]), bytes, Buffer.from([1])])
}

/** Reproducible noise of `length` bytes. */
const noise = (seed: number, length: number): Buffer => {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHash('sha256').update(`${seed}:${i}`).digest(),
  )
  return Buffer.concat(blocks).subarray(0, length)
}

describe('the broker closes the connection, and the neighbour’s goes on, after', () => {
  const connected = connectPacket(lamp)
  test.each<[string, Buffer[], string | null]>([
    ['a CONNECT that announces 256 MiB', [Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f])], 'connectTooLarge'],
    ['a CONNECT of 5 KiB', [connectPacket(lamp, 'x'.repeat(5_000))], 'connectTooLarge'],
    [
      'a packet of 65 KiB',
      [connected, publishPacket(`${branch}/telemetry`, Buffer.alloc(66_000), 1)],
      'packetTooLarge',
    ],
    ['a length of five bytes', [connected, Buffer.from([0x32, 0xff, 0xff, 0xff, 0xff, 0x01])], 'malformedLength'],
    ['an HTTP request', [Buffer.from('POST / HTTP/1.1\r\nHost: x\r\n\r\n')], 'notMqtt'],
    ['a publish without CONNECT', [publishPacket(`${branch}/telemetry`, '{}', 1)], 'notMqtt'],
    ['nothing at all', [], 'connectTimeout'],
    ['half a CONNECT', [connected.subarray(0, 20)], 'connectTimeout'],
    ['a second CONNECT', [connected, connected], 'protocolError'],
    [
      'a CONNECT of protocol “XXXX”',
      [Buffer.from([0x10, 12, 0, 4, 88, 88, 88, 88, 4, 2, 0, 60, 0, 0])],
      'protocolError',
    ],
    ['a publish on a wildcard', [connected, publishPacket('city/v1/#', '{}', 1)], 'protocolError'],
    ['a publish on no topic', [connected, publishPacket('', '{}', 1)], 'protocolError'],
    ['a publish 200 levels deep', [connected, publishPacket('a/'.repeat(200), '{}', 1)], 'protocolError'],
    [
      'a publish whose topic is longer than it',
      [connected, Buffer.from([0x32, 4, 0xff, 0xff, 65, 65])],
      'protocolError',
    ],
    ['a publish of QoS 3', [connected, Buffer.from([0x36, 4, 0, 1, 65, 65])], 'protocolError'],
    [
      'a subscription 200 levels deep',
      [connected, subscribePacket(`${'a/'.repeat(50)}#`), subscribePacket(`a${'/'.repeat(101)}`)],
      'protocolError',
    ],
    ['a packet from server to client', [connected, Buffer.from([0x20, 2, 0, 0])], null],
  ])('%s', async (_name, packets, reason) => {
    const countBefore = reason === null ? 0 : started.metric('refused_total', reason)
    attacker = await openSocket(started.port)
    attacker.socket.write(Buffer.concat(packets))
    await until(attacker.closed)
    if (reason !== null) expect(started.metric('refused_total', reason)).toBe(countBefore + 1)
    await neighbour.publishAsync(neighbourTopic, '{}', { qos: 1 })
  })

  test('noise, and a valid start with noise behind it, a hundred times over', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const socket = await openSocket(started.port)
      const bytes = noise(seed, 200 + 37 * seed)
      socket.socket.write(seed % 2 === 0 ? bytes : Buffer.concat([connected, bytes]))
      socket.socket.end()
      await until(socket.closed)
    }
    await neighbour.publishAsync(neighbourTopic, '{}', { qos: 1 })
  })

  test('every single-byte fault in a valid conversation', async () => {
    const conversation = Buffer.concat([
      connected,
      subscribePacket(`${branch}/command`),
      publishPacket(`${branch}/telemetry`, '{"at":1}', 1),
      Buffer.from([0xc0, 0, 0xe0, 0]),
    ])
    for (let i = 0; i < conversation.length; i++) {
      const faulty = Buffer.from(conversation)
      faulty[i] = (faulty[i] ?? 0) ^ (1 << (i % 8)) ^ 0x80
      const socket = await openSocket(started.port)
      socket.socket.end(faulty)
      await until(socket.closed)
    }
    await neighbour.publishAsync(neighbourTopic, '{}', { qos: 1 })
  })
})

test('every single-byte fault in readings of a client that has been let in', async () => {
  const readings = Buffer.concat(
    ['{"at":1}', '{"at":2}'].map((payload, i) => publishPacket(`${branch}/telemetry`, payload, i + 1)),
  )
  for (let i = 0; i < readings.length; i++) {
    const faulty = Buffer.from(readings)
    faulty[i] = (faulty[i] ?? 0) ^ (1 << (i % 8)) ^ 0x80
    const socket = await openSocket(started.port)
    socket.socket.write(connectPacket(lamp))
    await until(() => socket.received().length === 4)
    socket.socket.end(faulty)
    await until(socket.closed)
  }
  await neighbour.publishAsync(neighbourTopic, '{}', { qos: 1 })
})

test('a half-sent packet holds up nobody, and is taken when it is complete', async () => {
  const packet = publishPacket(`${branch}/telemetry`, '{"at":2}', 9)
  attacker = await openSocket(started.port)
  attacker.socket.write(Buffer.concat([connectPacket(lamp), packet.subarray(0, 30)]))
  await until(() => attacker?.received().length === 4)
  await neighbour.publishAsync(neighbourTopic, '{}', { qos: 1 })
  for (const byte of packet.subarray(30)) attacker.socket.write(Buffer.from([byte]))
  await until(() => attacker?.received().length === 8)
  expect([...attacker.received().subarray(4)]).toEqual([0x40, 2, 0, 9])
})

test('a topic of bytes that are not UTF-8 is quarantined like any unknown one', async () => {
  const packet = publishPacket('ab', 'x', 3)
  packet[4] = 0xff
  attacker = await openSocket(started.port)
  attacker.socket.write(Buffer.concat([connectPacket(lamp), packet]))
  await until(() => started.intake.quarantined.some(({ topic }) => topic === '\uFFFDb'))
})

test('refusals are counted one by one but logged once a second at most', async () => {
  const logged = started.logged.length
  const countBefore = started.metric('refused_total', 'notMqtt')
  for (let i = 0; i < 20; i++) {
    const socket = await openSocket(started.port)
    socket.socket.write('GET /')
    await until(socket.closed)
  }
  expect(started.metric('refused_total', 'notMqtt')).toBe(countBefore + 20)
  const lines = started.logged.slice(logged).filter(({ fields }) => fields.reason === 'notMqtt')
  expect(lines.length).toBeLessThan(10)
})
