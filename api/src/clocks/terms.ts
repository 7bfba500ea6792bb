import { type ClockTerm, hourMs, type Instant, shiftDate } from '@fanari/contracts'
import type { ServiceDays, Span } from './service-days.ts'

/*
 * When a term ends. Every term is walked in the same way: stretches of time that count, each with its weight, without what is paused,
 * until their sum is the term. Hours weigh what they are; days are counted in shares of each day's own hours, so that half a day paused
 * is given back as half a day, however long that day is.
 */

/** Without `until` the clock stands still now, and nobody knows its deadline. */
export interface PausedSpan {
  from: Instant
  until?: Instant | undefined
}

/** A stretch that counts, by `weight` a millisecond, in units of the term. */
interface Stretch extends Span {
  weight: number
}

/** More than sums of shares are off by rounding, and far less than a millisecond: of a term's unit, and in milliseconds. */
const epsilon = 1e-9
const epsilonMs = 1e-3
/** No term is longer, and a calendar is never closed so long [days]. */
const longestDays = 4_000

/** The stretches that count for a term begun at `from`, in order, without end. */
function* stretches(term: ClockTerm, from: Instant, days: ServiceDays): Generator<Stretch> {
  if (term.kind === 'hours') {
    yield { from, until: Number.POSITIVE_INFINITY, weight: 1 / hourMs }
    return
  }
  const first = days.dateOf(from)
  for (let passed = 0; passed < longestDays; passed++) {
    const date = shiftDate(first, passed)
    switch (term.kind) {
      case 'serviceHours':
        for (const span of days.openOn(date)) {
          if (span.until > from) yield { from: Math.max(span.from, from), until: span.until, weight: 1 / hourMs }
        }
        break
      case 'workingDays':
        if (passed > 0) yield* shares(days.openOn(date))
        break
      case 'calendarDays':
        if (passed > 0) yield* shares([days.dayOf(date)])
        break
    }
  }
}

/** The hours of one day, which weigh one together. */
const shares = (spans: readonly Span[]): Stretch[] => {
  const lengthMs = spans.reduce((sum, { from, until }) => sum + until - from, 0)
  return spans.map((span) => ({ ...span, weight: 1 / lengthMs }))
}

/** What of a stretch is not paused. */
const unpaused = (stretch: Stretch, pauses: readonly PausedSpan[]): Stretch[] =>
  pauses.reduce<Stretch[]>(
    (left, { from, until = Number.POSITIVE_INFINITY }) =>
      left.flatMap((part) => {
        if (until <= part.from || from >= part.until) return [part]
        const before = from > part.from ? [{ ...part, until: from }] : []
        const after = until < part.until ? [{ ...part, from: until }] : []
        return [...before, ...after]
      }),
    [stretch],
  )

const amountOf = (term: ClockTerm): number =>
  term.kind === 'hours' || term.kind === 'serviceHours' ? term.hours : term.days

/**
 * The instant at which a share of the term is used up, to the millisecond; `null` when an open pause comes first.
 * @param share 1 for the whole term.
 */
export const instantOfShare = (
  term: ClockTerm,
  from: Instant,
  share: number,
  pauses: readonly PausedSpan[],
  days: ServiceDays,
): Instant | null => {
  if (pauses.length > 0 || term.kind === 'hours' || term.kind === 'serviceHours') {
    return walk(term, from, share, pauses, days)
  }
  // All that begins on one date ends together, and reports come by the hundred.
  const question = `${share} of ${term.days} ${term.kind} from ${days.dateOf(from)}`
  return days.once(question, () => walk(term, from, share, pauses, days))
}

const walk = (
  term: ClockTerm,
  from: Instant,
  share: number,
  pauses: readonly PausedSpan[],
  days: ServiceDays,
): Instant | null => {
  const openPause = pauses.find(({ until }) => until === undefined)
  let missing = amountOf(term) * share
  for (const stretch of stretches(term, from, days)) {
    for (const part of unpaused(stretch, pauses)) {
      const weight = (part.until - part.from) * part.weight
      if (weight >= missing - epsilon) {
        return Math.min(part.until, part.from + Math.ceil(missing / part.weight - epsilonMs))
      }
      missing -= weight
    }
    if (openPause !== undefined && stretch.until > openPause.from) return null
  }
  throw new RangeError(`the calendar never comes to the end of ${amountOf(term)} ${term.kind}`)
}

/** The deadline of a term begun at `from`; `null` while an open pause stands before it. */
export const deadlineOf = (
  term: ClockTerm,
  from: Instant,
  pauses: readonly PausedSpan[],
  days: ServiceDays,
): Instant | null => {
  const usedUp = instantOfShare(term, from, 1, pauses, days)
  if (usedUp === null) return null
  switch (term.kind) {
    case 'hours':
    case 'serviceHours':
      return usedUp
    case 'workingDays':
      return days.openOn(days.dateOf(usedUp - 1)).at(-1)?.until ?? usedUp
    case 'calendarDays':
      return endOfWorkingDay(days.dateOf(usedUp - 1), days)
  }
}

/** Midnight after the first working day from `date` on: a term of the law does not end on a holiday. */
const endOfWorkingDay = (date: string, days: ServiceDays): Instant => {
  for (let passed = 0; passed < longestDays; passed++) {
    const day = shiftDate(date, passed)
    if (days.openOn(day).length > 0) return days.dayOf(day).until
  }
  throw new RangeError('the calendar has no working day')
}
