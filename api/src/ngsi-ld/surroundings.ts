import type { FaultName, ScopeKind } from '@fanari/contracts'
import type { OpenFault } from '../incidents/documents.ts'
import type { AssetFacts } from '../register/inventory.ts'

/** What an entity says of its municipality: looked up once a request, not once a light. */
export interface Surroundings {
  provider: string
  communityName(id: string): string | undefined
  /** The open faults of an asset of its own, and of the wider incident it is part of. */
  faultsOf(kind: ScopeKind, id: string, incident?: string): FaultName[]
}

export const surroundingsOf = (provider: string, facts: AssetFacts, openFaults: readonly OpenFault[]): Surroundings => {
  const byScope = Map.groupBy(openFaults, ({ scope }) => `${scope.kind} ${scope.id}`)
  const byId = new Map(openFaults.map((open) => [open.id, open]))
  return {
    provider,
    communityName: (id) => {
      const properties = facts.asset('community', id)?.properties
      return properties?.kind === 'community' ? properties.name : undefined
    },
    faultsOf: (kind, id, incident) => {
      const wider = incident === undefined ? undefined : byId.get(incident)
      const found = [...(byScope.get(`${kind} ${id}`) ?? []), ...(wider === undefined ? [] : [wider])]
      return [...new Set(found.map(({ fault }) => fault))]
    },
  }
}
