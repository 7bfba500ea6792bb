import type {
  GroupIndices,
  Incident,
  Indices,
  Instant,
  NightGroup,
  NightQueries,
  NightSums,
  Resolution,
  Ticket,
} from '@fanari/contracts'
import type { IncidentDocuments } from '../incidents/documents.ts'
import type { Inventory } from '../register/inventory.ts'
import { equityOf, type GroupFigures, indicesOf, isAboutDarkness, isOutage } from './group-indices.ts'

/** A period in nights, both included. */
export interface Period {
  from: string
  to: string
}

/**
 * The indices of a municipality's groups over a period: what lights were from the lighting nights, times to detect from incidents, times
 * to act from tickets.
 */
export const townIndices = async (
  sources: {
    nights: Pick<NightQueries, 'night' | 'boundsOf' | 'sums'>
    documents: Pick<IncidentDocuments, 'between'>
    inventory: Pick<Inventory, 'asset'> | null
  },
  municipality: string,
  period: Period & { by: NightGroup },
  now: Instant,
): Promise<Indices> => {
  const { nights, documents, inventory } = sources
  const from = (await nights.boundsOf(municipality, period.from))?.from ?? 0
  const until = (await nights.boundsOf(municipality, period.to))?.until ?? 0
  const { incidents, tickets } = documents.between(municipality, { from, until })
  const about = { municipality, inventory, incidents, tickets, from, until, now }
  const indicesBy = async (by: NightGroup): Promise<GroupIndices[]> =>
    (await nights.sums(municipality, { ...period, by })).map((sums) => indicesOf(figuresOf(about, by, sums)))
  const items = await indicesBy(period.by)
  const present = await nights.night(municipality)
  return {
    ...period,
    live: present !== null && present <= period.to && present >= period.from,
    items,
    equity: equityOf(period.by === 'community' ? items : await indicesBy('community')),
  }
}

interface Known {
  municipality: string
  inventory: Pick<Inventory, 'asset'> | null
  incidents: readonly Incident[]
  tickets: readonly Ticket[]
  from: Instant
  until: Instant
  now: Instant
}

const figuresOf = (known: Known, by: NightGroup, sums: NightSums): GroupFigures => {
  const { incidents, tickets, from, until, now } = known
  const circuitOf = (luminaire: string): string | undefined => {
    const asset = known.inventory?.asset('luminaire', luminaire)?.properties
    return asset?.kind === 'luminaire' ? asset.circuit : undefined
  }
  const belongs = (community: string | undefined, members: readonly string[]): boolean => {
    switch (by) {
      case 'municipality':
        return true
      case 'community':
        return community === sums.group
      case 'circuit':
        return members.some((id) => circuitOf(id) === sums.group)
    }
  }
  const residentsOf = (community: string): number | null => {
    const asset = known.inventory?.asset('community', community)?.properties
    return asset?.kind === 'community' ? (asset.population ?? null) : null
  }
  const resolutions = new Map<string, Resolution | undefined>(incidents.map(({ id, resolution }) => [id, resolution]))
  return {
    sums,
    outages: incidents.filter(
      (incident) =>
        isOutage(incident) && Date.parse(incident.detectedAt) >= from && belongs(incident.community, incident.members),
    ),
    // A community is no part of a circuit.
    darkCommunities: incidents
      .filter(({ fault, scope }) => fault === 'communityDark' && by !== 'circuit' && belongs(scope.id, []))
      .map(({ scope, startedAt, resolvedAt }) => ({
        from: Math.max(from, Date.parse(startedAt)),
        until: Math.min(until, resolvedAt === undefined ? now : Date.parse(resolvedAt)),
        residents: residentsOf(scope.id),
      })),
    tickets: tickets.filter((ticket) => isAboutDarkness(ticket) && belongs(ticket.location.community, ticket.members)),
    resolutionOf: (incident) => resolutions.get(incident),
  }
}
