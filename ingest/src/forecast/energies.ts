import { chemistries, temperatureFactor } from './chemistry.ts'
import type { NightPlan, SolarMemory, SolarUnit } from './memory.ts'
import { spreadOf } from './normal.ts'

/*
 * What a battery holds, and what the rest of the day may bring: where both the outlook for tonight and for the nights after begin.
 */

/** Errors of what a night takes, and of temperature and wear that change from night to night. */
export const needError = 0.06
export const capacityError = 0.02
/** Today's harvest so far says most about the rest of the day. */
const sameDayCorrelation = 0.75

/** Energy above the floor that the battery gives, and its error [Wh]. */
export const usableOf = (
  memory: SolarMemory,
  unit: SolarUnit,
): { energyWh: number; errorWh: number; capacityWh: number } => {
  const { charge, capacity, floor } = memory
  const deliverable = unit.capacityWh * temperatureFactor(memory.nightCelsius ?? 20)
  const above = charge - floor
  const variance =
    capacity ** 2 * (memory.chargeVariance + memory.floorVariance) +
    -2 * capacity ** 3 * above * memory.covariance +
    above ** 2 * memory.capacityVariance +
    (capacityError * capacity) ** 2
  return {
    energyWh: Math.max(0, above * capacity * deliverable),
    errorWh: Math.sqrt(Math.max(1e-6, variance)) * deliverable,
    capacityWh: (1 - floor) * capacity * deliverable,
  }
}

/** What the battery gives back of what is charged into it [1]. */
export const returnedShare = (memory: SolarMemory, unit: SolarUnit): number =>
  chemistries[unit.chemistry].roundTrip * temperatureFactor(memory.nightCelsius ?? 20)

/** The clear-sky sum still to come until switch-on [Wh/m²], and the energy that may come of it [Wh], equally likely. */
export const restOfDay = (
  memory: SolarMemory,
  unit: SolarUnit,
  plan: NightPlan,
  harvests: readonly number[],
): { rest: number; incoming: number[] } => {
  const rest = memory.at < plan.onAt ? Math.max(0, memory.day.total - memory.day.clear) : 0
  if (rest < 20) return { rest, incoming: [0] }
  const { clear, takenClear, takenWh } = memory.day
  const soFar = takenClear < 100 ? null : Math.min(1.1, takenWh / ((takenClear / 1_000) * unit.panelPowerW))
  // Nothing at all may be frost that no sensor told of: it ends with the morning.
  const trust = soFar === null ? 0 : soFar < 0.02 && unit.chemistry === 'lifepo4' ? 0.3 : sameDayCorrelation
  const weight = trust * Math.min(1, takenClear / (0.5 * (clear + rest)))
  const incoming = spreadOf(harvests).map((harvest) => {
    const expected = soFar === null ? harvest : harvest + weight * (soFar - harvest)
    return (returnedShare(memory, unit) * Math.max(0, expected) * rest * unit.panelPowerW) / 1_000
  })
  return { rest, incoming }
}

/** Energy above the floor at which a load that was cut is given back [Wh]. */
export const reconnectWh = (memory: SolarMemory, unit: SolarUnit): number =>
  (Math.max(0, chemistries[unit.chemistry].reconnect - memory.floor) * usableOf(memory, unit).capacityWh) /
  (1 - memory.floor)
