import { type ClockTerm, minuteMs } from '@fanari/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultClockPolicy } from './default-policy.ts'
import { createServiceDays } from './service-days.ts'
import { deadlineOf, type PausedSpan } from './terms.ts'

const days = createServiceDays(
  {
    ...defaultClockPolicy.calendar,
    yearly: [{ day: '04-09', name: 'Μεγάλη Πέμπτη 2026', until: '12:00' }],
  },
  'Europe/Athens',
)

/*
 * The slow oracle knows nothing of the code under test: it looks at every minute of a stretch of 2026 through the zone's own clock, and
 * at holidays written here by hand.
 */
const closedDates = new Set(['2026-03-25', '2026-04-10', '2026-04-13', '2026-05-01', '2026-10-28'])
interface Minute {
  date: string
  isOpen: boolean
}
const minutesOf = (from: string, until: string): { start: number; minutes: Minute[] } => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Athens', dateStyle: 'short', timeStyle: 'short' })
  const start = Date.parse(from)
  const minutes: Minute[] = []
  for (let at = start; at < Date.parse(until); at += minuteMs) {
    const [date = '', clock = ''] = format.format(at).split(' ')
    const weekday = new Date(`${date}T12:00:00Z`).getUTCDay()
    const closing = date === '2026-04-09' ? '12:00' : '15:00'
    const isOpen = weekday >= 1 && weekday <= 5 && !closedDates.has(date) && clock >= '07:00' && clock < closing
    minutes.push({ date, isOpen })
  }
  return { start, minutes }
}
const seasons = {
  'the clocks go forward, and Easter': minutesOf('2026-03-20T00:00:00Z', '2026-06-05T00:00:00Z'),
  'the clocks go back': minutesOf('2026-10-16T00:00:00Z', '2026-12-20T00:00:00Z'),
}
type Season = (typeof seasons)['the clocks go back']

/** Minute by minute; `null` when the season is over before the term. */
const slowDeadline = (
  { start, minutes }: Season,
  term: ClockTerm,
  from: number,
  pauses: PausedSpan[],
): number | null => {
  const isPaused = (at: number) =>
    pauses.some((pause) => at >= pause.from && (pause.until === undefined || at < pause.until))
  const first = (from - start) / minuteMs
  const begun = minutes[first]?.date
  const lengths = new Map<string, number>()
  const counts = ({ date, isOpen }: Minute): boolean => {
    if (term.kind === 'hours') return true
    if (term.kind === 'serviceHours') return isOpen
    return date !== begun && (term.kind === 'calendarDays' || isOpen)
  }
  for (const minute of minutes) if (counts(minute)) lengths.set(minute.date, (lengths.get(minute.date) ?? 0) + 1)
  const inDays = term.kind === 'workingDays' || term.kind === 'calendarDays'
  const wanted = term.kind === 'hours' || term.kind === 'serviceHours' ? term.hours * 60 : term.days
  let sum = 0
  for (let index = first; index < minutes.length; index++) {
    const minute = minutes[index]
    if (minute === undefined || !counts(minute) || isPaused(start + index * minuteMs)) continue
    sum += inDays ? 1 / (lengths.get(minute.date) ?? 1) : 1
    if (sum < wanted - 1e-6) continue
    if (!inDays) return start + (index + 1) * minuteMs
    return endOfDay({ start, minutes }, index, term.kind === 'calendarDays')
  }
  return null
}

const endOfDay = ({ start, minutes }: Season, from: number, legal: boolean): number | null => {
  let { date } = minutes[from] ?? { date: '' }
  if (legal) {
    const working = minutes.findIndex(
      (minute, index) => index >= from - 24 * 60 && minute.date >= date && minute.isOpen,
    )
    date = minutes[working]?.date ?? 'none'
  }
  const last = minutes.findLastIndex((minute) => minute.date === date && (legal || minute.isOpen))
  return last < 0 || last === minutes.length - 1 ? null : start + (last + 1) * minuteMs
}

const termArbitrary: fc.Arbitrary<ClockTerm> = fc.oneof(
  fc.integer({ min: 1, max: 4 * 72 }).map((quarters): ClockTerm => ({ kind: 'hours', hours: quarters / 4 })),
  fc.integer({ min: 1, max: 4 * 30 }).map((quarters): ClockTerm => ({ kind: 'serviceHours', hours: quarters / 4 })),
  fc.integer({ min: 1, max: 6 }).map((count): ClockTerm => ({ kind: 'workingDays', days: count })),
  fc.integer({ min: 1, max: 12 }).map((count): ClockTerm => ({ kind: 'calendarDays', days: count })),
)
/** Spans apart from each other, in minutes from the beginning of the season. */
const pausesArbitrary = (start: number): fc.Arbitrary<PausedSpan[]> =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: 30 * 24 * 60 }), { maxLength: 8 })
    .map((ends) => ends.sort((a, b) => a - b))
    .map((ends) =>
      Array.from({ length: Math.floor(ends.length / 2) }, (_, pair) => ({
        from: start + (ends[2 * pair] ?? 0) * minuteMs,
        until: start + (ends[2 * pair + 1] ?? 0) * minuteMs,
      })),
    )

const runs = { numRuns: 300 }

describe.each(Object.entries(seasons))('deadlines where %s', (_name, season) => {
  const { start } = season
  const fromArbitrary = fc.integer({ min: 0, max: 30 * 24 * 60 }).map((minute) => start + minute * minuteMs)

  test('are those of a slow count of every minute', () => {
    let compared = 0
    fc.assert(
      fc.property(termArbitrary, fromArbitrary, pausesArbitrary(start), (term, from, pauses) => {
        const slow = slowDeadline(season, term, from, pauses)
        if (slow === null) return
        compared++
        expect(deadlineOf(term, from, pauses, days)).toBe(slow)
      }),
      runs,
    )
    expect(compared).toBeGreaterThan(runs.numRuns / 2)
  })

  test('never come earlier for a later start, a longer term or one more pause', () => {
    fc.assert(
      fc.property(termArbitrary, fromArbitrary, pausesArbitrary(start), fc.nat(5_000), (term, from, pauses, later) => {
        const deadline = deadlineOf(term, from, pauses, days) ?? Number.NaN
        expect(deadlineOf(term, from + later * minuteMs, pauses, days)).toBeGreaterThanOrEqual(deadline)
        expect(deadlineOf(longer(term), from, pauses, days)).toBeGreaterThanOrEqual(deadline)
        expect(deadlineOf(term, from, pauses.slice(1), days)).toBeLessThanOrEqual(deadline)
      }),
      runs,
    )
  })

  test('do not ask how a pause is cut, nor in which order pauses are told', () => {
    fc.assert(
      fc.property(
        termArbitrary,
        fromArbitrary,
        pausesArbitrary(start),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (term, from, pauses, part) => {
          const cut = pauses.flatMap(({ from: begin, until = begin }) => {
            const middle = begin + Math.round((until - begin) * part)
            return [
              { from: middle, until },
              { from: begin, until: middle },
            ]
          })
          expect(deadlineOf(term, from, cut.reverse(), days)).toBe(deadlineOf(term, from, pauses, days))
        },
      ),
      runs,
    )
  })

  test('around the clock move by exactly what was paused before them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fromArbitrary, pausesArbitrary(start), (hours, from, pauses) => {
        const deadline = deadlineOf({ kind: 'hours', hours }, from, pauses, days) ?? Number.NaN
        const paused = pauses
          .map(({ from: begin, until = begin }) => Math.min(until, deadline) - Math.max(begin, from))
          .filter((length) => length > 0)
          .reduce((sum, length) => sum + length, 0)
        expect(deadline).toBe(from + hours * 60 * minuteMs + paused)
      }),
      runs,
    )
  })

  test('in service hours and working days never fall where it is closed', () => {
    fc.assert(
      fc.property(termArbitrary, fromArbitrary, pausesArbitrary(start), (term, from, pauses) => {
        if (term.kind === 'hours' || term.kind === 'calendarDays') return
        const deadline = deadlineOf(term, from, pauses, days) ?? Number.NaN
        const last = season.minutes[Math.ceil((deadline - start) / minuteMs) - 1]
        if (last !== undefined) expect(last.isOpen).toBe(true)
      }),
      runs,
    )
  })
})

const longer = (term: ClockTerm): ClockTerm =>
  term.kind === 'hours' || term.kind === 'serviceHours'
    ? { ...term, hours: term.hours + 0.25 }
    : { ...term, days: term.days + 1 }
