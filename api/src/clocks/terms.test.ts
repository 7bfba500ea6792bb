import type { ClockTerm, ServiceCalendar } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { defaultClockPolicy } from './default-policy.ts'
import { createServiceDays } from './service-days.ts'
import { deadlineOf, instantOfShare, type PausedSpan } from './terms.ts'

const daysOf = (more: Partial<ServiceCalendar> = {}) =>
  createServiceDays({ ...defaultClockPolicy.calendar, ...more }, 'Europe/Athens')
const days = daysOf()

const at = (text: string) => Date.parse(text)
const pause = (from: string, until: string): PausedSpan => ({ from: at(from), until: at(until) })
/** The deadline as Athens' clock shows it. */
const due = (term: ClockTerm, from: string, pauses: PausedSpan[] = [], calendar = days) =>
  shown(deadlineOf(term, at(from), pauses, calendar))
const shown = (instant: number | null) =>
  instant === null ? null : new Date(instant).toLocaleString('sv-SE', { timeZone: 'Europe/Athens' }).slice(0, 16)

const working = (days: number): ClockTerm => ({ kind: 'workingDays', days })
const service = (hours: number): ClockTerm => ({ kind: 'serviceHours', hours })
const hours = (hours: number): ClockTerm => ({ kind: 'hours', hours })
const calendarDays = (days: number): ClockTerm => ({ kind: 'calendarDays', days })

describe('a term in working days', () => {
  test.each<[string, string, number, string]>([
    ['over Good Friday, the weekend and Easter Monday', '2026-04-09T16:00+03:00', 2, '2026-04-15 15:00'],
    ['the same, told before service began: that day does not count', '2026-04-09T06:00+03:00', 2, '2026-04-15 15:00'],
    ['told on the holiday itself', '2026-04-10T11:00+03:00', 2, '2026-04-15 15:00'],
    ['over a plain weekend', '2026-01-16T12:00+02:00', 1, '2026-01-19 15:00'],
    ['a minute before midnight', '2026-01-15T23:59+02:00', 1, '2026-01-16 15:00'],
    ['at midnight, which is the next day', '2026-01-16T00:00+02:00', 1, '2026-01-19 15:00'],
    ['over Christmas and New Year', '2026-12-24T10:00+02:00', 5, '2027-01-04 15:00'],
  ])('ends with service: %s', (_name, from, count, end) => {
    expect(due(working(count), from)).toBe(end)
  })

  const from = '2026-04-09T16:00+03:00'
  test.each<[string, PausedSpan[], string]>([
    ['one working day', [pause('2026-04-14T07:00+03:00', '2026-04-15T07:00+03:00')], '2026-04-16 15:00'],
    ['one day from ten to ten', [pause('2026-04-14T10:00+03:00', '2026-04-15T10:00+03:00')], '2026-04-16 15:00'],
    [
      'a part of a day, which ends with the next',
      [pause('2026-04-14T10:00+03:00', '2026-04-14T11:00+03:00')],
      '2026-04-16 15:00',
    ],
    [
      'a holiday, which did not count anyway',
      [pause('2026-04-10T00:00+03:00', '2026-04-14T06:00+03:00')],
      '2026-04-15 15:00',
    ],
    ['the evening', [pause('2026-04-14T15:00+03:00', '2026-04-15T07:00+03:00')], '2026-04-15 15:00'],
    [
      'two half days',
      [
        pause('2026-04-14T07:00+03:00', '2026-04-14T11:00+03:00'),
        pause('2026-04-15T07:00+03:00', '2026-04-15T11:00+03:00'),
      ],
      '2026-04-16 15:00',
    ],
  ])('is given back what a pause took: %s', (_name, pauses, end) => {
    expect(due(working(2), from, pauses)).toBe(end)
  })

  test('knows no deadline while it is paused before it', () => {
    expect(due(working(2), from, [{ from: at('2026-04-14T10:00+03:00') }])).toBeNull()
    expect(due(working(2), from, [{ from: at('2026-04-15T15:00+03:00') }])).toBe('2026-04-15 15:00')
  })
})

describe('a term in service hours', () => {
  test.each<[string, string, number, string]>([
    ['goes on the next morning', '2026-01-14T14:00+02:00', 2, '2026-01-15 08:00'],
    ['begins when service does', '2026-01-14T20:00+02:00', 2, '2026-01-15 09:00'],
    ['may end as service does', '2026-01-14T07:00+02:00', 8, '2026-01-14 15:00'],
    ['passes the weekend', '2026-01-16T14:59+02:00', 1, '2026-01-19 07:59'],
    ['passes the night the clocks go forward', '2026-03-27T14:00+02:00', 2, '2026-03-30 08:00'],
    ['passes the night the clocks go back', '2026-10-23T14:00+03:00', 2, '2026-10-26 08:00'],
    ['passes 28 October', '2026-10-27T14:30+02:00', 1, '2026-10-29 07:30'],
    ['of a quarter', '2026-01-14T14:50+02:00', 0.25, '2026-01-15 07:05'],
  ])('%s', (_name, from, count, end) => {
    expect(due(service(count), from)).toBe(end)
  })
})

describe('a term around the clock', () => {
  test.each<[string, string, string]>([
    ['an hour is missing in spring', '2026-03-28T18:00+02:00', '2026-03-29 19:00'],
    ['and is there twice in autumn', '2026-10-24T18:00+03:00', '2026-10-25 17:00'],
    ['Easter or not', '2026-04-11T20:00+03:00', '2026-04-12 20:00'],
  ])('counts every hour: %s', (_name, from, end) => {
    expect(due(hours(24), from)).toBe(end)
  })

  test('stands through its pauses, night or day', () => {
    const pauses = [pause('2026-01-14T22:00+02:00', '2026-01-15T04:00+02:00')]
    expect(due(hours(24), '2026-01-14T18:00+02:00', pauses)).toBe('2026-01-16 00:00')
  })
})

describe('a term of the law', () => {
  test.each<[string, string, number, string]>([
    ['ends at the end of a working day', '2026-01-12T10:00+02:00', 3, '2026-01-16 00:00'],
    ['does not end on a Sunday', '2026-01-15T10:00+02:00', 3, '2026-01-20 00:00'],
    ['nor on Good Friday', '2026-04-07T10:00+03:00', 3, '2026-04-15 00:00'],
    ['of 50 days', '2026-02-02T10:00+02:00', 50, '2026-03-25 00:00'],
    ['over a clock change', '2026-03-01T10:00+02:00', 50, '2026-04-21 00:00'],
  ])('%s', (_name, from, count, end) => {
    expect(due(calendarDays(count), from)).toBe(end)
  })
})

describe("a municipality's own calendar", () => {
  const own = daysOf({
    yearly: [
      { day: '05-21', name: 'Άγιοι Κωνσταντίνος και Ελένη' },
      { day: 'easter-3', name: 'Μεγάλη Πέμπτη', until: '12:00' },
      { day: '12-24', name: 'Παραμονή Χριστουγέννων', until: '12:00' },
    ],
    dates: [
      { date: '2026-06-01', name: 'Λειτουργούμε', hours: [{ from: '09:00', until: '13:00' }] },
      { date: '2026-05-04', name: 'Μετάθεση της Πρωτομαγιάς', hours: [] },
      {
        date: '2026-01-17',
        name: 'Σάββατο με ραντεβού',
        hours: [
          { from: '08:00', until: '10:00' },
          { from: '11:00', until: '12:00' },
        ],
      },
    ],
  })
  const open = (date: string) =>
    own.openOn(date).map((span) => [span.from, span.until].map((end) => shown(end)?.slice(11)).join('–'))

  test.each<[string, string, string[]]>([
    ['is closed on the patron saint’s day', '2026-05-21', []],
    ['closes early on Holy Thursday', '2026-04-09', ['07:00–12:00']],
    ['of the year after too', '2027-04-29', ['07:00–12:00']],
    ['closes early on Christmas Eve', '2026-12-24', ['07:00–12:00']],
    ['is not opened by a half day on a Sunday', '2028-12-24', []],
    ['is open on a holiday when it says so', '2026-06-01', ['09:00–13:00']],
    ['is closed on a moved holiday', '2026-05-04', []],
    ['may open twice a day', '2026-01-17', ['08:00–10:00', '11:00–12:00']],
    ['is as every week else', '2026-05-20', ['07:00–15:00']],
  ])('%s', (_name, date, hoursOfDay) => {
    expect(open(date)).toEqual(hoursOfDay)
  })

  test('without national holidays works through them', () => {
    expect(daysOf({ nationalHolidays: false }).openOn('2026-10-28')).toHaveLength(1)
  })

  test('that never opens again ends in an error and not in an endless loop', () => {
    const { weekly } = defaultClockPolicy.calendar
    const closed = Object.fromEntries(Object.keys(weekly).map((day) => [day, []])) as unknown as typeof weekly
    expect(() => due(service(1), '2026-01-14T14:00+02:00', [], daysOf({ weekly: closed }))).toThrow(RangeError)
  })
})

describe('a share of a term', () => {
  test('is reached in the time that counts', () => {
    expect(shown(instantOfShare(working(2), at('2026-04-09T16:00+03:00'), 0.75, [], days))).toBe('2026-04-15 11:00')
    expect(shown(instantOfShare(service(8), at('2026-01-14T14:00+02:00'), 0.5, [], days))).toBe('2026-01-15 10:00')
  })
})
