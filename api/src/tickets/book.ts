import type { FaultName, IncidentChange, Ticket } from '@fanari/contracts'
import type { AssetFacts } from '../register/inventory.ts'
import { createDefaultDispatch } from '../routing/dispatch.ts'
import { causeOf, decideTickets } from './rules.ts'
import type { TicketChange } from './step.ts'

/** The ticket rules over a stretch of history, with memory in place of a database. */
export interface TicketBook {
  /** Takes the changes of one decision of the detector, in order. A repeated revision changes nothing. */
  apply(changes: readonly IncidentChange[]): TicketChange[]
}

/** Where matters go, and until when, is what the default tables say. @param timeZone IANA name */
export const createTicketBook = (facts: AssetFacts, timeZone: string): TicketBook => {
  const dispatch = createDefaultDispatch(timeZone)
  const tickets = new Map<string, Ticket>()
  const byIncident = new Map<string, string>()
  const byCause = new Map<string, string>()
  const incidentOf = new Map<string, string>()
  const faults = new Map<string, FaultName>()
  const revisions = new Map<string, number>()

  const ticketOf = (id: string | undefined): Ticket | null => (id === undefined ? null : (tickets.get(id) ?? null))

  const applyOne = (change: IncidentChange): TicketChange[] => {
    const { incident } = change
    const known = revisions.get(incident.id) ?? 0
    if (change.type === 'incident.confirmed' ? known > incident.revision : known >= incident.revision) return []
    revisions.set(incident.id, incident.revision)
    const decided = decideTickets(
      change,
      {
        ofIncident: (id) => ticketOf(byIncident.get(id)),
        ofCause: (cause) => ticketOf(byCause.get(cause)),
        ofCitizens: () => null,
        faultOf: (id) => faults.get(id) ?? null,
      },
      facts,
      dispatch,
    )
    for (const { ticket } of decided) {
      const earlier = incidentOf.get(ticket.id)
      if (earlier !== undefined) byIncident.delete(earlier)
      incidentOf.set(ticket.id, incident.id)
      tickets.set(ticket.id, ticket)
      byIncident.set(incident.id, ticket.id)
      byCause.set(causeOf(incident), ticket.id)
    }
    return decided
  }

  return {
    apply: (changes) => {
      for (const { incident } of changes) faults.set(incident.id, incident.fault)
      return changes.flatMap(applyOne)
    },
  }
}
