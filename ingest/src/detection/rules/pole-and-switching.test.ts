import type { AssetFeature, FaultName, Reading } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { lamp, midnight, noon, opened, type Story, tell } from '../story.ts'
import { report } from './report.ts'

const lit = { lightLevel: 100, activePower: 58 }
const dark = { lightLevel: 100, activePower: 0.4 }
const alwaysOn = lamp('a', { program: 'alwaysOn' })
const event = (story: Story, type: string): void =>
  story.tell({ kind: 'event', municipality: 'town', device: 'a', event: { type, at: story.now } })

describe('what a controller measures of itself and its pole', () => {
  test.each<[string, Partial<Reading>, Partial<Reading>, Partial<Reading>, FaultName, number]>([
    ['heat', { temperature: 66 }, { temperature: 64 }, { temperature: 59 }, 'highTemperature', 3],
    ['a leaning pole', { tilt: 12 }, { tilt: 9 }, { tilt: 2 }, 'orientationChanged', 2],
    ['leakage', { leakageCurrent: 400 }, { leakageCurrent: 290 }, { leakageCurrent: 4 }, 'leakageDetected', 2],
  ])('%s holds, lasts between the limits, and clears below them', (_, beyond, between, sound, fault, readings) => {
    const story = tell({ assets: [alwaysOn] })
    report(story, 'a', between, 10)
    report(story, 'a', beyond, readings - 1)
    expect(story.heard()).toEqual([])
    report(story, 'a', beyond, 1)
    expect(story.heard()).toEqual([`opened ${fault} luminaire:a`])
    report(story, 'a', between, 10)
    expect(story.heard()).toHaveLength(1)
    report(story, 'a', sound, 3)
    expect(story.heard().slice(1)).toEqual([`resolved ${fault} luminaire:a withinLimits`])
  })

  test('the device’s word and a measurement together confirm at once; its word alone is needed twice', () => {
    const both = tell({ assets: [alwaysOn] })
    report(both, 'a', { temperature: 70, faults: ['highTemperature'] }, 1)
    expect(both.heard()).toEqual(['opened highTemperature luminaire:a'])
    const word = tell({ assets: [alwaysOn] })
    report(word, 'a', { faults: ['highTemperature'] }, 1)
    expect(word.heard()).toEqual([])
    report(word, 'a', { faults: ['highTemperature'] }, 1)
    expect(word.heard()).toEqual(['opened highTemperature luminaire:a'])
    report(word, 'a', {}, 2)
    expect(word.heard().slice(1)).toEqual(['resolved highTemperature luminaire:a clearedByDevice'])
  })

  test('faults without a rule of their own are taken on the device’s word', () => {
    const story = tell({ assets: [alwaysOn] })
    report(story, 'a', { faults: ['batteryLevelTooLow'] }, 2)
    expect(story.heard()).toEqual(['opened batteryLevelTooLow luminaire:a'])
  })

  test.each(['', 'nonsense', '__proto__', 'circuitOutage', 'communicationFailure'])(
    'an event of type "%s" opens nothing',
    (type) => {
      const story = tell({ assets: [alwaysOn] })
      for (let i = 0; i < 5; i++) event(story, type)
      report(story, 'a', lit, 3)
      expect(story.heard()).toEqual([])
    },
  )
})

describe('a pole that was hit', () => {
  test('impact, then tilt, then silence is one incident, and an emergency', () => {
    const story = tell({ assets: [alwaysOn, lamp('b', { program: 'alwaysOn' })] })
    report(story, 'a', lit, 2)
    event(story, 'impactDetected')
    story.pass(1)
    expect(story.heard()).toEqual(['opened impactDetected luminaire:a'])
    expect(story.changes[0]?.incident.severity).toBe('critical')
    report(story, 'a', { ...lit, tilt: 60 }, 3)
    story.gasp('a')
    story.pass(4 * 3_600, (second) => {
      if (second % 300 === 0) story.read('b')
    })
    expect(opened(story.heard())).toEqual(['opened impactDetected luminaire:a'])
  })

  test('a gasp that arrives before the word of the impact is taken over', () => {
    const story = tell({ assets: [alwaysOn, lamp('b', { program: 'alwaysOn' })] })
    report(story, 'a', lit, 2)
    story.gasp('a')
    story.pass(10)
    event(story, 'impactDetected')
    story.pass(1)
    expect(story.heard()).toEqual([
      'opened supplyLoss luminaire:a',
      'opened impactDetected luminaire:a',
      'resolved supplyLoss luminaire:a absorbed',
    ])
  })

  test('it is over when the pole stands and the lamp burns for twelve readings', () => {
    const story = tell({ assets: [alwaysOn] })
    event(story, 'impactDetected')
    report(story, 'a', { ...lit, tilt: 40 }, 3)
    report(story, 'a', { ...lit, tilt: 1 }, 11)
    expect(story.heard()).toHaveLength(1)
    report(story, 'a', { ...lit, tilt: 1 }, 1)
    expect(story.heard().slice(1)).toEqual(['resolved impactDetected luminaire:a withinLimits'])
  })
})

describe('a lamp that goes off and on', () => {
  test('seen in its readings: the third pair within the hour, and no lamp failure beside it', () => {
    const story = tell({ assets: [alwaysOn] })
    report(story, 'a', lit, 3)
    report(story, 'a', (i) => (i % 2 === 0 ? dark : lit), 5)
    expect(story.heard()).toEqual([])
    report(story, 'a', lit, 1)
    expect(story.heard()).toEqual(['opened cyclingFailure luminaire:a'])
    report(story, 'a', (i) => (i % 4 < 2 ? dark : lit), 40)
    expect(opened(story.heard())).toHaveLength(1)
    report(story, 'a', lit, 26)
    expect(story.heard().at(-1)).toBe('resolved cyclingFailure luminaire:a withinLimits')
  })

  test('seen in its switch-on counter alone', () => {
    const story = tell({ assets: [alwaysOn] })
    report(story, 'a', (i) => ({ ...lit, switchOnCount: 500 + i }), 3)
    expect(story.heard()).toEqual([])
    report(story, 'a', (i) => ({ ...lit, switchOnCount: 503 + i }), 1)
    expect(story.heard()).toEqual(['opened cyclingFailure luminaire:a'])
  })

  test('seen in its operating hours alone', () => {
    const story = tell({ assets: [alwaysOn] })
    // Four minutes of light in five, by a counter of a hundredth of an hour.
    report(story, 'a', (i) => ({ ...lit, operatingHours: Math.floor((1_000 + i * 0.04) * 100) / 100 }), 5)
    expect(story.heard()).toEqual(['opened cyclingFailure luminaire:a'])
  })

  test('a lamp failure that came first is taken over, and five in a night are enough', () => {
    const story = tell({ assets: [lamp('a')] })
    for (let pair = 0; pair < 5; pair++) {
      report(story, 'a', lit, 12)
      report(story, 'a', dark, 2)
    }
    report(story, 'a', lit, 1)
    const heard = story.heard()
    expect(heard.filter((line) => line === 'opened lampFailure luminaire:a')).toHaveLength(5)
    expect(heard.slice(-2)).toEqual(['opened cyclingFailure luminaire:a', 'resolved lampFailure luminaire:a absorbed'])
  })

  test('a cycling lamp that stays dark has failed', () => {
    const story = tell({ assets: [alwaysOn] })
    report(story, 'a', (i) => (i % 2 === 0 ? dark : lit), 8)
    report(story, 'a', dark, 11)
    expect(story.state('a')).toBe('dark')
    expect(opened(story.heard())).toEqual(['opened cyclingFailure luminaire:a'])
    report(story, 'a', dark, 1)
    expect(opened(story.heard()).at(-1)).toBe('opened lampFailure luminaire:a')
    report(story, 'a', dark, 1)
    expect(story.heard().at(-1)).toBe('resolved cyclingFailure luminaire:a absorbed')
  })

  test.each<[string, (index: number) => Partial<Reading>]>([
    ['two pairs an hour', (i) => (i % 6 === 0 && i < 12 ? dark : lit)],
    ['controllers that restart with their supply', (i) => ({ ...lit, switchOnCount: i, uptime: 10 })],
    ['supply losses that it counts', (i) => ({ ...lit, switchOnCount: i, supplyLossCount: i })],
    ['operating hours in whole hours', (i) => ({ ...lit, operatingHours: Math.floor(i / 12) })],
    ['operating hours in tenths', (i) => ({ ...lit, operatingHours: Math.floor(i / 1.2) / 10 })],
    ['a counter that a new lamp set back', (i) => ({ ...lit, switchOnCount: 1_000 - i })],
  ])('%s are no cycling', (_, fields) => {
    const story = tell({ assets: [alwaysOn] })
    report(story, 'a', fields, 24)
    expect(opened(story.heard()).filter((line) => line.includes('cycling'))).toEqual([])
  })

  test('what a lamp switched while its clock was an hour behind is no cycling when the clock is set right', () => {
    const story = tell({ assets: [alwaysOn] })
    report(story, 'a', { ...lit, switchOnCount: 500 }, 3)
    report(story, 'a', (i) => ({ ...lit, switchOnCount: 501 + Math.floor(i / 10), at: story.now - 3_600_000 }), 40)
    report(story, 'a', { ...lit, switchOnCount: 504 }, 3)
    expect(opened(story.heard()).filter((line) => line.includes('cycling'))).toEqual([])
  })

  test('the switch of every dusk is asked for', () => {
    const story = tell({ start: noon, assets: [lamp('a')] })
    const dusk = Date.parse('2026-01-15T15:39:18Z')
    report(
      story,
      'a',
      () => (story.now < dusk ? { activePower: 0.4, switchOnCount: 7 } : { ...lit, switchOnCount: 8 }),
      100,
    )
    expect(story.heard()).toEqual([])
  })
})

describe('a relay that does not open', () => {
  const partNight = [
    {
      type: 'Feature',
      geometry: null,
      properties: {
        kind: 'program',
        id: 'part',
        steps: [
          { at: 'dusk', level: 100 },
          { at: '23:30', level: 0 },
        ],
      },
    } as AssetFeature,
    lamp('a', { program: 'part' }),
  ]

  test('power at level 0 by night is a welded relay, by day a day burner', () => {
    const night = tell({ start: midnight, assets: partNight })
    report(night, 'a', { lightLevel: 0, activePower: 58 }, 2)
    expect(night.heard()).toEqual([])
    report(night, 'a', { lightLevel: 0, activePower: 58 }, 1)
    expect(night.heard()).toEqual(['opened relayFailure luminaire:a'])
    report(night, 'a', { lightLevel: 0, activePower: 0.4 }, 2)
    expect(night.heard().slice(1)).toEqual(['resolved relayFailure luminaire:a withinLimits'])

    const day = tell({ start: noon, assets: partNight })
    report(day, 'a', { lightLevel: 0, activePower: 58 }, 3)
    expect(day.heard()).toEqual(['opened lampUnexpectedOn luminaire:a'])
  })

  test.each<[string, Partial<Reading>, string[]]>([
    [
      'at a level above 0 it is lit though it should be off',
      { lightLevel: 100, activePower: 58 },
      ['opened lampUnexpectedOn luminaire:a'],
    ],
    ['standby power', { lightLevel: 0, activePower: 5 }, []],
    [
      'the device’s word beside it confirms at once',
      { lightLevel: 0, activePower: 58, faults: ['relayFailure'] },
      ['opened relayFailure luminaire:a'],
    ],
  ])('%s', (_, fields, expected) => {
    const story = tell({ start: midnight, assets: partNight })
    report(story, 'a', fields, expected[0]?.includes('relay') ? 1 : 4)
    expect(story.heard()).toEqual(expected)
  })

  test('an open relay that the device tells names the darkness', () => {
    const story = tell({ assets: [alwaysOn] })
    report(story, 'a', lit, 2)
    report(story, 'a', { ...dark, faults: ['relayFailure'] }, 2)
    expect(story.heard()).toEqual(['opened relayFailure luminaire:a'])
    expect(story.state('a')).toBe('dark')
  })
})
