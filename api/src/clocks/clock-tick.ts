import {
  type CitizenEvent,
  type CitizenEventName,
  type ClockKind,
  type ClockTerm,
  clockKinds,
  type Instant,
  type Ticket,
} from '@fanari/contracts'
import type { Dispatch } from '../routing/dispatch.ts'
import { citizenEventsAfter, writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import { stepTicket, type TicketEventName } from '../tickets/step.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import { continueClock, type ReachedMilestone, reachMilestones, startClock, stopClock } from './clock.ts'
import type { ClockStore, ClockSubject, StoredClock } from './clock-store.ts'

/** Events or clocks taken in one transaction. */
const batchSize = 200

/**
 * What time does to the citizen line, found by looking: the clocks of reports follow the log of events, and every milestone that has
 * come due is told once, with its own moment. Whatever is found is marked in the transaction that tells it, so that a restart, or a
 * look that comes days late, changes nothing.
 */
export interface ClockTick {
  /** Looks. Answers the tickets that have changed. */
  look(now: Instant): Ticket[]
  /** Only brings the clocks of reports up to the log of events. */
  follow(): void
}

export const createClockTick = (options: {
  database: Database
  clocks: ClockStore
  tickets: TicketStore
  dispatchOf: (municipality: string) => Dispatch
}): ClockTick => {
  const { database, clocks, tickets, dispatchOf } = options

  const start = (subject: ClockSubject, kind: ClockKind, term: ClockTerm, at: Instant) => {
    if (clocks.clock(subject, kind) !== null) return
    const { days, policy } = dispatchOf(subject.municipality)
    clocks.put(subject, startClock(kind, term, at, policy.milestones, days))
  }
  const stop = (subject: ClockSubject, kind: ClockKind, at: Instant) => {
    const clock = clocks.clock(subject, kind)
    if (clock !== null) clocks.put(subject, stopClock(clock, at, dispatchOf(subject.municipality).days))
  }

  /** A report waits for its first answer, and the law waits for the last. */
  const followReport = ({ municipality, at: text, subject: { id }, event, details }: CitizenEvent) => {
    const at = Date.parse(text)
    const subject: ClockSubject = { municipality, kind: 'report', id }
    const { policy, days } = dispatchOf(municipality)
    switch (event) {
      case 'reportReceived':
        start(subject, 'response', policy.response, at)
        start(subject, 'legal', policy.legal, at)
        return
      case 'firstResponse':
        stop(subject, 'response', at)
        return
      case 'informationGiven':
        stop(subject, 'response', at)
        stop(subject, 'legal', at)
        return
      case 'reportStatusChanged': {
        const legal = clocks.clock(subject, 'legal')
        if (legal === null) return
        const isSettled = details.to === 'resolved' || details.to === 'closed'
        clocks.put(subject, isSettled ? stopClock(legal, at, days) : continueClock(legal, days))
        if (isSettled) stop(subject, 'response', at)
        return
      }
      default:
        return
    }
  }

  /** Several services are needed: the law gives its reports more time, from the same beginning. */
  const extendLegal = (municipality: string, ticket: string) => {
    const { policy, days } = dispatchOf(municipality)
    const reports = database.all<{ id: string }>(
      'SELECT id FROM reports WHERE municipality = ? AND ticket = ?',
      municipality,
      ticket,
    )
    for (const { id } of reports) {
      const subject: ClockSubject = { municipality, kind: 'report', id }
      const legal = clocks.clock(subject, 'legal')
      if (legal === null || legal.state !== 'running') continue
      clocks.put(
        subject,
        startClock('legal', policy.legalSeveral, Date.parse(legal.startedAt), policy.milestones, days),
      )
    }
  }

  const followEvents = () => {
    let taken = batchSize
    while (taken === batchSize) {
      // A power cut takes the cursor back along with the clocks.
      taken = database.lazyTransaction(() => {
        const cursor = database.get<{ position: number }>('SELECT position FROM clock_cursor')?.position ?? 0
        const events = citizenEventsAfter(database, null, cursor, batchSize)
        for (const event of events) {
          if (event.subject.kind === 'report') followReport(event)
          if (event.event === 'ticketForwarded') extendLegal(event.municipality, event.subject.id)
        }
        const last = events.at(-1)
        if (last !== undefined) database.run('UPDATE clock_cursor SET position = ?', last.id)
        return events.length
      })
    }
  }

  const tell = ({ subject, clock }: StoredClock, reached: ReachedMilestone): Ticket[] => {
    const { municipality, kind, id } = subject
    const { event, level, share, at } = reached
    const details = { clock: clock.kind, level, share, dueAt: clock.dueAt }
    if (kind === 'report') {
      writeCitizenEvent(database, {
        municipality,
        at,
        by: 'platform',
        subject: { kind: 'report', id },
        ticket: ticketOf(municipality, id),
        event: eventNames[event].log,
        details,
      })
      return []
    }
    const ticket = tickets.ticket(municipality, id)
    if (ticket === null) return []
    const note = `${clockKinds[clock.kind].el}: ${eventNames[event].el}`
    const step = stepTicket('ticket.updated', ticket, { event: eventNames[event].history, by: 'platform', at, note })
    return tickets.write(step, { details })
  }

  const ticketOf = (municipality: string, report: string): string | null =>
    database.get<{ ticket: string }>(
      'SELECT ticket FROM reports WHERE municipality = ? AND id = ?',
      municipality,
      report,
    )?.ticket ?? null

  const reach = (now: Instant): Ticket[] => {
    const changed: Ticket[] = []
    let taken = batchSize
    while (taken === batchSize) {
      taken = database.transaction(() => {
        const due = clocks.due(now, batchSize)
        for (const { subject, clock } of due) {
          const { clock: marked, reached } = reachMilestones(clock, now)
          clocks.put(subject, marked)
          for (const milestone of reached) changed.push(...tell({ subject, clock: marked }, milestone))
        }
        return due.length
      })
    }
    return changed
  }

  return {
    follow: followEvents,
    look: (now) => {
      followEvents()
      return reach(now)
    },
  }
}

const eventNames: Record<ReachedMilestone['event'], { log: CitizenEventName; history: TicketEventName; el: string }> = {
  warned: { log: 'dueWarning', history: 'dueWarning', el: 'πλησιάζει η προθεσμία' },
  breached: { log: 'overdue', history: 'overdue', el: 'πέρασε η προθεσμία' },
  escalated: { log: 'escalated', history: 'escalated', el: 'κλιμακώθηκε' },
}
