import { describe, expect, test } from 'vitest'
import { type GeoParameters, readGeoQuery } from './geo-query.ts'

const place = [26.53, 41.58]
const square = (from: number, to: number): string =>
  `[[${from},${from}],[${to},${from}],[${to},${to}],[${from},${to}],[${from},${from}]]`
const around = '[[[26,41],[27,41],[27,42],[26,42],[26,41]]]'
const withHole =
  '[[[26,41],[27,41],[27,42],[26,42],[26,41]],[[26.5,41.5],[26.6,41.5],[26.6,41.6],[26.5,41.6],[26.5,41.5]]]'

describe('a place', () => {
  test.each<[string, string, string, boolean]>([
    ['near;maxDistance==2000', 'Point', '[26.54,41.59]', true],
    // 0.01° of latitude is 1 112 m, of longitude at 41.6° 832 m: 1 389 m away.
    ['near;maxDistance==1380', 'Point', '[26.54,41.59]', false],
    ['near;maxDistance==1395', 'Point', '[26.54,41.59]', true],
    ['near;minDistance==1395', 'Point', '[26.54,41.59]', false],
    ['near;minDistance==1380', 'Point', '[26.54,41.59]', true],
    ['within', 'Polygon', around, true],
    ['within', 'Polygon', withHole, false],
    ['within', 'Polygon', `[${square(10, 11)}]`, false],
    ['within', 'MultiPolygon', `[[${square(10, 11)}],${around}]`, true],
    ['intersects', 'Polygon', around, true],
    ['disjoint', 'Polygon', around, false],
    ['disjoint', 'Polygon', withHole, true],
    ['equals', 'Point', '[26.53,41.58]', true],
    ['equals', 'Point', '[26.53,41.59]', false],
    ['contains', 'Point', '[26.53,41.58]', true],
    ['contains', 'Polygon', around, false],
    ['overlaps', 'Polygon', around, false],
    ['within', 'Point', '[26.53,41.58]', true],
  ])('%s %s %s: %s', (georel, geometry, coordinates, expected) => {
    expect(readGeoQuery({ georel, geometry, coordinates })?.(place)).toBe(expected)
  })

  test('is asked for by none, by its name, and by no other name', () => {
    expect(readGeoQuery({})).toBeNull()
    const near = { georel: 'near;maxDistance==10', geometry: 'Point', coordinates: '[26.53,41.58]' }
    expect(readGeoQuery({ ...near, geoproperty: 'location' })?.(place)).toBe(true)
    expect(readGeoQuery({ ...near, geoproperty: 'observationSpace' })?.(place)).toBe(false)
    expect(readGeoQuery({ ...near, coordinates: [26.53, 41.58] })?.(place)).toBe(true)
  })

  test.each<[string, GeoParameters, string]>([
    ['a georel alone', { georel: 'within' }, 'BadRequestData'],
    ['a geoproperty alone', { geoproperty: 'location' }, 'BadRequestData'],
    ['an unknown relation', { georel: 'touches', geometry: 'Point', coordinates: '[8,40]' }, 'BadRequestData'],
    ['near without a distance', { georel: 'near', geometry: 'Point', coordinates: '[8,40]' }, 'BadRequestData'],
    ['no distance', { georel: 'near;maxDistance==0', geometry: 'Point', coordinates: '[8,40]' }, 'BadRequestData'],
    [
      'a negative distance',
      { georel: 'near;maxDistance==-5', geometry: 'Point', coordinates: '[8,40]' },
      'BadRequestData',
    ],
    [
      'two distances',
      { georel: 'near;maxDistance==5;minDistance==1', geometry: 'Point', coordinates: '[8,40]' },
      'BadRequestData',
    ],
    ['no JSON', { georel: 'within', geometry: 'Polygon', coordinates: '[[' }, 'BadRequestData'],
    ['another geometry', { georel: 'within', geometry: 'Polygon', coordinates: '[8,40]' }, 'BadRequestData'],
    ['no place on earth', { georel: 'equals', geometry: 'Point', coordinates: '[8,95]' }, 'BadRequestData'],
    ['no geometry', { georel: 'equals', geometry: 'Circle', coordinates: '[8,40]' }, 'BadRequestData'],
    [
      'a geometry that is not offered',
      { georel: 'within', geometry: 'LineString', coordinates: '[[8,40],[9,40]]' },
      'OperationNotSupported',
    ],
    [
      'nearness to an area',
      { georel: 'near;maxDistance==5', geometry: 'Polygon', coordinates: around },
      'OperationNotSupported',
    ],
  ])('with %s is refused', (_what, parameters, type) => {
    expect(() => readGeoQuery(parameters)).toThrow(expect.objectContaining({ type }))
  })
})
