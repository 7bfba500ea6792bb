import type { Publisher } from '@fanari/contracts'
import type { IPublishPacket } from 'mqtt-packet'

/** QoS 1 publishes on their way to the broker; they outlive a connection, and go out again over the next. */
export interface Outbox extends Publisher {
  acknowledged(messageId: number): void
  /** A connection stands: everything unacknowledged is sent, in order. */
  connected(send: (packet: IPublishPacket) => void): void
  disconnected(): void
  /** Gives up on what is left. */
  close(reason: Error): void
}

interface Waiting {
  packet: IPublishPacket
  resolve: () => void
  reject: (error: Error) => void
}

/** Id 1 is the subscription's. */
const firstMessageId = 2
const maxMessageId = 65_535
/** Beyond this the caller is told at once; it has its own outbox and tries again. */
const waitingLimit = 10_000

export const createOutbox = (): Outbox => {
  /** In the order of publishing. */
  const waiting = new Map<number, Waiting>()
  let send: ((packet: IPublishPacket) => void) | null = null
  let lastId = maxMessageId

  const freeId = (): number => {
    do lastId = lastId === maxMessageId ? firstMessageId : lastId + 1
    while (waiting.has(lastId))
    return lastId
  }

  return {
    publish: (topic, payload, { retain }) =>
      new Promise((resolve, reject) => {
        if (waiting.size >= waitingLimit) {
          reject(new Error('too many publishes wait for the broker'))
          return
        }
        const messageId = freeId()
        const packet: IPublishPacket = { cmd: 'publish', topic, payload, qos: 1, retain, dup: false, messageId }
        waiting.set(messageId, { packet, resolve, reject })
        send?.(packet)
      }),
    acknowledged(messageId) {
      waiting.get(messageId)?.resolve()
      waiting.delete(messageId)
    },
    connected(sendOver) {
      send = sendOver
      // Whether an earlier try arrived is not known: DUP tells the broker so (MQTT 3.1.1 §3.3.1.1).
      for (const { packet } of waiting.values()) sendOver({ ...packet, dup: true })
    },
    disconnected() {
      send = null
    },
    close(reason) {
      for (const { reject } of waiting.values()) reject(reason)
      waiting.clear()
    },
  }
}
