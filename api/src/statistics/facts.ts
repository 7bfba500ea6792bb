import {
  type Category,
  type CitizenEvent,
  categories,
  type Instant,
  type PauseReason,
  pauseReasonSchema,
  type ReportChannel,
  type ReportRecord,
  type Service,
  type Ticket,
  type TicketOutcome,
} from '@fanari/contracts'

/* What statistics keep of a report and of a ticket: what is counted, and nothing that is personal. Pure. */

export interface ReportFact {
  ticket: string
  channel: ReportChannel
  category: Category
  community: string | null
  luminaire: string | null
  /** Where the reporter said it is, WGS 84 [°]. */
  point: { lat: number; lon: number } | null
  at: Instant
  /** A question that was answered at once. */
  isQuestion: boolean
  alreadyKnown: boolean
  /** A rule put it to a matter that was there; staff took it away again. */
  joined: boolean
  parted: boolean
  /** First answer by a person, or the end of the matter when that came first. */
  respondedAt: Instant | null
  responseDueAt: Instant | null
  answer: { at: Instant; lit: boolean; rating: number | null } | null
}

export interface TicketFact {
  /** Part of another, which counts in its place. */
  isPart: boolean
  category: Category
  community: string | null
  service: Service
  team: string | null
  assignee: string | null
  source: Ticket['source']
  at: Instant
  /** When it was open, in order; the last may go on. */
  open: readonly OpenSpan[]
  resolvedAt: Instant | null
  closedAt: Instant | null
  outcome: TicketOutcome | null
  dueAt: Instant | null
  point: { lat: number; lon: number } | null
  reports: number
  /** How long telemetry knew of it when the first report came [ms]; negative: the citizen was first. */
  leadMs: number | null
  waits: readonly Wait[]
  operator: { from: Instant; until: Instant; inTime: boolean } | null
}

export interface OpenSpan {
  from: Instant
  until: Instant | null
}

export interface Wait {
  reason: PauseReason
  from: Instant
  until: Instant | null
}

/** What is asked of a clock. */
export interface ClockFact {
  startedAt: string
  dueAt: string
  stoppedAt: string | null
  /** 1 or 0, once it has stopped. */
  inTime: number | null
}

/** What the log says of a pause. */
interface ToldPause {
  event: CitizenEvent['event']
  at: Instant
  reason: string | null
}

const instantOf = (iso: string | null | undefined): Instant | null => (iso == null ? null : Date.parse(iso))

const pointOf = ({ lat, lon }: { lat?: number | undefined; lon?: number | undefined }) =>
  lat === undefined || lon === undefined ? null : { lat, lon }

/** @param told what the log says of a report that an operator has moved; `null` of others; @param response its response clock, once it runs */
export const reportFactOf = (
  report: ReportRecord,
  told: readonly Pick<CitizenEvent, 'event'>[] | null,
  response: ClockFact | null,
): ReportFact => ({
  ticket: report.ticket,
  channel: report.channel,
  category: report.category,
  community: report.community ?? null,
  luminaire: report.luminaire ?? null,
  point: pointOf(report),
  at: Date.parse(report.createdAt),
  isQuestion: report.informationOnly === true || categories[report.category].safetyClass === 'none',
  alreadyKnown: report.alreadyKnown,
  joined:
    told === null
      ? report.attached.rule !== 'opened' && report.attached.rule !== 'information'
      : told.some(({ event }) => event === 'reportAttached'),
  parted: (told ?? []).some(({ event }) => event === 'reportDetached' || event === 'reportMoved'),
  respondedAt: instantOf(report.firstResponseAt ?? response?.stoppedAt),
  responseDueAt: instantOf(response?.dueAt),
  answer:
    report.answer === undefined
      ? null
      : { at: Date.parse(report.answer.at), lit: report.answer.lit, rating: report.answer.rating ?? null },
})

/** @param told what the log says of the ticket's pauses; @param operator the network operator's clock, if it had the matter */
export const ticketFactOf = (ticket: Ticket, told: readonly ToldPause[], operator: ClockFact | null): TicketFact => ({
  isPart: ticket.mergedInto !== undefined,
  category: ticket.category,
  community: ticket.location.community ?? null,
  service: ticket.service,
  team: ticket.team ?? null,
  assignee: ticket.assignee ?? null,
  source: ticket.source,
  at: Date.parse(ticket.createdAt),
  open: openSpansOf(ticket),
  resolvedAt: instantOf(ticket.resolvedAt),
  closedAt: instantOf(ticket.closedAt),
  outcome: ticket.outcome ?? null,
  dueAt: instantOf(ticket.dueAt),
  point: pointOf(ticket.location),
  reports: ticket.reports,
  leadMs: ticket.detectedBeforeReportMs ?? null,
  waits: waitsOf(told),
  operator:
    operator?.stoppedAt == null
      ? null
      : {
          from: Date.parse(operator.startedAt),
          until: Date.parse(operator.stoppedAt),
          inTime: operator.inTime === 1,
        },
})

const isSettled = ({ status }: Ticket): boolean => status === 'resolved' || status === 'closed'

/** From its history, in which every end and every new beginning has a line of its own. */
const openSpansOf = (ticket: Ticket): OpenSpan[] => {
  const spans: OpenSpan[] = [{ from: Date.parse(ticket.createdAt), until: null }]
  const turn = (isOpen: boolean, at: Instant) => {
    const last = spans.at(-1)
    if (isOpen && last?.until !== null) spans.push({ from: at, until: null })
    if (!isOpen && last?.until === null) last.until = at
  }
  for (const { event, at } of ticket.history) {
    if (event === 'resolved' || event === 'closed') turn(false, Date.parse(at))
    else if (event === 'reopened' || event === 'unmerged') turn(true, Date.parse(at))
  }
  // A status that came along with another ticket's has no line that says so.
  const { resolvedAt, closedAt, history } = ticket
  const lastAt = history.at(-1)?.at ?? ticket.createdAt
  if (isSettled(ticket)) turn(false, Date.parse(resolvedAt ?? closedAt ?? lastAt))
  else turn(true, Date.parse(lastAt))
  return spans
}

const waitsOf = (told: readonly ToldPause[]): Wait[] => {
  const waits: Wait[] = []
  for (const { event, at, reason } of told) {
    const last = waits.at(-1)
    if (last?.until === null) last.until = at
    const parsed = pauseReasonSchema.safeParse(reason)
    if (event === 'clockPaused' && parsed.success) waits.push({ reason: parsed.data, from: at, until: null })
  }
  return waits
}
