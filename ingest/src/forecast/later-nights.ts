import type { Instant } from '@fanari/contracts'
import { clearSkySum } from './clear-sky.ts'
import { capacityError, needError, reconnectWh, restOfDay, returnedShare, usableOf } from './energies.ts'
import { type DayKind, harvestOfDay, harvestOn, harvestsByKind, type Sky } from './harvests.ts'
import type { NightPlan, SolarMemory, SolarUnit } from './memory.ts'
import { normalShare } from './normal.ts'
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

/**
 * How a dull, a mixed and a clear day are followed by one of each: November to February of a PVGIS series at 45° N. Measured series of
 * the north hang together more (DTU: dull after dull 0.57).
 */
const dayChain = [
  [0.46, 0.21, 0.33],
  [0.17, 0.3, 0.53],
  [0.13, 0.15, 0.72],
] as const
/** How often there is a day of each kind when nothing is known of the one before. */
const anyDay = [0.2, 0.19, 0.61] as const
/** A day on which the battery filled up had sun. */
const fullDay = [0, 0.2, 0.8] as const

/** What is usual weighs as much as so many days of the last month. */
const usualDays = 40

type Chain = readonly (readonly number[])[]

/** The chain for a month that has had so many days of each kind: a summer without dull days, a winter with little else. */
const chainOf = (counts: readonly number[]): Chain => {
  const days = counts.reduce((sum, count) => sum + count, 0)
  const factors = anyDay.map((usual, kind) => ((counts[kind] ?? 0) / usual + usualDays) / (days + usualDays))
  return dayChain.map((row) => {
    const weights = row.map((share, to) => share * (factors[to] ?? 1))
    const sum = weights.reduce((all, weight) => all + weight, 0)
    return weights.map((weight) => weight / sum)
  })
}

const cells = 48

/** A distribution over kinds of the last day × energy above the floor. Its cells are counted through by index: iterators take twice as long. */
type Grid = Float64Array[]

const newGrid = (): Grid => dayChain.map(() => new Float64Array(cells + 1))

/** Lights that are fed, and those whose load was cut: they stay off until the battery has come up to where the load is given back. */
interface Nights {
  fed: Grid
  cut: Grid
}

const newNights = (): Nights => ({ fed: newGrid(), cut: newGrid() })

/** Puts `share` at an energy, divided between the two nearest cells, so that the mean is kept. */
const put = (row: Float64Array, cellWh: number, energyWh: number, share: number): void => {
  const place = Math.min(cells, Math.max(0, energyWh / cellWh))
  const cell = Math.min(cells - 1, Math.floor(place))
  const upper = place - cell
  row[cell] = (row[cell] ?? 0) + share * (1 - upper)
  row[cell + 1] = (row[cell + 1] ?? 0) + share * upper
}

/** Puts what is left after a night: nothing left means that the load was cut. */
const putLeft = (nights: Nights, kind: number, cellWh: number, leftWh: number, share: number): void => {
  const grid = leftWh > 0 ? nights.fed : nights.cut
  put(grid[kind] as Float64Array, cellWh, leftWh, share)
}

/** The nights of `later`, after the one that is not over yet. */
export const laterNights = (
  memory: SolarMemory,
  unit: SolarUnit,
  sky: Sky,
  first: NightPlan,
  later: readonly NightPlan[],
  harvests: readonly number[],
): NightOutlook[] => {
  const { capacityWh } = usableOf(memory, unit)
  if (capacityWh <= 0) return []
  const cellWh = capacityWh / cells
  const today =
    harvestOfDay(memory, unit, Math.max(memory.day.total, memory.day.clear)) ?? harvestOn(memory, first.number - 1)
  const { kinds, counts, todayKind } = harvestsByKind(memory, unit, sky, today)
  const chain = chainOf(counts)
  let nights = afterFirst(memory, unit, first, harvests, { cellWh, kinds: kindWeights(memory, todayKind) })
  const backWh = reconnectWh(memory, unit)

  const outlooks: NightOutlook[] = []
  let before = first
  for (const plan of later) {
    const clearWh =
      (returnedShare(memory, unit) * clearSkySum(unit, before.offAt, plan.onAt) * unit.panelPowerW) / 1_000
    nights = afterDay(nights, { cellWh, capacityWh, backWh, chain }, kinds, clearWh)
    const whole = neededWh(memory, unit, plan, plan.onAt, plan.offAt)
    const tolerated = neededWh(memory, unit, plan, plan.onAt, plan.offAt - toleranceOf(plan))
    const sigma = Math.hypot(needError * whole, capacityError * capacityWh, cellWh / 3)
    let dark = 0
    let mean = 0
    for (const row of nights.fed)
      for (let cell = 0; cell <= cells; cell++) {
        const share = row[cell] as number
        if (share === 0) continue
        const darkHere = normalShare((tolerated - cell * cellWh) / sigma) * share
        dark += darkHere
        mean += darkHere * cell * cellWh
      }
    for (const row of nights.cut) for (const share of row) dark += share
    const probability = Math.min(1, Math.max(0, dark))
    outlooks.push({
      number: plan.number,
      probabilityDark: probability,
      expectedDarkAt:
        probability < 0.5
          ? null
          : (usedUpAt(memory, unit, plan, plan.onAt, mean / dark) ?? plan.offAt - toleranceOf(plan)),
    })
    nights = afterNight(nights, cellWh, whole, sigma)
    before = plan
  }
  return outlooks
}

/** Where the first night, whose beginning is known, leaves the battery. */
const afterFirst = (
  memory: SolarMemory,
  unit: SolarUnit,
  first: NightPlan,
  harvests: readonly number[],
  { cellWh, kinds }: { cellWh: number; kinds: readonly number[] },
): Nights => {
  const { energyWh, errorWh, capacityWh } = usableOf(memory, unit)
  const nights = newNights()
  const needWh = neededWh(memory, unit, first, memory.at, first.offAt)
  const { incoming } = restOfDay(memory, unit, first, harvests)
  const backWh = reconnectWh(memory, unit)
  for (const harvestWh of incoming)
    for (const [sigmas, share] of normalPoints) {
      const heldWh = Math.min(capacityWh, Math.max(0, energyWh + sigmas * errorWh) + harvestWh)
      const isCut = memory.latchedAt > 0 && heldWh < backWh
      for (const [kind, weight] of kinds.entries()) {
        const part = (share * weight) / incoming.length
        if (isCut) put(nights.cut[kind] as Float64Array, cellWh, heldWh, part)
        else putLeft(nights, kind, cellWh, heldWh - needWh, part)
      }
    }
  return nights
}

/** Where a normal distribution is taken to be: five points with their shares. */
const normalPoints = [
  [-1.7, 0.1],
  [-0.8, 0.24],
  [0, 0.32],
  [0.8, 0.24],
  [1.7, 0.1],
] as const

/** How likely the last day was of each kind. */
const kindWeights = (memory: SolarMemory, today: DayKind | null): readonly number[] => {
  if (today === null) return memory.day.full ? fullDay : anyDay
  return dayChain.map((_, kind) => (kind === today ? 1 : 0))
}

/** Charges by a day; a load that was cut is given back when the battery has come up to `backWh`. */
const afterDay = (
  nights: Nights,
  { cellWh, capacityWh, backWh, chain }: { cellWh: number; capacityWh: number; backWh: number; chain: Chain },
  kinds: readonly (readonly number[])[],
  clearWh: number,
): Nights => {
  const next = newNights()
  for (const [to, harvests] of kinds.entries()) {
    for (const [grid, isCut] of [
      [nights.fed, false],
      [nights.cut, true],
    ] as const) {
      const incoming = new Float64Array(cells + 1)
      for (const [from, row] of grid.entries()) {
        const follows = chain[from]?.[to] ?? 0
        for (let cell = 0; cell <= cells; cell++)
          incoming[cell] = (incoming[cell] as number) + (row[cell] as number) * follows
      }
      for (let cell = 0; cell <= cells; cell++) {
        const share = incoming[cell] as number
        if (share === 0) continue
        for (const harvest of harvests) {
          const heldWh = Math.min(capacityWh, cell * cellWh + harvest * clearWh)
          const into = isCut && heldWh < backWh ? next.cut : next.fed
          put(into[to] as Float64Array, cellWh, heldWh, share / harvests.length)
        }
      }
    }
  }
  return next
}

/** A night takes what it needs from the lights that are fed. */
const afterNight = ({ fed, cut }: Nights, cellWh: number, needWh: number, sigma: number): Nights => {
  const next: Nights = { fed: newGrid(), cut }
  for (const [kind, row] of fed.entries())
    for (let cell = 0; cell <= cells; cell++) {
      const share = row[cell] as number
      if (share === 0) continue
      for (const [sigmas, part] of threePoints)
        putLeft(next, kind, cellWh, cell * cellWh - needWh + sigmas * sigma, share * part)
    }
  return next
}

/** A normal distribution again, by fewer points: what one night takes. */
const threePoints = [
  [-1.7, 1 / 6],
  [0, 2 / 3],
  [1.7, 1 / 6],
] as const
