import type { Light } from '../light.ts'
import type { World } from '../world.ts'
import { bucketAt, vouchFor } from './power.ts'

/** So many lamps of the same rating make a cohort, each with so many samples. */
const enoughLamps = 5
const enoughSamples = 3

/**
 * Whether a lamp that is off its rated power takes what the others of the same rating take: then the label is wrong and not the lamp, and
 * its power is its baseline from now on.
 */
export const isLikeItsKind = (world: World, light: Light, fault: 'lampPowerTooLow' | 'lampPowerTooHigh'): boolean => {
  const { asset, memory } = light
  const own = bucketAt(memory.power, memory.level)
  if (own === null) return false
  const others: number[] = []
  for (const other of world.lights.values()) {
    if (other === light || other.asset.ratedPowerW !== asset.ratedPowerW || other.asset.solar !== asset.solar) continue
    const bucket = bucketAt(other.memory.power, memory.level)
    if (bucket !== null && bucket.samples >= enoughSamples) others.push(bucket.median)
  }
  if (others.length < enoughLamps) return false
  const median = others.sort((a, b) => a - b)[others.length >> 1] as number
  const { lampPowerTooLow, lampPowerTooHigh } = world.rules
  const share = own.median / median
  const isAlike =
    fault === 'lampPowerTooLow' ? share >= lampPowerTooLow.powerShare : share <= lampPowerTooHigh.powerShare
  if (isAlike) vouchFor(own)
  return isAlike
}
