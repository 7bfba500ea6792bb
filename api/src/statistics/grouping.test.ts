import { describe, expect, test } from 'vitest'
import { defaultClockPolicy } from '../clocks/default-policy.ts'
import { createServiceDays } from '../clocks/service-days.ts'
import { createFactTable } from './fact-table.ts'
import { groupAt, groupingBy } from './grouping.ts'
import { createLocalCalendar } from './local-calendar.ts'
import { createServiceTime } from './service-time.ts'

const athens = createLocalCalendar('Europe/Athens')
const noFacts = createFactTable({
  calendar: athens,
  time: createServiceTime(createServiceDays(defaultClockPolicy.calendar, 'Europe/Athens')),
})

// Athens goes from +2 to +3 on 29 March 2026 at 03:00, and back on 25 October at 04:00.
describe('the calendar of Athens', () => {
  test.each([
    { what: 'a summer evening', iso: '2026-07-01T21:30:00Z', date: '2026-07-02', hour: '00', weekday: 'thursday' },
    { what: 'a winter evening', iso: '2026-11-25T22:00:00Z', date: '2026-11-26', hour: '00', weekday: 'thursday' },
    {
      what: 'before the clocks go forward',
      iso: '2026-03-29T00:59:59Z',
      date: '2026-03-29',
      hour: '02',
      weekday: 'sunday',
    },
    {
      what: 'after the clocks go forward',
      iso: '2026-03-29T01:00:00Z',
      date: '2026-03-29',
      hour: '04',
      weekday: 'sunday',
    },
    {
      what: 'in the hour that comes twice, first',
      iso: '2026-10-25T00:30:00Z',
      date: '2026-10-25',
      hour: '03',
      weekday: 'sunday',
    },
    {
      what: 'in the hour that comes twice, again',
      iso: '2026-10-25T01:30:00Z',
      date: '2026-10-25',
      hour: '03',
      weekday: 'sunday',
    },
    {
      what: 'after the clocks go back',
      iso: '2026-10-25T02:00:00Z',
      date: '2026-10-25',
      hour: '04',
      weekday: 'sunday',
    },
    { what: 'the turn of the year', iso: '2026-12-31T22:00:00Z', date: '2027-01-01', hour: '00', weekday: 'friday' },
  ])('$what', ({ iso, date, hour, weekday }) => {
    const at = Date.parse(iso)
    expect(athens.dateOf(at)).toBe(date)
    const period = { from: at, until: at + 1 }
    const keyOf = (group: 'hour' | 'weekday') => {
      const { keys, reports } = groupingBy(group, noFacts, { period, local: athens })
      return keys[groupAt(reports, 0, athens.wallHourOf(at))]
    }
    expect([keyOf('hour'), keyOf('weekday')]).toEqual([hour, weekday])
  })

  test.each([
    { date: '2026-03-29', begin: '2026-03-28T22:00:00.000Z' },
    { date: '2026-03-30', begin: '2026-03-29T21:00:00.000Z' },
    { date: '2026-10-25', begin: '2026-10-24T21:00:00.000Z' },
    { date: '2026-10-26', begin: '2026-10-25T22:00:00.000Z' },
  ])('$date begins at $begin', ({ date, begin }) => {
    expect(new Date(athens.beginOf(date)).toISOString()).toBe(begin)
  })

  test('knows zones with a quarter of an hour', () => {
    const kathmandu = createLocalCalendar('Asia/Kathmandu')
    expect(kathmandu.wallHourOf(Date.parse('2026-11-25T18:14:00Z')) % 24).toBe(23)
    expect(kathmandu.wallHourOf(Date.parse('2026-11-25T18:15:00Z')) % 24).toBe(0)
  })
})
