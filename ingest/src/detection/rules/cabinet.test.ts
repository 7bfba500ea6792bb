import type { AssetFeature, Reading } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { ids, lamps, midnight, noon, type Story, tell } from '../story.ts'
import { reportAll } from './report.ts'

const lit = { lightLevel: 100, activePower: 58, supplyVoltage: 231 }
const cabinet: AssetFeature = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [26.53, 41.5] },
  properties: { kind: 'cabinet', id: 'k', community: 'village', device: 'meter' },
}
const circuit = (count: number, name: string, more: object = {}) =>
  lamps(name, count, { circuit: name, cabinet: 'k', ...more })
/** The cabinet's report of that moment. */
const meter = (story: Story, fields: Partial<Reading>): void =>
  story.tell({ kind: 'reading', municipality: 'town', device: 'meter', reading: { at: story.now, ...fields } })

describe('a cabinet', () => {
  const cabinetStory = (fields: Partial<Reading>[]): Story => {
    const story = tell({ assets: [cabinet, ...circuit(3, 'c')] })
    for (const reading of fields) {
      story.now += 300_000
      for (const id of ['c01', 'c02', 'c03']) story.read(id, lit)
      meter(story, reading)
    }
    story.pass(1)
    return story
  }
  const times = (count: number, fields: Partial<Reading>): Partial<Reading>[] =>
    Array.from({ length: count }, () => fields)

  test.each<[string, Partial<Reading>[], string[]]>([
    ['a door open for 15 min', times(4, { doorOpen: true }), ['opened cabinetDoorOpen cabinet:k']],
    ['a door open for 10 min', [...times(3, { doorOpen: true }), { doorOpen: false }], []],
    [
      'a door that its device only tells of',
      times(4, { faults: ['cabinetDoorOpen'] }),
      ['opened cabinetDoorOpen cabinet:k'],
    ],
    [
      'a door closed again',
      [...times(4, { doorOpen: true }), ...times(2, { doorOpen: false })],
      ['opened cabinetDoorOpen cabinet:k', 'resolved cabinetDoorOpen cabinet:k withinLimits'],
    ],
    ['leakage of 350 mA', times(2, { leakageCurrent: 350 }), ['opened leakageDetected cabinet:k']],
    ['leakage once', [{ leakageCurrent: 350 }, { leakageCurrent: 4 }], []],
    [
      'leakage once, which the device tells too',
      [{ leakageCurrent: 350, faults: ['leakageDetected'] }],
      ['opened leakageDetected cabinet:k'],
    ],
    [
      'leakage that is over',
      [...times(2, { leakageCurrent: 350 }), ...times(3, { leakageCurrent: 5 })],
      ['opened leakageDetected cabinet:k', 'resolved leakageDetected cabinet:k withinLimits'],
    ],
    ['heat', times(3, { temperature: 70 }), ['opened highTemperature cabinet:k']],
  ])('%s', (_, fields, expected) => {
    expect(cabinetStory(fields).heard()).toEqual(expected)
  })

  test('its door may stand open while it is worked on', () => {
    const story = tell({ assets: [cabinet] })
    const scope = { kind: 'cabinet', id: 'k' } as const
    story.tell({ kind: 'maintenance', municipality: 'town', scope, until: story.now + 7_200_000 })
    for (let i = 0; i < 10; i++) {
      story.now += 300_000
      meter(story, { doorOpen: true })
    }
    story.pass(1)
    expect(story.heard()).toEqual([])
  })
})

describe('energy beside the lamps', () => {
  const town = [...circuit(10, 'c'), ...circuit(10, 'd')]
  /** Twenty lamps of 58 W: 1 160 W and some loss. */
  const night = (
    powerW: number,
    rounds: number,
    story = tell({ start: midnight, assets: [cabinet, ...town] }),
    lamp: (id: string) => Partial<Reading> | null = () => lit,
  ): Story => {
    for (let round = 0; round < rounds; round++) {
      reportAll(story, ids(town), lamp, 1)
      meter(story, {
        powerL1: powerW / 2,
        powerL2: powerW / 4,
        powerL3: powerW / 4,
        voltageL1: 230,
        voltageL2: 230,
        voltageL3: 230,
      })
    }
    story.pass(1)
    return story
  }

  test('a tap of 500 W by night, after half an hour; over when it is gone', () => {
    const story = night(1_700, 6)
    expect(story.heard()).toEqual([])
    night(1_700, 1, story)
    expect(story.heard()).toEqual(['opened energyMismatch cabinet:k'])
    expect(story.changes[0]?.incident.evidence[0]?.detail).toContain('meter 1700 W, lamps 1160 W measured')
    night(1_190, 3, story)
    expect(story.heard().at(-1)).toBe('resolved energyMismatch cabinet:k withinLimits')
  })

  test('any load by day', () => {
    const story = tell({ start: noon, assets: [cabinet, ...town] })
    night(300, 8, story, () => ({ activePower: 0.4 }))
    expect(story.heard()).toEqual(['opened energyMismatch cabinet:k'])
  })

  test.each<[string, number, (id: string) => Partial<Reading> | null]>([
    ['cable losses of five percent', 1_218, () => lit],
    [
      'lamps that have no meter',
      1_190,
      (id) => (id < 'c05' ? { lightLevel: 100, activePower: undefined as never } : lit),
    ],
    ['lamps that are dark: the meter shows less', 900, (id) => (id < 'c03' ? { ...lit, activePower: 0.4 } : lit)],
    ['lamps that are silent', 1_190, (id) => (id > 'd07' ? null : lit)],
  ])('%s are no mismatch', (_, powerW, lampSays) => {
    const heard = night(powerW, 12, undefined, lampSays).heard()
    expect(heard.filter((line) => line.includes('energyMismatch'))).toEqual([])
  })

  test('while the lamps step through dusk nothing is compared', () => {
    const story = tell({ start: Date.parse('2026-01-15T15:35:00Z'), assets: [cabinet, ...town] })
    const dusk = Date.parse('2026-01-15T15:39:18Z')
    night(1_190, 8, story, () => (story.now < dusk + 240_000 ? { activePower: 0.4 } : lit))
    expect(story.heard()).toEqual([])
  })
})
