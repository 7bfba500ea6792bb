import { createLocalTime, dayMs, hourMs, type Instant, type StatisticsGroup, weekdays } from '@fanari/contracts'
import type { Grouping } from './count.ts'

/** The calendar of one time zone, for questions by the hundred thousand. */
export interface LocalCalendar {
  hourOf(at: Instant): string
  weekdayOf(at: Instant): string
  /** `YYYY-MM-DD` */
  dateOf(at: Instant): string
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
    hourOf: (at) => hours[Math.floor((wallOf(at) % dayMs) / hourMs)] ?? '00',
    // 1 January 1970 was a Thursday.
    weekdayOf: (at) => weekdays[(Math.floor(wallOf(at) / dayMs) + 3) % 7] ?? 'monday',
    dateOf,
    beginOf: (date) => local.instantOf(date, 0),
  }
}

const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))

/** Groups of which every one is listed, whether or not anything falls in it. */
export const fixedKeys: Partial<Record<StatisticsGroup, readonly string[]>> = { hour: hours, weekday: weekdays }

const byTime = (keyOf: (at: Instant) => string): Grouping => ({
  isTime: true,
  report: (_report, _ticketOf, at) => keyOf(at),
  ticket: (_ticket, at) => keyOf(at),
})

/** Which group of `group` reports and tickets belong to. A report is its own; where it goes is its ticket's. */
export const groupingBy = (group: StatisticsGroup, local: LocalCalendar): Grouping => {
  switch (group) {
    case 'none':
      return { isTime: false, report: () => null, ticket: () => null }
    case 'channel':
      return { isTime: false, report: ({ channel }) => channel, ticket: ({ source }) => source }
    case 'category':
      return { isTime: false, report: ({ category }) => category, ticket: ({ category }) => category }
    case 'community':
      return { isTime: false, report: ({ community }) => community, ticket: ({ community }) => community }
    case 'service':
    case 'team':
    case 'assignee':
      return {
        isTime: false,
        report: ({ ticket }, ticketOf) => ticketOf(ticket)?.[group] ?? null,
        ticket: (ticket) => ticket[group],
      }
    case 'hour':
      return byTime(local.hourOf)
    case 'weekday':
      return byTime(local.weekdayOf)
    case 'day':
      return byTime(local.dateOf)
    case 'month':
      return byTime((at) => local.dateOf(at).slice(0, 7))
  }
}
