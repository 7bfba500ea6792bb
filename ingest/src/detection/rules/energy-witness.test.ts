import type { Reading } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { lamp, noon, opened, type Story, tell } from '../story.ts'
import { report } from './report.ts'

const full = { lightLevel: 100, activePower: 58 }
const alwaysOn = () => lamp('a', { program: 'alwaysOn' })
const noFault: string[] = []

describe('two witnesses of a dark lamp', () => {
  /** A meter of 1 Wh beside the power reading; 58 W are 4.83 Wh in 5 min. */
  const withEnergy = (story: Story, litReadings: number, resolutionKWh = 0.001) => {
    let kWh = 100
    const reading = (activePower: number, energyW: number) => (): Partial<Reading> => {
      kWh += energyW / 12 / 1_000
      return { lightLevel: 100, activePower, activeEnergy: Math.floor(kWh / resolutionKWh) * resolutionKWh }
    }
    report(story, 'a', reading(58, 58), litReadings)
    return reading
  }

  test('no power and no energy: one reading is enough', () => {
    const story = tell({ assets: [alwaysOn()] })
    const reading = withEnergy(story, 6)
    report(story, 'a', reading(0.4, 0.4), 1)
    expect(story.heard()).toEqual(['opened lampFailure luminaire:a'])
    expect(story.changes[0]?.incident.evidence[0]?.detail).toContain('the energy counter agrees')
  })

  test.each<[string, number, number, number]>([
    ['the energy went on: a glitch of the power meter', 58, 0.001, 6],
    ['it was lit for most of the interval', 40, 0.001, 6],
    ['the counter is too coarse to tell', 0, 0.1, 6],
    ['the counter has not proved itself yet', 0, 0.001, 2],
  ])('no power, but %s: two readings are needed', (_, energyW, resolution, before) => {
    const story = tell({ assets: [alwaysOn()] })
    const reading = withEnergy(story, before, resolution)
    report(story, 'a', reading(0.4, energyW), 1)
    expect(story.heard()).toEqual(noFault)
    report(story, 'a', reading(0.4, energyW), 1)
    expect(opened(story.heard())).toEqual(['opened lampFailure luminaire:a'])
  })

  test.each(['lampFailure', 'controlGearFailure'] as const)(
    'no power and the device raises %s: one reading is enough',
    (fault) => {
      const story = tell({ assets: [alwaysOn()] })
      report(story, 'a', full, 2)
      report(story, 'a', { lightLevel: 100, activePower: 0.4, faults: [fault] }, 1)
      expect(story.heard()).toEqual([`opened ${fault} luminaire:a`])
    },
  )

  test('an event before or after the dark reading is a second witness too', () => {
    for (const eventFirst of [true, false]) {
      const story = tell({ assets: [alwaysOn()] })
      report(story, 'a', full, 2)
      const event = () =>
        story.tell({
          kind: 'event',
          municipality: 'town',
          device: 'a',
          event: { type: 'lampFailure', at: story.now },
        })
      if (eventFirst) event()
      report(story, 'a', { lightLevel: 100, activePower: 0.4 }, 1)
      if (!eventFirst) event()
      story.pass(1)
      expect(story.heard()).toEqual(['opened lampFailure luminaire:a'])
    }
  })

  test('a dead driver that says so by day is one incident, which the dark night goes on', () => {
    const story = tell({ start: noon, assets: [lamp('a')] })
    report(story, 'a', () => ({ activePower: 0.4, faults: ['controlGearFailure'] }), 12 * 8)
    expect(story.heard().filter((line) => !line.startsWith('updated'))).toEqual([
      'opened controlGearFailure luminaire:a',
    ])
    expect(story.state('a')).toBe('dark')
    report(story, 'a', full, 2)
    expect(story.heard().at(-1)).toBe('resolved controlGearFailure luminaire:a litAgain')
  })
})
