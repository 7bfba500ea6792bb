import type { CitizenEvent, ClockDocument, ClockKind, ClockTerm, Instant, Ticket } from '@fanari/contracts'
import type { Dispatch } from '../routing/dispatch.ts'
import { writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import { isSettled, type TicketChange } from '../tickets/step.ts'
import type { TicketCompanion } from '../tickets/ticket-store.ts'
import { continueClock, pauseClock, resumeClock, startClock, stopClock } from './clock.ts'
import type { ClockStore, ClockSubject } from './clock-store.ts'

/**
 * The clocks of a ticket follow its status: they start when it opens or is promised anew, stand still while it waits for a reason, and
 * stop when it is settled or goes on as part of another ticket. The network operator has a clock of its own beside the repair's, for
 * the time the matter is with it. What the clock says is due is what the ticket says.
 */
export const createTicketClocks = (options: {
  database: Database
  clocks: ClockStore
  dispatchOf: (municipality: string) => Dispatch
}): TicketCompanion => {
  const { database, clocks, dispatchOf } = options

  const log = ({ ticket, at }: TicketChange, event: 'clockPaused' | 'clockResumed', details: CitizenEvent['details']) =>
    writeCitizenEvent(database, {
      municipality: ticket.municipality,
      at,
      by: ticket.history.at(-1)?.by ?? 'platform',
      subject: { kind: 'ticket', id: ticket.id },
      ticket: ticket.id,
      event,
      details,
    })

  return (change, before) => {
    const { ticket, at } = change
    const { municipality, id, service } = ticket
    const subject: ClockSubject = { municipality, kind: 'ticket', id }
    const { days, policy } = dispatchOf(municipality)
    const start = (kind: ClockKind, term: ClockTerm): void =>
      clocks.put(subject, startClock(kind, term, at, policy.milestones, days))
    const each = (turn: (clock: ClockDocument) => ClockDocument): void => {
      for (const clock of clocks.of(subject)) {
        const turned = turn(clock)
        if (turned !== clock) clocks.put(subject, turned)
      }
    }

    const isOver = isSettled(ticket) || ticket.mergedInto !== undefined
    const wasOver = before !== null && (isSettled(before) || before.mergedInto !== undefined)
    const stood = clocks.of(subject).some(({ state }) => state === 'paused')
    const said = (): TicketChange => {
      const repair = clocks.clock(subject, 'repair')
      if (stood && (isOver || ticket.status !== 'waiting')) {
        log(change, 'clockResumed', { from: before?.dueAt ?? null, dueAt: repair?.dueAt ?? null })
      }
      return repair === null ? change : { ...change, ticket: { ...ticket, dueAt: repair.dueAt } }
    }
    if (isOver) {
      if (!wasOver) each((clock) => stopClock(clock, at, days))
      return said()
    }
    if (wasOver && !isSettled(before)) {
      each((clock) => (clock.kind === 'repair' || clock.kind === service ? continueClock(clock, days) : clock))
    }
    const isAnew = before === null || isSettled(before)
    if (ticket.repairTerm !== undefined && (isAnew || isPromisedAnew(before, ticket))) {
      start('repair', ticket.repairTerm)
    }
    if (service === 'networkOperator' && (isAnew || before.service !== service)) {
      start('networkOperator', policy.networkOperator)
    }
    if (before?.service === 'networkOperator' && service !== 'networkOperator') {
      each((clock) => (clock.kind === 'networkOperator' ? stopClock(clock, at, days) : clock))
    }

    const entry = ticket.history.at(-1)
    if (change.pause !== undefined && ticket.status === 'waiting') {
      const pause = { reason: change.pause, by: entry?.by ?? 'platform', note: entry?.note }
      each((clock) => pauseClock(clock, at, pause))
      log(change, 'clockPaused', { reason: change.pause, dueAt: ticket.dueAt ?? null })
    }
    if (ticket.status !== 'waiting') each((clock) => resumeClock(clock, at, days))
    return said()
  }
}

/** Its rules, or a wider cause, have set it another term. */
const isPromisedAnew = (before: Ticket, ticket: Ticket): boolean =>
  before.dueAt !== ticket.dueAt && JSON.stringify(before.repairTerm) !== JSON.stringify(ticket.repairTerm)

/** A misdirected matter is to be with the competent service in time: from when it was said to be, else from when it came. */
export const stopForwarding = (
  clocks: ClockStore,
  { days, policy }: Dispatch,
  ticket: Ticket,
  at: Instant,
): ClockDocument => {
  const subject: ClockSubject = { municipality: ticket.municipality, kind: 'ticket', id: ticket.id }
  const running = clocks.clock(subject, 'forwarding')
  const clock =
    running === null || running.state === 'stopped'
      ? startClock('forwarding', policy.forwarding, Date.parse(ticket.createdAt), policy.milestones, days)
      : running
  const stopped = stopClock(clock, at, days)
  clocks.put(subject, stopped)
  return stopped
}
