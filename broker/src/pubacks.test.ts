import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { createPubacks } from './pubacks.ts'

const createConnection = () => {
  const writes: number[][] = []
  const conn = new Duplex({
    read() {},
    write(bytes: Buffer, _encoding, done) {
      writes.push([...bytes])
      done()
    },
  })
  return { conn, writes, messageIds: [] }
}
const puback = (messageId: number): number[] => [0x40, 2, messageId >> 8, messageId & 0xff]

test('what is answered in one go is acknowledged in one write a connection, in order', async () => {
  const sendPuback = createPubacks()
  const [a, b] = [createConnection(), createConnection()]
  sendPuback(a, 1)
  sendPuback(b, 7)
  sendPuback(a, 0x1234)
  sendPuback(a, 65_535)
  await Promise.resolve()
  sendPuback(a, 2)
  await Promise.resolve()
  expect(a.writes).toEqual([[...puback(1), ...puback(0x1234), ...puback(65_535)], puback(2)])
  expect(b.writes).toEqual([puback(7)])
})

test('a connection that is gone is owed nothing', async () => {
  const sendPuback = createPubacks()
  const [gone, other] = [createConnection(), createConnection()]
  sendPuback(gone, 1)
  sendPuback(other, 2)
  gone.conn.destroy()
  await Promise.resolve()
  expect(gone.writes).toEqual([])
  expect(other.writes).toEqual([puback(2)])
})
