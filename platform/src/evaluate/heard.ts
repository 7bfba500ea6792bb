import type { Instant, UplinkChannel } from '@fanari/contracts'

/** What a device was heard to send: for the scorer, to know from when a fault could be seen at all. Times of reception rise. */
export interface HeardDevice {
  /** Of each reading: when it came, when it was made, and the level the controller asked for [%] (NaN when it does not say). */
  receivedAt: Instant[]
  at: Instant[]
  level: number[]
  /** When a sign came that the supply is gone: a last gasp, or a reading with next to no voltage. */
  supplyLossAt: Instant[]
  /** When the broker spoke its will. */
  willAt: Instant[]
  /** When it told of an impact. */
  impactAt: Instant[]
  /** Whether its readings count what happens between them. */
  counts: boolean
}

export interface Heard {
  take(receivedAt: Instant, device: string, channel: UplinkChannel, value: unknown): void
  of(device: string): HeardDevice | undefined
}

/** Far below any mains: the controller runs on its reserve [V]. */
const noVoltage = 50

export const createHeard = (): Heard => {
  const devices = new Map<string, HeardDevice>()

  const obtain = (device: string): HeardDevice => {
    let heard = devices.get(device)
    if (heard === undefined) {
      heard = { receivedAt: [], at: [], level: [], supplyLossAt: [], willAt: [], impactAt: [], counts: false }
      devices.set(device, heard)
    }
    return heard
  }

  const takeReading = (heard: HeardDevice, receivedAt: Instant, value: unknown): void => {
    if (!isRecord(value)) return
    const { at, lightLevel, supplyVoltage } = value
    heard.receivedAt.push(receivedAt)
    heard.at.push(typeof at === 'number' ? at : Date.parse(String(at)))
    heard.level.push(typeof lightLevel === 'number' ? lightLevel : Number.NaN)
    if (typeof supplyVoltage === 'number' && supplyVoltage < noVoltage) heard.supplyLossAt.push(receivedAt)
    heard.counts ||= 'switchOnCount' in value || 'activeEnergy' in value
  }

  return {
    of: (device) => devices.get(device),
    take(receivedAt, device, channel, value) {
      const heard = obtain(device)
      if (channel === 'telemetry') {
        if (!Array.isArray(value)) return takeReading(heard, receivedAt, value)
        for (const reading of value) takeReading(heard, receivedAt, reading)
        return
      }
      if (!isRecord(value)) return
      if (channel === 'status' && value.state === 'offline') heard.willAt.push(receivedAt)
      if (channel === 'event' && value.type === 'supplyLoss') heard.supplyLossAt.push(receivedAt)
      if (channel === 'event' && value.type === 'impactDetected') heard.impactAt.push(receivedAt)
    },
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
