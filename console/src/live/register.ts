import type { CabinetProperties, CommunityProperties, GatewayProperties, LuminaireProperties } from '@fanari/contracts'
import type { FeatureOf } from '../api/client.ts'

/** [longitude, latitude] in degrees. */
export type LonLat = readonly [lon: number, lat: number]

export type Luminaire = LuminaireProperties & { at: LonLat; searchText: string }
type Cabinet = CabinetProperties & { at: LonLat }
type Gateway = GatewayProperties & { at: LonLat }
type Community = CommunityProperties & { at: LonLat }

/** The municipality's assets as the page needs them: by id, with a place. */
export interface Register {
  luminaires: ReadonlyMap<string, Luminaire>
  communities: ReadonlyMap<string, Community>
  cabinets: ReadonlyMap<string, Cabinet>
  gateways: ReadonlyMap<string, Gateway>
}

export const emptyRegister: Register = {
  luminaires: new Map(),
  communities: new Map(),
  cabinets: new Map(),
  gateways: new Map(),
}

export const readRegister = (assets: {
  luminaires: FeatureOf<'luminaire'>[]
  communities: FeatureOf<'community'>[]
  cabinets: FeatureOf<'cabinet'>[]
  gateways: FeatureOf<'gateway'>[]
}): Register => ({
  luminaires: byId(
    assets.luminaires.map(({ geometry, properties }) => ({
      ...properties,
      at: centreOf(geometry),
      searchText: searchable([properties.id, properties.pole, properties.street].join(' ')),
    })),
  ),
  communities: byId(assets.communities.map(({ geometry, properties }) => ({ ...properties, at: centreOf(geometry) }))),
  cabinets: byId(assets.cabinets.map(({ geometry, properties }) => ({ ...properties, at: centreOf(geometry) }))),
  gateways: byId(assets.gateways.map(({ geometry, properties }) => ({ ...properties, at: centreOf(geometry) }))),
})

/** Text as people type it: without accents, capitals and the final sigma's own letter, so that «Διοικητηριου» finds «Διοικητηρίου». */
export const searchable = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ς', 'σ')

/** [west, south, east, north] around the places, or `null` when there are none. */
export const boundsOf = (places: Iterable<LonLat>): [number, number, number, number] | null => {
  let bounds: [number, number, number, number] | null = null
  for (const [lon, lat] of places) {
    bounds =
      bounds === null
        ? [lon, lat, lon, lat]
        : [Math.min(bounds[0], lon), Math.min(bounds[1], lat), Math.max(bounds[2], lon), Math.max(bounds[3], lat)]
  }
  return bounds
}

const byId = <Asset extends { id: string }>(assets: Asset[]): ReadonlyMap<string, Asset> =>
  new Map(assets.map((asset) => [asset.id, asset]))

type Geometry = FeatureOf<'community'>['geometry']

const centreOf = (geometry: Geometry): LonLat => {
  const bounds = boundsOf(positionsOf(geometry))
  return bounds === null ? [0, 0] : [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2]
}

const positionsOf = (geometry: Geometry): LonLat[] => {
  switch (geometry.type) {
    case 'Point':
      return [lonLat(geometry.coordinates)]
    case 'Polygon':
      return geometry.coordinates.flat().map(lonLat)
    case 'MultiPolygon':
      return geometry.coordinates.flat(2).map(lonLat)
  }
}

const lonLat = ([lon = 0, lat = 0]: number[]): LonLat => [lon, lat]
