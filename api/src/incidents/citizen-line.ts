import type { Clock, IncidentSink, Ticket, TicketAction } from '@fanari/contracts'
import { type AssetFacts, createInventory } from '../register/inventory.ts'
import type { Dispatch } from '../routing/dispatch.ts'
import type { Announcements } from './announcements.ts'
import type { ChangedDocuments, IncidentDocuments } from './documents.ts'

/** Where incidents become tickets and people work on them; whatever changes is published after it is stored. */
export interface CitizenLine extends IncidentSink {
  /** @throws ProblemError `not-found`, or `conflict` when the ticket's status does not allow it. */
  act(municipality: string, ticket: string, action: TicketAction, change: { by: string }): Ticket
}

export const createCitizenLine = (options: {
  documents: IncidentDocuments
  announcements: Announcements
  /** Live pages. */
  onChange: (municipality: string, changed: ChangedDocuments) => void
  factsOf: (municipality: string) => AssetFacts | null
  /** Where matters go. */
  dispatchOf: (municipality: string) => Dispatch
  clock: Clock
}): CitizenLine => {
  const { documents, announcements, onChange, factsOf, dispatchOf, clock } = options
  const noFacts = createInventory()
  return {
    apply: (municipality, changes) => {
      const changed = documents.apply(municipality, changes, factsOf(municipality) ?? noFacts, dispatchOf(municipality))
      if (changed.incidents.length === 0) return
      announcements.announce()
      onChange(municipality, changed)
    },
    act: (municipality, id, action, { by }) => {
      const tickets = documents.act(municipality, id, action, { by, at: clock.now() })
      announcements.announce()
      onChange(municipality, { incidents: [], tickets })
      const [ticket] = tickets
      if (ticket === undefined) throw new Error(`the ticket ${id} was not written`)
      return ticket
    },
  }
}
