import { hourMs } from '@fanari/contracts'
import type { TruthEntry } from '@fanari/firmware-sim'
import { describe, expect, test } from 'vitest'
import type { ReplayOutput } from '../replay/playback.ts'
import { dawnAt, duskAt, night, scoreForecasts } from './small-town.fixture.ts'

const forecast = (at: number, probabilityDark: number, of = '2026-01-15', next = '2026-01-16'): ReplayOutput => ({
  type: 'forecast',
  at,
  device: 's1',
  night: of,
  probabilityDark,
  next: [{ night: next, probabilityDark }],
})

const nightOf = (dark: boolean): TruthEntry => ({
  at: dawnAt,
  event: 'solar.night',
  light: 's1',
  night: '2026-01-15',
  plannedHours: 13,
  litHours: dark ? 9 : 13,
  darkAt: dark ? night(9) : null,
  dark,
})

const energyGone: TruthEntry[] = [
  { at: night(9), event: 'light.changed', light: 's1', from: 'lit', to: 'dark', cause: 'lowVoltageDisconnect' },
  { at: dawnAt, event: 'light.changed', light: 's1', from: 'dark', to: 'off', cause: 'program' },
]

describe('a foretold night', () => {
  test('is judged by what was said at its switch-on', () => {
    const outputs = [forecast(duskAt - 3 * hourMs, 0.6), forecast(duskAt + 1_000, 0.8), forecast(night(4), 0.4)]
    const score = scoreForecasts({ truth: [...energyGone, nightOf(true)], outputs })
    expect(score.dusk).toEqual([{ probability: 0.8, dark: true }])
    expect(score.missing).toEqual({ dusk: 0, dayAhead: 0 })
  })

  test('its lead counts from the first word of it to the darkness', () => {
    const outputs = [forecast(duskAt - 3 * hourMs, 0.6), forecast(duskAt, 0.8)]
    expect(scoreForecasts({ truth: [...energyGone, nightOf(true)], outputs }).leadHours).toEqual([12])
  })

  test('said only after dark it has no lead', () => {
    const outputs = [forecast(night(9) + 1, 0.9)]
    expect(scoreForecasts({ truth: [...energyGone, nightOf(true)], outputs }).leadHours).toEqual([])
  })

  test('without a word counts as foretold to be lit', () => {
    const score = scoreForecasts({ truth: [nightOf(false)] })
    expect(score.dusk).toEqual([{ probability: 0, dark: false }])
    expect(score.missing.dusk).toBe(1)
  })

  test('dark for a broken lamp is nobody’s to foretell', () => {
    const broken = {
      fault: 'lamp',
      scope: { kind: 'luminaire', id: 's1' },
      affected: ['s1'],
      from: night(9),
      to: dawnAt,
      dark: true,
    } as const
    const score = scoreForecasts({ broken: [{ ...broken, affected: ['s1'] }], truth: [nightOf(true)] })
    expect(score).toMatchObject({ dusk: [], excluded: 1 })
  })

  test('the day ahead is what was said of it at the switch-on before', () => {
    const dayMs = 24 * hourMs
    const tomorrow: TruthEntry[] = [
      { at: duskAt + dayMs, event: 'light.changed', light: 's1', from: 'off', to: 'lit', cause: 'program' },
      { ...nightOf(false), at: dawnAt + dayMs, night: '2026-01-16' } as TruthEntry,
    ]
    const outputs = [forecast(duskAt, 0.3), forecast(duskAt + dayMs, 0.1, '2026-01-16', '2026-01-17')]
    const score = scoreForecasts({ truth: [nightOf(false), ...tomorrow], outputs, until: dawnAt + 2 * dayMs })
    expect(score.dayAhead).toEqual([{ probability: 0.3, dark: false }])
    expect(score.dusk).toEqual([
      { probability: 0.3, dark: false },
      { probability: 0.1, dark: false },
    ])
  })
})
