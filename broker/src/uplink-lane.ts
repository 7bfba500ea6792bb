import type { Duplex } from 'node:stream'
import { createTopicReader, type DeviceDirectory, type Intake, type MqttIdentity } from '@fanari/contracts'
import { createPubacks, type Owed } from './pubacks.ts'
import { findPublishParts, type PublishParts } from './publish-packet.ts'
import type { Refusals } from './refusals.ts'
import { judgePublish } from './topic-rules.ts'

interface UplinkLaneOptions {
  directory: DeviceDirectory
  intake: Intake
  refusals: Refusals
  maxPacketBytes: number
  maxTopicLength: number
  /** Whether anyone could get what is published on a topic. */
  hears: (topic: string) => boolean
  isStopping: () => boolean
}

/** Told of each publish a lane takes: before the intake gets it, and when the intake has answered. */
export interface LaneUse {
  publishTaken(): void
  publishAnswered(): void
}

/**
 * Takes the plain uplinks at the head of a chunk that begins with a packet; answers how many bytes they are. What comes first of
 * anything else, and all that follows it, is left to Aedes.
 */
export type UplinkLane = (chunk: Buffer) => number

/** Opens the lane of a client that has been let in. */
type OpenUplinkLane = (conn: Duplex, identity: MqttIdentity, use: LaneUse) => UplinkLane

interface LaneClient extends Owed {
  readonly identity: MqttIdentity
  readonly use: LaneUse
}

/**
 * The short way of what devices mostly send: a QoS 1 PUBLISH of an uplink that no subscriber hears goes from the socket's bytes to
 * the intake, and its PUBACK back. Aedes would keep nothing of it, and takes longer over it than the intake does.
 */
export const createUplinkLanes = (options: UplinkLaneOptions): OpenUplinkLane => {
  const { directory, intake, refusals, maxPacketBytes, maxTopicLength, hears, isStopping } = options
  const sendPuback = createPubacks()
  const topicOf = createTopicReader()
  const parts: PublishParts = { topic: 0, messageId: 0, payload: 0, end: 0 }

  /** The topic of the packet in `parts`, when it may come this way. */
  const plainTopic = (identity: MqttIdentity, chunk: Buffer, start: number): string | null => {
    if (parts.end - start > maxPacketBytes || parts.messageId - parts.topic > maxTopicLength) return null
    // Topics of the contract are ASCII; whatever else this makes of other bytes is none of them.
    const topic = chunk.toString('latin1', parts.topic, parts.messageId)
    return judgePublish(identity, topic, directory, topicOf).kind === 'uplink' && !hears(topic) ? topic : null
  }

  const accept = (client: LaneClient, topic: string, payload: Buffer, messageId: number): void => {
    client.use.publishTaken()
    intake.accept({ topic, payload }, (error) => {
      client.use.publishAnswered()
      if (error === null) {
        sendPuback(client, messageId)
        return
      }
      refusals.note('intakeFailed', { error: error.message })
      client.conn.destroy()
    })
  }

  const take = (client: LaneClient, chunk: Buffer): number => {
    // A client that leaves its answers unread is Aedes' affair, which makes it wait and then drops it.
    if (isStopping() || client.conn.writableNeedDrain) return 0
    let start = 0
    while (findPublishParts(chunk, start, parts)) {
      const topic = plainTopic(client.identity, chunk, start)
      if (topic === null) break
      const { messageId, payload, end } = parts
      start = end
      accept(client, topic, chunk.subarray(payload, end), chunk.readUInt16BE(messageId))
    }
    return start
  }

  return (conn, identity, use) => {
    const client: LaneClient = { conn, identity, use, messageIds: [] }
    return (chunk) => take(client, chunk)
  }
}
