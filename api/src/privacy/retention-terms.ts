import type { Instant, ReportRecord, Ticket, WorkOrder } from '@fanari/contracts'
import { z } from 'zod'

const months = (usual: number) => z.int().min(1).max(240).default(usual)

/**
 * How long a municipality keeps what. No Greek term for citizen lines is known; these follow Amsterdam's (Signalen), and each
 * municipality's data protection officer decides.
 */
export const retentionTermsSchema = z.object({
  contactMonths: months(12).describe('Who reported, after the matter is closed [months]'),
  cancelledMonths: months(12).describe('What was written in a report that was withdrawn, refused or not ours [months]'),
  resolvedMonths: months(60).describe('What was written in any other report, after the matter is closed [months]'),
})
export type RetentionTerms = z.infer<typeof retentionTermsSchema>

/** The moment so many calendar months before another, in UTC; the 31st of a shorter month is its last day. */
export const monthsBefore = (at: Instant, count: number): Instant => {
  const then = new Date(at)
  const day = then.getUTCDate()
  then.setUTCDate(1)
  then.setUTCMonth(then.getUTCMonth() - count)
  const lastDay = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate()
  then.setUTCDate(Math.min(day, lastDay))
  return then.getTime()
}

/** About a hundred metres: a street, not a door. */
const coarse = (degrees: number): number => Math.round(degrees * 1_000) / 1_000

/** The `clientId` of a reduced report: nothing of the device that sent it, and a mark that there is no more to take away. */
const reducedClientId = (id: string): string => `reduced:${id}`

/** What is left of a report for statistics: what, when, by which channel, in which community, and what became of it. */
export const reduceReport = (report: ReportRecord): ReportRecord => {
  const { description: _d, address: _a, street: _s, evidence: _e, callDurationS, ...rest } = report
  return {
    ...rest,
    ...(callDurationS === undefined ? {} : { callDurationS }),
    ...(report.lat === undefined ? {} : { lat: coarse(report.lat) }),
    ...(report.lon === undefined ? {} : { lon: coarse(report.lon) }),
    clientId: reducedClientId(report.id),
  }
}

/** A ticket without what staff wrote: notes may name people. */
export const reduceTicket = (ticket: Ticket): Ticket => ({
  ...ticket,
  history: ticket.history.map(({ note: _, ...entry }) => entry),
})

export const reduceWorkOrder = ({ note: _, ...order }: WorkOrder): WorkOrder => order
