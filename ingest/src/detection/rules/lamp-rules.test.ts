import type { AssetFeature, Reading } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { lamp, lamps, noon, opened, type Story, tell } from '../story.ts'
import { report, reportAll } from './report.ts'

/** 60 W at full level, 30.53 W at 50 %: nominal power of the story's lamp. */
const half = { lightLevel: 50, activePower: 30.5 }
const full = { lightLevel: 100, activePower: 58 }

const alwaysOn = (more: object = {}): AssetFeature => lamp('a', { program: 'alwaysOn', ...more })
const learned = (fields: Partial<Reading> = full, asset = alwaysOn()): Story => {
  const story = tell({ assets: [asset] })
  report(story, 'a', fields, 12)
  expect(story.heard()).toEqual([])
  return story
}
const noFault: string[] = []

describe('power against what this lamp usually takes', () => {
  test.each([
    ['a third of the strings dark', { ...full, activePower: 39 }, 'lampPowerTooLow'],
    ['just below 85 %', { ...full, activePower: 49 }, 'lampPowerTooLow'],
    ['the wrong lamp', { ...full, activePower: 75 }, 'lampPowerTooHigh'],
  ])('%s: one reading says nothing, two say it, three sound ones end it', (_, fields, fault) => {
    const story = learned()
    report(story, 'a', fields, 1)
    expect(story.heard()).toEqual(noFault)
    report(story, 'a', fields, 1)
    expect(story.heard()).toEqual([`opened ${fault} luminaire:a`])
    expect(story.changes[0]?.incident.reason).toBe('powerOffBaseline')
    expect(story.state('a')).toBe('lit')
    report(story, 'a', full, 2)
    expect(story.heard()).toHaveLength(1)
    report(story, 'a', full, 1)
    expect(story.heard().at(-1)).toBe(`resolved ${fault} luminaire:a withinLimits`)
  })

  test.each<[string, Partial<Reading>]>([
    ['just above 85 %', { ...full, activePower: 50 }],
    ['just below 115 %', { ...full, activePower: 66 }],
    ['no power at all: a lamp failure, and no second fault', { ...full, activePower: 0.4 }],
    ['low power under a voltage that explains it', { ...full, activePower: 40, supplyVoltage: 180 }],
    ['readings that say nothing of power', { supplyCurrent: undefined, lightLevel: 100 }],
  ])('%s is no fault of power', (_, fields) => {
    const story = learned()
    const { activePower: _power, ...rest } = fields
    for (let i = 0; i < 3; i++) {
      story.now += 300_000
      const reading = { at: story.now, seq: 100 + i, supplyVoltage: 231, ...('activePower' in fields ? fields : rest) }
      story.tell({ kind: 'reading', municipality: 'town', device: 'a', reading: reading as Reading })
    }
    story.pass(1)
    expect(opened(story.heard()).filter((line) => line.includes('Power'))).toEqual(noFault)
  })

  test('a single outlier between sound readings never counts up', () => {
    const story = learned()
    report(story, 'a', (index) => (index % 2 === 0 ? { ...full, activePower: 35 } : full), 20)
    expect(story.heard()).toEqual(noFault)
  })

  test('the baseline is frozen while the fault lasts: a day later the repair still shows, and the fault still holds', () => {
    const story = learned()
    report(story, 'a', { ...full, activePower: 40 }, 288)
    expect(story.heard()).toEqual(['opened lampPowerTooLow luminaire:a'])
    report(story, 'a', full, 3)
    expect(story.heard().at(-1)).toBe('resolved lampPowerTooLow luminaire:a withinLimits')
  })

  test('a lamp that runs at 75 % of its label is judged by its own power', () => {
    const assets = lamps('a', 8, { program: 'alwaysOn' })
    const story = tell({ assets })
    const ids = assets.map((asset) => asset.properties.id)
    reportAll(story, ids, () => ({ lightLevel: 100, activePower: 44 }), 14)
    expect(story.heard()).toEqual(noFault)
    report(story, 'a01', { lightLevel: 100, activePower: 36 }, 2)
    expect(story.heard()).toEqual(['opened lampPowerTooLow luminaire:a01'])
  })

  test('before anything is learned four readings off the rating say it, unless the lamps of its kind do the same', () => {
    const story = tell({ assets: [alwaysOn()] })
    report(story, 'a', { lightLevel: 100, activePower: 40 }, 3)
    expect(story.heard()).toEqual(noFault)
    report(story, 'a', { lightLevel: 100, activePower: 40 }, 1)
    expect(story.heard()).toEqual(['opened lampPowerTooLow luminaire:a'])
    expect(story.changes[0]?.incident.reason).toBe('powerOffRating')
  })

  test('a lamp that never says its level needs four readings: it may have been dimmed', () => {
    const story = learned({ activePower: 58 })
    report(story, 'a', { activePower: 40 }, 3)
    expect(story.heard()).toEqual(noFault)
    report(story, 'a', { activePower: 40 }, 1)
    expect(story.heard()).toEqual(['opened lampPowerTooLow luminaire:a'])
  })

  test('a slow loss shows against the lamp’s own past before its running median has followed it all the way', () => {
    const story = learned(full)
    report(story, 'a', full, 60)
    // One percent in eight hours: a month-long decay in two weeks.
    report(story, 'a', (index) => ({ lightLevel: 100, activePower: 58 * (1 - index / 9_600) }), 3_000)
    const [first] = story.changes
    expect(opened(story.heard())).toEqual(['opened lampPowerTooLow luminaire:a'])
    expect(first?.incident.reason).toBe('powerSinksSlowly')
  })

  test('a lamp with a scatter of its own is not called an outlier within it', () => {
    const scattered = (index: number) => ({ lightLevel: 100, activePower: index % 2 === 0 ? 66 : 50 })
    const story = tell({ assets: [alwaysOn()] })
    report(story, 'a', scattered, 60)
    report(story, 'a', { lightLevel: 100, activePower: 48 }, 2)
    expect(story.heard()).toEqual(noFault)
  })

  test('dim steps: right after a step nothing is judged, and each level has a baseline of its own', () => {
    const story = learned()
    report(story, 'a', half, 12)
    report(story, 'a', full, 12)
    report(story, 'a', half, 4)
    expect(story.heard()).toEqual(noFault)
    report(story, 'a', { ...half, activePower: 20 }, 2)
    expect(story.heard()).toEqual(['opened lampPowerTooLow luminaire:a'])
  })

  test('through dusk, night and dawn of an ordinary lamp nothing is said', () => {
    const story = tell({ start: noon, assets: [lamp('a')] })
    const dusk = Date.parse('2026-01-15T15:39:18Z')
    const dawn = Date.parse('2026-01-16T05:07:00Z')
    report(
      story,
      'a',
      () =>
        story.now >= dusk && story.now < dawn ? { ...full, powerFactor: 0.95 } : { activePower: 0.4, powerFactor: 0.3 },
      288,
    )
    expect(story.heard()).toEqual(noFault)
  })

  test('under maintenance nothing counts, and what was open ends', () => {
    const story = learned()
    report(story, 'a', { ...full, activePower: 40 }, 2)
    const maintenance = { kind: 'maintenance', municipality: 'town', scope: { kind: 'luminaire', id: 'a' } } as const
    story.tell({ ...maintenance, until: story.now + 3_600_000 })
    report(story, 'a', { ...full, activePower: 40 }, 5)
    expect(story.heard()).toEqual([
      'opened lampPowerTooLow luminaire:a',
      'resolved lampPowerTooLow luminaire:a underMaintenance',
    ])
  })
})

describe('dimming', () => {
  const dimmed = (more: object = {}) => [
    {
      type: 'Feature',
      geometry: null,
      properties: { kind: 'program', id: 'dim', steps: [{ at: '12:00', level: 40 }] },
    } as AssetFeature,
    lamp('a', { program: 'dim', ...more }),
  ]

  test.each<[string, Partial<Reading>, number]>([
    ['reports the level it was asked for, and takes full power', { lightLevel: 40, activePower: 58 }, 2],
    ['reports full level itself', { lightLevel: 100, activePower: 58 }, 3],
    ['reports no level, and takes full power', { activePower: 58 }, 2],
    ['reports a level above the planned one, with the power of it', { lightLevel: 70, activePower: 42.2 }, 3],
  ])('a lamp planned at 40 %% that %s fails to dim', (_, fields, readings) => {
    const story = tell({ assets: dimmed() })
    report(story, 'a', fields, readings - 1)
    expect(story.heard()).toEqual(noFault)
    report(story, 'a', fields, 1)
    expect(story.heard()).toEqual(['opened dimmingFailure luminaire:a'])
    // The first after a change of level is not judged.
    report(story, 'a', { lightLevel: 40, activePower: 25 }, 4)
    expect(story.heard().at(-1)).toBe('resolved dimmingFailure luminaire:a withinLimits')
  })

  test.each<[string, Partial<Reading>, object]>([
    ['follows', { lightLevel: 40, activePower: 24.7 }, {}],
    ['is a little off', { lightLevel: 50, activePower: 30 }, {}],
    [
      'is solar and dims as its battery allows',
      { lightLevel: 70, activePower: 42 },
      { supply: 'solar', panelPower: 100, batteryCapacity: 500, batteryChemistry: 'lifepo4' },
    ],
  ])('a lamp planned at 40 %% that %s does not', (_, fields, more) => {
    const story = tell({ assets: dimmed(more) })
    report(story, 'a', fields, 20)
    expect(story.heard()).toEqual(noFault)
  })

  test('a lamp that says no level may step up a little before its time, and dim as planned all night', () => {
    const steps = [
      { at: 'dusk', level: 100 },
      { at: '23:30', level: 50 },
      { at: '05:00', level: 100 },
      { at: 'dawn', level: 0 },
    ]
    const program = {
      type: 'Feature',
      geometry: null,
      properties: { kind: 'program', id: 'step', steps },
    } as AssetFeature
    const story = tell({ assets: [program, lamp('a', { program: 'step', reportInterval: 60 })] })
    const stepUp = Date.parse('2026-01-16T03:00:00Z') - 100_000
    const dawn = Date.parse('2026-01-16T05:07:00Z')
    report(story, 'a', () => ({ activePower: story.now < stepUp ? 30.5 : story.now < dawn ? 58 : 0.4 }), 60 * 9, 60)
    expect(story.heard()).toEqual(noFault)
  })

  test('a commanded level is no failure', () => {
    const story = tell({ assets: dimmed() })
    report(story, 'a', { lightLevel: 40, activePower: 24.7 }, 3)
    story.tell({ kind: 'result', municipality: 'town', device: 'a', result: { id: 'c1', status: 'applied' } })
    report(story, 'a', { lightLevel: 100, activePower: 58 }, 20)
    expect(story.heard()).toEqual(noFault)
  })
})

describe('power factor and current', () => {
  test.each<[string, Partial<Reading>, string[]]>([
    ['a lost capacitor at full level', { ...full, powerFactor: 0.45 }, ['opened powerFactorTooLow luminaire:a']],
    ['just above the limit', { ...full, powerFactor: 0.66 }, []],
    ['a low one at low level, as every driver has', { lightLevel: 30, activePower: 19, powerFactor: 0.45 }, []],
    ['a current far beyond rating and power', { ...full, supplyCurrent: 0.9 }, ['opened currentTooHigh luminaire:a']],
    ['a current just within', { ...full, supplyCurrent: 0.4 }, []],
    [
      'a current that the power factor explains',
      { ...full, supplyCurrent: 0.9, powerFactor: 0.4 },
      ['opened powerFactorTooLow luminaire:a'],
    ],
  ])('%s', (_, fields, expected) => {
    const story = tell({ assets: [alwaysOn()] })
    report(story, 'a', fields, 1)
    expect(story.heard()).toEqual(noFault)
    report(story, 'a', fields, 3)
    expect(story.heard()).toEqual(expected)
    if (expected.length === 0) return
    report(story, 'a', { ...full, powerFactor: 0.95, supplyCurrent: 0.27 }, 3)
    expect(story.heard()).toHaveLength(2)
  })

  test('off by day a low power factor says nothing', () => {
    const story = tell({ start: noon, assets: [lamp('a')] })
    report(story, 'a', { activePower: 0.4, powerFactor: 0.3 }, 10)
    expect(story.heard()).toEqual(noFault)
  })
})
