import { describe, expect, test } from 'vitest'
import { geohashOf } from './geohash.ts'
import { heatCells } from './heat-cells.ts'

describe('a geohash', () => {
  test.each([
    // The example of geohash.org, and others of public lists.
    { lat: 57.64911, lon: 10.40744, letters: 11, expected: 'u4pruydqqvj' },
    { lat: 42.605, lon: -5.603, letters: 5, expected: 'ezs42' },
    { lat: 37.9838, lon: 23.7275, letters: 6, expected: 'swbb5f' },
    { lat: -90, lon: -180, letters: 4, expected: '0000' },
    { lat: 90, lon: 180, letters: 4, expected: 'zzzz' },
  ])('of $lat, $lon is $expected', ({ lat, lon, letters, expected }) => {
    expect(geohashOf(lat, lon, letters)).toBe(expected)
  })
})

test('cells below the threshold are left out and counted, and so is what has no place', () => {
  const far = { lat: 42.6, lon: -5.6 }
  const found = heatCells([...Array.from({ length: 5 }, () => ({ lat: 41.5806, lon: 26.5301 })), far, far, null], {
    precision: 5,
    threshold: 3,
  })
  expect(found).toMatchObject({ suppressed: 2, withoutPlace: 1 })
  expect(found.cells).toHaveLength(1)
  const [cell] = found.cells
  expect(cell?.reports).toBe(5)
  // Half a cell of five letters is 0.022° at the most.
  expect(Math.abs((cell?.lat ?? 0) - 41.5806)).toBeLessThanOrEqual(0.022)
  expect(Math.abs((cell?.lon ?? 0) - 26.5301)).toBeLessThanOrEqual(0.022)
  expect(geohashOf(cell?.lat ?? 0, cell?.lon ?? 0, 5)).toBe(cell?.geohash)
})
