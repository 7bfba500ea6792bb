import type { Rules } from '@fanari/contracts'
import { nominalPowerW } from '../evidence.ts'
import { scatterOf } from './power.ts'
import type { Rule } from './rule.ts'
import { isSupplySound, type LightSample } from './sample.ts'

/*
 * What a lamp's own measurements tell while it burns: power, level, power factor, current.
 */

const round = (value: number): number => Math.round(value * 10) / 10
const percent = (share: number): number => Math.round(share * 100)

/** Usual power at the reading's level [W]. */
const usualW = ({ nominalW, reference }: LightSample): number => nominalW * reference.share

const describePower = (sample: LightSample): string => {
  const { powerW = 0, level, reference } = sample
  const usual = reference.basis === 'learned' ? 'usual' : 'expected'
  const share = percent(powerW / usualW(sample))
  return `${round(powerW)} W where ${round(usualW(sample))} W are ${usual} at ${round(level)} % (${share} %)`
}

/** How far beyond its own scatter the power lies, in it; nothing is known of the scatter before it is learned. */
const isOutlier = ({ powerW = 0, nominalW, reference }: LightSample, scatter: number): boolean =>
  reference.basis !== 'learned' ||
  reference.bucket === null ||
  Math.abs(powerW / nominalW - reference.share) > scatter * scatterOf(reference.bucket)

/** Whether power can be judged at this reading, by a level that the light itself reported or by its own baseline. */
const tellsPower = (sample: LightSample, rules: Rules): boolean =>
  sample.isSteady &&
  sample.powerW !== undefined &&
  sample.reference.basis !== 'none' &&
  isSupplySound(sample, rules) &&
  // A charge controller dims as the battery allows, and does not always say so.
  !(sample.asset.solar && sample.reading.lightLevel === undefined)

/** A lamp without its own baseline, or one that never says its level, needs more readings. */
const samplesFor = (
  sample: LightSample,
  { samples, unlearnedSamples }: { samples: number; unlearnedSamples: number },
) => (sample.reference.basis === 'learned' && sample.reading.lightLevel !== undefined ? samples : unlearnedSamples)

export const lampPowerTooLow: Rule<LightSample> = {
  fault: 'lampPowerTooLow',
  reason: ({ reference, memory }) =>
    reference.basis === 'rated'
      ? 'powerOffRating'
      : memory.slump > 0 && reference.basis === 'learned' && memory.slump >= 5
        ? 'powerSinksSlowly'
        : 'powerOffBaseline',
  shows(sample, rules) {
    if (!tellsPower(sample, rules)) return undefined
    const { powerShare, scatter, drift } = rules.lampPowerTooLow
    const share = (sample.powerW as number) / usualW(sample)
    if (share < powerShare) return isOutlier(sample, scatter)
    return sample.memory.slump > drift
  },
  samples: (rules, sample) => samplesFor(sample, rules.lampPowerTooLow),
  clearSamples: (rules) => rules.lampPowerTooLow.clearSamples,
  describe: describePower,
}

export const lampPowerTooHigh: Rule<LightSample> = {
  fault: 'lampPowerTooHigh',
  reason: ({ reference }) => (reference.basis === 'rated' ? 'powerOffRating' : 'powerOffBaseline'),
  shows(sample, rules) {
    if (!tellsPower(sample, rules) || takesAnotherLevel(sample, rules)) return undefined
    const { powerShare, scatter } = rules.lampPowerTooHigh
    return (sample.powerW as number) / usualW(sample) > powerShare && isOutlier(sample, scatter)
  },
  samples: (rules, sample) => samplesFor(sample, rules.lampPowerTooHigh),
  clearSamples: (rules) => rules.lampPowerTooHigh.clearSamples,
  describe: describePower,
}

/** Dimmed below this a lamp that does not follow can be told from one that does [%]. */
const dimmedBelow = 85

/** Lit, dimmed by its own word or by plan, and taking the power of full level or of another learned higher one. */
const takesAnotherLevel = (sample: LightSample, rules: Rules): boolean => {
  const { powerW, level, asset, reference, memory, isSteady } = sample
  if (!isSteady || powerW === undefined || level >= dimmedBelow) return false
  const margin = rules.dimmingFailure.powerDeviation * asset.ratedPowerW
  if (powerW - usualW(sample) < margin) return false
  const near = (otherW: number): boolean => Math.abs(powerW - otherW) < 0.1 * otherW
  if (near(nominalPowerW(asset, 100) * reference.share)) return true
  return memory.power.some(
    ({ tens, median }) => tens * 10 >= level + 15 && near(nominalPowerW(asset, tens * 10) * median),
  )
}

/** It reports a level well above the planned one. Below it, somebody may be saving energy, and a dim light is no dark one. */
const isAbovePlan = ({ reading, plannedLevel, asset, isCommanded, isSteady }: LightSample, rules: Rules): boolean =>
  isSteady &&
  !asset.solar &&
  !isCommanded &&
  (reading.lightLevel ?? 0) - plannedLevel >= rules.dimmingFailure.levelDeviation

export const dimmingFailure: Rule<LightSample> = {
  fault: 'dimmingFailure',
  reason: 'higherLevelThanPlanned',
  shows(sample, rules) {
    const { isSteady, isCommanded, reading, plannedLevel } = sample
    if (!isSteady) return undefined
    const levelKnown = reading.lightLevel !== undefined || !isCommanded
    if ((levelKnown && takesAnotherLevel(sample, rules)) || isAbovePlan(sample, rules)) return true
    // At full level a lamp that cannot dim looks like any other.
    return plannedLevel < dimmedBelow ? false : undefined
  },
  samples: (rules, sample) =>
    takesAnotherLevel(sample, rules) ? rules.dimmingFailure.samples : rules.dimmingFailure.levelSamples,
  clearSamples: (rules) => rules.dimmingFailure.clearSamples,
  describe: (sample) => {
    const { reading, plannedLevel, powerW } = sample
    const reported = reading.lightLevel === undefined ? '' : `, reported ${round(reading.lightLevel)} %`
    const power = powerW === undefined ? '' : `; ${round(powerW)} W where ${round(usualW(sample))} W are usual`
    return `planned ${round(plannedLevel)} %${reported}${power}`
  },
}

export const powerFactorTooLow: Rule<LightSample> = {
  fault: 'powerFactorTooLow',
  reason: 'outsideLimits',
  shows({ isSteady, level, reading }, rules) {
    if (!isSteady || reading.powerFactor === undefined || level < rules.powerFactorTooLow.minimumLevel) return undefined
    return Math.abs(reading.powerFactor) < rules.powerFactorTooLow.powerFactor
  },
  samples: (rules) => rules.powerFactorTooLow.samples,
  clearSamples: (rules) => rules.powerFactorTooLow.clearSamples,
  describe: ({ reading, level }, rules) =>
    `power factor ${Math.abs(reading.powerFactor ?? 0)} at ${round(level)} %, at least ${rules.powerFactorTooLow.powerFactor}`,
}

/** A sound driver's power factor at full level. */
const ratedPowerFactor = 0.9

const ratedCurrentA = ({ asset, reading }: LightSample): number =>
  asset.ratedPowerW / ((reading.supplyVoltage ?? 0) * ratedPowerFactor)

export const currentTooHigh: Rule<LightSample> = {
  fault: 'currentTooHigh',
  reason: 'outsideLimits',
  shows(sample, rules) {
    const { isSteady, reading, asset, powerW } = sample
    const { supplyCurrent, supplyVoltage, powerFactor } = reading
    if (!isSteady || supplyCurrent === undefined || supplyVoltage === undefined || asset.solar) return undefined
    // Too much power, or a lost capacitor, has a name of its own.
    if (reading.activePower !== undefined && powerW !== undefined && powerW > 1.15 * asset.ratedPowerW) return undefined
    if (powerFactor !== undefined && Math.abs(powerFactor) < rules.powerFactorTooLow.powerFactor) return undefined
    return supplyCurrent > rules.currentTooHigh.currentShare * ratedCurrentA(sample)
  },
  samples: (rules) => rules.currentTooHigh.samples,
  clearSamples: (rules) => rules.currentTooHigh.clearSamples,
  describe: (sample) =>
    `${sample.reading.supplyCurrent} A, rated ${Math.round(ratedCurrentA(sample) * 100) / 100} A at ${round(sample.reading.supplyVoltage ?? 0)} V`,
}
