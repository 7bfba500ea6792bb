import { z } from 'zod'
import { metresBetween } from '../reports/place.ts'
import { NgsiLdError } from './errors.ts'

/** What a query asks of places, as it came: a query string has the coordinates as JSON text. */
export interface GeoParameters {
  georel?: string | undefined
  geometry?: string | undefined
  coordinates?: unknown
  geoproperty?: string | undefined
}

type Position = readonly number[]
type PlaceTest = (place: Position) => boolean

const positionSchema = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
  .rest(z.number()) satisfies z.ZodType<Position>
const polygonSchema = z.array(z.array(positionSchema).min(4)).min(1)
const areaSchemas = { Polygon: polygonSchema, MultiPolygon: z.array(polygonSchema).min(1) }
const otherGeometries = ['LineString', 'MultiLineString', 'MultiPoint', 'GeometryCollection']

const wrong = (detail: string) => new NgsiLdError('BadRequestData', detail)

/**
 * A geoquery (ETSI GS CIM 009, 4.10) over entities that are points; `null` when nothing is asked of places. `near` takes a point, the
 * others a point, polygon or multipolygon. @throws NgsiLdError
 */
export const readGeoQuery = ({ georel, geometry, coordinates, geoproperty }: GeoParameters): PlaceTest | null => {
  const given = [georel, geometry, coordinates].filter((one) => one !== undefined)
  if (given.length === 0 && geoproperty === undefined) return null
  if (georel === undefined || geometry === undefined || coordinates === undefined)
    throw wrong('georel, geometry and coordinates go together')
  const test = testOf(georel, readGeometry(geometry, coordinates))
  // What does not have the property does not match; ours have one place.
  return geoproperty === undefined || isLocation(geoproperty) ? test : () => false
}

export const isLocation = (name: string): boolean =>
  name === 'location' || name === 'https://uri.etsi.org/ngsi-ld/location'

type Geometry = { kind: 'point'; at: Position } | { kind: 'area'; polygons: readonly Position[][][] }

const readGeometry = (geometry: string, coordinates: unknown): Geometry => {
  const value = typeof coordinates === 'string' ? parsed(coordinates) : coordinates
  const checked = <Value>(schema: z.ZodType<Value>): Value => {
    const found = schema.safeParse(value)
    if (!found.success) throw wrong(`coordinates are not those of a ${geometry}, as GeoJSON has them`)
    return found.data
  }
  switch (geometry) {
    case 'Point':
      return { kind: 'point', at: checked(positionSchema) }
    case 'Polygon':
      return { kind: 'area', polygons: [checked(areaSchemas.Polygon)] }
    case 'MultiPolygon':
      return { kind: 'area', polygons: checked(areaSchemas.MultiPolygon) }
  }
  if (otherGeometries.includes(geometry))
    throw new NgsiLdError('OperationNotSupported', `geometry ${geometry} is not offered: Point, Polygon, MultiPolygon`)
  throw wrong('geometry is not one of GeoJSON')
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw wrong('coordinates are not JSON')
  }
}

const testOf = (georel: string, reference: Geometry): PlaceTest => {
  const near = /^near;(max|min)Distance==(\d+(?:\.\d+)?)$/.exec(georel)
  if (near !== null) {
    const distanceM = Number(near[2])
    if (distanceM === 0) throw wrong('the distance of georel must be above 0')
    if (reference.kind === 'area') throw new NgsiLdError('OperationNotSupported', 'near is offered for a Point')
    const { at } = reference
    return near[1] === 'max' ? (place) => distance(place, at) <= distanceM : (place) => distance(place, at) >= distanceM
  }
  const inside: PlaceTest =
    reference.kind === 'point'
      ? (place) => isSame(place, reference.at)
      : (place) => reference.polygons.some((polygon) => isInside(place, polygon))
  switch (georel) {
    case 'within':
    case 'intersects':
      return inside
    case 'disjoint':
      return (place) => !inside(place)
    case 'equals':
    case 'contains':
      // A point is and holds nothing but itself.
      return reference.kind === 'point' ? inside : () => false
    case 'overlaps':
      // OGC Simple Features: neither may lie within the other, and a point always does.
      return () => false
  }
  throw wrong(
    'georel is one of near;maxDistance==…, near;minDistance==…, within, contains, overlaps, intersects, equals, disjoint',
  )
}

const pointOf = ([lon = 0, lat = 0]: Position) => ({ lat, lon })
const distance = (a: Position, b: Position): number => metresBetween(pointOf(a), pointOf(b))
const isSame = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1]

/** The first ring is the outline, the others are holes (RFC 7946, 3.1.6). */
const isInside = (place: Position, [outline = [], ...holes]: Position[][]): boolean =>
  isInRing(place, outline) && !holes.some((hole) => isInRing(place, hole))

/** Even-odd: how often a ray to the east crosses the ring. */
const isInRing = ([x = 0, y = 0]: Position, ring: readonly Position[]): boolean => {
  let isIn = false
  for (const [index, [x1 = 0, y1 = 0]] of ring.entries()) {
    const [x2 = 0, y2 = 0] = ring.at(index - 1) ?? []
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isIn = !isIn
  }
  return isIn
}
