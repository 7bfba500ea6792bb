import { type Instant, minuteMs, type Reading, type Rules } from '@fanari/contracts'
import { measuredPowerW, nominalPowerW, type Sign } from '../evidence.ts'
import type { Mode, Segment } from '../schedule.ts'
import type { LightAsset } from '../topology.ts'
import type { LightMemory } from './memory.ts'
import { type Reference, referenceAt } from './power.ts'

/** What is known of a light at one reading: what the rules look at. */
export interface LightSample {
  reading: Reading
  asset: LightAsset
  memory: LightMemory
  /** The expectation at the reading's own time. */
  mode: Mode
  plannedLevel: number
  sign: Sign
  /** Should burn, burns, and neither its level nor its program has changed lately. */
  isSteady: boolean
  /** The level its power is judged at: reported, else planned [%]. */
  level: number
  powerW: number | undefined
  /** Nominal power at that level [W], and what is usual for this lamp relative to it. */
  nominalW: number
  reference: Reference
  /** Its level may be somebody's command. */
  isCommanded: boolean
  /** Scheduled off, lit, and the sun is down. */
  burnsByNight: boolean
}

/** Fade and warm-up of a lamp after its level changed. */
const levelSettlesMs = 5 * minuteMs
/** Scatter of clocks around a planned step. Just after one the lower level counts as planned, so a step up shows before a segment ends. */
const stepSettlesMs = 10 * minuteMs
const beforeStepMs = 15 * minuteMs
/** A commanded level may last till the next planned switch-off. */
const commandHoldsMs = 24 * 60 * minuteMs

/** The reference of a reading that is not judged by power. */
const noReference: Reference = { share: 1, basis: 'none', bucket: null }

/** Notes level and power of a reading, and gathers what the rules look at. */
export const sampleOf = (
  memory: LightMemory,
  reading: Reading,
  known: { asset: LightAsset; segment: Segment; sign: Sign; isNight: (at: Instant) => boolean },
): LightSample => {
  const { asset, segment, sign } = known
  const { mode } = segment
  const reported = reading.lightLevel
  const level = reported !== undefined && (reported > 0 || mode !== 'on') ? reported : segment.level
  if (level !== memory.level) {
    memory.levelSince = memory.level < 0 ? 0 : reading.at
    memory.level = level
  }
  const powerW = measuredPowerW(reading)
  const isLit = mode === 'on' && sign === 'lit'
  const isSteady =
    isLit &&
    reading.at - memory.levelSince >= levelSettlesMs &&
    reading.at - segment.from >= stepSettlesMs &&
    segment.until - reading.at >= beforeStepMs
  return {
    reading,
    asset,
    memory,
    mode,
    plannedLevel: segment.level,
    sign,
    isSteady,
    level,
    powerW,
    nominalW: nominalPowerW(asset, level),
    reference: isSteady && powerW !== undefined ? referenceAt(memory.power, level) : noReference,
    isCommanded: memory.commandedAt > 0 && reading.at - memory.commandedAt < commandHoldsMs,
    burnsByNight: mode === 'off' && sign === 'lit' && known.isNight(reading.at),
  }
}

/** Whether the supply is known to be sound, or not known at all. */
export const isSupplySound = ({ reading, asset }: LightSample, rules: Rules): boolean =>
  asset.solar !== null ||
  reading.supplyVoltage === undefined ||
  (reading.supplyVoltage >= rules.supplyVoltageTooLow.voltage &&
    reading.supplyVoltage <= rules.supplyVoltageTooHigh.voltage)
