import {
  type DeviceEvent,
  type FaultName,
  faultCatalogue,
  faultNameSchema,
  hourMs,
  type Instant,
  type Reading,
} from '@fanari/contracts'
import type { Light } from '../light.ts'
import type { Segment } from '../schedule.ts'
import type { World } from '../world.ts'
import { currentTooHigh, dimmingFailure, lampPowerTooHigh, lampPowerTooLow, powerFactorTooLow } from './lamp-rules.ts'
import { highTemperature, impactDetected, leakageAtLight, orientationChanged } from './pole-rules.ts'
import { learnPower, slump } from './power.ts'
import { tableOf, wordSamples } from './rule.ts'
import { countReadingByRules, countWord } from './runs.ts'
import { isSupplySound, type LightSample, sampleOf } from './sample.ts'
import { cyclingFailure, noteCycle, relayFailure } from './switching-rules.ts'
import { supplyVoltageTooHigh, supplyVoltageTooLow } from './voltage-rules.ts'

/** Every rule that a light's own reading can show. A new one stands here, in its file and in the catalogue. */
export const lightRules = tableOf<LightSample>([
  lampPowerTooLow,
  lampPowerTooHigh,
  dimmingFailure,
  cyclingFailure,
  relayFailure,
  powerFactorTooLow,
  currentTooHigh,
  supplyVoltageTooHigh,
  supplyVoltageTooLow,
  highTemperature,
  impactDetected,
  orientationChanged,
  leakageAtLight,
])

/** Faults that are judged elsewhere; raised by a device they only support that. */
const judgedElsewhere: ReadonlySet<FaultName> = new Set<FaultName>([
  'lampFailure',
  'lampUnexpectedOn',
  'supplyLoss',
  'batteryEmpty',
  'communicationFailure',
  'clockFault',
])

/** Whether a light may raise this fault itself. */
const mayRaise = (fault: FaultName): boolean =>
  !judgedElsewhere.has(fault) && (faultCatalogue[fault].scope === 'luminaire' || lightRules.has(fault))

/** Faults counted by arrival and sequence, not by what a reading says. */
const isApart = (fault: FaultName): boolean => fault === 'clockFault' || fault === 'communicationFailure'

/** An event older than this came out of a buffer: it says what was. */
const staleEventMs = hourMs

const duskToDawn = { kind: 'duskToDawn' } as const

/** What the light was before this reading was counted. */
export interface Before {
  lastAt: Instant
  darkRun: number
  wasOn: boolean
}

/** Counts one current reading by every rule, and learns from it when nothing is wrong. */
export const countByRules = (world: World, light: Light, reading: Reading, segment: Segment, before: Before): void => {
  const { memory, asset } = light
  const { rules } = world
  const sample = sampleOf(memory, reading, {
    asset,
    segment,
    sign: light.sign,
    isNight: (at) => world.schedule.segmentAt(asset, duskToDawn, at).mode === 'on',
  })
  const isLit = sample.sign === 'lit' && segment.mode === 'on'
  noteCycle(memory, reading, {
    shouldBurn: before.wasOn && before.lastAt >= segment.modeSince && !sample.isCommanded,
    wasDark: before.darkRun > 0 && before.wasOn,
    isLit,
    elapsedMs: reading.at - before.lastAt,
  })
  const judgesPower = sample.isSteady && sample.powerW !== undefined && isSupplySound(sample, rules)
  const ratio = judgesPower ? (sample.powerW as number) / sample.nominalW : 0
  if (judgesPower) memory.slump = slump(memory.slump, sample.reference, ratio, 1 - rules.lampPowerTooLow.powerShare)
  memory.runs = countReadingByRules(memory.runs, lightRules, reading, { sample, rules, accepts: mayRaise, isApart })
  if (judgesPower && mayLearn(light, sample)) memory.power = learnPower(memory.power, sample.level, ratio)
}

/** The baseline is frozen while anything is wrong, or it would learn the fault; before it is one, it may gather. */
const mayLearn = (light: Light, { reference }: LightSample): boolean => {
  const { runs } = light.memory
  if (light.group !== null || light.reason !== 'poweredAsExpected') return false
  if (runs === null) return true
  if (reference.basis === 'learned') return false
  for (const fault in runs) {
    const run = runs[fault as FaultName]
    if (run?.open || (fault !== 'lampPowerTooLow' && fault !== 'lampPowerTooHigh')) return false
  }
  return true
}

/** Notes an event in which a light's device names a fault. */
export const noteEvent = (world: World, light: Light, event: DeviceEvent): void => {
  const { memory } = light
  const fault = faultNameSchema.safeParse(event.type)
  if (!fault.success || light.maintenanceUntil > world.now) return
  const supportsDarkness = fault.data === 'lampFailure' || fault.data === 'controlGearFailure'
  if (!mayRaise(fault.data) && !supportsDarkness) return
  if (event.at < world.now - staleEventMs) return
  // The device's word and the dark reading before it are two witnesses.
  if (supportsDarkness && light.darkRun > 0) light.darkRun = Math.max(light.darkRun, world.rules.lampFailure.samples)
  const needed = lightRules.get(fault.data)?.wordSamples ?? wordSamples
  memory.runs = countWord(memory.runs, fault.data, event.at, needed)
}
