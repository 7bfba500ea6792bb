import { type AssetFeature, deviceOf, type TagOf } from '@fanari/contracts'
import { lineHead } from './line.ts'

type Position = { lat: number; lon: number } | null

/** Where a light belongs: the tags of all that is written of it. */
export interface LightPlace {
  kind: 'luminaire'
  id: string
  device: string
  tags: Readonly<Record<TagOf<'luminaire_reading'>, string | undefined>> & { municipality: string; community: string }
  ratedPowerW: number
  position: Position
  heads: Readonly<Record<'reading' | 'solar', string>>
}
export type Place =
  | LightPlace
  | { kind: 'cabinet'; id: string; device: string | null; community: string; position: Position; head: string }
  | { kind: 'sensor'; id: string; device: string; community: string; measures: Readonly<Record<string, string>> }
  | { kind: 'gateway'; id: string; device: string; community: undefined; position: Position }

/** What the tags of points are made from: the assets, as they came by in the journal. */
export interface Places {
  put(municipality: string, feature: AssetFeature): void
  ofDevice(municipality: string, device: string): Place | null
  light(municipality: string, luminaire: string): LightPlace | null
  cabinet(municipality: string, cabinet: string): Place | null
  lights(municipality: string): Iterable<LightPlace>
  municipalities(): Iterable<string>
  /** Every community that something belongs to. */
  communities(municipality: string): ReadonlySet<string>
}

export const communityOf = (place: Place | null): string | undefined =>
  place?.kind === 'luminaire' ? place.tags.community : place?.community

export const createPlaces = (): Places => {
  interface Town {
    assets: Map<string, Place>
    devices: Map<string, Place>
  }
  const towns = new Map<string, Town>()

  return {
    put(municipality, feature) {
      const place = placeOf(municipality, feature)
      if (place === null) return
      const town = towns.get(municipality) ?? { assets: new Map(), devices: new Map() }
      towns.set(municipality, town)
      const key = `${place.kind}/${place.id}`
      const previous = town.assets.get(key)
      // Two assets may swap devices: the first to come has already taken over what the second gives up.
      if (previous?.device != null && town.devices.get(previous.device) === previous)
        town.devices.delete(previous.device)
      town.assets.set(key, place)
      if (place.device !== null) town.devices.set(place.device, place)
    },
    ofDevice: (municipality, device) => towns.get(municipality)?.devices.get(device) ?? null,
    light(municipality, luminaire) {
      const place = towns.get(municipality)?.assets.get(`luminaire/${luminaire}`)
      return place?.kind === 'luminaire' ? place : null
    },
    cabinet: (municipality, cabinet) => towns.get(municipality)?.assets.get(`cabinet/${cabinet}`) ?? null,
    *lights(municipality) {
      for (const place of towns.get(municipality)?.assets.values() ?? []) if (place.kind === 'luminaire') yield place
    },
    municipalities: () => towns.keys(),
    communities: (municipality) =>
      new Set([...(towns.get(municipality)?.assets.values() ?? [])].flatMap((place) => communityOf(place) ?? [])),
  }
}

const placeOf = (municipality: string, { geometry, properties }: AssetFeature): Place | null => {
  const position = positionOf(geometry)
  switch (properties.kind) {
    case 'luminaire': {
      const { id, community, cabinet, circuit, phase, supply } = properties
      const tags = { municipality, community, cabinet, circuit, phase, luminaire: id, supply }
      return {
        kind: 'luminaire',
        id,
        device: deviceOf(properties) ?? id,
        tags,
        ratedPowerW: properties.ratedPower,
        position,
        heads: { reading: lineHead('luminaire_reading', tags), solar: lineHead('solar_reading', tags) },
      }
    }
    case 'cabinet': {
      const { id, community, device = null } = properties
      const head = lineHead('cabinet_reading', { municipality, community, cabinet: id })
      return { kind: 'cabinet', id, device, community, position, head }
    }
    case 'sensor': {
      const { id, community, measures } = properties
      return { kind: 'sensor', id, device: deviceOf(properties) ?? id, community, measures }
    }
    case 'gateway':
      return {
        kind: 'gateway',
        id: properties.id,
        device: properties.device ?? properties.id,
        community: undefined,
        position,
      }
    case 'community':
    case 'program':
      return null
  }
}

const positionOf = (geometry: AssetFeature['geometry']): Position => {
  if (geometry?.type !== 'Point') return null
  const [lon, lat] = geometry.coordinates
  return lon === undefined || lat === undefined ? null : { lat, lon }
}
