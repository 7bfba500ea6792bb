import { describe, expect, test } from 'vitest'
import { blocksOf, chargeAt, chargeFromVoltage, temperatureFactor } from './chemistry.ts'

describe('what a rest voltage says of the charge', () => {
  test.each([
    ['a full lead-acid battery', 'leadAcid', 12.73, 1],
    ['a lead-acid battery at half', 'leadAcid', 12.1, 0.5],
    ['a lead-acid battery between two rows', 'leadAcid', 11.735, 0.25],
    ['an empty one', 'leadAcid', 11.0, 0],
    ['LiFePO₄ at the knee', 'lifepo4', 12.8, 0.17],
    ['LiFePO₄ where controllers cut the load', 'lifepo4', 10.8, 0.036],
    ['LiFePO₄ above its table', 'lifepo4', 14.4, 1],
    ['lithium-ion at half', 'liIon', 11.25, 0.5],
  ] as const)('%s', (_, chemistry, volts, charge) => {
    expect(chargeAt(chemistry, volts)).toBeCloseTo(charge, 3)
  })

  test('on the plateau of LiFePO₄ it says next to nothing, below the knee much, and of lead-acid much everywhere', () => {
    expect(chargeFromVoltage('lifepo4', 13.15, 0.06).error).toBeGreaterThan(0.15)
    expect(chargeFromVoltage('lifepo4', 12.3, 0.06).error).toBeLessThan(0.04)
    for (const volts of [11.5, 12.0, 12.5]) expect(chargeFromVoltage('leadAcid', volts, 0.06).error).toBeLessThan(0.07)
  })
})

describe('how many blocks a battery has', () => {
  test.each([
    ['its nominal voltage says', 'lifepo4', 25.6, 26.1, 2],
    ['a register in other words: 24 V of LiFePO₄', 'lifepo4', 24, 26.1, 1.875],
    ['the voltage says, when nobody else does: 12 V', 'leadAcid', null, 12.4, 1],
    ['24 V', 'leadAcid', null, 24.9, 2],
    ['48 V', 'lifepo4', null, 52.6, 4],
  ] as const)('%s', (_, chemistry, nominalV, shownV, blocks) => {
    expect(blocksOf(chemistry, nominalV, shownV)).toBeCloseTo(blocks, 6)
  })
})

test.each([
  [25, 1],
  [20, 1],
  [5, 0.92],
  [-5, 0.86],
  [-20, 0.65],
  [-60, 0.6],
])('at %d °C a battery gives %f of its capacity', (celsius, share) => {
  expect(temperatureFactor(celsius)).toBeCloseTo(share, 2)
})
