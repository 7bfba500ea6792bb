import { dayMs, shiftDate } from '@fanari/contracts'

/** The public holidays of Greece that fall on the same date every year, as `MM-DD`. */
const fixed: readonly (readonly [day: string, name: string])[] = [
  ['01-01', 'Πρωτοχρονιά'],
  ['01-06', 'Θεοφάνεια'],
  ['03-25', 'Ευαγγελισμός της Θεοτόκου'],
  ['05-01', 'Πρωτομαγιά'],
  ['08-15', 'Κοίμηση της Θεοτόκου'],
  ['10-28', 'Επέτειος του Όχι'],
  ['12-25', 'Χριστούγεννα'],
  ['12-26', 'Σύναξη της Θεοτόκου'],
]

/** Those that move with Orthodox Easter, in days from it. */
const movable: readonly (readonly [days: number, name: string])[] = [
  [-48, 'Καθαρά Δευτέρα'],
  [-2, 'Μεγάλη Παρασκευή'],
  [0, 'Κυριακή του Πάσχα'],
  [1, 'Δευτέρα του Πάσχα'],
  [49, 'Κυριακή της Πεντηκοστής'],
  [50, 'Δευτέρα του Αγίου Πνεύματος'],
]

/** Days the Gregorian calendar is ahead of the Julian one from March of the year on. */
const julianLagDays = (year: number): number => Math.floor(year / 100) - Math.floor(year / 400) - 2

/**
 * Orthodox Easter as a Gregorian date, `YYYY-MM-DD`.
 * Source: J. Meeus, Astronomical Algorithms, chapter 8, the Julian case.
 */
export const orthodoxEaster = (year: number): string => {
  const a = year % 4
  const b = year % 7
  const c = year % 19
  const d = (19 * c + 15) % 30
  const e = (2 * a + 4 * b - d + 34) % 7
  const sum = d + e + 114
  const julian = Date.UTC(year, Math.floor(sum / 31) - 1, (sum % 31) + 1)
  return new Date(julian + julianLagDays(year) * dayMs).toISOString().slice(0, 10)
}

/**
 * The public holidays of a year by date, with their Greek names. Where the state moves one by decree (the first of May in Holy Week),
 * the municipality's calendar names the date.
 */
export const greekHolidays = (year: number): Map<string, string> => {
  const easter = orthodoxEaster(year)
  return new Map([
    ...movable.map(([days, name]) => [shiftDate(easter, days), name] as const),
    ...fixed.map(([day, name]) => [`${year}-${day}`, name] as const),
  ])
}
