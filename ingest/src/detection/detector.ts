import {
  type CommunityStatus,
  type DetectorOutput,
  type Forecast,
  type Incident,
  type IncidentChange,
  type IncidentExplanation,
  type Instant,
  type JournalEntry,
  type LightExplanation,
  type LightState,
  type Reading,
  type Reason,
  type Rules,
  shiftDate,
} from '@fanari/contracts'
import { createSky } from '../forecast/index.ts'
import { applyEntry, endsDowntime, resume } from './apply-entry.ts'
import { coverageFloor, createCoverage, leapsTo } from './coverage.ts'
import { explainLight } from './explain.ts'
import { explainIncident } from './explain-incident.ts'
import { correctHistory } from './history.ts'
import { createIncidentBook, type OpenIncident } from './incident-book.ts'
import { communityLight, judgeCommunities } from './judge-communities.ts'
import { judgeGroups } from './judge-groups.ts'
import { judgeLights } from './judge-lights.ts'
import { readMeters } from './judge-meters.ts'
import { judgeSolar } from './judge-solar.ts'
import type { Light } from './light.ts'
import { type PlannedLight, plannedLights } from './planned-lights.ts'
import type { Stretch } from './planned-on.ts'
import { callRolls } from './roll-call.ts'
import { burningKey } from './rules/judge-burning.ts'
import { judgeCabinets } from './rules/judge-cabinets.ts'
import { ruleKeysOf } from './rules/light-incidents.ts'
import { createSchedule } from './schedule.ts'
import { restoreWorld, snapshotWorld } from './snapshot.ts'
import { forecastDocument, solarForecastOf } from './solar.ts'
import { createTimers } from './timers.ts'
import { dueAt, wake } from './wake.ts'
import type { World } from './world.ts'

/** What the detector knows of a light now. Times are ms since 1970 UTC; `lastSeenAt` 0 means never. */
export interface LightView {
  id: string
  device: string
  community: string
  state: LightState
  since: Instant
  reason: Reason
  lastSeenAt: Instant
  incident: string | null
}

/**
 * The judge of one municipality: a pure function of its inputs. It reads no clock and no random source; time enters with each entry.
 *
 * Inputs of one instant (`receivedAt`) are judged together when time moves on, so their order across devices does not matter, and
 * deadlines that pass between two inputs are judged at their own moment, so neither does how often it ticks.
 */
export interface Detector {
  /** Takes an entry. Entries of other municipalities are ignored. */
  apply(entry: JournalEntry): void
  /** Lets time pass without an entry. */
  advance(to: Instant): void
  /** What has come of all inputs so far, in order; empties the list. */
  drain(): DetectorOutput[]
  light(id: string): LightView | null
  lights(): LightView[]
  communities(): CommunityStatus[]
  /** The key of the lighting night that `at` belongs to. */
  nightAt(at: Instant): string
  /** The noons that a night lies between. */
  boundsOf(night: string): Stretch
  /** Every light with the stretches of `range` in which it is planned to be on. */
  plannedLights(range: Stretch): PlannedLight[]
  /** Why it believes what it believes of a light, whose newest reading is given; `null` for a light it does not know. */
  explainLight(id: string, lastReading: Reading | null): LightExplanation | null
  explainIncident(incident: Incident): IncidentExplanation
  /** What a solar light is expected to do tonight and in the nights after; `null` for others, and while nothing useful was heard. */
  forecast(id: string): Forecast | null
  /** The whole state as text: equal states give equal text. */
  snapshot(): string
  restore(snapshot: string): void
}

export const createDetector = (options: { municipality: string; timeZone: string; rules: Rules }): Detector => {
  const { municipality } = options
  const world: World = {
    municipality,
    now: 0,
    rules: options.rules,
    schedule: createSchedule(options.timeZone),
    coverage: createCoverage(),
    floor: { of: (intervalMs) => coverageFloor(world.coverage, intervalMs) },
    programs: new Map(),
    lights: new Map(),
    others: new Map(),
    byDevice: new Map(),
    groups: new Map(),
    areas: new Map(),
    communities: new Map(),
    book: createIncidentBook(municipality),
    timers: createTimers(),
    platform: { kind: 'platform', due: Number.POSITIVE_INFINITY, surfacesAt: Number.POSITIVE_INFINITY },
    dirtyLights: new Set(),
    dirtyGroups: new Set(),
    dirtyOthers: new Set(),
    dirtyCommunities: new Set(),
    dirtyMeters: new Set(),
    lateLights: 0,
    dueRollCalls: new Set(),
    dirtySolar: new Set(),
    solarLights: new Set(),
    sky: createSky(),
  }
  let outputs: DetectorOutput[] = []

  const tellOf = (light: Light): DetectorOutput => {
    const { incident } = viewOf(world, light)
    return {
      type: 'light.changed',
      at: world.now,
      luminaire: light.asset.id,
      state: light.state,
      reason: light.reason,
      ...(incident === null ? {} : { incident }),
    }
  }

  const tellSpotChanges = (): void => {
    if (world.book.undrained().length > 0) outputs.push(...sorted(world.book.drain()))
  }

  /** Judges what was touched in this instant, and what that touches in turn. */
  const settle = (): void => {
    tellSpotChanges()
    readMeters(world)
    correctHistory(world)
    while (isAnythingDirty(world)) {
      const changed: DetectorOutput[] = []
      judgeGroups(world)
      judgeCabinets(world)
      judgeLights(world, (light) => changed.push(tellOf(light)))
      const communities = judgeCommunities(world)
      outputs.push(...world.book.drain(), ...changed, ...communities)
    }
    if (world.dueRollCalls.size > 0) outputs.push(...callRolls(world))
    if (world.dirtySolar.size > 0) outputs.push(...judgeSolar(world), ...world.book.drain())
  }

  const advance = (to: Instant): void => {
    if (to <= world.now) return
    settle()
    while (world.timers.next() <= to) {
      world.now = Math.max(world.now, world.timers.next())
      wake(world, dueAt(world))
      settle()
    }
    world.now = to
  }

  return {
    advance,
    apply(entry) {
      if ('municipality' in entry && entry.municipality !== municipality) return
      // Deadlines that fell into time the platform did not hear are no deadlines: it is leapt over, not lived through.
      const leaps = !world.coverage.stopped && leapsTo(world.coverage, entry.receivedAt)
      const unheard = endsDowntime(world, entry)
      if (unheard || leaps) {
        settle()
        world.now = Math.max(world.now, entry.receivedAt)
      } else advance(entry.receivedAt)
      if (leaps && !unheard) resume(world)
      applyEntry(world, entry)
    },
    drain() {
      const drained = outputs
      outputs = []
      return drained
    },
    light(id) {
      const light = world.lights.get(id)
      return light === undefined ? null : viewOf(world, light)
    },
    lights: () => [...world.lights.values()].map((light) => viewOf(world, light)),
    communities: () =>
      [...world.communities.values()].map((community) => ({
        id: community.id,
        name: community.name,
        ...(community.population === null ? {} : { population: community.population }),
        ...communityLight(world, community),
      })),
    nightAt: (at) => world.schedule.local.nightOf(at),
    boundsOf(night) {
      const { local } = world.schedule
      return { from: local.instantOf(night, noon), until: local.instantOf(shiftDate(night, 1), noon) }
    },
    plannedLights: (range) => plannedLights(world, range),
    explainLight(id, lastReading) {
      const light = world.lights.get(id)
      return light === undefined ? null : explainLight(world, light, incidentOf(world, light), lastReading)
    },
    explainIncident: (incident) => explainIncident(world, incident),
    forecast(id) {
      const light = world.lights.get(id)
      const found = light === undefined ? null : solarForecastOf(world, light)
      return found === null ? null : forecastDocument(found, world.now)
    },
    snapshot: () => snapshotWorld(world),
    restore: (snapshot) => restoreWorld(world, snapshot),
  }
}

const isAnythingDirty = ({ dirtyLights, dirtyGroups, dirtyOthers, dirtyCommunities }: World): boolean =>
  dirtyLights.size + dirtyGroups.size + dirtyOthers.size + dirtyCommunities.size > 0

/** What single devices changed on the spot, in an order that does not depend on who spoke first. Judging keeps an order of its own. */
const sorted = (changes: IncidentChange[]): IncidentChange[] =>
  changes.sort((a, b) => (a.incident.id < b.incident.id ? -1 : a.incident.id > b.incident.id ? 1 : 0))

/** Minutes after midnight. */
const noon = 12 * 60

/** The open incident that says most about a light. */
const incidentOf = (world: World, light: Light): OpenIncident | undefined => {
  const { id } = light.asset
  const own = [`dark:${id}`, burningKey(light), `silence:${id}`, ...ruleKeysOf(light)]
  const keys = [light.group, light.memory.burningGroup, ...own]
  return keys.map((key) => (key === null ? undefined : world.book.get(key))).find((it) => it !== undefined)
}

const viewOf = (world: World, light: Light): LightView => {
  const { asset, hearing } = light
  return {
    id: asset.id,
    device: asset.device,
    community: asset.community,
    state: light.state,
    since: light.since,
    reason: light.reason,
    lastSeenAt: hearing.lastSeenAt,
    incident: incidentOf(world, light)?.id ?? null,
  }
}
