import { describe, expect, it } from 'vitest'
import { lightEnergy } from './energy.ts'

/** A lamp of 100 W, with a counter [kWh] and a power [W] at each reading of an hour. */
const energyOf = (counters: readonly (number | null)[], counterBefore: number | null, powers: readonly number[] = []) =>
  lightEnergy(
    {
      name: 'luminaire_reading',
      tags: {},
      columns: ['time', 'active_energy_kwh', 'active_power_w', 'light_level_pct'],
      values: counters.map((counter, i) => [i, counter, powers[i] ?? 100, 100]),
    },
    { ratedPowerW: 100, counterBefore },
  ).energyKwh

describe('the energy of a light in an hour', () => {
  it.each<[string, (number | null)[], number | null, number]>([
    ['is what its counter rose since the hour before', [300.02, 300.05, 300.1], 300, 0.1],
    ['is what it rose in the hour, when nothing is known before', [300, 300.05, 300.08], null, 0.08],
    ['goes on with a counter that began anew', [300.05, 0.01, 0.04], 300, 0.09],
    ['is not counted twice by readings that came among each other', [300.02, 300.06, 300.04, 300.1], 300, 0.1],
    ['is not a lifetime, when a counter goes back a little', [300.02, 299.9, 300.05], 300, 0.05],
    ['is not a lifetime, when a device was changed', [812.3, 812.35], 300, 0.05],
    ['is that of its mean power without a counter', [null, null], 300, 0.1],
  ])('%s', (_what, counters, before, expected) => expect(energyOf(counters, before)).toBeCloseTo(expected, 9))
})
