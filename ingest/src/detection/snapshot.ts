import type { IncidentChange } from '@fanari/contracts'
import type { Sky } from '../forecast/index.ts'
import { putArea } from './areas.ts'
import type { Coverage } from './coverage.ts'
import type { Group } from './groups.ts'
import type { OpenIncident } from './incident-book.ts'
import type { Light } from './light.ts'
import { createMeter } from './meter.ts'
import { scheduleRollCall } from './roll-call.ts'
import type { Program } from './schedule.ts'
import { createNameSharer, programOf } from './topology.ts'
import { type Community, createCommunity, groupsOf, type Other, type World } from './world.ts'

/*
 * The whole state as JSON, every list sorted by id, so that equal states give equal text. What follows from the rest (segments, group
 * membership, counts) is left out and worked out again.
 */

/** What the first snapshots of this version do not hold of a light is as if it had never been. */
type Later = 'poweredAt' | 'carriedAt'
type StoredLight = Omit<Light, 'program' | 'segment' | 'night' | 'surfacesAt' | Later> & Partial<Pick<Light, Later>>
type StoredOther = Omit<Other, 'surfacesAt'>
type StoredGroup = Pick<Group, 'key' | 'kind' | 'scope' | 'supplyLostAt' | 'cabinets' | 'due'>
type StoredCommunity = Pick<Community, 'id' | 'name' | 'population'> & Partial<Pick<Community, 'calledUntil' | 'due'>>

interface Stored {
  version: 2
  now: number
  coverage: Coverage
  platformDue: number
  programs: [string, Program][]
  lights: StoredLight[]
  others: StoredOther[]
  groups: StoredGroup[]
  communities: StoredCommunity[]
  incidents: OpenIncident[]
  /** Changes made on the spot in an instant that is not settled yet. */
  undrained: IncidentChange[]
  sky: Sky
  dirty: {
    lights: string[]
    groups: string[]
    others: string[]
    communities: string[]
    meters: string[]
    solar: string[]
  }
}

const byText = <T>(items: Iterable<T>, text: (item: T) => string): T[] =>
  [...items].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))

/** JSON has no infinity; a deadline that never comes is written as −1. */
const storeDue = (due: number): number => (due === Number.POSITIVE_INFINITY ? -1 : due)
const loadDue = (due: number): number => (due < 0 ? Number.POSITIVE_INFINITY : due)

export const snapshotWorld = (world: World): string => {
  const stored: Stored = {
    version: 2,
    now: world.now,
    coverage: world.coverage,
    platformDue: storeDue(world.platform.due),
    programs: byText(world.programs, ([id]) => id),
    lights: byText(world.lights.values(), (light) => light.asset.id).map(
      ({ program, segment, night, surfacesAt, ...light }) => ({
        ...light,
        due: storeDue(light.due),
      }),
    ),
    others: byText(world.others.entries(), ([key]) => key).map(([, { surfacesAt, ...other }]) => ({
      ...other,
      due: storeDue(other.due),
    })),
    groups: byText(world.groups.values(), (group) => group.key).map(
      ({ key, kind, scope, supplyLostAt, cabinets, due }) => ({
        key,
        kind,
        scope,
        supplyLostAt,
        cabinets,
        due: storeDue(due),
      }),
    ),
    communities: byText(world.communities.values(), (it) => it.id).map(
      ({ id, name, population, calledUntil, due }) => ({ id, name, population, calledUntil, due: storeDue(due) }),
    ),
    incidents: byText(world.book.all(), (incident) => incident.key),
    sky: world.sky,
    undrained: byText(world.book.undrained(), (change) => change.incident.id),
    dirty: {
      lights: [...world.dirtyLights].map((light) => light.asset.id).sort(),
      groups: [...world.dirtyGroups].map((group) => group.key).sort(),
      others: [...world.dirtyOthers].map(({ asset }) => `${asset.kind}:${asset.id}`).sort(),
      communities: [...world.dirtyCommunities].map((community) => community.id).sort(),
      meters: [...world.dirtyMeters].map(({ asset }) => `${asset.kind}:${asset.id}`).sort(),
      solar: [...world.dirtySolar].map((light) => light.asset.id).sort(),
    },
  }
  return JSON.stringify(stored)
}

/**
 * Fills a new, empty world.
 * @throws when the text is no snapshot of this version
 */
export const restoreWorld = (world: World, snapshot: string): void => {
  const stored = JSON.parse(snapshot) as Stored
  if (stored.version !== 2)
    throw new Error(`a state of another release (version ${String(stored.version)}): docs/operations.md, Upgrading`)
  world.now = stored.now
  world.coverage = stored.coverage
  world.platform.due = loadDue(stored.platformDue)
  world.timers.schedule(world.platform)
  for (const [id, program] of stored.programs) world.programs.set(id, program)
  for (const { id, name, population, calledUntil = world.now } of stored.communities)
    world.communities.set(id, createCommunity({ id, name, population, calledUntil }))
  for (const it of stored.groups) {
    const group: Group = {
      ...it,
      due: loadDue(it.due),
      surfacesAt: Number.POSITIVE_INFINITY,
      lights: [],
      device: null,
      meter: null,
    }
    world.groups.set(group.key, group)
    world.timers.schedule(group)
  }
  // What a meter did not keep yet in earlier snapshots is learned anew.
  for (const it of stored.others)
    restoreOther(world, {
      ...it,
      meter: it.meter === null ? null : { ...createMeter(), ...it.meter },
      due: loadDue(it.due),
      surfacesAt: Number.POSITIVE_INFINITY,
    })
  const shareNames = createNameSharer()
  for (const it of stored.lights) restoreLight(world, { ...it, asset: shareNames(it.asset) })
  for (const group of world.groups.values()) if (group.kind === 'area') putArea(world, group)
  // Snapshots of before the roll-call have no due: its next moment follows from the rest.
  for (const { id, due } of stored.communities) {
    const community = world.communities.get(id) as Community
    if (due === undefined) scheduleRollCall(world, community)
    else {
      community.due = loadDue(due)
      world.timers.schedule(community)
    }
  }
  world.book.restore(stored.incidents, stored.undrained)
  world.sky = stored.sky
  for (const id of stored.dirty.lights) world.dirtyLights.add(world.lights.get(id) as Light)
  for (const key of stored.dirty.groups) world.dirtyGroups.add(world.groups.get(key) as Group)
  for (const key of stored.dirty.others) world.dirtyOthers.add(world.others.get(key) as Other)
  for (const key of stored.dirty.meters) world.dirtyMeters.add(world.others.get(key) as Other)
  for (const id of stored.dirty.solar) world.dirtySolar.add(world.lights.get(id) as Light)
  for (const id of stored.dirty.communities) world.dirtyCommunities.add(world.communities.get(id) as Community)
}

const restoreOther = (world: World, other: Other): void => {
  const key = `${other.asset.kind}:${other.asset.id}`
  world.others.set(key, other)
  if (other.asset.device !== null) world.byDevice.set(other.asset.device, other)
  const group = world.groups.get(key)
  if (group !== undefined && other.asset.device !== null) group.device = other.hearing
  if (group !== undefined) group.meter = other.meter
  world.timers.schedule(other)
}

const restoreLight = (world: World, stored: StoredLight): void => {
  const program = programOf(stored.asset.program, world.programs)
  const segment = world.schedule.segmentAt(stored.asset, program, world.now)
  const light: Light = {
    ...stored,
    poweredAt: stored.poweredAt ?? 0,
    carriedAt: stored.carriedAt ?? 0,
    program,
    segment,
    night: null,
    due: loadDue(stored.due),
    surfacesAt: Number.POSITIVE_INFINITY,
  }
  world.lights.set(light.asset.id, light)
  if (light.solar !== null) world.solarLights.add(light)
  world.byDevice.set(light.asset.device, light)
  if (light.late) world.lateLights++
  for (const group of groupsOf(world, light)) group.lights.push(light)
  const community = world.communities.get(light.asset.community)
  community?.lights.push(light)
  if (community !== undefined && (light.state === 'lit' || light.state === 'dark' || light.state === 'unknown'))
    community[light.state]++
  world.timers.schedule(light)
}
