import { categories, type Instant, type Priority, priorities, type Ticket, toIso } from '@fanari/contracts'
import { isSettled, stepTicket, type TicketChange, unsettled } from './step.ts'

/*
 * How reports gather in tickets, and tickets in one another. Pure. A ticket that is part of another follows its status; that one is
 * never part of a third, so whoever reads one knows the whole after one look. `reports` of a ticket counts its own and its children's.
 */

interface Change {
  by: string
  at: Instant
}

/** Many voices make a matter more urgent than its kind is. */
const manyReports = { high: 3, urgent: 10 }

/** The priority of a matter: by what is at stake, raised by how many speak of it. */
export const priorityOf = ({ reports, safetyClass, danger, verified }: Omit<Ticket, 'priority'>): Priority => {
  if (safetyClass === 'danger' || (danger ?? []).length > 0 || reports >= manyReports.urgent) return 'urgent'
  if (reports >= manyReports.high) return 'high'
  // A citizen's word wins where safety is at stake; else what the lights contradict may wait.
  if (safetyClass === 'service' && verified === 'contradicted') return 'low'
  return 'normal'
}

const higher = (a: Priority | undefined, b: Priority): Priority =>
  a !== undefined && priorities.indexOf(a) > priorities.indexOf(b) ? a : b

/** One more report. A matter that was settled is open again: who reports it says it is not mended. */
export const gatherReport = (ticket: Ticket, change: Change & { firstReportAt: Instant }): TicketChange[] => {
  const { by, at, firstReportAt } = change
  const reports = ticket.reports + 1
  const first = ticket.firstReportAt ?? toIso(firstReportAt)
  const gathered: Ticket = { ...ticket, reports, firstReportAt: first }
  if (ticket.firstReportAt === undefined && ticket.source === 'telemetry') {
    gathered.detectedBeforeReportMs = firstReportAt - Date.parse(ticket.createdAt)
  }
  gathered.priority = higher(ticket.priority, priorityOf(gathered))
  const note = reports === 1 ? '1 αναφορά πολίτη' : `${reports} αναφορές πολιτών`
  const counted = stepTicket('ticket.updated', gathered, { event: 'reported', by, at, note })
  if (!isSettled(ticket)) return [counted]
  const reopened: Ticket = { ...unsettled(counted.ticket), status: 'open' }
  const reason = 'Νέα αναφορά πολίτη: δεν έχει αποκατασταθεί'
  return [counted, stepTicket('ticket.reopened', reopened, { event: 'reopened', by, at, note: reason })]
}

/** One report less: it belongs to another matter. A citizens' ticket that nobody's report is left in has nothing to go on with. */
export const releaseReport = (ticket: Ticket, { by, at }: Change): TicketChange[] => {
  const released = { ...ticket, reports: Math.max(ticket.reports - 1, 0) }
  const left = stepTicket('ticket.updated', released, { event: 'reportLeft', by, at })
  const orphaned = released.reports === 0 && ticket.source !== 'telemetry' && ticket.incident === undefined
  if (!orphaned || ticket.status === 'closed') return [left]
  const closed: Ticket = { ...left.ticket, status: 'closed', closedAt: toIso(at), outcome: 'superseded' }
  const note = 'Οι αναφορές του ανήκουν σε άλλο αίτημα'
  return [left, stepTicket('ticket.closed', closed, { event: 'closed', by, at, note })]
}

/** Why two tickets cannot become one; `null` when they can. */
export const mergeRefusal = (child: Ticket, parent: Ticket): string | null => {
  if (child.id === parent.id) return 'A ticket cannot be part of itself'
  if (child.mergedInto !== undefined) return `${child.id} is already part of ${child.mergedInto}: part them first`
  if (parent.mergedInto !== undefined) return `${parent.id} is itself part of ${parent.mergedInto}: merge into that one`
  if (categories[child.category].group !== categories[parent.category].group) {
    return `${child.category} and ${parent.category} are of different groups: change the category first`
  }
  if (isSettled(parent) && !isSettled(child))
    return `${parent.id} is ${parent.status}: reopen it first, or the reporters would hear it is done`
  return null
}

/**
 * `child` becomes part of `parent`, and its own children with it.
 *
 * @param grandchildren all tickets that are part of `child`
 */
export const mergeTickets = (
  child: Ticket,
  parent: Ticket,
  grandchildren: readonly Ticket[],
  { by, at, note }: Change & { note?: string | undefined },
): TicketChange[] => {
  const { children: _children, ...alone } = child
  const moved = [child, ...grandchildren]
  const theirs = grandchildren.reduce((sum, { reports }) => sum + reports, 0)
  const reports = parent.reports + child.reports
  const first = earliest(parent.firstReportAt, child.firstReportAt)
  const widened: Ticket = {
    ...parent,
    reports,
    children: [...(parent.children ?? []), ...moved.map(({ id }) => id)],
    ...(first === undefined ? {} : { firstReportAt: first }),
    ...dangersOf([parent, child]),
  }
  widened.priority = higher(higher(parent.priority, child.priority ?? 'low'), priorityOf(widened))
  const ids = moved.map(({ id }) => id).join(', ')
  const why = note === undefined ? '' : `: ${note}`
  return [
    // The children first: when the parent is written it finds that they already follow it.
    ...[{ ...alone, reports: child.reports - theirs }, ...grandchildren].map((ticket) =>
      stepTicket('ticket.updated', mirroring({ ...ticket, mergedInto: parent.id }, parent), {
        event: 'merged',
        by,
        at,
        note: `Μέρος του αιτήματος ${parent.id}${why}`,
      }),
    ),
    stepTicket('ticket.updated', widened, { event: 'merged', by, at, note: `Περιλαμβάνει: ${ids}${why}` }),
  ]
}

/** `child` is a matter of its own again, and open: what was done for the other matter did not mend this one. */
export const unmergeTicket = (
  child: Ticket,
  parent: Ticket,
  { by, at, note }: Change & { note?: string | undefined },
): TicketChange[] => {
  const { mergedInto: _mergedInto, ...alone } = child
  const children = (parent.children ?? []).filter((id) => id !== child.id)
  const { children: _children, ...rest } = parent
  const narrowed: Ticket = {
    ...rest,
    reports: Math.max(parent.reports - child.reports, 0),
    ...(children.length === 0 ? {} : { children }),
  }
  const own: Ticket = { ...(isSettled(child) ? unsettled(alone) : alone), status: 'open' }
  const why = note === undefined ? '' : `: ${note}`
  return [
    stepTicket('ticket.updated', narrowed, { event: 'unmerged', by, at, note: `Χωρίστηκε: ${child.id}${why}` }),
    stepTicket('ticket.updated', own, { event: 'unmerged', by, at, note: `Χωρίστηκε από το ${parent.id}${why}` }),
  ]
}

/** A part of a matter is where the matter is. */
export const mirroring = (child: Ticket, parent: Ticket): Ticket => {
  const { resolvedAt: _resolvedAt, closedAt: _closedAt, outcome: _outcome, ...rest } = child
  const { status, resolvedAt, closedAt, outcome } = parent
  return {
    ...rest,
    status,
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(outcome === undefined ? {} : { outcome }),
  }
}

const dangersOf = (tickets: readonly Ticket[]): Pick<Ticket, 'danger'> => {
  const danger = [...new Set(tickets.flatMap((ticket) => ticket.danger ?? []))]
  return danger.length === 0 ? {} : { danger }
}

const earliest = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a
