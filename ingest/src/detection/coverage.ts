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
}

export const createCoverage = (): Coverage => ({ heardUntil: 0, resumedAt: 0, blindSince: 0, stopped: false })

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
  coverage.resumedAt = now
  coverage.heardUntil = now
}
