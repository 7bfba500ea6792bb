import { dayMs, type Instant, ProblemError, shiftDate } from '@fanari/contracts'
import { z } from 'zod'
import type { LocalCalendar } from '../statistics/local-calendar.ts'
import type { Period } from '../statistics/tallies.ts'
import { instantQuery } from './lists.ts'

/** The longest period of one question [ms]. */
const longestPeriodMs = 7_320 * dayMs

/** An end of a period: a whole day of the municipality, or an instant. */
const periodEdge = z
  .union([z.iso.date(), instantQuery])
  .describe(
    'A date of the municipality (the whole day is meant), or ISO 8601 with a zone, or milliseconds since 1970 UTC',
  )

/** Days up to its end, when nothing is asked. */
const usualDays = 30

/** The instants of a period that was asked for. @throws ProblemError `invalid-request` */
export const periodOf = (
  { from, to }: { from?: string | Instant | undefined; to?: string | Instant | undefined },
  local: LocalCalendar,
  now: Instant,
): Period => {
  const dayAfter = (date: string) => local.beginOf(shiftDate(date, 1))
  const until = to === undefined ? dayAfter(local.dateOf(now)) : typeof to === 'string' ? dayAfter(to) : to
  const usual = local.beginOf(shiftDate(local.dateOf(until - 1), 1 - usualDays))
  const begin = from === undefined ? usual : typeof from === 'string' ? local.beginOf(from) : from
  if (begin >= until) throw new ProblemError('invalid-request', '`from` is not before `to`')
  if (until - begin > longestPeriodMs) throw new ProblemError('invalid-request', 'The period is longer than 20 years')
  return { from: begin, until }
}

export const periodQuery = { from: periodEdge.optional(), to: periodEdge.optional() }
