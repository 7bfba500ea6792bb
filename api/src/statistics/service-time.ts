import { dayMs, type Instant, shiftDate } from '@fanari/contracts'
import type { ServiceDays } from '../clocks/service-days.ts'

/** Time in which the services are open. */
export interface ServiceTime {
  /** Open time from one instant to a later one [ms]. */
  between(from: Instant, until: Instant): number
}

/** More than a matter takes, on both sides of what was asked [d]. */
const marginDays = 400

/** Asks the calendar once a day of it and then looks up sums: statistics ask for every report there ever was. */
export const createServiceTime = (days: ServiceDays): ServiceTime => {
  let begins: number[] = []
  let ends: number[] = []
  /** Open time before each span [ms]. */
  let sums: number[] = []
  let covered: { from: Instant; until: Instant } | null = null

  const cover = (from: Instant, until: Instant) => {
    if (covered !== null && from >= covered.from && until < covered.until) return
    const first = Math.min(from, covered?.from ?? from) - marginDays * dayMs
    const last = Math.max(until, covered?.until ?? until) + marginDays * dayMs
    begins = []
    ends = []
    sums = []
    let sum = 0
    const lastDate = days.dateOf(last)
    for (let date = days.dateOf(first); date <= lastDate; date = shiftDate(date, 1)) {
      for (const span of days.openOn(date)) {
        begins.push(span.from)
        ends.push(span.until)
        sums.push(sum)
        sum += span.until - span.from
      }
    }
    covered = { from: first + dayMs, until: last - dayMs }
  }

  /** Open time from the beginning of what is covered [ms]. */
  const openBefore = (at: Instant): number => {
    let low = 0
    let high = begins.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((begins[middle] ?? at) < at) low = middle + 1
      else high = middle
    }
    const index = low - 1
    if (index < 0) return 0
    const begin = begins[index] ?? at
    return (sums[index] ?? 0) + Math.min(at, ends[index] ?? at) - begin
  }

  return {
    between: (from, until) => {
      if (until <= from) return 0
      cover(from, until)
      return openBefore(until) - openBefore(from)
    },
  }
}
