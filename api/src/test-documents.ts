import type { AssetFeature, DetectedIncident, IncidentChange } from '@fanari/contracts'
import { toIso } from '@fanari/contracts'

/** Assets and incidents for tests. Coordinates are Nea Vyssa's. */

const feature = (properties: Record<string, unknown>, geometry: unknown): Record<string, unknown> => ({
  type: 'Feature',
  geometry,
  properties,
})
export const point = (lon = 26.53, lat = 41.58) => ({ type: 'Point', coordinates: [lon, lat] })

export const community = (id: string, name: string) => feature({ kind: 'community', id, name }, point())
export const cabinet = (id: string, more: Record<string, unknown> = {}) =>
  feature({ kind: 'cabinet', id, community: 'vyssa', ...more }, point())
export const gateway = (id: string, more: Record<string, unknown> = {}) =>
  feature({ kind: 'gateway', id, ...more }, point())
export const luminaire = (id: string, more: Record<string, unknown> = {}, geometry: unknown = point()) =>
  feature({ kind: 'luminaire', id, community: 'vyssa', supply: 'grid', ratedPower: 60, ...more }, geometry)
export const solarLuminaire = (id: string, more: Record<string, unknown> = {}) =>
  luminaire(id, { supply: 'solar', panelPower: 160, batteryCapacity: 600, ...more })
export const collection = (...features: unknown[]) => ({ type: 'FeatureCollection', features })

/** A feature as the register holds it, for the rules. */
export const stored = (candidate: Record<string, unknown>): AssetFeature => candidate as unknown as AssetFeature

/** One change of an incident; `at` is the decision's time. */
export const incidentChange = (
  type: IncidentChange['type'],
  at: number,
  incident: Partial<DetectedIncident> & { id: string },
): IncidentChange => ({
  type,
  at,
  incident: {
    municipality: 'orestiada',
    fault: 'lampFailure',
    scope: { kind: 'luminaire', id: 'L-1' },
    members: ['L-1'],
    community: 'vyssa',
    startedAt: toIso(at),
    detectedAt: toIso(at),
    state: type === 'incident.resolved' ? 'resolved' : 'open',
    severity: 'major',
    reason: 'noPowerWhenExpectedOn',
    evidence: [],
    revision: 1,
    ...incident,
  },
})
