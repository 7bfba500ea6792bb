import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { luminaire, point, stored } from '../test-documents.ts'
import { createInventory } from './inventory.ts'

const degrees = fc.double({ min: -0.02, max: 0.02, noNaN: true })
const places = fc.array(fc.tuple(degrees, degrees), { maxLength: 40 })

describe('the lights of an area', () => {
  test('are all there are in it, wherever it is', () => {
    fc.assert(
      fc.property(
        places,
        degrees,
        degrees,
        fc.double({ min: 0, max: 0.02, noNaN: true }),
        (lights, lat, lon, reach) => {
          const inventory = createInventory(lights.map(([y, x], i) => stored(luminaire(`L-${i}`, {}, point(x, y)))))
          const bounds = { south: lat - reach, north: lat + reach, west: lon - reach, east: lon + reach }
          const found = new Set([...inventory.lightsAround(bounds)].map(({ properties }) => properties.id))
          for (const [i, [y, x]] of lights.entries()) {
            const inside = y >= bounds.south && y <= bounds.north && x >= bounds.west && x <= bounds.east
            if (inside) expect(found).toContain(`L-${i}`)
          }
        },
      ),
    )
  })

  test('that has moved is where it is now, once', () => {
    const inventory = createInventory([stored(luminaire('L-1', {}, point(26.53, 41.58)))])
    inventory.put(stored(luminaire('L-1', {}, point(26.63, 41.58))))
    const at = (lon: number) =>
      [...inventory.lightsAround({ south: 41.579, north: 41.581, west: lon - 0.001, east: lon + 0.001 })].length
    expect([at(26.53), at(26.63)]).toEqual([0, 1])
  })
})
