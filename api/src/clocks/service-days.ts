import {
  createLocalTime,
  type DayHours,
  type Instant,
  type ServiceCalendar,
  shiftDate,
  weekdays,
} from '@fanari/contracts'
import { greekHolidays, orthodoxEaster } from './holidays.ts'

/** Instants from `from` up to, and without, `until`. */
export interface Span {
  from: Instant
  until: Instant
}

/** A municipality's calendar, asked by dates (`YYYY-MM-DD`) of its own zone. */
export interface ServiceDays {
  dateOf(at: Instant): string
  /** The local clock, `HH:mm`. */
  clockOf(at: Instant): string
  isOpenAt(at: Instant): boolean
  /** The open hours of a date, in order; none when closed. */
  openOn(date: string): readonly Span[]
  /** From local midnight to local midnight: 23 or 25 hours at a clock change. */
  dayOf(date: string): Span
  /** The answer to a question about this calendar, worked out once. */
  once(question: string, answer: () => Instant | null): Instant | null
}

/** More days than a term can reach; what is remembered beyond is forgotten, oldest first. */
const rememberedDays = 2_000

/** @param timeZone IANA name; the caller has validated it. */
export const createServiceDays = (calendar: ServiceCalendar, timeZone: string): ServiceDays => {
  const local = createLocalTime(timeZone)
  const dated = new Map(calendar.dates.map(({ date, hours }) => [date, hours]))
  const closings = new Map<number, Map<string, string>>()

  /** When the days of a year close early, as a local time; `00:00` for the whole day. */
  const closingsOf = (year: number): Map<string, string> => {
    const before = closings.get(year)
    if (before !== undefined) return before
    const found = new Map<string, string>()
    const close = (date: string, until: string) => {
      if (until < (found.get(date) ?? '24:00')) found.set(date, until)
    }
    if (calendar.nationalHolidays) for (const date of greekHolidays(year).keys()) close(date, '00:00')
    for (const { day, until = '00:00' } of calendar.yearly) close(dateInYear(day, year), until)
    closings.set(year, found)
    return found
  }

  const hoursOf = (date: string): DayHours => {
    const own = dated.get(date)
    if (own !== undefined) return own
    const weekday = weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]
    const usual = weekday === undefined ? [] : calendar.weekly[weekday]
    const closing = closingsOf(Number(date.slice(0, 4))).get(date) ?? '24:00'
    return usual
      .filter(({ from }) => from < closing)
      .map((span) => (span.until > closing ? { ...span, until: closing } : span))
  }

  const openOn = remembered((date: string): readonly Span[] =>
    hoursOf(date).map(({ from, until }) => ({
      from: local.instantOf(date, minutesOf(from)),
      until: local.instantOf(date, minutesOf(until)),
    })),
  )

  const answers = new Map<string, Instant | null>()

  return {
    once: (question, answer) => {
      const before = answers.get(question)
      if (before !== undefined) return before
      const fresh = answer()
      if (answers.size >= rememberedDays) answers.delete(answers.keys().next().value ?? question)
      answers.set(question, fresh)
      return fresh
    },
    dateOf: (at) => local.shown(at).date,
    clockOf: (at) => local.shown(at).clock,
    isOpenAt: (at) => openOn(local.shown(at).date).some(({ from, until }) => at >= from && at < until),
    openOn,
    dayOf: remembered((date: string): Span => {
      return { from: local.instantOf(date, 0), until: local.instantOf(shiftDate(date, 1), 0) }
    }),
  }
}

/** Asking the zone costs far more than the walk over its answers: they are kept, and the oldest forgotten. */
const remembered = <Answer>(answer: (date: string) => Answer): ((date: string) => Answer) => {
  const known = new Map<string, Answer>()
  return (date) => {
    const before = known.get(date)
    if (before !== undefined) return before
    const fresh = answer(date)
    if (known.size >= rememberedDays) known.delete(known.keys().next().value ?? date)
    known.set(date, fresh)
    return fresh
  }
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** `MM-DD` or `easter+N` in a year. 29 February of another year names a date that does not come. */
const dateInYear = (day: string, year: number): string =>
  day.startsWith('easter') ? shiftDate(orthodoxEaster(year), Number(day.slice('easter'.length))) : `${year}-${day}`
