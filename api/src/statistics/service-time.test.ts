import { describe, expect, test } from 'vitest'
import { defaultClockPolicy } from '../clocks/default-policy.ts'
import { createServiceDays } from '../clocks/service-days.ts'
import { createServiceTime } from './service-time.ts'

const hour = 60
const minutesBetween = (from: string, until: string) => {
  const time = createServiceTime(createServiceDays(defaultClockPolicy.calendar, 'Europe/Athens'))
  return time.between(Date.parse(from), Date.parse(until)) / 60_000
}

// Services are open on working days from 07:00 to 15:00; Athens is at +2 in winter and +3 in summer.
describe('open time between two instants', () => {
  test.each([
    { what: 'within one day', from: '2026-11-10T09:00:00+02:00', until: '2026-11-10T11:30:00+02:00', expected: 150 },
    { what: 'over a night', from: '2026-11-10T14:00:00+02:00', until: '2026-11-11T08:00:00+02:00', expected: 2 * hour },
    { what: 'none at night', from: '2026-11-10T16:00:00+02:00', until: '2026-11-11T06:00:00+02:00', expected: 0 },
    { what: 'over a weekend', from: '2026-11-13T14:30:00+02:00', until: '2026-11-16T07:30:00+02:00', expected: hour },
    {
      what: 'over the Easter of 2026',
      from: '2026-04-09T14:00:00+03:00',
      until: '2026-04-14T08:00:00+03:00',
      expected: 2 * hour,
    },
    {
      what: 'over the clocks going forward',
      from: '2026-03-27T14:00:00+02:00',
      until: '2026-03-30T08:00:00+03:00',
      expected: 2 * hour,
    },
    {
      what: 'over the clocks going back',
      from: '2026-10-23T14:00:00+03:00',
      until: '2026-10-26T08:00:00+02:00',
      expected: 2 * hour,
    },
    { what: 'of a week', from: '2026-11-09T00:00:00+02:00', until: '2026-11-16T00:00:00+02:00', expected: 40 * hour },
    {
      what: 'none the wrong way round',
      from: '2026-11-10T11:00:00+02:00',
      until: '2026-11-10T09:00:00+02:00',
      expected: 0,
    },
  ])('$what', ({ from, until, expected }) => {
    expect(minutesBetween(from, until)).toBe(expected)
  })

  test('years apart are asked one after the other', () => {
    const time = createServiceTime(createServiceDays(defaultClockPolicy.calendar, 'Europe/Athens'))
    const day = (year: number) =>
      time.between(Date.parse(`${year}-11-10T00:00:00Z`), Date.parse(`${year}-11-10T22:00:00Z`)) / 60_000
    // Tuesday, a Saturday in 2029, Monday, Friday in 2023.
    expect([2026, 2029, 2031, 2023].map(day)).toEqual([8 * hour, 0, 8 * hour, 8 * hour])
  })
})
