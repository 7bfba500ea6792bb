import { describe, expect, test } from 'vitest'
import { chartSpanMs, refreshMs, seriesOf } from './series.ts'

const reading = (fields: Record<string, unknown>) => ({ at: '', receivedAt: '', ...fields })

describe('what is drawn', () => {
  test('of a grid light is its power and its level', () => {
    const values = seriesOf('grid').map(({ read }) => read(reading({ activePower: 58.2, lightLevel: 100 })))
    expect(values).toEqual([58.2, 100])
  })

  test('of a solar light is its panel’s power, its battery and its level', () => {
    const fields = { panelVoltage: 20, panelCurrent: 2.5, batteryLevel: 80, lightLevel: 0 }
    expect(seriesOf('solar').map(({ read }) => read(reading(fields)))).toEqual([50, 80, 0])
  })

  test('has gaps where a reading lacks the field', () => {
    expect(seriesOf('solar').map(({ read }) => read(reading({ panelVoltage: 20 })))).toEqual([null, null, null])
  })
})

describe('the chart', () => {
  test.each([
    ['shows twelve hours of a light that reports every five minutes', 300, 12 * 3_600_000],
    ['shows less of one that reports every two seconds', 2, 4_000_000],
  ])('%s', (_name, intervalS, spanMs) => {
    expect(chartSpanMs(intervalS)).toBe(spanMs)
  })

  test.each([
    ['at least once a minute', 900, 1, 60_000],
    ['once a report on a fast clock', 300, 60, 5_000],
    ['never in a hurry', 2, 60, 4_000],
  ])('is refreshed %s', (_name, intervalS, speed, everyMs) => {
    expect(refreshMs(intervalS, speed)).toBe(everyMs)
  })
})
