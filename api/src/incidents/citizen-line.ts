import type { IncidentSink } from '@fanari/contracts'
import { type AssetFacts, createInventory } from '../register/inventory.ts'
import type { Dispatch } from '../routing/dispatch.ts'
import type { Announcements } from './announcements.ts'
import type { ChangedDocuments, IncidentDocuments } from './documents.ts'

/** Where incidents become tickets and people work on them; whatever changes is published after it is stored. */
export type CitizenLine = IncidentSink

export const createCitizenLine = (options: {
  documents: IncidentDocuments
  announcements: Announcements
  /** Live pages. */
  onChange: (municipality: string, changed: ChangedDocuments) => void
  factsOf: (municipality: string) => AssetFacts | null
  /** Where matters go. */
  dispatchOf: (municipality: string) => Dispatch
}): CitizenLine => {
  const { documents, announcements, onChange, factsOf, dispatchOf } = options
  const noFacts = createInventory()
  return {
    apply: (municipality, changes) => {
      const changed = documents.apply(municipality, changes, factsOf(municipality) ?? noFacts, dispatchOf(municipality))
      if (changed.incidents.length + changed.tickets.length === 0) return
      announcements.announce()
      onChange(municipality, changed)
    },
  }
}
