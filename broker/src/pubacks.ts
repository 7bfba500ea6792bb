import type { Duplex } from 'node:stream'

/** A connection and the publishes that it is owed a PUBACK for. */
export interface Owed {
  readonly conn: Duplex
  readonly messageIds: number[]
}

/**
 * Sends PUBACKs. A group commit answers many publishes in a row: what one connection is owed then goes out in one write, for each
 * write is a system call and costs as much as all else that is done for a reading here.
 */
export const createPubacks = (): ((owed: Owed, messageId: number) => void) => {
  const due: Owed[] = []

  const sendAll = (): void => {
    for (const { conn, messageIds } of due) {
      if (conn.writable) conn.write(encode(messageIds))
      messageIds.length = 0
    }
    due.length = 0
  }

  return (owed, messageId) => {
    owed.messageIds.push(messageId)
    if (owed.messageIds.length > 1) return
    due.push(owed)
    if (due.length === 1) queueMicrotask(sendAll)
  }
}

/** PUBACK packets (MQTT 3.1.1 section 3.4). */
const encode = (messageIds: readonly number[]): Buffer => {
  const bytes = Buffer.allocUnsafe(4 * messageIds.length)
  let at = 0
  for (const messageId of messageIds) {
    bytes[at] = 0x40
    bytes[at + 1] = 2
    bytes[at + 2] = messageId >> 8
    bytes[at + 3] = messageId
    at += 4
  }
  return bytes
}
