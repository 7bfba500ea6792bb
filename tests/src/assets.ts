import type { AssetFeature } from '@fanari/contracts'

/** Somewhere in the village; `east` degrees further along its street. */
const point = (east = 0) => ({ type: 'Point' as const, coordinates: [26.53 + east, 41.5] })

/** Seconds between two readings of a light of the stories. */
export const reportIntervalS = 2

/**
 * A light as a municipality would register it: 60 W, a reading every two seconds, and expected to burn at any hour, so that a story
 * means the same by day and by night.
 */
export const lampAsset = (id: string, more: Record<string, unknown> = {}, east = 0): AssetFeature =>
  ({
    type: 'Feature',
    geometry: point(east),
    properties: {
      kind: 'luminaire',
      id,
      community: 'village',
      supply: 'grid',
      ratedPower: 60,
      reportInterval: reportIntervalS,
      program: 'alwaysOn',
      ...more,
    },
  }) as AssetFeature

/** A street of them, `a-01`, `a-02` and so on, some 25 m apart. */
export const lampAssets = (prefix: string, count: number, more: Record<string, unknown> = {}): AssetFeature[] =>
  Array.from({ length: count }, (_, i) => lampAsset(`${prefix}-${String(i + 1).padStart(2, '0')}`, more, i * 0.0003))

export const communityAsset = (id = 'village', name = 'Χωριό'): AssetFeature => ({
  type: 'Feature',
  geometry: point(),
  properties: { kind: 'community', id, name, population: 300 },
})

export const cabinetAsset = (id: string, more: Record<string, unknown> = {}): AssetFeature =>
  ({
    type: 'Feature',
    geometry: point(),
    properties: { kind: 'cabinet', id, community: 'village', ...more },
  }) as AssetFeature

export const gatewayAsset = (id: string, device?: string): AssetFeature => ({
  type: 'Feature',
  geometry: point(),
  properties: { kind: 'gateway', id, ...(device === undefined ? {} : { device }) },
})

export const idsOf = (features: readonly AssetFeature[]): string[] => features.map(({ properties }) => properties.id)
