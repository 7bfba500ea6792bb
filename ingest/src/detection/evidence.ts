import type { Reading, Rules } from '@fanari/contracts'
import { type Bucket, usualShareAt } from './rules/power.ts'
import type { Segment } from './schedule.ts'
import type { LightAsset } from './topology.ts'

/** What a reading says about light: given, not given (and why), or nothing. */
export type Sign = 'lit' | 'unlit' | 'none'

/** Faults that leave a light dark, as one reading can tell them apart. */
export type DarkFault = 'lampFailure' | 'supplyLoss' | 'batteryEmpty' | 'controlGearFailure' | 'relayFailure'

/**
 * Input power of an LED luminaire at `level` %, relative to its rated power: P(d) = P0 + (1 − P0)·d^1.05 with a driver base load P0 of
 * 5 %. Drivers clamp below 10 %.
 */
export const expectedPowerShare = (level: number): number => wholeLevels[level] ?? powerShareAt(level)

const powerShareAt = (level: number): number => 0.05 + 0.95 * (Math.max(level, 10) / 100) ** 1.05

/** The same at whole percents, which nearly all levels are, so that a reading raises nothing to a power. */
const wholeLevels: readonly number[] = Array.from({ length: 101 }, (_, level) => powerShareAt(level))

/** Power that the rating of `asset` lets expect at `level` % [W]. */
export const nominalPowerW = (asset: LightAsset, level: number): number => asset.ratedPowerW * expectedPowerShare(level)

/** Power that this lamp usually takes at `level` % [W]: what was learned of it, or what its rating says. */
export const usualPowerW = (asset: LightAsset, power: readonly Bucket[], level: number): number =>
  nominalPowerW(asset, level) * usualShareAt(power, level)

/** Measured input power [W], from power itself or from voltage and current; `undefined` when the reading does not say. */
export const measuredPowerW = (reading: Reading): number | undefined => {
  if (reading.activePower !== undefined) return reading.activePower
  if (reading.supplyVoltage !== undefined && reading.supplyCurrent !== undefined)
    return reading.supplyVoltage * reading.supplyCurrent
  return undefined
}

const hasNoSupply = (reading: Reading, asset: LightAsset, rules: Rules): boolean =>
  asset.solar === null && reading.supplyVoltage !== undefined && reading.supplyVoltage < rules.supplyLoss.supplyVoltage

/**
 * Whether the light of `asset` burns, as `reading` tells it under the expectation `segment`. Power is believed before the reported
 * level: a dead lamp behind a live driver still reports the level it was asked for. `power` is what this lamp usually takes.
 */
export const signOfLight = (
  reading: Reading,
  asset: LightAsset,
  segment: Segment,
  rules: Rules,
  power: readonly Bucket[],
): Sign => {
  if (segment.mode !== 'off' && (reading.faults?.includes('lampFailure') || hasNoSupply(reading, asset, rules)))
    return 'unlit'
  const powerW = measuredPowerW(reading)
  if (powerW !== undefined) {
    if (segment.mode === 'on') {
      const level = reading.lightLevel !== undefined && reading.lightLevel > 0 ? reading.lightLevel : segment.level
      const expectedW = usualPowerW(asset, power, Math.min(level, segment.level))
      return powerW < rules.lampFailure.powerShare * expectedW ? 'unlit' : 'lit'
    }
    const { minimumPower, powerShare } = rules.lampUnexpectedOn
    return powerW > Math.max(minimumPower, powerShare * asset.ratedPowerW) ? 'lit' : 'unlit'
  }
  if (reading.loadState !== undefined) return reading.loadState === 'on' ? 'lit' : 'unlit'
  if (reading.lightLevel !== undefined) return reading.lightLevel > 0 ? 'lit' : 'unlit'
  return reading.faults?.includes('lampUnexpectedOn') && segment.mode === 'off' ? 'lit' : 'none'
}

/** The fault behind an unlit reading: what the supply and the device itself say, before the lamp is blamed. */
export const darkFaultOf = (reading: Reading, asset: LightAsset, rules: Rules): DarkFault => {
  if (hasNoSupply(reading, asset, rules)) return 'supplyLoss'
  if (reading.loadState === 'lowVoltageDisconnect' || reading.faults?.includes('batteryEmpty')) return 'batteryEmpty'
  if (reading.faults?.includes('controlGearFailure')) return 'controlGearFailure'
  if (reading.faults?.includes('relayFailure')) return 'relayFailure'
  return 'lampFailure'
}

/** The measurements a decision rests on, in words, for an incident's evidence. */
export const describeReading = (
  reading: Reading,
  asset: LightAsset,
  level: number,
  power: readonly Bucket[],
): string => {
  const powerW = measuredPowerW(reading)
  const parts: string[] = []
  if (powerW !== undefined)
    parts.push(`${round(powerW)} W of ${round(usualPowerW(asset, power, level))} W expected at ${level} %`)
  if (reading.supplyVoltage !== undefined) parts.push(`supply ${round(reading.supplyVoltage)} V`)
  if (reading.lightLevel !== undefined) parts.push(`level ${round(reading.lightLevel)} %`)
  if (reading.loadState !== undefined) parts.push(`load ${reading.loadState}`)
  if (reading.batteryVoltage !== undefined) parts.push(`battery ${round(reading.batteryVoltage)} V`)
  if (reading.faults !== undefined && reading.faults.length > 0) parts.push(`raised ${reading.faults.join(', ')}`)
  return parts.join(', ').slice(0, 400)
}

const round = (value: number): number => Math.round(value * 10) / 10
