import { type Category, categories } from '@fanari/contracts'

/** What a matter is about: an asset, or a place when no asset is known. */
export type MatterPlace =
  | { kind: string; id: string }
  /** WGS 84 [°] */
  | { kind: 'place'; lat: number; lon: number }

/** About a hundred metres of latitude [°]: two reports of one place fall into the same cell most of the time. */
const cellDeg = 0.001

/**
 * The same key again is the same matter recurring, whoever notices it: the trouble of a light counts, not the word for it
 * (`luminaire:L-12:dark`, `place:41.580,26.530:pothole`).
 */
export const matterKeyOf = (category: Category, place: MatterPlace): string =>
  `${placeKey(place)}:${categories[category].trouble ?? category}`

const placeKey = (place: MatterPlace): string => {
  if ('lat' in place) return `place:${cell(place.lat)},${cell(place.lon)}`
  return `${place.kind}:${place.id}`
}

const cell = (degrees: number): string => (Math.round(degrees / cellDeg) * cellDeg).toFixed(3)
