import type { Incident, Ticket } from '@fanari/contracts'
import type { AssetFacts } from '../register/inventory.ts'
import { writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import { isSettled } from '../tickets/step.ts'
import type { TicketCompanion } from '../tickets/ticket-store.ts'
import type { Dispatch } from './dispatch.ts'
import { matterOfIncident, matterOfTicket } from './matter.ts'
import { placeOf, promiseOf, routedByHand } from './routed-ticket.ts'

/**
 * Sends a new ticket where the rules say, and asks them again when its category, place or extent has changed, unless a person has sent
 * it by hand. What is promised is moved only to be kept sooner.
 */
export const createTicketRouting = (options: {
  database: Database
  factsOf: (municipality: string) => AssetFacts
  dispatchOf: (municipality: string) => Dispatch
}): TicketCompanion => {
  const { database, factsOf, dispatchOf } = options

  /** The incident that speaks for a ticket, while it is open. */
  const openIncident = ({ municipality, incident }: Ticket): Incident | null => {
    if (incident === undefined) return null
    const row = database.get<{ document: string }>(
      "SELECT document FROM incidents WHERE municipality = ? AND id = ? AND state = 'open'",
      municipality,
      incident,
    )
    return row === null ? null : (JSON.parse(row.document) as Incident)
  }

  return (change, before) => {
    const { ticket, at } = change
    if (isSettled(ticket) || ticket.mergedInto !== undefined || ticket.routedBy?.rule === routedByHand) return change
    // What telemetry decides, the ticket rules have routed themselves: the incident they know is not stored yet.
    const isTelemetry = ticket.history.at(-1)?.by === 'telemetry'
    if (ticket.routedBy !== undefined && (isTelemetry || before === null || !hasMoved(before, ticket))) return change
    const facts = factsOf(ticket.municipality)
    const incident = openIncident(ticket)
    const matter =
      incident === null
        ? matterOfTicket(ticket, facts)
        : matterOfIncident(incident, ticket.category, facts, (ticket.danger ?? []).length > 0)
    const routed = dispatchOf(ticket.municipality).route(matter, at)
    const isSooner = ticket.dueAt === undefined || routed.dueAt < ticket.dueAt
    const next: Ticket = { ...ticket, ...placeOf(ticket, routed), ...(isSooner ? promiseOf(routed) : {}) }
    if (before !== null && before.service !== next.service) {
      writeCitizenEvent(database, {
        municipality: ticket.municipality,
        at,
        by: 'platform',
        subject: { kind: 'ticket', id: ticket.id },
        ticket: ticket.id,
        event: 'ticketRouted',
        details: { from: before.service, to: next.service, rule: routed.routedBy.rule },
      })
    }
    return { ...change, ticket: next }
  }
}

/** Whether the rules could now say something else. */
const hasMoved = (before: Ticket, ticket: Ticket): boolean =>
  before.category !== ticket.category ||
  before.location.community !== ticket.location.community ||
  ((before.danger ?? []).length === 0) !== ((ticket.danger ?? []).length === 0) ||
  Math.min(before.members.length, 2) !== Math.min(ticket.members.length, 2)
