import { type Evidence, type Instant, type Scope, toIso } from '@fanari/contracts'
import type { Sky } from '../forecast/index.ts'
import type { Coverage } from './coverage.ts'
import type { Group, GroupKind } from './groups.ts'
import { type Hearing, transportMarginMs } from './hearing.ts'
import type { IncidentBook } from './incident-book.ts'
import { type Light, type Moment, silenceOf, twilightMs } from './light.ts'
import type { Meter } from './meter.ts'
import type { CabinetLoad } from './rules/energy-mismatch.ts'
import type { Runs } from './rules/runs.ts'
import type { Program, Schedule } from './schedule.ts'
import type { Timed, Timers } from './timers.ts'
import type { OtherAsset } from './topology.ts'

/** A sensor, cabinet or gateway: its silence is watched, and what it tells of its lights is used. */
export interface Other extends Timed {
  asset: OtherAsset
  hearing: Hearing
  /** Faults that it shows; see rules/. */
  runs: Runs | null
  /** The load that has not been held against the lamps yet. */
  load: CabinetLoad | null
  maintenanceUntil: Instant
  /** Of a cabinet: what its meter says. */
  meter: Meter | null
}

export interface Community extends Timed {
  id: string
  name: string
  population: number | null
  /** The last moment of a roll-call that was called or skipped; `due` is the next one. */
  calledUntil: Instant
  lights: Light[]
  lit: number
  dark: number
  unknown: number
}

export const createCommunity = (known: Pick<Community, 'id' | 'name' | 'population' | 'calledUntil'>): Community => ({
  ...known,
  lights: [],
  lit: 0,
  dark: 0,
  unknown: 0,
  due: Number.POSITIVE_INFINITY,
  surfacesAt: Number.POSITIVE_INFINITY,
})

/** Everything the detector of one municipality knows. Changed only by `apply`, judged only by `settle`. */
export interface World extends Moment {
  municipality: string
  schedule: Schedule
  coverage: Coverage
  programs: Map<string, Program>
  lights: Map<string, Light>
  others: Map<string, Other>
  /** Who speaks under a device id. */
  byDevice: Map<string, Light | Other>
  groups: Map<string, Group>
  /** The area outage that each cabinet is part of, while there is one. */
  areas: Map<string, Group>
  communities: Map<string, Community>
  book: IncidentBook
  timers: Timers<Light | Other | Group | Community | PlatformWatch>
  platform: PlatformWatch
  dirtyLights: Set<Light>
  dirtyGroups: Set<Group>
  dirtyOthers: Set<Other>
  dirtyCommunities: Set<Community>
  /** Cabinets whose meter was read in this instant. */
  dirtyMeters: Set<Other>
  /** How many lights are `late`. */
  lateLights: number
  /** Communities whose lights are called when this instant is over. */
  dueRollCalls: Set<Community>
  /** Solar lights that reported, or whose switch-on has come. */
  dirtySolar: Set<Light>
  solarLights: Set<Light>
  /** What the solar lights harvested, day by day. */
  sky: Sky
}

/** Looks at the platform's own blindness again while it lasts. */
export interface PlatformWatch extends Timed {
  kind: 'platform'
}

export const groupKey = (kind: GroupKind, id: string): string => `${kind}:${id}`

/** The groups a light belongs to, widest power group first, its gateway last. An area is one only while it is out. */
export const groupsOf = (world: World, light: Light): Group[] => {
  const { cabinet, circuit, phase, gateway } = light.asset
  const keys = [
    cabinet === null ? null : groupKey('cabinet', cabinet),
    circuit === null ? null : groupKey('circuit', circuit),
    cabinet === null || phase === null ? null : groupKey('mains', `${cabinet}:${phase}`),
    circuit === null || phase === null ? null : groupKey('phase', `${circuit}:${phase}`),
    gateway === null ? null : groupKey('gateway', gateway),
  ]
  const groups = keys.flatMap((key) => (key === null ? [] : (world.groups.get(key) ?? [])))
  const area = cabinet === null ? undefined : world.areas.get(cabinet)
  return area === undefined ? groups : [area, ...groups]
}

/**
 * Marks a light to be judged when this instant is over, and with it the groups it belongs to, if it has anything to say about them: a
 * light in order speaks only when they ask.
 */
export const touch = (world: World, light: Light): void => {
  world.dirtyLights.add(light)
  const { group, darkRun, gaspAt, hearing } = light
  const telling = group !== null || darkRun > 0 || gaspAt > 0 || hearing.offlineAt > 0
  if (!telling && silenceOf(light, world).missed === 0) return
  for (const it of groupsOf(world, light)) world.dirtyGroups.add(it)
}

/** So many lights of the circuit were heard since a last gasp by day that its supply is not switched off then. */
const enoughAlive = 3

/** Moves a light on to what the clock expects now. */
export const enterSegment = (world: World, light: Light): void => {
  const { gaspAt, segment } = light
  // What it announced the night before was judged then.
  if (segment.mode === 'off' && gaspAt >= Math.max(1, segment.modeSince - twilightMs))
    light.gaspAlone ||= neighboursLiveOn(world, light)
  light.segment = world.schedule.segmentAt(light.asset, light.program, world.now)
}

const neighboursLiveOn = (world: World, light: Light): boolean => {
  const { circuit } = light.asset
  const lights = circuit === null ? [] : (world.groups.get(groupKey('circuit', circuit))?.lights ?? [])
  const alive = lights.filter(
    ({ gaspAt, hearing }) => gaspAt === 0 && hearing.lastSeenAt > light.gaspAt + 2 * hearing.intervalMs,
  )
  return alive.length >= enoughAlive
}

/** So many lights that started again in one neighbourhood are its supply that is back, and not each a controller that hung. */
const enoughBack = 3
/** Reports that a light has to show that it is back with the others. */
const reportsToReturn = 3

/**
 * Until when `light`, gone since `since`, has its chance to be back with others of its community or cabinet that have started again; 0
 * when they have not. Controllers that are only started anew, such as with new firmware, tell of no supply.
 */
export const returnsUntil = (world: World, { asset, hearing }: Light, since: Instant): Instant => {
  const cabinet = asset.cabinet === null ? undefined : world.groups.get(groupKey('cabinet', asset.cabinet))
  let until = 0
  for (const neighbours of [cabinet?.lights, world.communities.get(asset.community)?.lights]) {
    let first = Number.POSITIVE_INFINITY
    let back = 0
    for (const { poweredAt } of neighbours ?? []) {
      if (poweredAt <= since) continue
      back++
      first = Math.min(first, poweredAt)
    }
    if (back >= enoughBack) until = Math.max(until, first + reportsToReturn * hearing.intervalMs + transportMarginMs)
  }
  return until
}

/** The community that holds most of `lights`. */
export const communityOf = (lights: readonly Light[]): string | null => {
  const counts = new Map<string, number>()
  for (const { asset } of lights) counts.set(asset.community, (counts.get(asset.community) ?? 0) + 1)
  let most: string | null = null
  for (const [id, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (most === null || count > (counts.get(most) ?? 0)) most = id
  return most
}

export const fact = (kind: Evidence['kind'], scope: Scope | string, at: Instant, detail: string): Evidence => ({
  at: toIso(at),
  kind,
  subject: typeof scope === 'string' ? scope : scope.id,
  detail,
})
