import { type Packet, parser } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import {
  connectFrame,
  createPacketReader,
  firstSeq,
  packetTypes,
  pubackFrame,
  readingFrame,
  subscribeFrame,
} from './frames.ts'

const parsed = (bytes: Buffer): Packet => {
  const packets: Packet[] = []
  const reader = parser()
  reader.on('packet', (packet) => packets.push(packet))
  expect(reader.parse(bytes)).toBe(0)
  expect(packets).toHaveLength(1)
  return packets[0] as Packet
}

describe('a library reads the same from our frames', () => {
  test('CONNECT with a will', () => {
    expect(parsed(connectFrame('lamp-1', { topic: 'a/status', payload: '{"state":"offline"}' }))).toMatchObject({
      cmd: 'connect',
      clientId: 'lamp-1',
      clean: true,
      keepalive: 60,
      protocolVersion: 4,
      will: { topic: 'a/status', qos: 1, retain: false, payload: Buffer.from('{"state":"offline"}') },
    })
  })

  test('CONNECT without a will', () => {
    expect(parsed(connectFrame('lamp-1'))).not.toHaveProperty('will')
  })

  test('SUBSCRIBE at QoS 1', () => {
    expect(parsed(subscribeFrame(7, 'a/+/command'))).toMatchObject({
      cmd: 'subscribe',
      messageId: 7,
      subscriptions: [{ topic: 'a/+/command', qos: 1 }],
    })
  })

  test('PUBACK', () => {
    expect(parsed(pubackFrame(513))).toMatchObject({ cmd: 'puback', messageId: 513 })
  })

  test('a stamped reading', () => {
    const frame = readingFrame('city/v1/bench/devices/lamp-1/telemetry', 300)
    frame.stamp(1_795_331_234_567, firstSeq + 42)
    const packet = parsed(frame.bytes)
    if (packet.cmd !== 'publish') throw new Error(packet.cmd)
    expect(packet).toMatchObject({ topic: 'city/v1/bench/devices/lamp-1/telemetry', qos: 1, messageId: 300 })
    expect(JSON.parse(packet.payload.toString())).toMatchObject({
      at: 1_795_331_234_567,
      seq: 100_000_042,
      uptime: 100_000_042,
      activePower: 58.3,
    })
  })
})

test('the reader finds packets and message ids however the stream is cut', () => {
  const publish = readingFrame('city/v1/bench/devices/lamp-1/telemetry', 300).bytes
  const stream = Buffer.concat([
    Buffer.from([packetTypes.connack, 2, 0, 0]),
    pubackFrame(1),
    publish,
    pubackFrame(65_535),
  ])
  for (let cut = 1; cut < stream.length; cut++) {
    const seen: number[][] = []
    const read = createPacketReader((firstByte, messageId) => seen.push([firstByte, messageId]))
    read(stream.subarray(0, cut))
    read(stream.subarray(cut))
    expect(seen).toEqual([
      [0x20, 0],
      [0x40, 1],
      [0x32, 300],
      [0x40, 65_535],
    ])
  }
})
