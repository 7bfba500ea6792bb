import { dayMs, hourMs, type Instant } from './time.ts'

/** A calendar date and the clock of one time zone, without daylight-saving surprises: every conversion asks the zone's own rules. */
export interface LocalTime {
  /** `YYYY-MM-DD` of the noon before `at`: the key of a lighting night. */
  nightOf(at: Instant): string
  /** The instant at which the local clock shows `minutes` after midnight of `date`. */
  instantOf(date: string, minutes: number): Instant
  /** The calendar date and the clock (`HH:mm`) at `at`. */
  shown(at: Instant): { date: string; clock: string }
}

/** `date` moved by whole days. */
export const shiftDate = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)

/**
 * @param timeZone IANA name; the caller has validated it.
 */
export const createLocalTime = (timeZone: string): LocalTime => {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })

  /** What a wall clock in the zone shows at `at`, written as if it were UTC. */
  const wallClock = (at: Instant): number => {
    const part: Record<string, string> = {}
    for (const { type, value } of format.formatToParts(at)) part[type] = value
    return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`)
  }

  const instantOf = (date: string, minutes: number): Instant => {
    const wall = Date.parse(`${date}T00:00:00Z`) + minutes * 60_000
    // Two rounds settle the offset on either side of a clock change; an hour that does not exist lands just after the gap.
    let at = wall
    for (let round = 0; round < 2; round++) at = wall - (wallClock(at) - at)
    return at
  }

  return {
    instantOf,
    shown(at) {
      const text = new Date(wallClock(at)).toISOString()
      return { date: text.slice(0, 10), clock: text.slice(11, 16) }
    },
    nightOf: (at) => new Date(wallClock(at) - 12 * hourMs).toISOString().slice(0, 10),
  }
}
