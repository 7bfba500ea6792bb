import { type Instant, secondMs } from '@fanari/contracts'

/**
 * When the platform could hear. After a time in which it could not — its own stop, a stall, a lost broker — nothing is called silent
 * until each device has had a fair chance to report again.
 */
export interface Coverage {
  /** The last instant known to be covered. */
  heardUntil: Instant
  /** End of the last uncovered stretch; 0 before the first. */
  resumedAt: Instant
  /** Begin of that stretch. */
  blindSince: Instant
  /** The platform has stopped and not started again: whatever time passes is not covered. */
  stopped: boolean
  /** When the last tick came, how many have come, and about the longest time between two of late [ms]. */
  tickedAt: Instant
  ticks: number
  tickGapMs: number
  /** How long the last uncovered stretch was [ms]; 0 before the first. */
  leaptMs: number
}

export const createCoverage = (): Coverage => ({
  heardUntil: 0,
  resumedAt: 0,
  blindSince: 0,
  stopped: false,
  tickedAt: 0,
  ticks: 0,
  tickGapMs: 0,
  leaptMs: 0,
})

/** Ticks after which their pace is known. */
const ticksToKnow = 20
/** A pause as long as so many ticks, and at least a minute, in which nothing at all came, was not lived through. */
const ticksLeapt = 20
const shortestLeapMs = 60 * secondMs
/** How fast an unusually long pause is forgotten. */
const paceMemory = 0.9

/** Notes a tick, and with it how often they come. */
export const noteTick = (coverage: Coverage, now: Instant): void => {
  if (coverage.tickedAt > 0) {
    coverage.ticks++
    coverage.tickGapMs = Math.max(now - coverage.tickedAt, paceMemory * coverage.tickGapMs)
  }
  coverage.tickedAt = now
  coverage.heardUntil = now
}

/** Whether time went on to `at` without the ticks that would have come meanwhile: then the clock jumped, or the machine slept. */
export const leapsTo = (coverage: Coverage, at: Instant): boolean =>
  coverage.ticks >= ticksToKnow && at - coverage.heardUntil > Math.max(shortestLeapMs, ticksLeapt * coverage.tickGapMs)

/**
 * Time a device has to connect again after the platform was away [ms]: two of its intervals, because it may find out only when it next
 * reports, but at least 15 s and at most a minute of jittered back-off.
 */
export const reconnectAllowanceMs = (intervalMs: number): number =>
  Math.min(60 * secondMs, Math.max(15 * secondMs, 2 * intervalMs))

/** The earliest instant from which silence of a device with this interval may be counted. */
export const coverageFloor = (coverage: Coverage, intervalMs: number): Instant =>
  coverage.resumedAt === 0 ? 0 : coverage.resumedAt + reconnectAllowanceMs(intervalMs)

/** Notes that everything between the last covered instant and `now` went unheard. */
export const noteUncovered = (coverage: Coverage, now: Instant): void => {
  // Stretches that touch are one.
  if (coverage.resumedAt < coverage.heardUntil || coverage.resumedAt === 0)
    coverage.blindSince = coverage.heardUntil || now
  coverage.leaptMs = now - coverage.blindSince
  coverage.resumedAt = now
  coverage.heardUntil = now
  coverage.tickedAt = 0
}
