import { type DetectedIncident, faultCatalogue, type LuminaireProperties, type Ticket } from '@fanari/contracts'
import type { AssetFacts } from '../register/inventory.ts'

/** More streets than this are not listed one by one. */
const streetsNamed = 3
/** The longest title and location text a ticket takes. */
const longestText = 300

/** The luminaires of an incident that the register knows. */
export const lightsOf = (members: readonly string[], facts: AssetFacts): LuminaireProperties[] =>
  members.flatMap((id) => {
    const properties = facts.asset('luminaire', id)?.properties
    return properties?.kind === 'luminaire' ? [properties] : []
  })

export const lightsInWords = (count: number): string => (count === 1 ? '1 φωτιστικό' : `${count} φωτιστικά`)

/** «Σκοτεινό κύκλωμα C-12 (40 φωτιστικά), Νέα Βύσσα» */
export const titleOf = (incident: DetectedIncident, facts: AssetFacts): string => {
  const { fault, scope, members } = incident
  const community = communityName(incident.community, facts)
  const count = scope.kind === 'luminaire' || scope.kind === 'sensor' ? '' : ` (${lightsInWords(members.length)})`
  return [`${faultCatalogue[fault].title.el} ${scope.id}${count}`, community]
    .filter((part) => part !== null)
    .join(', ')
    .slice(0, longestText)
}

/** Where it is: the middle of the lights concerned (or the asset of the scope), and the place in words. */
export const locationOf = (incident: DetectedIncident, facts: AssetFacts): Ticket['location'] => {
  const { scope, members, community } = incident
  const points = members.flatMap((id) => pointOf(facts, 'luminaire', id))
  const centre = centroid(points.length > 0 || !isAssetKind(scope.kind) ? points : pointOf(facts, scope.kind, scope.id))
  const lights = lightsOf(members, facts)
  const streets = [...new Set(lights.flatMap(({ street }) => street ?? []))]
  const [only] = lights.length === 1 ? lights : []
  const parts = [
    communityName(community, facts),
    streets.length > streetsNamed ? `${streets.slice(0, streetsNamed).join(', ')} κ.ά.` : streets.join(', ') || null,
    only?.pole === undefined ? null : `ιστός ${only.pole}`,
  ].filter((part) => part !== null)
  return {
    ...centre,
    ...(community === undefined ? {} : { community }),
    text: (parts.length === 0 ? scope.id : parts.join(', ')).slice(0, longestText),
  }
}

const communityName = (community: string | undefined, facts: AssetFacts): string | null => {
  if (community === undefined) return null
  const properties = facts.asset('community', community)?.properties
  return properties?.kind === 'community' ? properties.name : community
}

const isAssetKind = (kind: string): kind is 'luminaire' | 'cabinet' | 'gateway' | 'sensor' =>
  kind === 'luminaire' || kind === 'cabinet' || kind === 'gateway' || kind === 'sensor'

const pointOf = (
  facts: AssetFacts,
  kind: 'luminaire' | 'cabinet' | 'gateway' | 'sensor',
  id: string,
): { lat: number; lon: number }[] => {
  const geometry = facts.asset(kind, id)?.geometry
  if (geometry?.type !== 'Point') return []
  const [lon, lat] = geometry.coordinates
  return lon === undefined || lat === undefined ? [] : [{ lat, lon }]
}

/** The mean position, to a decimetre. Lights of one incident lie within a few kilometres, where the mean of degrees will do. */
const centroid = (points: { lat: number; lon: number }[]): { lat?: number; lon?: number } => {
  if (points.length === 0) return {}
  const mean = (coordinate: 'lat' | 'lon') =>
    Number((points.reduce((sum, point) => sum + point[coordinate], 0) / points.length).toFixed(6))
  return { lat: mean('lat'), lon: mean('lon') }
}
