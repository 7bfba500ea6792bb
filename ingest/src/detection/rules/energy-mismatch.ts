import { type Instant, minuteMs, type Reading } from '@fanari/contracts'
import { isUnderMaintenance, type Light } from '../light.ts'
import type { Rule } from './rule.ts'

/** The load that a cabinet's meter last showed. */
export interface CabinetLoad {
  at: Instant
  powerW: number
}

/** The power on a cabinet's meter [W], or `null` when the reading does not say. */
export const loadOf = (reading: Reading): CabinetLoad | null => {
  const { activePower, powerL1, powerL2, powerL3 } = reading
  if (powerL1 === undefined && powerL2 === undefined && powerL3 === undefined)
    return activePower === undefined ? null : { at: reading.at, powerW: activePower }
  return { at: reading.at, powerW: (powerL1 ?? 0) + (powerL2 ?? 0) + (powerL3 ?? 0) }
}

/** A meter reading held against the lamps behind it. */
export interface MismatchSample {
  powerW: number
  /** Measured by the lamps themselves [W]. */
  knownW: number
  /** What lamps that have not been heard, or have no meter, may take at most [W]. */
  unknownW: number
  lights: number
}

/** A lamp's share of what a controller takes beside its driver [W]. */
const controllerW = 2
/** What a lamp without a measurement may take beyond its rating. */
const toleranceShare = 1.1

const extraW = ({ powerW, knownW, unknownW, lights }: MismatchSample, lossShare: number): number =>
  powerW - (1 + lossShare) * (knownW + unknownW) - controllerW * lights

export const energyMismatch: Rule<MismatchSample> = {
  fault: 'energyMismatch',
  reason: 'loadBesideLamps',
  shows(sample, { energyMismatch: { share, minimumPower, lossShare } }) {
    const extra = extraW(sample, lossShare)
    const limit = Math.max(minimumPower, share * sample.powerW)
    if (extra > limit) return true
    return extra < limit / 2 ? false : undefined
  },
  samples: (rules) => rules.energyMismatch.samples,
  holdMs: (rules) => rules.energyMismatch.duration * minuteMs,
  clearSamples: (rules) => rules.energyMismatch.clearSamples,
  describe: (sample, { energyMismatch: { lossShare } }) =>
    `meter ${Math.round(sample.powerW)} W, lamps ${Math.round(sample.knownW)} W measured and at most ${Math.round(sample.unknownW)} W not measured: ${Math.round(extraW(sample, lossShare))} W beside them`,
}

/** Lamps step at their own seconds around a planned change. */
const settleMs = 15 * minuteMs

/** Holds a meter reading against the lamps; `null` while they switch, are worked on, or too few of them measure. */
export const compareWithLamps = (load: CabinetLoad, lights: readonly Light[], now: Instant): MismatchSample | null => {
  let knownW = 0
  let unknownW = 0
  let known = 0
  let fed = 0
  for (const light of lights) {
    const { asset, segment, hearing } = light
    if (asset.solar) continue
    // Off is off all day; while on, each step of the program counts.
    const since = segment.mode === 'off' ? segment.modeSince : segment.from
    if (segment.mode === 'either' || load.at - since < settleMs || isUnderMaintenance(light, now)) return null
    fed++
    const isFresh = light.powerW >= 0 && hearing.lastAt >= since && load.at - hearing.lastAt < 2 * asset.intervalMs
    if (isFresh) {
      known++
      knownW += light.powerW
    } else unknownW += toleranceShare * asset.ratedPowerW
  }
  return 2 * known < fed || fed === 0 ? null : { powerW: load.powerW, knownW, unknownW, lights: fed }
}
