import { describe, expect, test } from 'vitest'
import { createZone } from './local-time.ts'
import { createNights, nightAt, sunElevation } from './nights.ts'

const athensTime = createZone('Europe/Athens')
const orestiada = { lat: 41.503, lon: 26.5297 }
const athens = { lat: 37.9838, lon: 23.7275 }
const withinS = 20

/** NREL SPA, topocentric: civil dusk of the day and civil dawn of the day, UTC. */
const vectors = [
  ['Orestiada, shortest day', orestiada, '2025-12-21', '15:18:35', '05:05:28'],
  ['Orestiada, January', orestiada, '2026-01-15', '15:39:18', '05:07:30'],
  ['Orestiada, equinox', orestiada, '2026-03-20', '16:53:27', '03:49:58'],
  ['Orestiada, clocks go forward', orestiada, '2026-03-29', '17:03:32', '03:34:31'],
  ['Orestiada, longest day', orestiada, '2026-06-21', '18:25:18', '02:06:03'],
  ['Orestiada, clocks go back', orestiada, '2026-10-25', '15:46:36', '04:08:43'],
  ['Orestiada, leap day', orestiada, '2028-02-29', '16:31:29', '04:21:45'],
  ['Athens, shortest day', athens, '2025-12-21', '15:38:35', '05:07:52'],
  ['Athens, longest day', athens, '2026-06-21', '18:22:29', '02:31:17'],
] as const

describe('lighting nights', () => {
  test.each(vectors)('%s: civil dusk and dawn agree with SPA', (_, place, date, dusk, dawn) => {
    const evening = nightAt(Date.parse(`${date}T12:00:00Z`), place, athensTime)
    const morning = nightAt(Date.parse(`${date}T00:30:00Z`), place, athensTime)
    expect(Math.abs(evening.dusk - Date.parse(`${date}T${dusk}Z`)) / 1_000).toBeLessThan(withinS)
    expect(Math.abs(morning.dawn - Date.parse(`${date}T${dawn}Z`)) / 1_000).toBeLessThan(withinS)
  })

  test('a night is the same from its noon to the next, also after 22:15 UTC when the solar day changes', () => {
    const nights = createNights(orestiada, athensTime)
    const noon = Date.parse('2026-11-16T10:00:00Z')
    const seen = Array.from({ length: 24 }, (_, hour) => nights(noon + hour * 3_600_000).noon)
    expect(new Set(seen)).toEqual(new Set([noon]))
    expect(nights(noon + 24 * 3_600_000).noon).toBe(noon + 24 * 3_600_000)
  })

  test.each([
    [
      'before the clocks go forward, a night of 23 hours',
      '2026-03-28T20:00:00Z',
      '2026-03-28T10:00:00Z',
      '2026-03-29T09:00:00Z',
    ],
    [
      'before the clocks go back, a night of 25 hours',
      '2026-10-24T20:00:00Z',
      '2026-10-24T09:00:00Z',
      '2026-10-25T10:00:00Z',
    ],
  ])('%s', (_, at, noon, nextNoon) => {
    const night = nightAt(Date.parse(at), orestiada, athensTime)
    expect([night.noon, night.nextNoon]).toEqual([Date.parse(noon), Date.parse(nextNoon)])
  })

  test('where the sun does not set there is no night to light', () => {
    expect(() =>
      nightAt(Date.parse('2026-06-21T12:00:00Z'), { lat: 69.6, lon: 18.9 }, createZone('Europe/Oslo')),
    ).toThrow(/civil twilight/)
  })

  test('the noon sun stands where SPA has it', () => {
    expect(sunElevation(Date.parse('2026-06-21T10:15:40Z'), orestiada)).toBeCloseTo(71.93, 1)
  })
})
