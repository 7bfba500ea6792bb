import { describe, expect, test } from 'vitest'
import { connectPacket, publishPacket } from './harness.ts'
import { findPublishParts, type PublishParts } from './publish-packet.ts'

const noParts = (): PublishParts => ({ topic: 0, messageId: 0, payload: 0, end: 0 })
const find = (chunk: Buffer, start = 0): PublishParts | null => {
  const parts = noParts()
  return findPublishParts(chunk, start, parts) ? parts : null
}
const withFirstByte = (packet: Buffer, firstByte: number): Buffer => {
  const changed = Buffer.from(packet)
  changed[0] = firstByte
  return changed
}

const publish = publishPacket('a/b', 'hello', 0x0102)

test('the parts of a QoS 1 PUBLISH are found, wherever it begins', () => {
  const before = Buffer.from('noise')
  const parts = find(Buffer.concat([before, publish, before]), before.length)
  expect(parts).toEqual({ topic: 9, messageId: 12, payload: 14, end: 19 })
})

test.each([
  ['DUP', 0x3a],
  ['RETAIN', 0x33],
  ['both', 0x3b],
])('with %s set', (_name, firstByte) => {
  expect(find(withFirstByte(publish, firstByte))).toEqual(find(publish))
})

test.each([0, 1, 127, 128, 16_383, 16_384, 100_000])('with a payload of %i bytes', (bytes) => {
  const packet = publishPacket('a/b', Buffer.alloc(bytes, 1), 1)
  const { payload = 0, end = 0 } = find(packet) ?? {}
  expect([end - payload, end]).toEqual([bytes, packet.length])
})

describe('nothing is found in', () => {
  test.each<[string, Buffer]>([
    ['no bytes', Buffer.alloc(0)],
    ['QoS 0', withFirstByte(publish, 0x30)],
    ['QoS 2', withFirstByte(publish, 0x34)],
    ['QoS 3', withFirstByte(publish, 0x36)],
    ['a CONNECT', connectPacket('orestiada/lamp-1')],
    ['a PINGREQ', Buffer.from([0xc0, 0])],
    ['a PUBLISH of no bytes', Buffer.from([0x32, 0])],
    ['a topic longer than its packet', Buffer.from([0x32, 5, 0xff, 0xff, 0x61, 0, 1])],
    ['a packet without room for a message id', Buffer.from([0x32, 3, 0, 1, 0x61])],
    ['half a message id', Buffer.from([0x32, 4, 0, 1, 0x61, 0])],
    ['a remaining length of five bytes', Buffer.from([0x32, 0x80, 0x80, 0x80, 0x80, 0x01, 0, 1, 0x61, 0, 1])],
  ])('%s', (_name, chunk) => {
    expect(find(chunk)).toBeNull()
  })

  test('any part of a PUBLISH', () => {
    const long = publishPacket('a/b', Buffer.alloc(300), 7)
    for (let bytes = 0; bytes < long.length; bytes++) expect(find(long.subarray(0, bytes))).toBeNull()
  })
})
