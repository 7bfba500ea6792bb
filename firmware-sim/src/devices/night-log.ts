import { hourMs, type Instant, minuteMs } from '@fanari/contracts'
import type { SolarNight } from '../truth.ts'

const litShare = 0.9
const darkBeforeDawnMs = 30 * minuteMs

/** Writes down how long a light should have been lit in a night, and was. */
export interface NightLog {
  pass(from: Instant, to: Instant, isDue: boolean, isLit: boolean): void
  /** The night so far; begins the next one. `null` when nothing was planned. */
  close(): Pick<SolarNight, 'plannedHours' | 'litHours' | 'darkAt' | 'dark'> | null
}

const hours = (ms: number): number => Math.round((ms / hourMs) * 1_000) / 1_000

export const createNightLog = (): NightLog => {
  let plannedMs = 0
  let litMs = 0
  let firstDarkAt: Instant | null = null
  let plannedUntil: Instant = 0
  let litUntil: Instant = 0
  return {
    pass: (from, to, isDue, isLit) => {
      if (!isDue) return
      plannedMs += to - from
      plannedUntil = to
      if (isLit) {
        litMs += to - from
        litUntil = to
      } else firstDarkAt ??= from
    },
    close: () => {
      const dark = litMs < litShare * plannedMs || plannedUntil - litUntil >= darkBeforeDawnMs
      const told =
        plannedMs === 0
          ? null
          : { plannedHours: hours(plannedMs), litHours: hours(litMs), darkAt: dark ? firstDarkAt : null, dark }
      plannedMs = 0
      litMs = 0
      firstDarkAt = null
      return told
    },
  }
}
