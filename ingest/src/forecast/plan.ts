import { hourMs, type Instant, minuteMs } from '@fanari/contracts'
import type { NightPlan, SolarMemory, SolarUnit } from './memory.ts'

/** A night counts as dark when it is lit for less than nine tenths of its plan, or off this long before its end. */
const darkBeforeEndMs = 30 * minuteMs
const darkShare = 0.1

/** Light that may be missing before the night is called dark [ms]. */
export const toleranceOf = (plan: NightPlan): number => {
  let planned = 0
  for (const step of plan.steps) planned += step.until - step.from
  return Math.min(darkBeforeEndMs, darkShare * planned)
}

/** Controller and modem [W]. */
const baseLoadW = 0.5

/** Power at `level` % by the usual curve of an LED driver, P(d) = 5 % + 95 % · d^1.05, with controller and modem [W]. */
export const nominalPowerW = (unit: SolarUnit, level: number): number =>
  unit.ratedPowerW * (0.05 + 0.95 * (Math.max(level, 10) / 100) ** 1.05) + baseLoadW

/** Levels far apart have ratios of their own: drivers are less efficient when dimmed, and some dim by themselves. */
export const ratioIndex = (level: number): 0 | 1 | 2 => (level >= 75 ? 0 : level >= 40 ? 1 : 2)

/** Power that this light is known to take at `level` %, from its battery [W]. */
export const learnedPowerW = (memory: SolarMemory, unit: SolarUnit, level: number): number => {
  const [full, middle, low] = memory.powerRatios
  const nominalW = nominalPowerW(unit, level)
  switch (ratioIndex(level)) {
    case 0:
      return nominalW * firstKnown(full, middle, low)
    case 1:
      return nominalW * firstKnown(middle, full, low)
    case 2:
      return nominalW * firstKnown(low, middle, full)
  }
}

/** The ratio of the nearest level that was measured: asked several times for each reading, so that no list is made for it. */
const firstKnown = (nearest: number, next: number, farthest: number): number =>
  nearest > 0 ? nearest : next > 0 ? next : farthest > 0 ? farthest : 1

/** Level planned at `at` [%]; 0 outside the times of light. */
export const levelAt = (plan: NightPlan, at: Instant): number => {
  for (const step of plan.steps) if (at >= step.from && at < step.until) return step.level
  return 0
}

/** Energy that the plan takes from `from` until `until` [Wh]. */
export const neededWh = (
  memory: SolarMemory,
  unit: SolarUnit,
  plan: NightPlan,
  from: Instant,
  until: Instant,
): number => {
  let sum = 0
  for (const step of plan.steps) {
    const ms = Math.min(step.until, until) - Math.max(step.from, from)
    if (ms > 0) sum += (learnedPowerW(memory, unit, step.level) * ms) / hourMs
  }
  return sum
}

/** When `energyWh` will have been used, counted from `from`; `null` when it lasts to the end of the plan. */
export const usedUpAt = (
  memory: SolarMemory,
  unit: SolarUnit,
  plan: NightPlan,
  from: Instant,
  energyWh: number,
): Instant | null => {
  let left = energyWh
  for (const step of plan.steps) {
    const start = Math.max(step.from, from)
    if (step.until <= start) continue
    const powerW = learnedPowerW(memory, unit, step.level)
    const takes = (powerW * (step.until - start)) / hourMs
    if (takes >= left) return start + (left / powerW) * hourMs
    left -= takes
  }
  return null
}
