import type { Instant } from '@fanari/contracts'
import { transportMarginMs } from './hearing.ts'
import { gaspCountsFrom, hasGasped, type Light } from './light.ts'
import { groupKey, type World } from './world.ts'

/** Last gasps of one dip come so near each other, by the devices' clocks [ms]. */
const oneDipMs = 30_000

/** Whether others behind the same cabinet announced what `light` did and are back, or have started anew since: it was a dip of the mains. */
const othersAreBack = (world: World, { asset, gaspAt, gaspEventAt }: Light): boolean => {
  const cabinet = asset.cabinet === null ? undefined : world.groups.get(groupKey('cabinet', asset.cabinet))
  const circuit = asset.circuit === null ? undefined : world.groups.get(groupKey('circuit', asset.circuit))
  return [...(cabinet?.lights ?? []), ...(circuit?.lights ?? [])].some(
    (it) => it.gaspAt === 0 && (it.bootedAt > gaspAt || Math.abs(it.gaspEventAt - gaspEventAt) <= oneDipMs),
  )
}

/** Until when a light has its `reports` to show that it is back from a dip, as others are; 0 when none are. */
export const backFromDipUntil = (world: World, light: Light, reports: number): Instant =>
  othersAreBack(world, light) ? gaspCountsFrom(light) + reports * light.hearing.intervalMs + transportMarginMs : 0

/** The same for lights that are taken for one outage, of which nothing but their last gasps and silence is known: one report of each. */
export const allBackFromDipUntil = (world: World, lights: readonly Light[]): Instant => {
  if (lights.some(({ darkRun }) => darkRun > 0)) return 0
  return Math.max(0, ...lights.filter(hasGasped).map((light) => backFromDipUntil(world, light, 1)))
}
