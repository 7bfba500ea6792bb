import { dayMs, hourMs, type Instant, minuteMs } from '@fanari/contracts'

/** The clock on the wall of a municipality. */
export interface Zone {
  /** Local noon at or before `at`. */
  noonBefore(at: Instant): Instant
  /** The instant `minutes` after local midnight (by the clock, not by elapsed time) of the day that holds `at`, `days` later. */
  clockTime(at: Instant, minutes: number, days: number): Instant
  /** Minutes after local midnight. */
  minuteOfDay(at: Instant): number
  /** YYYY-MM-DD */
  date(at: Instant): string
}

export const createZone = (timeZone: string): Zone => {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  /** Local wall time written as if it were UTC, to the minute. */
  const wallTime = (at: Instant): number => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    return Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day ?? 1, part.hour ?? 0, part.minute ?? 0)
  }
  const offset = (at: Instant): number => wallTime(at) - Math.floor(at / minuteMs) * minuteMs
  /** The offset is asked for twice: the first guess may lie across a change of the clocks. */
  const fromWallTime = (wall: number): Instant => wall - offset(wall - offset(wall))
  const midnight = (at: Instant): number => Math.floor(wallTime(at) / dayMs) * dayMs
  return {
    noonBefore: (at) => {
      const noon = fromWallTime(midnight(at) + 12 * hourMs)
      return noon <= at ? noon : fromWallTime(midnight(at) - 12 * hourMs)
    },
    clockTime: (at, minutes, days) => fromWallTime(midnight(at) + days * dayMs + minutes * minuteMs),
    minuteOfDay: (at) => (wallTime(at) - midnight(at)) / minuteMs,
    date: (at) => new Date(midnight(at)).toISOString().slice(0, 10),
  }
}
