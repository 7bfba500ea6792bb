import type { AssetFeature, Instant, ProgramStep } from '@fanari/contracts'
import type { Group, GroupKind } from './groups.ts'
import { createHearing } from './hearing.ts'
import { createLight, type Light } from './light.ts'
import { createMeter } from './meter.ts'
import { scheduleRollCall } from './roll-call.ts'
import { createSolarWatch } from './solar.ts'
import { createNameSharer, type LightAsset, lightAssetOf, otherAssetOf, programOf } from './topology.ts'
import { type Community, createCommunity, groupKey, groupsOf, type Other, touch, type World } from './world.ts'

/** Takes assets that were created or changed. A light that moves keeps what is known of it. */
export const applyAssets = (world: World, features: readonly AssetFeature[]): void => {
  // Programs and groups first: features come in any order.
  for (const feature of features) {
    const asset = feature.properties
    if (asset.kind === 'program') putProgram(world, asset.id, asset.steps)
    if (asset.kind === 'community') {
      const community = communityFor(world, asset.id)
      community.name = asset.name
      community.population = asset.population ?? null
      world.dirtyCommunities.add(community)
    }
  }
  const shareNames = createNameSharer()
  for (const feature of features) {
    const other = otherAssetOf(feature)
    if (other !== null) putOther(world, other)
    const light = lightAssetOf(feature)
    if (light !== null) putLight(world, shareNames(light))
  }
  for (const community of world.communities.values()) scheduleRollCall(world, community)
}

const putProgram = (world: World, id: string, steps: readonly ProgramStep[]): void => {
  world.programs.set(id, { kind: 'steps', steps })
  for (const light of world.lights.values()) {
    if (light.asset.program !== id) continue
    light.program = programOf(id, world.programs)
    light.segment = world.schedule.segmentAt(light.asset, light.program, world.now)
    touch(world, light)
    watchSolar(world, light)
  }
}

const communityFor = (world: World, id: string): Community => {
  const known = world.communities.get(id)
  if (known !== undefined) return known
  const community = createCommunity({ id, name: id, population: null, calledUntil: world.now })
  world.communities.set(id, community)
  return community
}

const putOther = (world: World, asset: Other['asset']): void => {
  const key = `${asset.kind}:${asset.id}`
  const known = world.others.get(key)
  if (known?.asset.device) world.byDevice.delete(known.asset.device)
  const hearing = known?.hearing ?? createHearing(asset.device ?? asset.id, asset.intervalMs, world.rules)
  const other: Other = {
    asset,
    hearing: { ...hearing, device: asset.device ?? asset.id, intervalMs: asset.intervalMs },
    runs: known?.runs ?? null,
    load: null,
    maintenanceUntil: known?.maintenanceUntil ?? 0,
    meter: asset.kind === 'cabinet' && asset.device !== null ? (known?.meter ?? createMeter()) : null,
    due: known?.due ?? Number.POSITIVE_INFINITY,
    surfacesAt: Number.POSITIVE_INFINITY,
  }
  world.others.set(key, other)
  if (asset.device !== null) world.byDevice.set(asset.device, other)
  if (asset.kind !== 'cabinet' && asset.kind !== 'gateway') return
  const group = groupFor(world, asset.kind, asset.id)
  group.device = asset.device === null ? null : other.hearing
  group.meter = other.meter
}

const groupFor = (world: World, kind: GroupKind, id: string): Group => {
  const key = groupKey(kind, id)
  const known = world.groups.get(key)
  if (known !== undefined) return known
  const group: Group = {
    key,
    kind,
    scope: { kind: kind === 'mains' ? 'phase' : kind, id },
    lights: [],
    device: null,
    meter: null,
    supplyLostAt: 0,
    cabinets: [],
    due: Number.POSITIVE_INFINITY,
    surfacesAt: Number.POSITIVE_INFINITY,
  }
  world.groups.set(key, group)
  return group
}

/** Members stand in the order of their ids, whatever order the assets came in. */
const insert = (lights: Light[], light: Light): void => {
  const index = lights.findLastIndex((it) => it.asset.id < light.asset.id)
  lights.splice(index + 1, 0, light)
}

const join = (world: World, light: Light): void => {
  const { cabinet, circuit, phase, gateway } = light.asset
  if (cabinet !== null) insert(groupFor(world, 'cabinet', cabinet).lights, light)
  if (circuit !== null) insert(groupFor(world, 'circuit', circuit).lights, light)
  if (circuit !== null && phase !== null) insert(groupFor(world, 'phase', `${circuit}:${phase}`).lights, light)
  if (cabinet !== null && phase !== null) insert(groupFor(world, 'mains', `${cabinet}:${phase}`).lights, light)
  if (gateway !== null) insert(groupFor(world, 'gateway', gateway).lights, light)
  const community = communityFor(world, light.asset.community)
  insert(community.lights, light)
  if (light.state === 'lit' || light.state === 'dark' || light.state === 'unknown') community[light.state]++
  world.dirtyCommunities.add(community)
  const area = cabinet === null ? undefined : world.areas.get(cabinet)
  if (area !== undefined) insert(area.lights, light)
}

const leave = (world: World, light: Light): void => {
  for (const group of groupsOf(world, light)) {
    group.lights = group.lights.filter((it) => it !== light)
    world.dirtyGroups.add(group)
  }
  const community = communityFor(world, light.asset.community)
  community.lights = community.lights.filter((it) => it !== light)
  if (light.state === 'lit' || light.state === 'dark' || light.state === 'unknown') community[light.state]--
  world.dirtyCommunities.add(community)
}

const putLight = (world: World, asset: LightAsset): void => {
  const program = programOf(asset.program, world.programs)
  const segment = world.schedule.segmentAt(asset, program, world.now)
  const known = world.lights.get(asset.id)
  if (known === undefined) {
    const light = createLight(asset, program, segment, world)
    world.lights.set(asset.id, light)
    world.byDevice.set(asset.device, light)
    join(world, light)
    touch(world, light)
    watchSolar(world, light)
    return
  }
  leave(world, known)
  if (known.asset.device !== asset.device) world.byDevice.delete(known.asset.device)
  known.asset = asset
  known.program = program
  known.segment = segment
  known.hearing.device = asset.device
  known.hearing.intervalMs = asset.intervalMs
  if (known.group !== null && !groupKeysOf(world, asset).includes(known.group)) known.group = null
  world.byDevice.set(asset.device, known)
  join(world, known)
  touch(world, known)
  if ((known.solar === null) !== (asset.solar === null))
    known.solar = asset.solar === null ? null : createSolarWatch(asset.solar)
  watchSolar(world, known)
}

/** A solar light's nights are planned anew when it or its program changes. */
const watchSolar = (world: World, light: Light): void => {
  light.night = null
  if (light.solar === null) {
    world.solarLights.delete(light)
    world.dirtySolar.delete(light)
    return
  }
  light.solar.tellAt = 0
  world.solarLights.add(light)
  world.dirtySolar.add(light)
}

const groupKeysOf = (world: World, asset: LightAsset): string[] => [
  world.areas.get(asset.cabinet ?? '')?.key ?? '',
  groupKey('cabinet', asset.cabinet ?? ''),
  groupKey('circuit', asset.circuit ?? ''),
  groupKey('mains', `${asset.cabinet ?? ''}:${asset.phase ?? ''}`),
  groupKey('phase', `${asset.circuit ?? ''}:${asset.phase ?? ''}`),
  groupKey('gateway', asset.gateway ?? ''),
]

/** Puts the lights of a scope under maintenance until `until`, or ends it (`null`). */
export const applyMaintenance = (
  world: World,
  scope: { kind: 'luminaire' | 'cabinet' | 'circuit'; id: string },
  until: Instant | null,
): void => {
  const lights =
    scope.kind === 'luminaire'
      ? [world.lights.get(scope.id)].filter((light) => light !== undefined)
      : (world.groups.get(groupKey(scope.kind, scope.id))?.lights ?? [])
  const cabinet = scope.kind === 'cabinet' ? world.others.get(`cabinet:${scope.id}`) : undefined
  if (cabinet !== undefined) {
    cabinet.maintenanceUntil = until ?? 0
    world.dirtyOthers.add(cabinet)
  }
  for (const light of lights) {
    light.maintenanceUntil = until ?? 0
    // What was seen while it was worked on says nothing about what follows.
    light.darkRun = 0
    light.onRun = 0
    touch(world, light)
  }
}
