import { describe, expect, test } from 'vitest'
import { createZone } from '../local-time.ts'
import { levelAt, nextChangeAfter, planNight, stepsOf } from './program.ts'

const zone = createZone('Europe/Athens')
const at = (text: string): number => Date.parse(text)
/** 16 November 2026 in Orestiada, rounded; local time is UTC+2. */
const night = {
  noon: at('2026-11-16T10:00:00Z'),
  nextNoon: at('2026-11-17T10:00:00Z'),
  dusk: at('2026-11-16T15:23:00Z'),
  dawn: at('2026-11-17T04:35:00Z'),
}
const dimmed = [
  { at: 'dusk', level: 100 },
  { at: '23:30', level: 60 },
  { at: '05:00', level: 80 },
  { at: 'dawn-1h', level: 100 },
  { at: 'dawn', level: 0 },
]

describe('a program', () => {
  test.each([
    ['by day', '2026-11-16T15:22:59Z', 0],
    ['at dusk', '2026-11-16T15:23:00Z', 100],
    ['before the clock step', '2026-11-16T21:29:59Z', 100],
    ['at 23:30 local time', '2026-11-16T21:30:00Z', 60],
    ['at 05:00 local time of the next day', '2026-11-17T03:00:00Z', 80],
    ['an hour before dawn', '2026-11-17T03:35:00Z', 100],
    ['after dawn', '2026-11-17T04:35:00Z', 0],
  ])('%s asks for its level', (_, moment, level) => {
    expect(levelAt(planNight(dimmed, night, zone, 0), at(moment))).toBe(level)
  })

  test('a skewed clock shifts sun steps and leaves clock steps alone', () => {
    const plan = planNight(dimmed, night, zone, 60_000)
    expect(plan.changes.map((change) => new Date(change.at).toISOString().slice(11, 16))).toEqual([
      '15:24',
      '21:30',
      '03:00',
      '03:36',
      '04:36',
    ])
  })

  test.each([
    ['alwaysOn', 100],
    ['off', 0],
  ])('%s holds %i all night and day', (program, level) => {
    const plan = planNight(stepsOf(program, []), night, zone, 0)
    for (const moment of [night.noon, night.dusk, night.dawn]) expect(levelAt(plan, moment)).toBe(level)
  })

  test('the next change is found, and after the last one the end of the night', () => {
    const plan = planNight(stepsOf('duskToDawn', []), night, zone, 0)
    expect(nextChangeAfter(plan, night.noon, night)).toBe(night.dusk)
    expect(nextChangeAfter(plan, night.dusk, night)).toBe(night.dawn)
    expect(nextChangeAfter(plan, night.dawn, night)).toBe(night.nextNoon)
  })

  test('a program that nobody defined is refused', () => {
    expect(() => stepsOf('midnight', [])).toThrow('there is no program midnight')
  })
})
