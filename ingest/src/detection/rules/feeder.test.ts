import type { AssetFeature, Reading } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { ids, lamp, lamps, midnight, noon, opened, type Story, tell } from '../story.ts'
import { report, reportAll } from './report.ts'

const lit = { lightLevel: 100, activePower: 58, supplyVoltage: 231 }
const cabinet: AssetFeature = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [26.53, 41.5] },
  properties: { kind: 'cabinet', id: 'k', community: 'village', device: 'meter' },
}
const circuit = (count: number, name: string, more: object = {}) =>
  lamps(name, count, { circuit: name, cabinet: 'k', ...more })
const phased = (count: number, name: string) =>
  circuit(count, name).map((feature, i) => ({
    ...feature,
    properties: { ...feature.properties, phase: `L${(i % 3) + 1}` },
  })) as AssetFeature[]
/** The cabinet's report of that moment. */
const meter = (story: Story, fields: Partial<Reading>): void =>
  story.tell({ kind: 'reading', municipality: 'town', device: 'meter', reading: { at: story.now, ...fields } })

describe('supply voltage', () => {
  test.each([
    ['supplyVoltageTooHigh', 256, 252, 250],
    ['supplyVoltageTooLow', 204, 208, 210],
  ] as const)('of one lamp: %s after five readings, within limits after three', (fault, beyond, between, sound) => {
    const story = tell({ assets: [lamp('a', { program: 'alwaysOn' })] })
    report(story, 'a', { ...lit, supplyVoltage: beyond }, 4)
    expect(story.heard()).toEqual([])
    report(story, 'a', { ...lit, supplyVoltage: beyond }, 1)
    expect(story.heard()).toEqual([`opened ${fault} luminaire:a`])
    report(story, 'a', { ...lit, supplyVoltage: between }, 6)
    expect(story.heard()).toHaveLength(1)
    report(story, 'a', { ...lit, supplyVoltage: sound }, 3)
    expect(story.heard().slice(1)).toEqual([`resolved ${fault} luminaire:a withinLimits`])
  })

  test.each([
    ['just inside', 253],
    ['a swell of two readings', 260],
  ])('%s is none', (name, volts) => {
    const story = tell({ assets: [lamp('a', { program: 'alwaysOn' })] })
    report(story, 'a', (i) => ({ ...lit, supplyVoltage: name === 'just inside' || i % 3 !== 2 ? volts : 231 }), 30)
    expect(story.heard()).toEqual([])
  })

  test('three lamps of one phase make one incident of the phase, the others join, and none has one of its own', () => {
    const town = phased(12, 'c')
    const story = tell({ assets: town })
    const onL2 = (id: string): boolean => ['c02', 'c05', 'c08', 'c11'].includes(id)
    const volts = (id: string, round: number) => ({
      ...lit,
      supplyVoltage: onL2(id) && (id !== 'c11' || round > 1) ? 262 : 231,
    })
    reportAll(story, ids(town), volts, 8)
    expect(opened(story.heard())).toEqual(['opened supplyVoltageTooHigh phase:c:L2 ×3'])
    expect(story.changes.at(-1)?.incident.members).toEqual(['c02', 'c05', 'c08', 'c11'])
    reportAll(story, ids(town), () => lit, 3)
    expect(story.heard().at(-1)).toBe('resolved supplyVoltageTooHigh phase:c:L2 ×4 withinLimits')
  })

  test('over several circuits it is the cabinet’s', () => {
    const town = [...phased(6, 'c'), ...phased(6, 'd')]
    const story = tell({ assets: town })
    reportAll(
      story,
      ids(town),
      (id) => ({ ...lit, supplyVoltage: ['c01', 'c04', 'd01', 'd04'].includes(id) ? 200 : 231 }),
      8,
    )
    expect(opened(story.heard())).toEqual(['opened supplyVoltageTooLow cabinet:k ×4'])
  })

  test('the cabinet’s own meter tells it, and its lamps are members of that', () => {
    const town = phased(12, 'c')
    const story = tell({ assets: [cabinet, ...town] })
    for (let round = 0; round < 6; round++) {
      reportAll(story, ids(town), (id) => ({ ...lit, supplyVoltage: ['c02', 'c05'].includes(id) ? 262 : 231 }), 1)
      meter(story, { voltageL1: 231, voltageL2: 263, voltageL3: 232 })
    }
    story.pass(1)
    expect(opened(story.heard())).toEqual([expect.stringMatching(/^opened supplyVoltageTooHigh cabinet:k/)])
    expect(story.changes.at(-1)?.incident.members).toEqual(['c02', 'c05'])
    for (let round = 0; round < 4; round++) {
      reportAll(story, ids(town), () => lit, 1)
      meter(story, { voltageL1: 231, voltageL2: 230, voltageL3: 232 })
    }
    story.pass(1)
    expect(story.heard().at(-1)).toMatch(/^resolved supplyVoltageTooHigh cabinet:k.* withinLimits$/)
  })

  test('a solar light has no mains', () => {
    const solar = {
      program: 'alwaysOn',
      supply: 'solar',
      panelPower: 100,
      batteryCapacity: 500,
      batteryChemistry: 'lifepo4',
    }
    const story = tell({ assets: [lamp('a', solar)] })
    report(story, 'a', { ...lit, supplyVoltage: 13 }, 20)
    expect(story.heard()).toEqual([])
  })
})

describe('burning by day', () => {
  const burns = { activePower: 58 }
  const off = { activePower: 0.4 }

  test('a whole circuit is one group, whoever reports first, and no lamp has an incident of its own', () => {
    const town = [...circuit(6, 'c'), ...circuit(6, 'd')]
    const story = tell({ start: noon, assets: town })
    story.pass(1_800, (second) => {
      for (const [i, id] of ids(town).entries())
        if ((second + i * 40) % 300 === 0) story.read(id, id.startsWith('c') ? burns : off)
    })
    expect(opened(story.heard())).toEqual([expect.stringMatching(/^opened dayBurningGroup circuit:c ×\d$/)])
    expect(story.changes.at(-1)?.incident.members).toHaveLength(6)
    expect(story.state('c03')).toBe('unexpectedlyOn')
    reportAll(story, ids(town), () => off, 2)
    expect(story.heard().at(-1)).toBe('resolved dayBurningGroup circuit:c ×6 offAgain')
    expect(story.state('c03')).toBe('off')
  })

  test('all circuits of a cabinet are the cabinet’s contactor', () => {
    const town = [...circuit(4, 'c'), ...circuit(4, 'd')]
    const story = tell({ start: noon, assets: town })
    reportAll(story, ids(town), () => burns, 5)
    expect(opened(story.heard())).toEqual(['opened dayBurningGroup cabinet:k ×8'])
  })

  test.each([
    ['two of ten', ['c01', 'c02'], ['opened lampUnexpectedOn luminaire:c01', 'opened lampUnexpectedOn luminaire:c02']],
    [
      'half of them',
      ['c01', 'c02', 'c03', 'c04', 'c05'],
      ['c01', 'c02', 'c03', 'c04', 'c05'].map((id) => `opened lampUnexpectedOn luminaire:${id}`),
    ],
  ])('%s burn one by one', (_, burning, expected) => {
    const town = circuit(10, 'c')
    const story = tell({ start: noon, assets: town })
    reportAll(story, ids(town), (id) => (burning.includes(id) ? burns : off), 4)
    expect(opened(story.heard())).toEqual(expected)
  })

  test('it lasts through the night and ends by day', () => {
    const town = circuit(4, 'c')
    const story = tell({ start: noon, assets: town })
    reportAll(story, ids(town), () => burns, 5)
    reportAll(story, ids(town), () => burns, 12 * 21)
    reportAll(story, ids(town), () => off, 12 * 3)
    expect(opened(story.heard())).toHaveLength(1)
    expect(story.heard().at(-1)).toBe('resolved dayBurningGroup circuit:c ×4 offAgain')
  })

  test('a contactor that does not open takes the dimming of its lamps too: that is no fault of each', () => {
    const steps = [
      { at: 'dusk', level: 100 },
      { at: '23:00', level: 50 },
      { at: 'dawn', level: 0 },
    ]
    const program = {
      type: 'Feature',
      geometry: null,
      properties: { kind: 'program', id: 'dim', steps },
    } as AssetFeature
    const town = circuit(6, 'c', { program: 'dim' })
    const story = tell({ start: noon, assets: [program, ...town] })
    reportAll(story, ids(town), () => burns, 12 * 16)
    expect(opened(story.heard())).toEqual(['opened dayBurningGroup circuit:c ×6'])
  })

  test('a feeder whose lamps all fail to dim by night has another fault, which shows by day', () => {
    const steps = [
      { at: 'dusk', level: 100 },
      { at: '23:00', level: 50 },
      { at: 'dawn', level: 0 },
    ]
    const program = {
      type: 'Feature',
      geometry: null,
      properties: { kind: 'program', id: 'dim', steps },
    } as AssetFeature
    const town = circuit(10, 'c', { program: 'dim' })
    const story = tell({ start: midnight, assets: [program, ...town] })
    reportAll(story, ids(town), (id) => (id === 'c10' ? { activePower: 30.5 } : burns), 12 * 4)
    expect(story.heard()).toEqual([])
    reportAll(story, ids(town), (id) => (id < 'c03' ? burns : { activePower: 30.5 }), 4)
    expect(opened(story.heard())).toEqual([
      'opened dimmingFailure luminaire:c01',
      'opened dimmingFailure luminaire:c02',
    ])
  })

  test('a lamp that burned past its controller by day and night is off and dims again: nothing is left of it', () => {
    const steps = [
      { at: 'dusk', level: 100 },
      { at: '23:00', level: 50 },
      { at: 'dawn', level: 0 },
    ]
    const program = {
      type: 'Feature',
      geometry: null,
      properties: { kind: 'program', id: 'dim', steps },
    } as AssetFeature
    const story = tell({ start: noon, assets: [program, lamp('a', { program: 'dim' })] })
    report(story, 'a', burns, 12 * 13)
    report(story, 'a', burns, 12 * 8)
    report(story, 'a', { lightLevel: 0, activePower: 0.4 }, 12)
    expect(opened(story.heard())).toEqual(['opened lampUnexpectedOn luminaire:a'])
  })

  test('lamps that have not been heard since the others dim again have no fault each', () => {
    const steps = [
      { at: 'dusk', level: 100 },
      { at: '23:00', level: 50 },
      { at: 'dawn', level: 0 },
    ]
    const program = {
      type: 'Feature',
      geometry: null,
      properties: { kind: 'program', id: 'dim', steps },
    } as AssetFeature
    const dims = { activePower: 30.5 }
    const town = circuit(10, 'c', { program: 'dim' })
    const story = tell({ start: midnight, assets: [program, cabinet, ...town] })
    reportAll(story, ids(town), () => burns, 12 * 4)
    const heard = ids(town).filter((id) => id < 'c09')
    reportAll(story, heard, () => dims, 2)
    meter(story, { activePower: 400, voltageL1: 231 })
    story.pass(1)
    reportAll(story, ids(town), () => dims, 3)
    expect(opened(story.heard())).toEqual([])
  })

  test('what many lamps find in a day is not theirs one by one: it never floods the citizen line', () => {
    const town = lamps('a', 60, { program: 'alwaysOn' })
    const story = tell({ assets: town })
    reportAll(story, ids(town), () => lit, 12)
    reportAll(story, ids(town), () => ({ ...lit, activePower: 40 }), 6)
    const found = opened(story.heard())
    expect(found).toHaveLength(10)
    expect(found.every((line) => line.startsWith('opened lampPowerTooLow'))).toBe(true)
  })

  test('a test announced as maintenance opens nothing', () => {
    const town = circuit(4, 'c')
    const story = tell({ start: noon, assets: town })
    const scope = { kind: 'circuit', id: 'c' } as const
    story.tell({ kind: 'maintenance', municipality: 'town', scope, until: story.now + 7_200_000 })
    reportAll(story, ids(town), () => burns, 10)
    expect(story.heard()).toEqual([])
  })
})
