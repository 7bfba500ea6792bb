import { describe, expect, test } from 'vitest'
import { Framing } from './framing.ts'
import { connectPacket, publishPacket } from './harness.ts'

const limits = { maxConnectBytes: 4_096, maxPacketBytes: 65_536 }
const connect = connectPacket('orestiada/lamp-1')
const publish = publishPacket('a/b', 'x'.repeat(300), 1)

describe('what is taken for MQTT', () => {
  test.each([
    ['a CONNECT', [connect], null],
    ['a CONNECT of exactly the limit', [Buffer.from([0x10, 0xfd, 0x1f]), Buffer.alloc(4_093)], null],
    ['a CONNECT one byte above it', [Buffer.from([0x10, 0xfe, 0x1f])], 'connectTooLarge'],
    ['a packet of exactly the limit', [connect, Buffer.from([0x30, 0xfc, 0xff, 0x03]), Buffer.alloc(65_532)], null],
    ['a packet one byte above it', [connect, Buffer.from([0x30, 0xfd, 0xff, 0x03])], 'packetTooLarge'],
    ['the largest remaining length there is', [connect, Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])], 'packetTooLarge'],
    [
      'a remaining length of five bytes',
      [connect, Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x7f])],
      'malformedLength',
    ],
    ['a PUBLISH before CONNECT', [publish], 'notMqtt'],
    ['an HTTP request', [Buffer.from('GET / HTTP/1.1\r\n')], 'notMqtt'],
    ['a TLS hello', [Buffer.from([0x16, 0x03, 0x01])], 'notMqtt'],
    ['the reserved packet type 0', [connect, Buffer.from([0x00])], 'notMqtt'],
  ] as const)('%s', (_name, chunks, expected) => {
    const framing = new Framing(limits)
    expect(chunks.map((chunk) => framing.scan(chunk)).at(-1)).toBe(expected)
  })
})

test('packets are counted the same however the bytes are cut', () => {
  const stream = Buffer.concat([connect, publish, Buffer.from([0xc0, 0x00]), publish, publish])
  for (const size of [1, 2, 3, 7, 64, 299, stream.length]) {
    const framing = new Framing(limits)
    for (let i = 0; i < stream.length; i += size) expect(framing.scan(stream.subarray(i, i + size))).toBeNull()
    expect({ size, packets: framing.packets, publishes: framing.publishes }).toEqual({ size, packets: 5, publishes: 3 })
  }
})
