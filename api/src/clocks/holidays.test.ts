import Holidays from 'date-holidays'
import { describe, expect, test } from 'vitest'
import { greekHolidays, orthodoxEaster } from './holidays.ts'

describe('Orthodox Easter', () => {
  // As the Church of Greece announced and keeps them.
  test.each<[number, string]>([
    [2016, '2016-05-01'],
    [2019, '2019-04-28'],
    [2020, '2020-04-19'],
    [2021, '2021-05-02'],
    [2022, '2022-04-24'],
    [2023, '2023-04-16'],
    [2024, '2024-05-05'],
    [2025, '2025-04-20'],
    [2026, '2026-04-12'],
    [2027, '2027-05-02'],
    [2028, '2028-04-16'],
    [2029, '2029-04-08'],
    [2030, '2030-04-28'],
  ])('of %i is on %s', (year, date) => {
    expect(orthodoxEaster(year)).toBe(date)
  })

  test('is a Sunday in every year of four centuries, and past 2099 too', () => {
    for (let year = 1924; year < 2324; year++) {
      expect(new Date(`${orthodoxEaster(year)}T00:00:00Z`).getUTCDay()).toBe(0)
    }
  })
})

describe('the public holidays of Greece', () => {
  test('of 2026', () => {
    expect([...greekHolidays(2026).keys()].sort()).toEqual([
      '2026-01-01',
      '2026-01-06',
      '2026-02-23',
      '2026-03-25',
      '2026-04-10',
      '2026-04-12',
      '2026-04-13',
      '2026-05-01',
      '2026-05-31',
      '2026-06-01',
      '2026-08-15',
      '2026-10-28',
      '2026-12-25',
      '2026-12-26',
    ])
  })

  test('move with Easter: in 2027 the first of May is Holy Saturday', () => {
    const holidays = greekHolidays(2027)
    expect(holidays.get('2027-04-30')).toBe('Μεγάλη Παρασκευή')
    expect(holidays.get('2027-05-01')).toBe('Πρωτομαγιά')
    expect(holidays.get('2027-05-03')).toBe('Δευτέρα του Πάσχα')
    expect(holidays.get('2027-03-15')).toBe('Καθαρά Δευτέρα')
  })

  test('are those of an independent calendar, 2020 to 2060', () => {
    const calendar = new Holidays('GR')
    for (let year = 2020; year <= 2060; year++) {
      const theirs = calendar.getHolidays(year).filter(({ type, substitute }) => type === 'public' && !substitute)
      expect([...greekHolidays(year).keys()].sort()).toEqual([
        ...new Set(theirs.map(({ date }) => date.slice(0, 10)).sort()),
      ])
    }
  })
})
