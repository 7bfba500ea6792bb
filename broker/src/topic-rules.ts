import { type DeviceDirectory, type MqttIdentity, parseDeviceFilter, parseTopic, type Topic } from '@fanari/contracts'

/** What becomes of a publish. */
export type PublishVerdict =
  /** To the intake, and on to whoever listens. */
  | { kind: 'uplink' }
  /** To the device. */
  | { kind: 'command' }
  /** Set aside, acknowledged, not passed on. */
  | { kind: 'refused'; reason: 'topicForbidden' | 'unknownTopic' }

const uplink: PublishVerdict = { kind: 'uplink' }
const command: PublishVerdict = { kind: 'command' }
const forbidden: PublishVerdict = { kind: 'refused', reason: 'topicForbidden' }
const unknown: PublishVerdict = { kind: 'refused', reason: 'unknownTopic' }

type SpeaksFor = Pick<DeviceDirectory, 'speaksFor'>

const ownsBranch = (
  identity: MqttIdentity & { kind: 'device' },
  branch: { municipality: string; device: string },
  directory: SpeaksFor,
): boolean =>
  branch.municipality === identity.municipality &&
  (branch.device === identity.device || directory.speaksFor(branch.municipality, identity.device, branch.device))

/**
 * Judges a publish of a client by CONTRACT section 1: a device speaks in its own branch, a gateway also in those of the devices
 * registered to it, commands are an operator's, and incidents, tickets and communities the platform's alone. Nothing outside the
 * topic table is ever passed on, `$SYS` included, by which Aedes takes orders from its peers.
 *
 * @param parse for callers who remember topics
 */
export const judgePublish = (
  identity: MqttIdentity,
  name: string,
  directory: SpeaksFor,
  parse: (name: string) => Topic | null = parseTopic,
): PublishVerdict => {
  const topic = parse(name)
  if (topic === null) return unknown
  if (topic.kind !== 'device') return forbidden
  const isCommand = topic.channel === 'command'
  switch (identity.kind) {
    case 'device':
      return !isCommand && ownsBranch(identity, topic, directory) ? uplink : forbidden
    case 'operator':
      return isCommand ? command : forbidden
    case 'open':
      return isCommand ? command : uplink
  }
}

/** Whether a client may hear everything that matches `filter`, a filter or a plain topic. */
export const mayHear = (identity: MqttIdentity, filter: string, directory: SpeaksFor): boolean => {
  switch (identity.kind) {
    case 'device': {
      const branch = parseDeviceFilter(filter)
      return branch !== null && ownsBranch(identity, branch, directory)
    }
    case 'operator':
      return filter.startsWith('city/v1/')
    case 'open':
      return true
  }
}
