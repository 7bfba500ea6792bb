import type { Group } from './groups.ts'
import { transportMarginMs } from './hearing.ts'
import { isUnderMaintenance, type Light } from './light.ts'
import { compareWithLights, isUnloaded, type Meter } from './meter.ts'
import { groupKey, type Other, touch, type World } from './world.ts'

/** Compares what cabinets' meters said in this instant with what their lights say, and looks again at lights it may decide about. */
export const readMeters = (world: World): void => {
  if (world.dirtyMeters.size === 0) return
  const cabinets = [...world.dirtyMeters].sort((a, b) => (a.asset.id < b.asset.id ? -1 : 1))
  world.dirtyMeters.clear()
  for (const cabinet of cabinets) readMeter(world, cabinet)
}

const readMeter = (world: World, { asset, meter }: Other): void => {
  const group = world.groups.get(groupKey('cabinet', asset.id))
  if (group === undefined || meter === null) return
  const { pending } = meter
  const drawn: [number, number, number] = [0, 0, 0]
  let drawnW = 0
  let ratedW = 0
  let burning = 0
  let steady = true
  const heard: [boolean, boolean, boolean, boolean] = [true, true, true, true]
  for (const light of group.lights) {
    if (light.hearing.lastSeenAt === 0 || isUnderMaintenance(light, world.now)) continue
    if (!isSteady(light, world)) steady = false
    const phase = phaseIndex(light)
    if (
      light.segment.mode !== 'on' ||
      light.hearing.lastSeenAt < world.now - light.hearing.intervalMs - transportMarginMs
    ) {
      heard[3] = false
      if (phase !== null) heard[phase] = false
    }
    if (light.segment.mode === 'on') {
      burning++
      ratedW += (light.asset.ratedPowerW * light.segment.level) / 100
    }
    if (light.powerW < 0) continue
    drawnW += light.powerW
    if (phase !== null) drawn[phase] += light.powerW
  }
  const unloaded =
    burning >= world.rules.cabinetOutage.minimumMembers &&
    group.supplyLostAt === 0 &&
    (pending === null ? meter.contactorClosed === false : isUnloaded(pending.totalW, ratedW))
  noteUnloaded(world, group, meter, unloaded)
  if (pending !== null && meter.suppliedAt === world.now && !isUnloaded(pending.totalW, ratedW))
    meter.loadedAt = world.now
  compareWithLights(meter, { phasesW: drawn, totalW: drawnW, steady, heard })
  const breaker = meter.breakerAt > 0
  for (const light of group.lights) {
    const waiting =
      world.book.get(`silence:${light.asset.id}`) !== undefined ||
      light.hearing.lastSeenAt < world.now - light.hearing.intervalMs
    if (waiting || (breaker && light.group !== null)) touch(world, light)
  }
}

const noteUnloaded = (world: World, group: Group, meter: Meter, unloaded: boolean): void => {
  if (meter.unloadedSince > 0 === unloaded) return
  meter.unloadedSince = unloaded ? world.now : 0
  world.dirtyGroups.add(group)
}

/** 0 to 2 for `L1` to `L3`; `null` where the register does not say. */
export const phaseIndex = ({ asset }: Light): 0 | 1 | 2 | null =>
  asset.phase === 'L1' ? 0 : asset.phase === 'L2' ? 1 : asset.phase === 'L3' ? 2 : null

/** It has been asked for one level long enough to have said what it draws at it. */
const isSteady = ({ segment, hearing }: Light, world: World): boolean =>
  segment.mode !== 'either' && world.now - segment.from > hearing.intervalMs + transportMarginMs
