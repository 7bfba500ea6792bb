import type { Instant } from '@fanari/contracts'
import { temperatureFactor } from './chemistry.ts'
import { clearSkySum } from './clear-sky.ts'
import { harvestOfDay, harvestOn, likelyHarvests, medianOf, type Sky } from './harvests.ts'
import type { NightPlan, SolarMemory, SolarUnit } from './memory.ts'
import { normalShare, spreadOf } from './normal.ts'
import { neededWh, toleranceOf, usedUpAt } from './plan.ts'

/** What one night is expected to be. */
export interface NightOutlook {
  /** Number of the night: that of its plan. */
  number: number
  /** Probability that it counts as dark: lit less than 90 % of its plan, or off 30 minutes before its end. */
  probabilityDark: number
  /** When the energy is used up, where dark is likelier than not. */
  expectedDarkAt: Instant | null
}

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
/** A cut load stays off by night; it returns under the sun when this share of the capacity has come in. */
const reconnectShare = 0.05
/** A lamp that is out for another reason was repaired by the next night in one case of six. */
const stillBroken = 0.85
/** Errors of what a night takes, and of temperature and wear that change from night to night. */
const needError = 0.06
const capacityError = 0.02
/** Today's harvest so far says most about the rest of the day. */
const sameDayCorrelation = 0.75
/**
 * How days follow each other that are among the dullest, middle and clearest third of a light's days: a lag-1 correlation of 0.4 of the
 * daily clearness (PVGIS 45° N 0.35–0.37, DTU 0.2; dull days follow each other more often than that, 0.46–0.57).
 */
const dayChain = [
  [0.5, 0.31, 0.19],
  [0.31, 0.38, 0.31],
  [0.19, 0.31, 0.5],
] as const

/** Energy above the floor that the battery gives, and its error [Wh]. */
const usableOf = (memory: SolarMemory, unit: SolarUnit): { energyWh: number; errorWh: number; capacityWh: number } => {
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

/** The clear-sky sum still to come until switch-on [Wh/m²], and the energy that may come of it [Wh], equally likely. */
const restOfDay = (
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
    return (Math.max(0, expected) * rest * unit.panelPowerW) / 1_000
  })
  return { rest, incoming }
}

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
  let probability = 0
  let mean = 0
  for (const harvestWh of incoming) {
    const available = Math.min(capacityWh, energyWh + harvestWh)
    mean += available / incoming.length
    const latched = memory.latchedAt > 0 && harvestWh < reconnectShare * capacityWh
    probability += (latched ? 1 : normalShare((lastNeedWh - available) / sigma)) / incoming.length
  }
  if (lastNeedWh <= 0 && memory.latchedAt === 0) probability = 0
  if (memory.unlit >= 2 && memory.latchedAt === 0 && lastNeedWh > 0) probability = Math.max(probability, stillBroken)
  if (memory.darkMs >= tolerance) probability = 1
  probability = Math.min(1, Math.max(0, probability))
  const likely = probability >= 0.5
  const from = Math.max(memory.at, plan.onAt)
  const usedUp = memory.latchedAt > 0 ? from : usedUpAt(memory, unit, plan, from, mean)
  return {
    number: plan.number,
    probabilityDark: probability,
    expectedDarkAt: likely ? (usedUp ?? plan.offAt - tolerance) : null,
    usableWh: energyWh,
    neededWh: needWh,
    dayLeft: rest / (memory.day.clear + rest || 1),
  }
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

/* ── The nights after ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

const cells = 48

/** A distribution over kinds of the last day × energy in the battery. */
type Grid = Float64Array[]

const newGrid = (): Grid => dayChain.map(() => new Float64Array(cells + 1))

/** Puts `share` at an energy, divided between the two nearest cells, so that the mean is kept. */
const put = (row: Float64Array, cellWh: number, energyWh: number, share: number): void => {
  const place = Math.min(cells, Math.max(0, energyWh / cellWh))
  const cell = Math.min(cells - 1, Math.floor(place))
  const upper = place - cell
  row[cell] = (row[cell] ?? 0) + share * (1 - upper)
  row[cell + 1] = (row[cell + 1] ?? 0) + share * upper
}

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
  const outlooks: NightOutlook[] = [now, ...laterNights(memory, unit, first, later, harvests)]
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

const laterNights = (
  memory: SolarMemory,
  unit: SolarUnit,
  first: NightPlan,
  later: readonly NightPlan[],
  harvests: readonly number[],
): NightOutlook[] => {
  const { energyWh, errorWh, capacityWh } = usableOf(memory, unit)
  if (capacityWh <= 0) return []
  const cellWh = capacityWh / cells
  const third = Math.ceil(harvests.length / 3)
  const kinds = [harvests.slice(0, third), harvests.slice(third, -third), harvests.slice(-third)]
  const today =
    harvestOfDay(memory, unit, Math.max(memory.day.total, memory.day.clear)) ?? harvestOn(memory, first.number - 1)
  let grid = newGrid()
  const needWh = neededWh(memory, unit, first, memory.at, first.offAt)
  const { incoming } = restOfDay(memory, unit, first, harvests)
  const begins = kindWeights(memory, today, kinds)
  for (const harvestWh of incoming)
    for (const [sigmas, share] of normalPoints) {
      const left = Math.min(capacityWh, Math.max(0, energyWh + sigmas * errorWh) + harvestWh) - needWh
      for (const [kind, weight] of begins.entries())
        put(grid[kind] as Float64Array, cellWh, Math.max(0, left), (share * weight) / incoming.length)
    }

  const outlooks: NightOutlook[] = []
  let before = first
  for (const plan of later) {
    const sum = clearSkySum(unit, before.offAt, plan.onAt)
    grid = charge(grid, cellWh, capacityWh, kinds, (sum * unit.panelPowerW) / 1_000)
    const whole = neededWh(memory, unit, plan, plan.onAt, plan.offAt)
    const tolerated = neededWh(memory, unit, plan, plan.onAt, plan.offAt - toleranceOf(plan))
    const sigma = Math.hypot(needError * whole, capacityError * capacityWh, cellWh / 3)
    let dark = 0
    let mean = 0
    for (const row of grid)
      for (const [cell, share] of row.entries()) {
        if (share === 0) continue
        const darkHere = normalShare((tolerated - cell * cellWh) / sigma) * share
        dark += darkHere
        mean += darkHere * cell * cellWh
      }
    const probability = Math.min(1, Math.max(0, dark))
    outlooks.push({
      number: plan.number,
      probabilityDark: probability,
      expectedDarkAt:
        probability < 0.5
          ? null
          : (usedUpAt(memory, unit, plan, plan.onAt, mean / dark) ?? plan.offAt - toleranceOf(plan)),
    })
    grid = discharge(grid, cellWh, whole, sigma)
    before = plan
  }
  return outlooks
}

/** Where a normal distribution is taken to be: five points with their shares. */
const normalPoints = [
  [-1.7, 0.1],
  [-0.8, 0.24],
  [0, 0.32],
  [0.8, 0.24],
  [1.7, 0.1],
] as const

/** How likely the last day was of each kind; a battery that filled up had sun. */
const kindWeights = (
  memory: SolarMemory,
  today: number | null,
  kinds: readonly (readonly number[])[],
): readonly number[] => {
  if (today === null) return memory.day.full ? [0, 0.4, 0.6] : [1 / 3, 1 / 3, 1 / 3]
  const lowTop = kinds[0]?.at(-1) ?? 0
  const highBottom = kinds[2]?.[0] ?? 1
  return today <= lowTop ? [1, 0, 0] : today >= highBottom ? [0, 0, 1] : [0, 1, 0]
}

const charge = (
  grid: Grid,
  cellWh: number,
  capacityWh: number,
  kinds: readonly (readonly number[])[],
  clearWh: number,
): Grid => {
  const next = newGrid()
  for (const [to, harvests] of kinds.entries()) {
    const incoming = new Float64Array(cells + 1)
    for (const [from, row] of grid.entries())
      for (const [cell, share] of row.entries())
        incoming[cell] = (incoming[cell] ?? 0) + share * (dayChain[from]?.[to] ?? 0)
    const row = next[to] as Float64Array
    for (const harvest of harvests)
      for (const [cell, share] of incoming.entries())
        if (share > 0)
          put(row, cellWh, Math.min(capacityWh, cell * cellWh + harvest * clearWh), share / harvests.length)
  }
  return next
}

const discharge = (grid: Grid, cellWh: number, needWh: number, sigma: number): Grid => {
  const next = newGrid()
  for (const [kind, row] of grid.entries())
    for (const [cell, share] of row.entries())
      if (share > 0)
        for (const [sigmas, part] of [
          [-1.7, 1 / 6],
          [0, 2 / 3],
          [1.7, 1 / 6],
        ] as const)
          put(next[kind] as Float64Array, cellWh, Math.max(0, cell * cellWh - needWh + sigmas * sigma), share * part)
  return next
}
