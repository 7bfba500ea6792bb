import { faultCatalogue, type Incident } from '@fanari/contracts'
import type { LonLat, Luminaire, Register } from '../live/register.ts'
import type { IncidentTone } from './palette.ts'

interface Feature {
  type: 'Feature'
  geometry: { type: 'Point'; coordinates: number[] } | { type: 'LineString'; coordinates: number[][] }
  properties: Record<string, string | number>
}
export interface FeatureCollection {
  type: 'FeatureCollection'
  features: Feature[]
}

export const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features })

const point = (at: LonLat, properties: Feature['properties']): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [...at] },
  properties,
})

export const lightFeatures = (register: Register): Feature[] =>
  [...register.luminaires.values()].map(({ id, at }) => point(at, { id }))

export const communityFeatures = (register: Register): Feature[] =>
  [...register.communities.values()].map(({ id, at, name, population }) =>
    point(at, { id, name, population: population ?? 0 }),
  )

export const equipmentFeatures = (register: Register): Feature[] => [
  ...[...register.cabinets.values()].map(({ id, at }) => point(at, { id, sign: '■' })),
  ...[...register.gateways.values()].map(({ id, at }) => point(at, { id, sign: '▲' })),
]

/** Neighbouring poles stand 25–50 m apart; a longer gap is the circuit's jump to another street. */
const longestSpanM = 120

/** Circuits as lines through their lights, in the order of `position`: the streets of a map without streets. */
export const circuitFeatures = (register: Register): Feature[] => {
  const circuits = new Map<string, Luminaire[]>()
  for (const light of register.luminaires.values()) {
    if (light.circuit === undefined) continue
    const lights = circuits.get(light.circuit)
    if (lights === undefined) circuits.set(light.circuit, [light])
    else lights.push(light)
  }
  return [...circuits].flatMap(([circuit, lights]) =>
    spans(lights.toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0)).map(({ at }) => at)).map(
      (coordinates): Feature => ({
        type: 'Feature',
        geometry: { type: 'LineString', coordinates: coordinates.map((at) => [...at]) },
        properties: { circuit },
      }),
    ),
  )
}

const spans = (places: LonLat[]): LonLat[][] => {
  const lines: LonLat[][] = []
  let line: LonLat[] = []
  for (const place of places) {
    const last = line.at(-1)
    if (last !== undefined && distanceM(last, place) > longestSpanM) {
      lines.push(line)
      line = []
    }
    line.push(place)
  }
  lines.push(line)
  return lines.filter(({ length }) => length > 1)
}

const metresPerDegree = 111_320

/** Metres between places near each other, on a plane that touches the first. */
const distanceM = ([lonA, latA]: LonLat, [lonB, latB]: LonLat): number =>
  Math.hypot((lonB - lonA) * Math.cos((latA * Math.PI) / 180), latB - latA) * metresPerDegree

export const toneOf = ({ fault }: Incident): IncidentTone => {
  if (faultCatalogue[fault].dark) return 'dark'
  return blindFaults.has(fault) ? 'blind' : 'attention'
}

const blindFaults: ReadonlySet<Incident['fault']> = new Set(['communicationFailure', 'gatewayOutage', 'platformBlind'])

/** A halo for every light in an open incident. */
export const haloFeatures = (incidents: Incident[], register: Register): Feature[] =>
  incidents.flatMap((incident) =>
    incident.members.flatMap((id) => {
      const light = register.luminaires.get(id)
      return light === undefined ? [] : [point(light.at, { tone: toneOf(incident) })]
    }),
  )

/** The lights an incident is about, or where it is when it has none. */
export const placesOf = (incident: Incident, register: Register): LonLat[] => {
  const members = incident.members.flatMap((id) => {
    const light = register.luminaires.get(id)
    return light === undefined ? [] : [light.at]
  })
  if (members.length > 0) return members
  const place = scopePlace(incident, register) ?? register.communities.get(incident.community ?? '')?.at
  return place === undefined ? [] : [place]
}

/** Where the pin of an incident stands: on what failed, or on the member nearest to the middle, never beside an L-shaped street. */
export const pinPlace = (incident: Incident, register: Register): LonLat | null => {
  const place = scopePlace(incident, register)
  if (place !== undefined) return place
  const places = placesOf(incident, register)
  if (places.length === 0) return null
  const middle: LonLat = [mean(places.map(([lon]) => lon)), mean(places.map(([, lat]) => lat))]
  return places.reduce((best, place) => (distanceM(place, middle) < distanceM(best, middle) ? place : best))
}

const scopePlace = ({ scope }: Incident, { cabinets, gateways, communities }: Register): LonLat | undefined => {
  switch (scope.kind) {
    case 'cabinet':
      return cabinets.get(scope.id)?.at
    case 'gateway':
      return gateways.get(scope.id)?.at
    case 'community':
      return communities.get(scope.id)?.at
    case 'luminaire':
    case 'sensor':
    case 'circuit':
    case 'phase':
    case 'area':
    case 'platform':
      return undefined
  }
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** What the map frames at first: the lights, or the communities while there are none. */
export const wholeTown = (register: Register): LonLat[] => {
  const assets = register.luminaires.size > 0 ? register.luminaires : register.communities
  return [...assets.values()].map(({ at }) => at)
}
