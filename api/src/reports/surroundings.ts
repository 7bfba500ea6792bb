import type {
  CitizenLineSettings,
  Incident,
  Instant,
  LightQueries,
  Log,
  LuminaireStatus,
  Report,
  Ticket,
} from '@fanari/contracts'
import { categories, hourMs } from '@fanari/contracts'
import type { IncidentDocuments } from '../incidents/documents.ts'
import type { Inventory } from '../register/inventory.ts'
import type { Database } from '../store/database.ts'
import type { AttachCandidate } from './attach.ts'
import { createPlaces, degreesAround, metresBetween, type Place, type Point } from './place.ts'

/** Where a report is, as the register has it. */
export interface Location {
  place: Place
  country: boolean
  radiusM: number
  /** The lights that the report concerns: the one named, or all near it when none is. Of other matters: none. */
  lights: readonly string[]
}

/** What there is around the place of a report. Reads only. */
export const createSurroundings = (options: {
  database: Database
  documents: Pick<IncidentDocuments, 'incident' | 'ticket'>
  lights: LightQueries
  log: Log
}) => {
  const { database, documents, lights, log } = options

  const ticketsWhere = (condition: string, ...values: (string | number)[]): Ticket[] =>
    ticketsIn(`tickets WHERE ${condition}`, ...values)
  const ticketsIn = (source: string, ...values: (string | number)[]): Ticket[] =>
    database
      .all<{ document: string }>(`SELECT document FROM ${source}`, ...values)
      .map(({ document }) => JSON.parse(document) as Ticket)

  /** A ticket that is part of another stands for that one. */
  const whole = (municipality: string, ticket: Ticket): Ticket =>
    (ticket.mergedInto === undefined ? null : documents.ticket(municipality, ticket.mergedInto)) ?? ticket

  const candidatesAt = (
    municipality: string,
    report: Pick<Report, 'category'>,
    { place, radiusM, lights: lightIds }: Location,
    { closedSince, inventory }: { closedSince: Instant; inventory: Inventory },
  ): AttachCandidate[] => {
    const { group } = categories[report.category]
    const found = new Map<string, Ticket>()
    const add = (tickets: readonly Ticket[]) => {
      for (const ticket of tickets) found.set(ticket.id, ticket)
    }
    const recent = "(status <> 'closed' OR closed_at >= ?)"
    if (group === 'lighting' && lightIds.length > 0) {
      add(
        ticketsWhere(
          `municipality = ? AND ${recent} AND id IN (SELECT ticket FROM ticket_members
             WHERE municipality = ? AND luminaire IN (SELECT value FROM json_each(?)))`,
          municipality,
          closedSince,
          municipality,
          JSON.stringify(lightIds),
        ),
      )
    }
    if (group === 'lighting' && place.circuit !== null) {
      add(
        ticketsWhere(
          `municipality = ? AND dedup_key = ? AND ${recent}`,
          municipality,
          `circuit:${place.circuit}:dark`,
          closedSince,
        ),
      )
    }
    if (place.point !== null && radiusM > 0) {
      const { lat, lon } = place.point
      const box = degreesAround(place.point, radiusM)
      add(
        // The index alone says which are near and recent: only these are read.
        ticketsIn(
          `tickets INDEXED BY tickets_near WHERE municipality = ? AND category_group = ? AND lat BETWEEN ? AND ? AND lon BETWEEN ? AND ? AND ${recent}
           ORDER BY created_at DESC LIMIT 200`,
          municipality,
          group,
          lat - box.lat,
          lat + box.lat,
          lon - box.lon,
          lon + box.lon,
          closedSince,
        ),
      )
    }
    const places = createPlaces(inventory)
    // A part stands for its whole, which is concerned with the lights of both; several parts of one are one candidate.
    const wholes = new Map<string, { ticket: Ticket; members: Set<string> }>()
    for (const part of found.values()) {
      const ticket = whole(municipality, part)
      const known = wholes.get(ticket.id) ?? { ticket, members: new Set(ticket.members) }
      for (const luminaire of part.members) known.members.add(luminaire)
      wholes.set(ticket.id, known)
    }
    return [...wholes.values()].map(({ ticket, members }) => ({
      ticket,
      members: [...members],
      distanceM: distanceTo({ ...ticket, members: [...members] }, place.point, places.pointOf),
      circuits: circuitsOf({ ...ticket, members: [...members] }, inventory),
    }))
  }

  return {
    locate: (
      inventory: Inventory,
      report: Pick<Report, 'category' | 'luminaire' | 'pole' | 'lat' | 'lon' | 'address' | 'street' | 'community'>,
      settings: CitizenLineSettings,
    ): Location => {
      const places = createPlaces(inventory)
      const place = places.placeOf(report)
      const population = places.communityOf(place.community)?.population
      const country = population !== undefined && population < settings.townPopulation
      if (categories[report.category].group !== 'lighting') {
        return { place, country, radiusM: settings.otherRadiusM, lights: [] }
      }
      const radiusM = country ? settings.countryRadiusM : settings.townRadiusM
      if (place.light !== null) return { place, country, radiusM, lights: [place.light.id] }
      const near = place.point === null ? [] : places.lightsNear(place.point, radiusM).map(({ light }) => light.id)
      return { place: { ...place, circuit: sharedCircuit(near, inventory) }, country, radiusM, lights: near }
    },

    /** What the lights do now. The platform that knows may be away: a report is taken all the same. */
    look: async (municipality: string, ids: readonly string[]): Promise<LuminaireStatus[]> => {
      if (ids.length === 0) return []
      try {
        return (await lights.luminaires(municipality, ids)).filter((status) => status !== null)
      } catch (error) {
        log('warn', 'reports.lightsUnknown', { error: String(error) })
        return []
      }
    },

    /** The open incident of lights, if there is one. */
    incidentOf: (municipality: string, statuses: readonly LuminaireStatus[]): Incident | null => {
      const [named] = statuses.flatMap(({ incident }) => incident ?? [])
      return named === undefined ? null : documents.incident(municipality, named)
    },

    candidatesAt: (
      municipality: string,
      report: Pick<Report, 'category'>,
      location: Location,
      how: { inventory: Inventory; settings: CitizenLineSettings; at: Instant },
    ): AttachCandidate[] =>
      candidatesAt(municipality, report, location, {
        closedSince: how.at - how.settings.reopenWithinHours * hourMs,
        inventory: how.inventory,
      }),
  }
}
export type SurroundingsReader = ReturnType<typeof createSurroundings>

const circuitOf = (luminaire: string, inventory: Inventory): string | null => {
  const properties = inventory.asset('luminaire', luminaire)?.properties
  return properties?.kind === 'luminaire' ? (properties.circuit ?? null) : null
}

/** The circuit of all lights around, when they have one in common. */
const sharedCircuit = (near: readonly string[], inventory: Inventory): string | null => {
  const circuits = new Set(near.map((id) => circuitOf(id, inventory)))
  const [only] = circuits
  return circuits.size === 1 ? (only ?? null) : null
}

const circuitsOf = ({ members, dedupKey }: Ticket, inventory: Inventory): string[] => {
  const circuits = new Set(members.flatMap((id) => circuitOf(id, inventory) ?? []))
  const [, named] = /^circuit:(.+):dark$/.exec(dedupKey ?? '') ?? []
  if (named !== undefined) circuits.add(named)
  return [...circuits]
}

const distanceTo = (
  { members, location }: Ticket,
  point: Point | null,
  pointOf: (luminaire: string) => Point | null,
): number | null => {
  if (point === null) return null
  const { lat, lon } = location
  const points = members.flatMap((id) => pointOf(id) ?? [])
  if (points.length === 0 && lat !== undefined && lon !== undefined) points.push({ lat, lon })
  return points.length === 0 ? null : Math.min(...points.map((one) => metresBetween(one, point)))
}
