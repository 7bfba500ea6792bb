import type { Instant } from '@fanari/contracts'
import { clearSkySum } from './clear-sky.ts'
import { needError, reconnectWh, restOfDay, usableOf } from './energies.ts'
import { likelyHarvests, medianOf, type Sky } from './harvests.ts'
import { laterNights, type NightOutlook } from './later-nights.ts'
import type { NightPlan, SolarMemory, SolarUnit } from './memory.ts'
import { normalShare } from './normal.ts'
import { neededWh, toleranceOf, usedUpAt } from './plan.ts'

/** Tonight, with the energies it was weighed from. */
interface TonightOutlook extends NightOutlook {
  usableWh: number
  neededWh: number
  /** Share of the day's light that is still to come. */
  dayLeft: number
}

/** The answer for a light: the night that is not over yet, and those after it. */
export interface SolarForecast extends NightOutlook {
  /** Of the real capacity [%]. */
  stateOfCharge: number
  /** What the battery gives before the controller cuts the load [Wh]. */
  usableWh: number
  /** What the rest of the night takes [Wh]. */
  neededWh: number
  next: NightOutlook[]
}

/** A reading this old says nothing of tonight. */
const oldestNights = 7
/** A lamp that is out for another reason was repaired by the next night in one case of six. */
const stillBroken = 0.85

/** Probability that tonight counts as dark, from what is known now: cheap enough for every reading. */
export const tonight = (
  memory: SolarMemory,
  unit: SolarUnit,
  plan: NightPlan,
  harvests: readonly number[],
): TonightOutlook => {
  const { energyWh, errorWh, capacityWh } = usableOf(memory, unit)
  const tolerance = toleranceOf(plan)
  const needWh = neededWh(memory, unit, plan, memory.at, plan.offAt)
  const lastNeedWh = neededWh(memory, unit, plan, memory.at, plan.offAt - tolerance)
  const sigma = Math.hypot(errorWh, needError * needWh)
  const { rest, incoming } = restOfDay(memory, unit, plan, harvests)
  const backWh = reconnectWh(memory, unit)
  let probability = 0
  let mean = 0
  for (const harvestWh of incoming) {
    const available = Math.min(capacityWh, energyWh + harvestWh)
    mean += available / incoming.length
    // A cut load stays off by night; it returns under the sun.
    const latched = memory.latchedAt > 0 && energyWh + harvestWh < backWh
    probability += (latched ? 1 : normalShare((lastNeedWh - available) / sigma)) / incoming.length
  }
  if (lastNeedWh <= 0 && memory.latchedAt === 0) probability = 0
  if (memory.unlit >= 2 && memory.latchedAt === 0 && lastNeedWh > 0) probability = Math.max(probability, stillBroken)
  if (memory.darkMs >= tolerance) probability = 1
  probability = Math.min(1, Math.max(0, probability))
  return {
    number: plan.number,
    probabilityDark: probability,
    expectedDarkAt: probability < 0.5 ? null : darkAt(memory, unit, plan, mean, tolerance),
    usableWh: energyWh,
    neededWh: needWh,
    dayLeft: rest / (memory.day.clear + rest || 1),
  }
}

/** When a light that will be dark goes out, if `energyWh` is what it has for the night. */
const darkAt = (
  memory: SolarMemory,
  unit: SolarUnit,
  plan: NightPlan,
  energyWh: number,
  tolerance: number,
): Instant => {
  const from = Math.max(memory.at, plan.onAt)
  return memory.latchedAt > 0 ? from : (usedUpAt(memory, unit, plan, from, energyWh) ?? plan.offAt - tolerance)
}

/** What a usual day brings and what a night takes [Wh]. */
export const nightBalance = (
  memory: SolarMemory,
  unit: SolarUnit,
  plan: NightPlan,
  harvests: readonly number[],
): { usualDayWh: number; nightWh: number } => ({
  usualDayWh: ((medianOf(harvests) ?? 0) * clearSkySum(unit, plan.startAt, plan.onAt) * unit.panelPowerW) / 1_000,
  nightWh: neededWh(memory, unit, plan, plan.onAt, plan.offAt),
})

/**
 * The forecast for the nights of `plans`: from the one the last reading belongs to, on to `wanted` and three nights beyond. `null` when
 * nothing useful was ever heard, or too long ago.
 */
export const forecast = (
  memory: SolarMemory,
  unit: SolarUnit,
  sky: Sky,
  plans: readonly NightPlan[],
  wanted: number,
): SolarForecast | null => {
  const [first, ...later] = plans
  if (memory.at === 0 || first === undefined || wanted - first.number > oldestNights) return null
  const harvests = likelyHarvests(memory, unit, sky)
  const now = tonight(memory, unit, first, harvests)
  const outlooks: NightOutlook[] = [now, ...laterNights(memory, unit, sky, first, later, harvests)]
  const [found, ...next] = outlooks.filter((outlook) => outlook.number >= wanted)
  if (found === undefined || next.length < 3) return null
  const isFirst = found.number === first.number
  const plan = plans.find((it) => it.number === wanted) ?? first
  return {
    ...strip(found),
    stateOfCharge: Math.round(1_000 * memory.charge) / 10,
    usableWh: now.usableWh,
    neededWh: isFirst ? now.neededWh : neededWh(memory, unit, plan, plan.onAt, plan.offAt),
    next: next.slice(0, 3),
  }
}

const strip = ({ number, probabilityDark, expectedDarkAt }: NightOutlook): NightOutlook => ({
  number,
  probabilityDark,
  expectedDarkAt,
})
