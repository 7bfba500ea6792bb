import type { Duplex } from 'node:stream'
import { createTopicReader, type DeviceDirectory, type Intake, type MqttIdentity } from '@fanari/contracts'
import { createPubacks } from './pubacks.ts'
import { findPublishParts, type PublishParts } from './publish-packet.ts'
import type { Refusals } from './refusals.ts'
import { judgePublish } from './topic-rules.ts'

/** What a lane tells of the publishes it takes. */
export interface LaneUse {
  /** Before the intake gets one. */
  taken(): void
  /** When the intake has answered. */
  answered(): void
}

/**
 * Takes the plain uplinks at the head of a chunk that begins with a packet; answers how many bytes they are. What comes first of
 * anything else, and all that follows it, is left to Aedes.
 */
export type UplinkLane = (chunk: Buffer) => number

/** Opens the lane of a client that has been let in. */
export type OpenUplinkLane = (conn: Duplex, identity: MqttIdentity, use: LaneUse) => UplinkLane

/**
 * The short way of what devices mostly send: a QoS 1 PUBLISH of an uplink that no subscriber hears goes from the socket's bytes to
 * the intake, and its PUBACK back. Aedes would keep nothing of it, and takes longer over it than the intake does.
 */
export const createUplinkLanes = (options: {
  directory: DeviceDirectory
  intake: Intake
  refusals: Refusals
  maxPacketBytes: number
  maxTopicLength: number
  /** Whether anyone could get what is published on a topic. */
  hears: (topic: string) => boolean
  isStopping: () => boolean
}): OpenUplinkLane => {
  const { directory, intake, refusals, maxPacketBytes, maxTopicLength, hears, isStopping } = options
  const pubacksTo = createPubacks()
  const topicOf = createTopicReader()
  const parts: PublishParts = { topic: 0, messageId: 0, payload: 0, end: 0 }

  return (conn, identity, use) => {
    const sendPuback = pubacksTo(conn)

    /** The topic of the packet in `parts`, when it may come this way. */
    const plainTopic = (chunk: Buffer, start: number): string | null => {
      if (parts.end - start > maxPacketBytes || parts.messageId - parts.topic > maxTopicLength) return null
      // Topics of the contract are ASCII; whatever else this makes of other bytes is none of them.
      const topic = chunk.toString('latin1', parts.topic, parts.messageId)
      return judgePublish(identity, topic, directory, topicOf).kind === 'uplink' && !hears(topic) ? topic : null
    }

    const accept = (topic: string, payload: Buffer, messageId: number): void => {
      use.taken()
      intake.accept({ topic, payload }, (error) => {
        use.answered()
        if (error === null) {
          sendPuback(messageId)
          return
        }
        refusals.note('intakeFailed', { error: error.message })
        conn.destroy()
      })
    }

    return (chunk) => {
      // A client that leaves its answers unread is Aedes' affair, which makes it wait and then drops it.
      if (isStopping() || conn.writableNeedDrain) return 0
      let start = 0
      while (findPublishParts(chunk, start, parts)) {
        const topic = plainTopic(chunk, start)
        if (topic === null) break
        const { messageId, payload, end } = parts
        start = end
        accept(topic, chunk.subarray(payload, end), chunk.readUInt16BE(messageId))
      }
      return start
    }
  }
}
