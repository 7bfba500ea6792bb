import { type Instant, type LocalTime, type NoticeSettings, shiftDate } from '@fanari/contracts'

const minutesOf = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}

/** When the quiet hours end in which a moment lies; `null`: it lies in none. They may go over midnight, and over a clock change. */
export const quietUntil = (quietHours: NoticeSettings['quietHours'], at: Instant, local: LocalTime): Instant | null => {
  if (quietHours === null) return null
  const { from, until } = quietHours
  const { date, clock } = local.shown(at)
  const isOverMidnight = from > until
  const isQuiet = isOverMidnight ? clock >= from || clock < until : clock >= from && clock < until
  if (!isQuiet) return null
  const endDate = isOverMidnight && clock >= from ? shiftDate(date, 1) : date
  return local.instantOf(endDate, minutesOf(until))
}
