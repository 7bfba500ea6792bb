import type { SolarMemory } from './memory.ts'

/*
 * Charge and capacity are estimated together (an extended Kalman filter of two states): energy that left the battery lowers the charge by
 * as much as the capacity is small, so that a voltage at the knee, or the moment of the disconnect, corrects both. The filter works on the
 * inverse of the capacity, in which the charge is linear: a battery found empty at half of its count has half of its capacity.
 */

/** Tables and meters err in the same way each time: the capacity is never known better than this. */
const leastCapacityError = 0.05
const jumpErrors = 4.5
const capacityRange = { low: 0.25, high: 1.05 } as const
/** Errors of meters and efficiencies last: variance grows as if over runs of this share of the capacity. */
const errorRun = 0.3

const inverseVariance = ({ capacity, capacityVariance }: SolarMemory): number => capacityVariance / capacity ** 4

/**
 * Energy into (positive) or out of the battery.
 * @param share that energy as a share of the capacity
 * @param error its relative error
 */
export const moveCharge = (memory: SolarMemory, share: number, error: number): void => {
  const slope = share * memory.capacity
  const variance = inverseVariance(memory)
  memory.chargeVariance +=
    2 * slope * memory.covariance +
    slope ** 2 * variance +
    error ** 2 * Math.abs(share) * Math.max(Math.abs(share), errorRun)
  memory.covariance += slope * variance
  memory.charge = Math.min(1, Math.max(0, memory.charge + share))
  memory.chargeVariance = Math.min(memory.chargeVariance, 0.3 ** 2)
  const most = 0.98 * Math.sqrt(memory.chargeVariance * variance)
  memory.covariance = Math.min(most, Math.max(-most, memory.covariance))
}

/** Counting drifts by this much a day, and capacity fades or recovers by this much a month. */
const driftPerDay = 0.01
const fadePerMonth = 0.04

export const ageCharge = (memory: SolarMemory, days: number): void => {
  memory.chargeVariance += driftPerDay ** 2 * days
  memory.capacityVariance += (fadePerMonth ** 2 / 30) * days
}

/** A charge seen directly, with independent error. @param teaches whether it says something of the capacity too */
export const seeCharge = (memory: SolarMemory, seen: number, error: number, teaches: boolean): void => {
  const sum = memory.chargeVariance + error ** 2
  const gain = memory.chargeVariance / sum
  const innovation = seen - memory.charge
  memory.charge += gain * innovation
  // So far off is no error of counting: the battery was exchanged, drained or its meter failed. That teaches nothing of its capacity.
  const jumped = innovation ** 2 > jumpErrors ** 2 * sum
  if (jumped) memory.chargeVariance = Math.max(memory.chargeVariance, (innovation / 2) ** 2)
  else if (teaches) {
    const inverseGain = memory.covariance / sum
    const variance = inverseVariance(memory) - inverseGain * memory.covariance
    const inverse = Math.max(1 / capacityRange.high, 1 / memory.capacity + inverseGain * innovation)
    memory.capacity = Math.max(capacityRange.low, 1 / inverse)
    memory.capacityVariance = Math.max(leastCapacityError ** 2, variance * memory.capacity ** 4)
  }
  memory.covariance *= 1 - gain
  memory.chargeVariance = Math.max(1e-5, memory.chargeVariance * (1 - gain))
  memory.charge = Math.min(1, Math.max(0, memory.charge))
}

/**
 * A charge seen again and again through a meter or table whose error hardly changes: however often it is read, it soon brings the estimate
 * to its own accuracy, and beyond that only as the battery moves along the table.
 * @param hours since it was last read; it counts in full after a quarter of an hour
 * @param renewHours after which its error is another one
 */
export const seeChargeRepeatedly = (
  memory: SolarMemory,
  seen: number,
  error: number,
  hours: number,
  renewHours: number,
  teaches: boolean,
): void => {
  const excess = Math.max(1e-9, memory.chargeVariance - 0.7 * error ** 2)
  const sinceLast = Math.max(hours, 0.01)
  const patience = Math.max(1, 0.25 / sinceLast)
  const effective = Math.min((memory.chargeVariance / excess) * patience, Math.max(1, renewHours / sinceLast))
  seeCharge(memory, seen, error * Math.sqrt(effective), teaches)
}

/** The charger says full: the one sure point. It says nothing of the capacity. */
export const seeFull = (memory: SolarMemory): void => {
  if (memory.charge > 0.995 && memory.chargeVariance <= 0.015 ** 2) return
  memory.charge = 1
  memory.chargeVariance = 0.015 ** 2
  memory.covariance = 0
}
