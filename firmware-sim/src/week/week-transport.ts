import { type Instant, secondMs } from '@fanari/contracts'
import { type Link, payloadOf, type Transport } from '../firmware/connection.ts'
import { between, type Random } from '../random.ts'

/** A message as it reaches the platform. */
export interface WeekMessage {
  receivedAt: Instant
  device: string
  channel: 'telemetry' | 'status' | 'event'
  /** JSON text: one reading or an array of them, a status, an event. */
  payload: string
}

/** A broker speaks the will of a client 1.5 keep-alives after it last heard of it (MQTT 3.1.1 §3.1.2.10). */
const willDelayMs = 1.5 * 60 * secondMs
/** Clients that lost their broker come back within so long, by a jittered back-off. */
const soonestReturnMs = secondMs
const latestReturnMs = 45 * secondMs

export interface WeekTransport extends Transport {
  /** The platform goes, and its broker with it: connections break, wills are lost, nobody can come in. */
  stop(): void
  /** It is back, and everybody finds it again. */
  start(): void
}

/** Carries links to a platform that may be down, in simulated time. */
export const createWeekTransport = (options: {
  now: () => Instant
  schedule: (at: Instant, action: () => void) => void
  random: Random
  message: (message: WeekMessage) => void
}): WeekTransport => {
  const { now, schedule, random, message } = options
  const online = new Map<string, { link: Link; will: string }>()
  /** Wills that the broker will speak unless their client takes its place again. */
  const pending = new Map<string, { speak: () => void }>()
  const waiting = new Set<Link>()
  let isUp = true

  const connect = (link: Link): void => {
    // A client that comes back before the broker has missed it takes over: the old connection's will is spoken then.
    pending.get(link.device)?.speak()
    online.set(link.device, { link, will: link.newSession().will })
    link.connected()
  }
  return {
    open: (link) => {
      if (isUp) connect(link)
      else waiting.add(link)
    },
    cut: (device) => {
      for (const link of waiting) if (link.device === device) waiting.delete(link)
      const client = online.get(device)
      online.delete(device)
      if (client === undefined || !isUp) return
      const will = {
        speak: () => {
          if (pending.get(device) !== will) return
          pending.delete(device)
          message({ receivedAt: now(), device, channel: 'status', payload: client.will })
        },
      }
      pending.set(device, will)
      schedule(now() + willDelayMs, will.speak)
    },
    publish: (uplink) => {
      if (!isUp || !online.has(uplink.connection)) return false
      const { device, channel } = uplink
      // Nobody commands anything in a week.
      if (channel !== 'result') message({ receivedAt: now(), device, channel, payload: payloadOf(uplink) })
      return true
    },
    stop: () => {
      isUp = false
      pending.clear()
      for (const { link } of online.values()) {
        waiting.add(link)
        link.disconnected()
      }
      online.clear()
    },
    start: () => {
      isUp = true
      for (const link of waiting)
        schedule(now() + between(random, soonestReturnMs, latestReturnMs), () => {
          if (isUp && waiting.delete(link)) connect(link)
        })
    },
  }
}
