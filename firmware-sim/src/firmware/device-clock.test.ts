import { dayMs, hourMs, minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { createDeviceClock } from './device-clock.ts'

const setAt = Date.parse('2026-11-16T03:00:00Z')
const true_ = { driftPpm: 0, syncs: true, setAt }

describe('the clock in a device', () => {
  test.each([
    ['summer time where there is none', 0.1, hourMs],
    ['no summer time where there is one', 0.5, -hourMs],
    ['a few minutes ahead', 0.6, 5 * minuteMs],
    ['many minutes ahead', 0.799, 20 * minuteMs],
  ])('%s', (_, severity, shiftMs) => {
    const clock = createDeviceClock(true_)
    expect(clock.meet(severity, setAt)).toBe(false)
    expect(clock.shows(setAt + dayMs)).toBe(setAt + dayMs + shiftMs)
    clock.meet(undefined, setAt)
    expect(clock.shows(setAt)).toBe(setAt)
  })

  test('after a brown-out it begins with the year 2000, and runs', () => {
    const clock = createDeviceClock(true_)
    expect(clock.meet(0.9, setAt)).toBe(true)
    expect(clock.shows(setAt + hourMs)).toBe(Date.parse('2000-01-01T01:00:00Z'))
    expect(clock.meet(0.9, setAt + hourMs)).toBe(false)
    expect(clock.shows(setAt + 2 * hourMs)).toBe(Date.parse('2000-01-01T02:00:00Z'))
  })

  test('20 ppm are 1.7 s a day; the network sets that right each day, if it does', () => {
    const [set, never] = [true, false].map((syncs) => createDeviceClock({ driftPpm: 20, syncs, setAt }))
    const at = setAt + 10 * dayMs + 12 * hourMs
    expect((set?.shows(at) ?? 0) - at).toBe(864)
    expect((never?.shows(at) ?? 0) - at).toBe(18_144)
  })
})
