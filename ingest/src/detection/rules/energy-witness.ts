import type { Instant, Reading } from '@fanari/contracts'

/** A lifetime energy counter: the second, independent witness of a dark lamp. */
export interface EnergyCounter {
  /** The last value [kWh] and when it was read; −1 before the first. */
  kWh: number
  at: Instant
  /** Intervals in a row in which it rose as a lit lamp's must: so its resolution is fine enough to be believed. */
  credible: number
}

export const createEnergyCounter = (): EnergyCounter => ({ kWh: -1, at: 0, credible: 0 })

const credibleIntervals = 3
const msPerKilowattHour = 3_600_000_000

/**
 * Notes the counter of a reading.
 * @param lit since when the lamp should have burnt without a break, and the power that takes [W]; `null` while it need not burn
 * @returns whether a credible counter rose by less than half of what a lit lamp would have taken
 */
export const noteEnergy = (
  counter: EnergyCounter,
  reading: Reading,
  lit: { since: Instant; powerW: number; intervalMs: number } | null,
): boolean => {
  const kWh = reading.activeEnergy
  if (kWh === undefined) return false
  const rise = kWh - counter.kWh
  const before = counter.kWh < 0 ? Number.POSITIVE_INFINITY : counter.at
  counter.kWh = kWh
  counter.at = reading.at
  if (lit === null) return false
  const elapsedMs = reading.at - Math.max(before, lit.since)
  // Too short to tell: the counter may not have moved on yet.
  if (elapsedMs < lit.intervalMs / 2) return false
  const expected = (lit.powerW * elapsedMs) / msPerKilowattHour
  if (rise >= 0 && rise < expected / 2) {
    if (counter.credible >= credibleIntervals) return true
    counter.credible = 0
  } else counter.credible = rise < 0 || rise > 2 * expected ? 0 : Math.min(counter.credible + 1, credibleIntervals)
  return false
}
