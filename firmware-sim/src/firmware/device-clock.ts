import { dayMs, hourMs, type Instant, minuteMs } from '@fanari/contracts'

/** A clock in a device: it drifts, is set right once a day if the network does that, and may be plainly wrong. */
export interface DeviceClock {
  /** What it shows at `at`. */
  shows(at: Instant): Instant
  /** How far it is wrong, drift aside [ms]. */
  readonly shiftMs: number
  /** A fault of the given severity begins at `at`, or ends (`undefined`). Says whether it lost its memory over it. */
  meet(severity: number | undefined, at: Instant): boolean
}

/** Mistaken daylight-saving time, minutes ahead, or the first day of a real-time clock whose battery is empty. */
const shiftOf = (severity: number, at: Instant): number => {
  if (severity < 0.35) return hourMs
  if (severity < 0.6) return -hourMs
  if (severity < 0.8) return Math.round(5 + ((severity - 0.6) / 0.2) * 15) * minuteMs
  return Date.UTC(2000, 0, 1) - at
}

export const createDeviceClock = (options: {
  driftPpm: number
  syncs: boolean
  /** When it ran true, if the network does not set it; and the hour at which the network does. */
  setAt: Instant
}): DeviceClock => {
  const { driftPpm, syncs, setAt } = options
  let shiftMs = 0
  let met: number | undefined
  return {
    get shiftMs() {
      return shiftMs
    },
    shows: (at) => {
      if (driftPpm === 0) return at + shiftMs
      const runMs = syncs ? (at - setAt) % dayMs : at - setAt
      return Math.round(at + shiftMs + (runMs * driftPpm) / 1e6)
    },
    meet: (severity, at) => {
      if (severity === met) return false
      met = severity
      shiftMs = severity === undefined ? 0 : shiftOf(severity, at)
      return severity !== undefined && severity >= 0.8
    },
  }
}
