import { type Instant, minuteMs, secondMs } from '@fanari/contracts'
import { type Link, payloadOf, type Transport, type Uplink } from '../firmware/connection.ts'

/** A broker speaks the will of a client 1.5 keep-alives after it last heard of it (MQTT 3.1.1 §3.1.2.10). */
const willDelayMs = 1.5 * 60 * secondMs
const tickMs = minuteMs

export interface Recorder extends Transport {
  /** Takes the lines recorded so far; `until` is the moment up to which time has passed. */
  take(until: Instant): string
}

/**
 * A transport that writes the traffic down as replay input instead of sending it: one JSON line a message, in order of
 * `receivedAt`, and a tick every minute. Connections always succeed.
 */
export const createRecorder = (municipality: string, now: () => Instant): Recorder => {
  const links = new Map<string, string>()
  const wills: { due: Instant; line: string }[] = []
  let lines: string[] = []
  let lastTick: Instant | null = null

  const lineOf = (receivedAt: Instant, device: string, channel: string, payload: string): string =>
    `{"receivedAt":${receivedAt},"municipality":"${municipality}","device":"${device}","channel":"${channel}","payload":${payload}}\n`
  /** Writes what is due before something received at `at`. */
  const catchUp = (at: Instant): void => {
    for (;;) {
      const will = wills[0]
      const tick = lastTick === null ? null : lastTick + tickMs
      if (will !== undefined && will.due <= at && (tick === null || will.due <= tick)) {
        lines.push(will.line)
        wills.shift()
      } else if (tick !== null && tick <= at) {
        lines.push(`{"receivedAt":${tick},"tick":true}\n`)
        lastTick = tick
      } else return
    }
  }

  return {
    open: (link: Link) => {
      links.set(link.device, link.newSession().will)
      link.connected()
    },
    cut: (device) => {
      const will = links.get(device)
      links.delete(device)
      const due = now() + willDelayMs
      if (will !== undefined) wills.push({ due, line: lineOf(due, device, 'status', will) })
    },
    publish: (message: Uplink) => {
      const at = now()
      lastTick ??= Math.floor(at / tickMs) * tickMs
      catchUp(at)
      lines.push(lineOf(at, message.device, message.channel, payloadOf(message)))
      return true
    },
    take: (until) => {
      catchUp(until)
      const text = lines.join('')
      lines = []
      return text
    },
  }
}
