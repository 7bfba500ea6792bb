import { categories, type Instant, type TicketOutcome } from '@fanari/contracts'
import type { ReportFact, TicketFact } from './facts.ts'
import type { ServiceTime } from './service-time.ts'
import { countIn, type Period, reasons, type Tally } from './tally.ts'

/* What counts, when, and for whom: the definitions of docs/citizen-line.md. Pure. */

/** Which group something belongs to at its moment; `null`: to none. */
export interface Grouping {
  /** A time: what is open at the end belongs to none. */
  isTime: boolean
  report(fact: ReportFact, ticket: TicketFact | null, at: Instant): string | null
  ticket(fact: TicketFact, at: Instant): string | null
}

/** Gives the tallies to count in: the whole, and the group's. */
export type TalliesOf = (key: string | null) => readonly Tally[]

/** Ways to end that say nothing of a repair. */
const noRepair: ReadonlySet<TicketOutcome> = new Set<TicketOutcome>(['answered', 'superseded', 'withdrawn', 'notOurs'])

interface Counting {
  period: Period
  /** What has not happened by then is not known. */
  now: Instant
  grouping: Grouping
  talliesOf: TalliesOf
  time: ServiceTime
}

export const countReports = (
  reports: Iterable<ReportFact>,
  ticketOf: (id: string) => TicketFact | null,
  { period, now, grouping, talliesOf, time }: Counting,
): void => {
  const isIn = (at: Instant) => at >= period.from && at < period.until
  for (const report of reports) {
    const { at, answer } = report
    const received = isIn(at)
    const answered = answer !== null && isIn(answer.at)
    if (!received && !answered) continue
    const ticket = ticketOf(report.ticket)
    if (received) {
      for (const tally of talliesOf(grouping.report(report, ticket, at))) countReceived(tally, report, now, time)
    }
    if (answered) {
      for (const tally of talliesOf(grouping.report(report, ticket, answer.at))) {
        countIn(tally.mended, answer.lit)
        if (answer.rating !== null) tally.ratings.push(answer.rating)
      }
    }
  }
}

const countReceived = (tally: Tally, report: ReportFact, now: Instant, time: ServiceTime): void => {
  if (report.isQuestion) {
    tally.questions++
    return
  }
  const { at, respondedAt, responseDueAt } = report
  tally.received++
  countIn(tally.alreadyKnown, report.alreadyKnown)
  if (report.joined) {
    tally.joined++
    if (report.parted) tally.parted++
  }
  if (respondedAt === null) {
    tally.unanswered++
    if (responseDueAt !== null && responseDueAt < now) countIn(tally.responsesInTime, false)
    return
  }
  tally.responses.elapsed.push(respondedAt - at)
  tally.responses.service.push(time.between(at, respondedAt))
  if (responseDueAt !== null) countIn(tally.responsesInTime, respondedAt <= responseDueAt)
}

export const countTickets = (
  tickets: Iterable<TicketFact>,
  { period, now, grouping, talliesOf, time }: Counting,
): void => {
  const isIn = (at: Instant | null): at is Instant => at !== null && at >= period.from && at < period.until
  const end = Math.min(period.until, now)
  /** What happens at this very instant has happened; what happens at the end of a period is outside it. */
  const isOpenAtEnd = ({ from, until }: TicketFact['open'][number]) =>
    end === period.until
      ? from < end && (until === null || until >= end)
      : from <= end && (until === null || until > end)
  const each = (ticket: TicketFact, at: Instant, count: (tally: Tally) => void) => {
    for (const tally of talliesOf(grouping.ticket(ticket, at))) count(tally)
  }
  for (const ticket of tickets) {
    if (ticket.isPart) continue
    const { at, outcome, closedAt, dueAt } = ticket
    if (isIn(closedAt) && outcome !== null) each(ticket, closedAt, (tally) => tally.outcomes[outcome]++)
    if (outcome === 'answered' || outcome === 'superseded') continue
    if (isIn(at)) each(ticket, at, (tally) => countOpened(tally, ticket))
    for (const [index, span] of ticket.open.entries()) {
      const { until } = span
      if (isOpenAtEnd(span)) {
        for (const tally of talliesOf(grouping.isTime ? null : grouping.ticket(ticket, end))) {
          tally.ages.push(end - at)
          if (dueAt !== null && dueAt < end) tally.overdue++
        }
      }
      if (isIn(until) && (outcome === null || !noRepair.has(outcome))) {
        each(ticket, until, (tally) => countIn(tally.reopened, ticket.open[index + 1] !== undefined))
      }
    }
    if (outcome !== null && noRepair.has(outcome)) continue
    const doneAt = ticket.resolvedAt ?? closedAt
    if (isIn(doneAt)) each(ticket, doneAt, (tally) => countRepair(tally, ticket, doneAt, time))
    if (isIn(closedAt)) {
      each(ticket, closedAt, ({ closings }) => {
        closings.elapsed.push(closedAt - at)
        closings.service.push(time.between(at, closedAt))
      })
    }
    const { operator } = ticket
    if (operator !== null && isIn(operator.until)) {
      each(ticket, operator.until, (tally) => {
        tally.operatorHeld.push(operator.until - operator.from)
        countIn(tally.operatorInTime, operator.inTime)
      })
    }
  }
}

const countOpened = (tally: Tally, { source, category, reports, leadMs }: TicketFact): void => {
  tally.opened++
  if (categories[category].trouble === null) return
  const withoutCall = source === 'telemetry' && reports === 0
  const isFirst = withoutCall || (leadMs !== null && leadMs > 0)
  countIn(tally.detectedFirst, isFirst)
  if (withoutCall) tally.withoutCall++
  else if (isFirst && leadMs !== null) tally.leads.push(leadMs)
}

const countRepair = (tally: Tally, ticket: TicketFact, doneAt: Instant, time: ServiceTime): void => {
  const { at, dueAt } = ticket
  tally.repairs.elapsed.push(doneAt - at)
  tally.repairs.service.push(time.between(at, doneAt))
  tally.repairsAlone.push(doneAt - at - waitedMs(ticket, 'waitingForNetworkOperator', doneAt))
  if (dueAt !== null) countIn(tally.repairsInTime, doneAt <= dueAt)
  if (ticket.waits.length === 0) return
  for (const reason of reasons) {
    const waited = waitedMs(ticket, reason, doneAt)
    if (waited > 0) tally.waits[reason].push(waited)
  }
}

const waitedMs = ({ waits }: TicketFact, wanted: string, doneAt: Instant): number =>
  waits.reduce(
    (sum, { reason, from, until }) =>
      reason === wanted && from < doneAt ? sum + Math.min(until ?? doneAt, doneAt) - from : sum,
    0,
  )
