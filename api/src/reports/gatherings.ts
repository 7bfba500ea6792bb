import { type Clock, type Instant, type ListedReport, ProblemError, type Ticket, toIso } from '@fanari/contracts'
import type { ChangedDocuments } from '../incidents/documents.ts'
import type { Register } from '../register/register.ts'
import type { Database } from '../store/database.ts'
import { gatherReport, mergeRefusal, mergeTickets, releaseReport, unmergeTicket } from '../tickets/gathering.ts'
import { stepTicket, type TicketChange } from '../tickets/step.ts'
import { lastOfEach, type TicketStore } from '../tickets/ticket-store.ts'
import { createPlaces } from './place.ts'
import { type ReportStore, tellOfReport } from './report-store.ts'
import { openTicket } from './ticket-of-report.ts'

/** Who changes something, and why. */
interface Change {
  by: string
  note?: string | undefined
}

/**
 * What an operator puts right: every step is one transaction, in the trail and the log of events, and can be undone by another.
 * All throw ProblemError `not-found`, or `conflict` when it cannot be.
 */
export interface Gatherings {
  /** The report gets a matter of its own again: the one it once opened, or a new one. */
  detach(municipality: string, report: string, change: Change): ListedReport
  move(municipality: string, report: string, to: string, change: Change): ListedReport
  /**
   * There was nothing in it: taken back, or no citizen's. Its matter is closed when no other report and no light speaks of it, and goes on
   * when one does. Answers whether it was closed.
   */
  withdraw(municipality: string, report: string, change: Change): boolean
  merge(municipality: string, child: string, parent: string, change: Change): Ticket
  unmerge(municipality: string, child: string, change: Change): Ticket
  /** The whole was called by the wrong one of its parts: `to`, one of the children, stands for them all from now on. */
  reparent(municipality: string, parent: string, to: string, change: Change & { keepParent: boolean }): Ticket
}

export const createGatherings = (options: {
  database: Database
  tickets: TicketStore
  reports: ReportStore
  register: Pick<Register, 'inventoryOf'>
  clock: Clock
  onChange: (municipality: string, changed: ChangedDocuments) => void
}): Gatherings => {
  const { database, tickets, reports, register, clock, onChange } = options

  const ticketOf = (municipality: string, id: string): Ticket => {
    const ticket = tickets.ticket(municipality, id)
    if (ticket === null) throw new ProblemError('not-found', `There is no ticket ${id}`)
    return ticket
  }
  const reportOf = (municipality: string, id: string): ListedReport => {
    const report = reports.report(municipality, id)
    if (report === null) throw new ProblemError('not-found', `There is no report ${id}`)
    return report
  }

  /** One transaction of steps; pages and MQTT hear the last version of each ticket. */
  const inOne = <Result>(municipality: string, work: (write: (steps: TicketChange[]) => void) => Result): Result => {
    const changed: Ticket[] = []
    const result = database.transaction(() =>
      work((steps) => {
        for (const step of steps) changed.push(...tickets.write(step))
      }),
    )
    onChange(municipality, { incidents: [], tickets: lastOfEach(changed) })
    return result
  }

  /** The matter that a ticket belongs to counts what its parts do. */
  const countInParent = (municipality: string, ticket: Ticket, by: number): void => {
    if (ticket.mergedInto === undefined) return
    const parent = ticketOf(municipality, ticket.mergedInto)
    const at = clock.now()
    const counted =
      by > 0
        ? gatherReport(parent, { by: 'platform', at, firstReportAt: at })
        : releaseReport(parent, { by: 'platform', at })
    for (const step of counted.slice(0, 1)) tickets.write(step)
  }

  const moveWithin = (
    municipality: string,
    report: ListedReport,
    opened: TicketChange | null,
    to: Ticket,
    { by, note }: Change,
    write: (steps: TicketChange[]) => void,
  ): void => {
    const at = clock.now()
    const from = ticketOf(municipality, report.ticket)
    const event = opened === null && to.id !== report.openedTicket ? 'reportMoved' : 'reportDetached'
    const { status: _status, ...kept } = report
    const reasons = [{ el: note ?? 'Από χειριστή', en: note ?? 'By an operator' }]
    const moved = {
      ...kept,
      ticket: to.id,
      attached: { rule: 'operator' as const, score: 1, reasons, at: toIso(at), by },
    }
    // Written before the tickets are: their steps tell the reports that are theirs by then.
    reports.update(opened === null ? moved : { ...moved, openedTicket: to.id }, to.status)
    tellOfReport(database, moved, event, { by, at }, { from: from.id, to: to.id })
    if (from.status !== to.status) {
      tellOfReport(database, moved, 'reportStatusChanged', { by, at }, { from: from.status, to: to.status })
    }
    countInParent(municipality, from, -1)
    write(releaseReport(from, { by, at }))
    if (opened !== null) write([opened])
    else {
      countInParent(municipality, to, 1)
      write(rejoin(to, by, at, Date.parse(report.createdAt)))
    }
  }

  return {
    detach: (municipality, id, change) =>
      inOne(municipality, (write) => {
        const report = reportOf(municipality, id)
        const from = ticketOf(municipality, report.ticket)
        const alone = from.reports <= 1 && from.source !== 'telemetry' && from.incident === undefined
        if (alone)
          throw new ProblemError(
            'conflict',
            `${id} is the only report of ${from.id}: there is nothing to detach it from`,
          )
        const own = report.openedTicket === undefined ? null : tickets.ticket(municipality, report.openedTicket)
        if (own !== null && own.id !== from.id && own.mergedInto === undefined) {
          moveWithin(municipality, report, null, own, change, write)
        } else {
          const opened = newTicketOf(municipality, report, change.by)
          moveWithin(municipality, report, opened, opened.ticket, change, write)
        }
        return reportOf(municipality, id)
      }),

    move: (municipality, id, to, change) =>
      inOne(municipality, (write) => {
        const report = reportOf(municipality, id)
        const target = ticketOf(municipality, to)
        if (target.id === report.ticket) throw new ProblemError('conflict', `${id} is in ${to} already`)
        moveWithin(municipality, report, null, target, change, write)
        return reportOf(municipality, id)
      }),

    withdraw: (municipality, id, { by, note }) =>
      inOne(municipality, (write) => {
        const ticket = ticketOf(municipality, reportOf(municipality, id).ticket)
        const alone = ticket.reports <= 1 && ticket.source !== 'telemetry' && ticket.incident === undefined
        if (!alone || ticket.mergedInto !== undefined || ticket.status === 'closed') return false
        const at = clock.now()
        const closed: Ticket = { ...ticket, status: 'closed', closedAt: toIso(at), outcome: 'withdrawn' }
        write([stepTicket('ticket.closed', closed, { event: 'closed', by, at, note: note ?? 'Ανακλήθηκε' })])
        return true
      }),

    merge: (municipality, child, parent, { by, note }) =>
      inOne(municipality, (write) => {
        const one = ticketOf(municipality, child)
        const other = ticketOf(municipality, parent)
        const refusal = mergeRefusal(one, other)
        if (refusal !== null) throw new ProblemError('conflict', refusal)
        const grandchildren = (one.children ?? []).map((id) => ticketOf(municipality, id))
        write(mergeTickets(one, other, grandchildren, { by, at: clock.now(), note }))
        return ticketOf(municipality, parent)
      }),

    unmerge: (municipality, child, { by, note }) =>
      inOne(municipality, (write) => {
        const part = ticketOf(municipality, child)
        if (part.mergedInto === undefined) throw new ProblemError('conflict', `${child} is not part of another ticket`)
        write(unmergeTicket(part, ticketOf(municipality, part.mergedInto), { by, at: clock.now(), note }))
        return ticketOf(municipality, child)
      }),

    reparent: (municipality, parent, to, { by, note, keepParent }) =>
      inOne(municipality, (write) => {
        const at = clock.now()
        const change = { by, at, note }
        const old = ticketOf(municipality, parent)
        if (!(old.children ?? []).includes(to)) throw new ProblemError('conflict', `${to} is not part of ${parent}`)
        for (const id of old.children ?? []) {
          write(unmergeTicket(ticketOf(municipality, id), ticketOf(municipality, parent), change))
        }
        const parts = [...(old.children ?? []).filter((id) => id !== to), ...(keepParent ? [parent] : [])]
        for (const id of parts) {
          const part = ticketOf(municipality, id)
          const refusal = mergeRefusal(part, ticketOf(municipality, to))
          if (refusal !== null) throw new ProblemError('conflict', refusal)
          write(mergeTickets(part, ticketOf(municipality, to), [], change))
        }
        return ticketOf(municipality, to)
      }),
  }

  function newTicketOf(municipality: string, report: ListedReport, by: string): TicketChange {
    const inventory = register.inventoryOf(municipality)
    if (inventory === null) throw new ProblemError('not-found', `There is no municipality ${municipality}`)
    const place = createPlaces(inventory).placeOf(report)
    const how = { by, at: clock.now(), verified: report.verified }
    for (let again = 0; ; again++) {
      const opened = openTicket(report, place, { ...how, again })
      if (tickets.ticket(municipality, opened.ticket.id) === null) return opened
    }
  }
}

/** A matter that was closed because its reports had left is open again when one comes back; others keep the status they have. */
const rejoin = (to: Ticket, by: string, at: Instant, reportedAt: Instant): TicketChange[] => {
  const steps = gatherReport(to, { by, at, firstReportAt: reportedAt })
  return to.status === 'closed' && to.outcome === 'superseded' ? steps : steps.slice(0, 1)
}
