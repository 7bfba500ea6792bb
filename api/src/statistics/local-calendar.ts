import { createLocalTime, dayMs, hourMs, type Instant } from '@fanari/contracts'

/** The calendar of one time zone, for questions by the hundred thousand. */
export interface LocalCalendar {
  /** `YYYY-MM-DD` */
  dateOf(at: Instant): string
  /** The hour that the wall clock shows, counted from 1970 on as if the wall were UTC. */
  wallHourOf(at: Instant): number
  /** The instant at which a date begins. */
  beginOf(date: string): Instant
}

/** Zones change their offset on a quarter of an hour at the finest [ms]. */
const offsetStepMs = hourMs / 4

/** @param timeZone IANA name; the caller has validated it */
export const createLocalCalendar = (timeZone: string): LocalCalendar => {
  const local = createLocalTime(timeZone)
  const offsets = new Map<number, number>()
  const dates = new Map<number, string>()

  /** What the wall clock shows, as if it were UTC [ms]. */
  const wallOf = (at: Instant): number => {
    const step = Math.floor(at / offsetStepMs)
    const known = offsets.get(step)
    if (known !== undefined) return at + known
    const begin = step * offsetStepMs
    const { date, clock } = local.shown(begin)
    const offset = Date.parse(`${date}T${clock}:00Z`) - begin
    offsets.set(step, offset)
    return at + offset
  }
  const dateOf = (at: Instant): string => {
    const day = Math.floor(wallOf(at) / dayMs)
    const known = dates.get(day)
    if (known !== undefined) return known
    const date = new Date(day * dayMs).toISOString().slice(0, 10)
    dates.set(day, date)
    return date
  }

  return {
    dateOf,
    wallHourOf: (at) => Math.floor(wallOf(at) / hourMs),
    beginOf: (date) => local.instantOf(date, 0),
  }
}
