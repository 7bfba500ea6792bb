import { hourMs, type Instant, minuteMs, type Reading, type Rules, secondMs } from '@fanari/contracts'
import type { Light } from '../light.ts'
import type { World } from '../world.ts'
import type { LightMemory } from './memory.ts'
import type { Rule } from './rule.ts'
import type { LightSample } from './sample.ts'

/*
 * What tells of a lamp's switching: a contact that does not open, and a lamp that goes off and on by itself.
 */

/** Draws power by night at level 0. By day the same is a day burner. */
export const relayFailure: Rule<LightSample> = {
  fault: 'relayFailure',
  reason: 'loadWhenSwitchedOff',
  shows({ mode, reading, powerW, asset, burnsByNight, sign }, rules) {
    if (mode !== 'off' || powerW === undefined) return undefined
    if (sign === 'unlit') return false
    const { minimumPower, powerShare } = rules.relayFailure
    const draws = powerW > Math.max(minimumPower, powerShare * asset.ratedPowerW)
    return burnsByNight && reading.lightLevel === 0 && draws ? true : undefined
  },
  samples: (rules) => rules.relayFailure.samples,
  clearSamples: (rules) => rules.relayFailure.clearSamples,
  describe: ({ powerW }) => `${powerW} W at level 0, scheduled off`,
}

/** So many cycles are remembered: what a night needs. */
const cyclesKept = 8
/** A night is no longer than this. */
const nightMs = 16 * hourMs
/** Operating hours count to this [h] at least where they are of use: coarser counters jump. */
const hoursResolution = 0.01

/** The stretch between two readings that a cycle may lie in. */
interface Stretch {
  /** Should have burnt all the time, by plan and without a command. */
  shouldBurn: boolean
  /** The reading before was dark, this one is lit. */
  wasDark: boolean
  isLit: boolean
  elapsedMs: number
}

/** Notes whether the lamp has gone off and on again unasked since the last reading: by its light, or by its counters. */
export const noteCycle = (memory: LightMemory, reading: Reading, stretch: Stretch): void => {
  const { switchOnCount } = reading
  const keptSupply = hasKeptSupply(memory, reading, stretch.elapsedMs)
  const switched = switchOnCount !== undefined && memory.switchOns >= 0 ? switchOnCount - memory.switchOns : 0
  const lacking = hoursLacking(memory, reading, stretch.elapsedMs)
  noteCounts(memory, reading)
  if (!stretch.shouldBurn || !stretch.isLit || !keptSupply) return
  const pairs = switched > 0 ? Math.min(switched, cyclesKept) : stretch.wasDark || lacking ? 1 : 0
  if (pairs === 0) return
  const cycles = (memory.cycles ?? []).filter((at) => reading.at - at < nightMs)
  for (let pair = 0; pair < pairs; pair++) cycles.push(reading.at)
  memory.cycles = cycles.slice(-cyclesKept)
}

/** Carries the counters on, also by readings that are too old to judge the lamp by: what they counted is no matter of the next one. */
export const noteCounts = (memory: LightMemory, { switchOnCount, operatingHours, supplyLossCount }: Reading): void => {
  if (switchOnCount !== undefined) memory.switchOns = switchOnCount
  if (operatingHours !== undefined) memory.operatingHours = operatingHours
  if (supplyLossCount !== undefined) memory.supplyLosses = supplyLossCount
}

/** A controller that lost its supply meanwhile says nothing of its lamp. */
const hasKeptSupply = (memory: LightMemory, { uptime, supplyLossCount }: Reading, elapsedMs: number): boolean =>
  (uptime === undefined || uptime * secondMs + 2 * secondMs >= elapsedMs) &&
  (supplyLossCount === undefined || memory.supplyLosses < 0 || supplyLossCount === memory.supplyLosses)

/** Whether the lamp burnt at least a minute less than the time that passed, by a counter that is fine enough to tell. */
const hoursLacking = (memory: LightMemory, { operatingHours }: Reading, elapsedMs: number): boolean => {
  if (operatingHours === undefined || memory.operatingHours < 0) return false
  const advanced = operatingHours - memory.operatingHours
  const isFine = advanced > 0 && Math.abs(advanced * 10 - Math.round(advanced * 10)) > 1e-6
  return isFine && elapsedMs / hourMs - advanced > minuteMs / hourMs + 2 * hoursResolution
}

const hasCycled = (cycles: readonly Instant[], at: Instant, { cyclingFailure }: Rules): boolean => {
  const lastHour = cycles.filter((cycle) => at - cycle < hourMs).length
  return lastHour >= cyclingFailure.pairsPerHour || cycles.length >= cyclingFailure.pairsPerNight
}

export const cyclingFailure: Rule<LightSample> = {
  fault: 'cyclingFailure',
  reason: 'goesOffAndOn',
  shows({ memory, mode, sign, reading }, rules) {
    const last = memory.cycles?.at(-1)
    if (memory.cycles === null || last === undefined) return mode === 'on' && sign === 'lit' ? false : undefined
    if (last === reading.at) return hasCycled(memory.cycles, reading.at, rules) ? true : undefined
    const quiet = reading.at - last >= rules.cyclingFailure.quietTime * minuteMs
    return quiet && mode === 'on' && sign === 'lit' ? false : undefined
  },
  samples: () => 1,
  clearSamples: () => 2,
  describe: ({ memory, reading }) => {
    const cycles = memory.cycles ?? []
    const lastHour = cycles.filter((cycle) => reading.at - cycle < hourMs).length
    return `went off and on ${lastHour} times in the last hour, ${cycles.length} times this night`
  },
}

/** Whether the lamp is known to go off and on, so that a dark reading is no new fault: until it stays dark for good. */
export const isCycling = ({ rules }: World, light: Light): boolean =>
  light.memory.runs?.cyclingFailure?.open === true && light.darkRun < rules.cyclingFailure.deadSamples
