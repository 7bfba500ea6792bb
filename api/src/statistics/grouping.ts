import { hourMs, type Instant, type StatisticsGroup, shiftDate, weekdays } from '@fanari/contracts'
import type { FactTable } from './fact-table.ts'
import type { LocalCalendar } from './local-calendar.ts'
import type { Period } from './tallies.ts'

/** Which group rows belong to, by their own number or by the hour of what happened. Group 0 is none. */
type Groups = { by: 'row'; groups: Int32Array } | { by: 'hour'; groups: Int32Array; firstHour: number }

export const groupAt = (groups: Groups, row: number, wallHour: number): number =>
  (groups.by === 'row' ? groups.groups[row] : groups.groups[wallHour - groups.firstHour]) ?? 0

/** Which group each report and ticket belongs to at the moment that is counted. */
export interface Grouping {
  /** A time: what is open at the end belongs to none. */
  isTime: boolean
  /** By their numbers; 0 is none. */
  keys: readonly (string | null)[]
  reports: Groups
  tickets: Groups
  wallHourOf(at: Instant): number
}

const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))

/** Groups by time are listed even when they are empty, in order: a chart has no gaps. @param keyOf a date `YYYY-MM-DD` and an hour of it */
const byTime = (
  period: Period,
  local: LocalCalendar,
  { keys, keyOf }: { keys: readonly string[]; keyOf: (date: string, hour: number) => string },
): Grouping => {
  // Where clocks go back the wall shows an hour twice: what comes later may show less.
  const firstHour = local.wallHourOf(period.from) - 24
  const lastHour = local.wallHourOf(period.until) + 24
  const groups = new Int32Array(lastHour - firstHour + 1)
  const numbers = new Map(keys.map((key, index) => [key, index + 1]))
  let date = ''
  for (let index = 0; index < groups.length; index++) {
    const hour = firstHour + index
    if (date === '' || hour % 24 === 0) date = new Date(hour * hourMs).toISOString().slice(0, 10)
    groups[index] = numbers.get(keyOf(date, hour % 24)) ?? 0
  }
  const byHour: Groups = { by: 'hour', groups, firstHour }
  return { isTime: true, keys: [null, ...keys], reports: byHour, tickets: byHour, wallHourOf: local.wallHourOf }
}

const datesOf = ({ from, until }: Period, local: LocalCalendar): readonly string[] => {
  const dates: string[] = []
  const last = local.dateOf(until - 1)
  for (let date = local.dateOf(from); date <= last; date = shiftDate(date, 1)) dates.push(date)
  return dates
}

const weekdayOf = (date: string): string => weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'monday'

/** A report is its own; where it goes is its ticket's. */
export const groupingBy = (
  group: StatisticsGroup,
  { reports, tickets, words }: FactTable,
  { period, local }: { period: Period; local: LocalCalendar },
): Grouping => {
  const byRow = (keys: readonly (string | null)[], ofReports: Int32Array, ofTickets: Int32Array): Grouping => ({
    isTime: false,
    keys,
    reports: { by: 'row', groups: ofReports },
    tickets: { by: 'row', groups: ofTickets },
    wallHourOf: local.wallHourOf,
  })
  switch (group) {
    case 'none':
      return byRow([null], new Int32Array(reports.size), new Int32Array(tickets.size))
    case 'channel':
    case 'category':
    case 'community':
      return byRow(words[group].list(), reports.of[group], tickets.of[group])
    case 'service':
    case 'team':
    case 'assignee': {
      const ofTickets = tickets.of[group]
      const ofReports = reports.of.ticket.subarray(0, reports.size).map((row) => ofTickets[row] ?? 0)
      return byRow(words[group].list(), ofReports, ofTickets)
    }
    case 'hour':
      return byTime(period, local, { keys: hours, keyOf: (_date, hour) => hours[hour] ?? '00' })
    case 'weekday':
      return byTime(period, local, { keys: weekdays, keyOf: weekdayOf })
    case 'day':
      return byTime(period, local, { keys: datesOf(period, local), keyOf: (date) => date })
    case 'month': {
      const keys = [...new Set(datesOf(period, local).map((date) => date.slice(0, 7)))]
      return byTime(period, local, { keys, keyOf: (date) => date.slice(0, 7) })
    }
  }
}
