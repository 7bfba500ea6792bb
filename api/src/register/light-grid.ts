import type { AssetFeature } from '@fanari/contracts'

/** A square of this many degrees: some hundred metres, a few dozen lights in town [°]. */
const cellDeg = 0.002

/** Bounds, WGS 84 [°]. */
export interface Bounds {
  south: number
  north: number
  west: number
  east: number
}

/** The lights of a municipality by where they stand, so that nobody has to go through ten thousand for the few of a corner. */
export interface LightGrid {
  put(feature: AssetFeature): void
  remove(feature: AssetFeature): void
  /** All lights of the squares that the bounds touch: some may lie just outside. */
  around(bounds: Bounds): Iterable<AssetFeature>
}

export const createLightGrid = (): LightGrid => {
  const cells = new Map<string, Map<string, AssetFeature>>()
  const column = (degrees: number) => Math.floor(degrees / cellDeg)
  const keyOf = ({ geometry, properties }: AssetFeature): string | null => {
    if (properties.kind !== 'luminaire' || geometry?.type !== 'Point') return null
    const [lon, lat] = geometry.coordinates
    return lon === undefined || lat === undefined ? null : `${column(lat)},${column(lon)}`
  }

  return {
    put: (feature) => {
      const key = keyOf(feature)
      if (key === null) return
      cells.set(key, (cells.get(key) ?? new Map<string, AssetFeature>()).set(feature.properties.id, feature))
    },
    remove: (feature) => {
      const key = keyOf(feature)
      if (key !== null) cells.get(key)?.delete(feature.properties.id)
    },
    *around({ south, north, west, east }) {
      for (let row = column(south); row <= column(north); row++) {
        for (let place = column(west); place <= column(east); place++) {
          yield* cells.get(`${row},${place}`)?.values() ?? []
        }
      }
    },
  }
}
