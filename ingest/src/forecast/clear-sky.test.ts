import { expect, test } from 'vitest'
import { clearSkyIrradiance, clearSkySum } from './clear-sky.ts'

const orestiada = { lat: 41.5, lon: 26.53 }

test.each([
  ['at midnight there is none', '2026-01-15T22:00:00Z', 0, 0],
  ['a clear winter noon gives a steep panel nearly the full sun', '2026-01-15T10:23:00Z', 800, 1_000],
  ['a clear summer noon, whose sun stands high above it, hardly more', '2026-06-21T10:16:00Z', 750, 1_000],
  ['before sunrise there is none', '2026-12-21T05:20:00Z', 0, 0],
])('%s', (_, at, least, most) => {
  const irradiance = clearSkyIrradiance(orestiada, Date.parse(at))
  expect(irradiance).toBeGreaterThanOrEqual(least)
  expect(irradiance).toBeLessThanOrEqual(most)
})

test('morning and afternoon are alike around the noon of the place', () => {
  const noon = Date.parse('2026-03-20T10:21:20Z')
  const [before, after] = [-3, 3].map((hours) => clearSkyIrradiance(orestiada, noon + hours * 3_600_000))
  expect(Math.abs((before ?? 0) - (after ?? 0))).toBeLessThan(10)
})

test('south of the equator a panel faces north', () => {
  expect(clearSkyIrradiance({ lat: -33.9, lon: 18.4 }, Date.parse('2026-06-21T10:48:00Z'))).toBeGreaterThan(700)
})

test('a clear winter day adds up to what long series say of the clearest days', () => {
  const sum = clearSkySum(orestiada, Date.parse('2026-12-21T04:00:00Z'), Date.parse('2026-12-21T16:00:00Z'))
  expect(sum).toBeGreaterThan(4_500)
  expect(sum).toBeLessThan(6_500)
  expect(clearSkySum(orestiada, 5, 5)).toBe(0)
})
