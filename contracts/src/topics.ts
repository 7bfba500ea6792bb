import { isId } from './identifiers.ts'

/** Every topic of CONTRACT section 1, in one table; nobody concatenates one elsewhere. */
const root = 'city/v1'

const deviceChannels = ['telemetry', 'status', 'event', 'command', 'result'] as const
export type DeviceChannel = (typeof deviceChannels)[number]

/** The channels a device may publish on; `command` is the platform's. */
export const uplinkChannels = ['telemetry', 'status', 'event', 'result'] as const
export type UplinkChannel = (typeof uplinkChannels)[number]

export const topics = {
  device: (municipality: string, device: string, channel: DeviceChannel): string =>
    `${root}/${municipality}/devices/${device}/${channel}`,
  incident: (municipality: string, incident: string): string => `${root}/${municipality}/incidents/${incident}`,
  ticket: (municipality: string, ticket: string): string => `${root}/${municipality}/tickets/${ticket}`,
  communityLight: (municipality: string, community: string): string =>
    `${root}/${municipality}/communities/${community}/light`,
  /** What a municipality's devices send, for a subscriber on an outside broker. */
  uplinkFilter: (channel: UplinkChannel): string => `${root}/+/devices/+/${channel}`,
} as const

export type Topic =
  | { kind: 'device'; municipality: string; device: string; channel: DeviceChannel }
  | { kind: 'incident'; municipality: string; incident: string }
  | { kind: 'ticket'; municipality: string; ticket: string }
  | { kind: 'communityLight'; municipality: string; community: string }

const isDeviceChannel = (text: string): text is DeviceChannel => (deviceChannels as readonly string[]).includes(text)

/** Reads a concrete topic name; `null` when it is not one of the table's. */
export const parseTopic = (name: string): Topic | null => {
  const levels = name.split('/')
  const [city, version, municipality, branch, id, leaf] = levels
  if (city !== 'city' || version !== 'v1' || municipality === undefined || id === undefined) return null
  if (!isId(municipality) || !isId(id)) return null
  switch (branch) {
    case 'devices':
      if (levels.length !== 6 || leaf === undefined || !isDeviceChannel(leaf)) return null
      return { kind: 'device', municipality, device: id, channel: leaf }
    case 'incidents':
      return levels.length === 5 ? { kind: 'incident', municipality, incident: id } : null
    case 'tickets':
      return levels.length === 5 ? { kind: 'ticket', municipality, ticket: id } : null
    case 'communities':
      return levels.length === 6 && leaf === 'light' ? { kind: 'communityLight', municipality, community: id } : null
    default:
      return null
  }
}

/** Topic names remembered: more than devices × channels of the largest city. */
const topicsRemembered = 100_000

/** `parseTopic` that remembers what it has read: a device uses the same few names for ever. Unreadable names are not remembered. */
export const createTopicReader = (): ((name: string) => Topic | null) => {
  const known = new Map<string, Topic>()
  return (name) => {
    const remembered = known.get(name)
    if (remembered !== undefined) return remembered
    const topic = parseTopic(name)
    if (topic === null) return null
    if (known.size >= topicsRemembered) known.clear()
    known.set(name, topic)
    return topic
  }
}

/**
 * The municipality and device whose branch a subscription filter stays within, or `null` when it reaches further:
 * `city/v1/m/devices/d/command` and `city/v1/m/devices/d/#` stay within `d`, a wildcard above the channel does not.
 */
export const parseDeviceFilter = (filter: string): { municipality: string; device: string } | null => {
  const levels = filter.split('/')
  const [city, version, municipality, branch, device, leaf] = levels
  if (city !== 'city' || version !== 'v1' || branch !== 'devices' || levels.length !== 6) return null
  if (municipality === undefined || device === undefined || leaf === undefined) return null
  if (!isId(municipality) || !isId(device)) return null
  if (leaf !== '#' && leaf !== '+' && !isDeviceChannel(leaf)) return null
  return { municipality, device }
}
