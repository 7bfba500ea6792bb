import { categories, type Instant, type LineFigures, type StatisticsGroup, type TicketOutcome } from '@fanari/contracts'
import type { ReportFact, TicketFact } from './facts.ts'
import { countIn, figuresOf, newTally, reasons, sumOf, type Tally } from './plain-tally.fixture.ts'
import type { ServiceTime } from './service-time.ts'
import type { Period } from './tallies.ts'

/*
 * What counts, when, and for whom, read off the facts themselves one after the other: slow, and plain to see. What is counted from rows
 * of numbers is held against it.
 */

/** Which group something belongs to at its moment; `null`: to none. */
interface Grouping {
  /** A time: what is open at the end belongs to none. */
  isTime: boolean
  report(fact: ReportFact, ticketOf: TicketOf, at: Instant): string | null
  ticket(fact: TicketFact, at: Instant): string | null
}

type TicketOf = (id: string) => TicketFact | undefined

interface PlainQuestion {
  period: Period
  now: Instant
  group: StatisticsGroup
  timeZone: string
  time: ServiceTime
}

/** Figures of all, and of each group in which there is something. */
export const plainFigures = (
  reports: ReadonlyMap<string, ReportFact>,
  tickets: ReadonlyMap<string, TicketFact>,
  { period, now, group, timeZone, time }: PlainQuestion,
): { total: LineFigures; items: Map<string, LineFigures> } => {
  const rest = newTally()
  const groups = new Map<string, Tally>()
  const tallyOf = (key: string | null): Tally => {
    if (key === null) return rest
    const tally = groups.get(key) ?? newTally()
    groups.set(key, tally)
    return tally
  }
  const grouping = plainGrouping(group, timeZone)
  const counting = { period, now, grouping, tallyOf, time }
  countReports(reports.values(), (id) => tickets.get(id), counting)
  countTickets(tickets.values(), counting)
  return {
    total: figuresOf(sumOf([rest, ...groups.values()]), true),
    items: new Map([...groups].map(([key, tally]) => [key, figuresOf(tally, !grouping.isTime)])),
  }
}

const plainGrouping = (group: StatisticsGroup, timeZone: string): Grouping => {
  const shown = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone, hourCycle: 'h23', ...options })
    return (at: Instant) => format.format(at).toLowerCase()
  }
  const byTime = (keyOf: (at: Instant) => string): Grouping => ({
    isTime: true,
    report: (_report, _ticketOf, at) => keyOf(at),
    ticket: (_ticket, at) => keyOf(at),
  })
  const date = shown({ year: 'numeric', month: '2-digit', day: '2-digit' })
  switch (group) {
    case 'none':
      return { isTime: false, report: () => null, ticket: () => null }
    case 'channel':
      return { isTime: false, report: ({ channel }) => channel, ticket: ({ source }) => source }
    case 'category':
    case 'community':
      return { isTime: false, report: (report) => report[group], ticket: (ticket) => ticket[group] }
    case 'service':
    case 'team':
    case 'assignee':
      return {
        isTime: false,
        report: ({ ticket }, ticketOf) => ticketOf(ticket)?.[group] ?? null,
        ticket: (ticket) => ticket[group],
      }
    case 'hour':
      return byTime(shown({ hour: '2-digit' }))
    case 'weekday':
      return byTime(shown({ weekday: 'long' }))
    case 'day':
      return byTime(date)
    case 'month':
      return byTime((at) => date(at).slice(0, 7))
  }
}

/** Ways to end that say nothing of a repair. */
const noRepair: ReadonlySet<TicketOutcome> = new Set<TicketOutcome>(['answered', 'superseded', 'withdrawn', 'notOurs'])

interface Counting {
  period: Period
  /** What has not happened by then is not known. */
  now: Instant
  grouping: Grouping
  /** What to count in: that of a group, or of what belongs to none. */
  tallyOf: (key: string | null) => Tally
  time: ServiceTime
}

const countReports = (
  reports: Iterable<ReportFact>,
  ticketOf: TicketOf,
  { period, now, grouping, tallyOf, time }: Counting,
): void => {
  const isIn = (at: Instant) => at >= period.from && at < period.until
  for (const report of reports) {
    const { at, answer } = report
    const received = isIn(at)
    const answered = answer !== null && isIn(answer.at)
    if (!received && !answered) continue
    if (received) countReceived(tallyOf(grouping.report(report, ticketOf, at)), report, now, time)
    if (answered) {
      const tally = tallyOf(grouping.report(report, ticketOf, answer.at))
      countIn(tally.mended, answer.lit)
      if (answer.rating !== null) tally.ratings.push(answer.rating)
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

const countTickets = (tickets: Iterable<TicketFact>, { period, now, grouping, tallyOf, time }: Counting): void => {
  const isIn = (at: Instant | null): at is Instant => at !== null && at >= period.from && at < period.until
  const end = Math.min(period.until, now)
  /** What happens at this very instant has happened; what happens at the end of a period is outside it. */
  const isOpenAtEnd = ({ from, until }: TicketFact['open'][number]) =>
    end === period.until
      ? from < end && (until === null || until >= end)
      : from <= end && (until === null || until > end)
  const tallyAt = (ticket: TicketFact, at: Instant) => tallyOf(grouping.ticket(ticket, at))
  for (const ticket of tickets) {
    if (ticket.isPart) continue
    const { at, outcome, closedAt, dueAt } = ticket
    if (isIn(closedAt) && outcome !== null) tallyAt(ticket, closedAt).outcomes[outcome]++
    if (outcome === 'answered' || outcome === 'superseded') continue
    if (isIn(at)) countOpened(tallyAt(ticket, at), ticket)
    for (const [index, span] of ticket.open.entries()) {
      const { until } = span
      if (isOpenAtEnd(span)) {
        const tally = tallyOf(grouping.isTime ? null : grouping.ticket(ticket, end))
        tally.ages.push(end - at)
        if (dueAt !== null && dueAt < end) tally.overdue++
      }
      if (isIn(until) && (outcome === null || !noRepair.has(outcome))) {
        countIn(tallyAt(ticket, until).reopened, ticket.open[index + 1] !== undefined)
      }
    }
    if (outcome !== null && noRepair.has(outcome)) continue
    const doneAt = ticket.resolvedAt ?? closedAt
    if (isIn(doneAt)) countRepair(tallyAt(ticket, doneAt), ticket, doneAt, time)
    if (isIn(closedAt)) {
      const { closings } = tallyAt(ticket, closedAt)
      closings.elapsed.push(closedAt - at)
      closings.service.push(time.between(at, closedAt))
    }
    const { operator } = ticket
    if (operator !== null && isIn(operator.until)) {
      const tally = tallyAt(ticket, operator.until)
      tally.operatorHeld.push(operator.until - operator.from)
      countIn(tally.operatorInTime, operator.inTime)
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
