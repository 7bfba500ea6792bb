import type { Summary } from './summary.ts'

/** What a figure must not fall below, or rise above. */
interface Bound {
  name: string
  of: (summary: Summary) => number | null
  atLeast?: number
  atMost?: number
}

const bounds: readonly Bound[] = [
  { name: 'recall', of: ({ overall }) => overall.recall, atLeast: 0.96 },
  { name: 'recall of outages', of: ({ outages }) => outages.recall, atLeast: 0.97 },
  { name: 'precision', of: ({ overall }) => overall.precision, atLeast: 0.99 },
  { name: 'cause right', of: ({ overall }) => overall.causeRight, atLeast: 0.98 },
  { name: 'tickets a cause', of: ({ overall }) => overall.ticketsPerCause, atMost: 1.02 },
  { name: 'tickets an outage', of: ({ outages }) => outages.ticketsPerCause, atMost: 1.02 },
  { name: 'false tickets in 1 000 light-nights', of: ({ overall }) => overall.falsePer1000LightNights, atMost: 0.2 },
  { name: 'false tickets after restarts', of: ({ overall }) => overall.falseAfterRestart, atMost: 0 },
  { name: 'median intervals to detect', of: ({ overall }) => overall.detectMedianIntervals, atMost: 1 },
  { name: '95th percentile of intervals to detect', of: ({ overall }) => overall.detectP95Intervals, atMost: 3 },
  { name: 'recall of dark nights at dusk', of: ({ forecast }) => forecast.dusk.recall, atLeast: 0.95 },
  { name: 'precision of dark nights at dusk', of: ({ forecast }) => forecast.dusk.precision, atLeast: 0.85 },
  { name: 'Brier skill at dusk', of: ({ forecast }) => forecast.dusk.brierSkill, atLeast: 0.88 },
  { name: 'Brier skill a day ahead', of: ({ forecast }) => forecast.dayAhead.brierSkill, atLeast: 0.38 },
]

/**
 * The short evaluation that runs with every change. Its seeds are among those that rules are tuned on; the bounds lie a little beside
 * what was measured, and move when rules get better.
 */
export const floors = { seeds: [1, 2, 3, 4, 5, 6, 7, 8], lights: 120, days: 4 } as const

/** Which figures have left their bounds, in words. */
export const checkFloors = (summary: Summary): string[] =>
  bounds.flatMap(({ name, of, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }) => {
    const value = of(summary)
    if (value === null) return [`${name} is not known: nothing was there to measure it by`]
    if (value < atLeast) return [`${name} is ${value.toFixed(4)}, below ${atLeast}`]
    return value > atMost ? [`${name} is ${value.toFixed(4)}, above ${atMost}`] : []
  })
