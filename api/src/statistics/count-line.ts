import type { Instant, LineStatistics, StatisticsGroup } from '@fanari/contracts'
import { countReports, createTicketCount } from './count.ts'
import type { FactTable } from './fact-table.ts'
import { figuresOf } from './figures.ts'
import { groupingBy } from './grouping.ts'
import type { LocalCalendar } from './local-calendar.ts'
import type { Scratch } from './scratch.ts'
import { createTallies, type Period } from './tallies.ts'

export interface LineQuestion {
  period: Period
  group: StatisticsGroup
  now: Instant
  calendar: LocalCalendar
}

/** Rows that are counted between two breaths. */
const piece = 4_096

/**
 * Counts all that a table holds of a period, a piece at a time.
 * @param means `breathe` lets others have a turn when they have waited long enough; the table does not change meanwhile, and nobody else
 * uses `scratch`
 */
export const countLine = async (
  table: FactTable,
  { period, group, now, calendar }: LineQuestion,
  means: { breathe: () => Promise<void>; scratch: Scratch },
): Promise<Pick<LineStatistics, 'total' | 'items'>> => {
  const { reports, tickets } = table
  const grouping = groupingBy(group, table, { period, local: calendar })
  const { keys, isTime } = grouping
  const { breathe, scratch } = means
  scratch.reset()
  const tallies = createTallies(keys.length, Math.max(reports.size, tickets.size), scratch)
  const counting = { period, now, grouping, tallies }
  for (let first = 0; first < reports.size; first += piece) {
    countReports(table, { first, last: Math.min(first + piece, reports.size) }, counting)
    await breathe()
  }
  const ofTickets = createTicketCount(table, counting)
  for (let first = 0; first < tickets.size; first += piece) {
    ofTickets.rows({ first, last: Math.min(first + piece, tickets.size) })
    await breathe()
  }
  ofTickets.seldom()
  const figures = figuresOf(tallies, isTime)
  const items: LineStatistics['items'] = []
  for (const [number, key] of keys.entries()) {
    if (key === null || (!isTime && tallies.seen[number] === 0)) continue
    items.push({ key, figures: figures.ofGroup(number) })
    await breathe()
  }
  if (!isTime) items.sort((a, b) => (a.key < b.key ? -1 : 1))
  return { total: figures.total(), items }
}
