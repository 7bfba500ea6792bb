import type { CommunityProperties, LuminaireProperties, Report } from '@fanari/contracts'
import type { Inventory } from '../register/inventory.ts'

/** WGS 84 [°]. */
export interface Point {
  lat: number
  lon: number
}

/** What the register knows of the place of a report. */
export interface Place {
  /** The lamp that was named, by its id, its device or the number on its pole. */
  light: LuminaireProperties | null
  point: Point | null
  community: string | null
  circuit: string | null
  /** The place in words, for a title. */
  text: string
}

type Named = Pick<Report, 'luminaire' | 'pole' | 'lat' | 'lon' | 'address' | 'street' | 'community'>

/** The light nearest to a point tells its community when nobody else does, as far as the last of these [m]. */
const communityReachesM = [100, 400, 1_500]

export const createPlaces = (inventory: Inventory) => {
  const lightOf = (named: Named): LuminaireProperties | null => {
    const { luminaire, pole } = named
    if (luminaire !== undefined) {
      const asset = inventory.asset('luminaire', luminaire) ?? inventory.ownerOfDevice(luminaire)
      if (asset?.properties.kind === 'luminaire') return asset.properties
    }
    if (pole === undefined) return null
    const wanted = folded(pole)
    const found: LuminaireProperties[] = []
    for (const { properties } of inventory.assets('luminaire')) {
      if (properties.kind !== 'luminaire') continue
      if (properties.id === pole) return properties
      if (properties.pole === undefined || folded(properties.pole) !== wanted) continue
      // The same number stands on poles of several streets and communities: what else was said must not contradict.
      const sameStreet = named.street === undefined || folded(properties.street ?? '') === folded(named.street)
      if (sameStreet && (named.community === undefined || properties.community === named.community))
        found.push(properties)
    }
    const [only] = found
    return found.length === 1 && only !== undefined ? only : nearestOf(found, pointIn(named))
  }

  const pointOf = (luminaire: string): Point | null => {
    const geometry = inventory.asset('luminaire', luminaire)?.geometry
    if (geometry?.type !== 'Point') return null
    const [lon, lat] = geometry.coordinates
    return lon === undefined || lat === undefined ? null : { lat, lon }
  }

  const nearestOf = (lights: readonly LuminaireProperties[], point: Point | null): LuminaireProperties | null => {
    if (point === null) return null
    let nearest: { light: LuminaireProperties; distanceM: number } | null = null
    for (const light of lights) {
      const at = pointOf(light.id)
      const distanceM = at === null ? Number.POSITIVE_INFINITY : metresBetween(at, point)
      if (distanceM < (nearest?.distanceM ?? Number.POSITIVE_INFINITY)) nearest = { light, distanceM }
    }
    return nearest?.light ?? null
  }

  /** The lights within a radius, nearest first. */
  const lightsNear = (point: Point, radiusM: number): { light: LuminaireProperties; distanceM: number }[] => {
    const reach = degreesAround(point, radiusM)
    const near: { light: LuminaireProperties; distanceM: number }[] = []
    const around = inventory.lightsAround({
      south: point.lat - reach.lat,
      north: point.lat + reach.lat,
      west: point.lon - reach.lon,
      east: point.lon + reach.lon,
    })
    for (const { properties, geometry } of around) {
      if (properties.kind !== 'luminaire' || geometry?.type !== 'Point') continue
      const [lon = Number.NaN, lat = Number.NaN] = geometry.coordinates
      const distanceM = metresBetween({ lat, lon }, point)
      if (distanceM <= radiusM) near.push({ light: properties, distanceM })
    }
    return near.sort((a, b) => a.distanceM - b.distanceM)
  }

  /** The community of the nearest light; first looked for close by, where in town it always is. */
  const nearestCommunity = (point: Point): string | null => {
    for (const radiusM of communityReachesM) {
      const [nearest] = lightsNear(point, radiusM)
      if (nearest !== undefined) return nearest.light.community
    }
    return null
  }

  const communityOf = (id: string | null): CommunityProperties | null => {
    const properties = id === null ? undefined : inventory.asset('community', id)?.properties
    return properties?.kind === 'community' ? properties : null
  }

  return {
    lightsNear,
    pointOf,
    communityOf,
    placeOf: (named: Named): Place => {
      const light = lightOf(named)
      const point = (light === null ? null : pointOf(light.id)) ?? pointIn(named)
      const given = communityOf(named.community ?? null) === null ? null : (named.community ?? null)
      const community = light?.community ?? given ?? (point === null ? null : nearestCommunity(point))
      const street = light?.street ?? named.street
      const parts = [
        communityOf(community)?.name ?? null,
        named.address ?? street ?? null,
        light === null ? null : light.pole === undefined ? `φωτιστικό ${light.id}` : `ιστός ${light.pole}`,
        light === null && named.pole !== undefined ? `ιστός ${named.pole}` : null,
      ].filter((part) => part !== null)
      const where = point === null ? 'χωρίς τόπο' : `${point.lat.toFixed(5)}, ${point.lon.toFixed(5)}`
      return {
        light,
        point,
        community,
        circuit: light?.circuit ?? null,
        text: (parts.length === 0 ? where : parts.join(', ')).slice(0, 300),
      }
    },
  }
}

const pointIn = ({ lat, lon }: Named): Point | null => (lat === undefined || lon === undefined ? null : { lat, lon })

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()

const metresPerDegree = 111_195

/** How far a radius reaches around a point [°]. */
export const degreesAround = ({ lat }: Point, radiusM: number): Point => ({
  lat: radiusM / metresPerDegree,
  lon: radiusM / (metresPerDegree * Math.max(Math.cos((lat * Math.PI) / 180), 0.01)),
})

/** Distance of two points of one town [m]: within a few kilometres the earth is flat to a centimetre. */
export const metresBetween = (a: Point, b: Point): number => {
  const north = (a.lat - b.lat) * metresPerDegree
  const east = (a.lon - b.lon) * metresPerDegree * Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180)
  return Math.hypot(north, east)
}
