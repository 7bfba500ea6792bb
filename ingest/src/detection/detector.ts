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
  parseTopic,
  type Reading,
  type Reason,
  type Rules,
  secondMs,
} from '@fanari/contracts'
import { createSky } from '../forecast/index.ts'
import { declareDowntime, noteLateness, reviewBlindness } from './blindness.ts'
import { coverageFloor, createCoverage, leapsTo, noteTick, noteUncovered } from './coverage.ts'
import { expectedPowerShare, measuredPowerW, signOfLight } from './evidence.ts'
import { explainLight } from './explain.ts'
import { explainIncident } from './explain-incident.ts'
import type { Group } from './groups.ts'
import { lostBefore, missedReports, noteCounters, noteHeard, noteStatus, returnOf } from './hearing.ts'
import { correctHistory, noteBacklog, noteRestart } from './history.ts'
import { createIncidentBook, type OpenIncident } from './incident-book.ts'
import { communityLight, judgeCommunities } from './judge-communities.ts'
import { judgeGroups } from './judge-groups.ts'
import { judgeLights } from './judge-lights.ts'
import { readMeters } from './judge-meters.ts'
import { applyOtherEvent, applyOtherReading, judgeOther, schedule } from './judge-others.ts'
import { judgeSolar } from './judge-solar.ts'
import { countReading, type Light, nextDue, silenceBase, silenceOf } from './light.ts'
import { shiftDate } from './local-time.ts'
import { type PlannedLight, plannedLights } from './planned-lights.ts'
import type { Stretch } from './planned-on.ts'
import { applyAssets, applyMaintenance } from './register.ts'
import { callRolls } from './roll-call.ts'
import { noteSetAside, noteStamp } from './rules/clock.ts'
import { noteDelivery } from './rules/delivery.ts'
import { burningKey } from './rules/judge-burning.ts'
import { judgeCabinets } from './rules/judge-cabinets.ts'
import { ruleKeysOf } from './rules/light-incidents.ts'
import { countByRules, noteEvent } from './rules/light-rules.ts'
import { createSchedule } from './schedule.ts'
import { restoreWorld, snapshotWorld } from './snapshot.ts'
import { forecastDocument, noteSolarReading, solarForecastOf } from './solar.ts'
import { createTimers } from './timers.ts'
import { type Community, type Other, type PlatformWatch, touch, type World } from './world.ts'

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

const applyEntry = (world: World, entry: JournalEntry): void => {
  switch (entry.kind) {
    case 'reading': {
      world.coverage.heardUntil = world.now
      const who = world.byDevice.get(entry.device)
      if (who === undefined) return
      if (isLight(who)) applyReading(world, who, entry.reading)
      else applyOtherReading(world, who, entry.reading)
      return
    }
    case 'status': {
      const who = world.byDevice.get(entry.device)
      if (who === undefined) return
      const base = isLight(who) ? silenceBase(who, world.floor) : who.hearing.lastSeenAt
      const heard = noteStatus(who.hearing, entry.status, base, world.now)
      if (isLight(who)) {
        // Only a device with a supply can come online: its last gasp was a short interruption.
        if (heard && entry.status.state === 'online') who.gaspAt = 0
        touch(world, who)
      } else {
        schedule(world, who)
        const group = world.groups.get(`${who.asset.kind}:${who.asset.id}`)
        if (group !== undefined) world.dirtyGroups.add(group)
      }
      return
    }
    case 'event': {
      const who = world.byDevice.get(entry.device)
      if (who === undefined) return
      if (!isLight(who)) return applyOtherEvent(world, who, entry.event)
      if (entry.event.type !== 'supplyLoss') {
        // Whatever a device tells, it is there.
        who.hearing.lastSeenAt = world.now
        who.hearing.offlineAt = 0
        world.book.resolve(`silence:${who.asset.id}`, 'unknown', world.now)
        noteEvent(world, who, entry.event)
        return touch(world, who)
      }
      if (entry.event.at < who.hearing.lastAt) return
      who.hearing.lastSeenAt = world.now
      who.gaspAt = world.now
      who.litRun = 0
      who.litSince = 0
      who.gaspEventAt = entry.event.at
      touch(world, who)
      return
    }
    case 'tick':
      if (endsDowntime(world, entry)) resume(world)
      else noteTick(world.coverage, world.now)
      return
    case 'platform':
      world.coverage.stopped = entry.state === 'stop'
      if (entry.state === 'stop') {
        world.coverage.heardUntil = world.now
        return
      }
      // Connections did not outlive us: what was known of them is void.
      for (const who of world.byDevice.values()) who.hearing.offlineAt = 0
      resume(world)
      return
    case 'assets':
      return applyAssets(world, entry.features)
    case 'maintenance':
      return applyMaintenance(world, entry.scope, entry.until)
    case 'result': {
      const who = world.byDevice.get(entry.device)
      if (who !== undefined && isLight(who) && entry.result.status === 'applied') who.memory.commandedAt = world.now
      return
    }
    case 'quarantine':
      return applySetAside(world, entry)
    case 'municipality':
      return
  }
}

/** Whether the time up to this entry went unheard. */
const endsDowntime = (world: World, entry: JournalEntry): boolean =>
  (entry.kind === 'platform' && entry.state === 'start') ||
  (entry.kind === 'tick' && (!entry.hearing || world.coverage.stopped))

const resume = (world: World): void => {
  noteUncovered(world.coverage, world.now)
  // Switches planned in the time that was leapt over woke nobody.
  for (const light of world.lights.values())
    if (world.now >= light.segment.until)
      light.segment = world.schedule.segmentAt(light.asset, light.program, world.now)
  declareDowntime(world)
  for (const other of world.others.values()) schedule(world, other)
}

/**
 * A reading that the intake set aside because of its time: the device is alive, and its clock is wrong. What the reading says of the lamp
 * is not known here.
 */
const applySetAside = (world: World, entry: Extract<JournalEntry, { kind: 'quarantine' }>): void => {
  const reason = entry.reason.startsWith('futureTime') ? 'futureTime' : 'ancientTime'
  if (!entry.reason.startsWith(reason)) return
  const topic = parseTopic(entry.topic)
  if (topic?.kind !== 'device') return
  const who = world.byDevice.get(topic.device)
  if (who === undefined) return
  if (!isLight(who)) {
    noteHeard(who.hearing, who.hearing.lastSeenAt, world.now)
    world.book.resolve(`silence:${who.asset.kind}:${who.asset.id}`, 'stillRunning', world.now)
    return schedule(world, who)
  }
  noteHeard(who.hearing, silenceBase(who, world.floor), world.now)
  world.book.resolve(`silence:${who.asset.id}`, 'stillRunning', world.now)
  noteSetAside(who.memory, reason, world.now, who.asset.intervalMs, world.rules)
  touch(world, who)
}

const isLight = (who: Light | Other): who is Light => 'gaspAt' in who

/** A reading older than this says what was, not what is: it was buffered. */
const isCurrent = (light: Light, reading: Reading, now: Instant): boolean =>
  now - reading.at <= Math.max(2 * light.asset.intervalMs, 60 * secondMs)

const applyReading = (world: World, light: Light, reading: Reading): void => {
  const { hearing } = light
  const { floor } = world
  const base = silenceBase(light, floor)
  const wasOverdue = missedReports(hearing, base, world.now) > 0 || light.hearing.offlineAt > 0
  const settled = isSettled(light, world.rules) && !wasOverdue
  const isNewest = reading.at > hearing.lastAt
  noteDelivery(light.memory, reading, { now: world.now, lastSeq: hearing.lastSeq, isNewest }, world.rules)
  noteStamp(light.memory, reading, world.now, light.asset.intervalMs, world.rules)
  if (!settled)
    world.book.resolve(`silence:${light.asset.id}`, returnOf(hearing, reading, hearing.lastSeenAt), world.now)
  noteHeard(hearing, base, world.now, lostBefore(hearing, reading))
  const current = isCurrent(light, reading, world.now)
  if (!current || !isNewest) noteBacklog(world, light, reading)
  if (!isNewest) {
    if (!settled) touch(world, light)
    return
  }
  noteRestart(world, light, reading)
  if (light.gaspAt > 0 && reading.at > light.gaspEventAt) light.gaspAt = 0
  const before = { lastAt: hearing.lastAt, darkRun: light.darkRun, wasOn: light.counted === 'on' }
  noteCounters(hearing, reading)
  noteLateness(world, light, !current)
  if (current || light.solar !== null) {
    const { segment } = light
    const known = reading.at >= segment.from && reading.at < segment.until
    const then = known ? segment : world.schedule.segmentAt(light.asset, light.program, reading.at)
    if (current) {
      countReading(light, reading, then, world.rules)
      if (light.maintenanceUntil <= world.now) countByRules(world, light, reading, then, before)
      noteLight(light, reading)
    }
    // Buffered readings carry the battery's energy count on.
    if (light.solar !== null)
      noteSolarReading(world, light, reading, signOfLight(reading, light.asset, then, world.rules, light.memory.power))
  }
  if (!settled || !isSettled(light, world.rules)) touch(world, light)
}

/** What it draws, since when it burns, and when it last did. */
const noteLight = (light: Light, reading: Reading): void => {
  const powerW = measuredPowerW(reading)
  if (powerW !== undefined) light.powerW = powerW
  if (light.counted !== 'on' || light.sign === 'none') return
  if (light.sign === 'unlit') {
    light.litSince = 0
    return
  }
  if (light.litSince === 0) light.litSince = reading.at
  light.lastLitAt = reading.at
  const level = reading.lightLevel ?? light.segment.level
  if (powerW !== undefined) light.fullPowerW = level === 100 ? powerW : powerW / expectedPowerShare(level)
}

/** Nothing about this light is open, beginning or ending: another reading like the last one changes nothing. */
const isSettled = (light: Light, rules: Rules): boolean => {
  const { clearSamples } = rules.lampFailure
  if (light.group !== null || light.memory.runs !== null || light.gaspAt > 0 || light.past !== null) return false
  switch (light.reason) {
    case 'poweredAsExpected':
      return light.counted === 'on' && light.sign === 'lit' && light.litRun > clearSamples
    case 'notScheduled':
      return light.counted === 'off' && light.sign === 'unlit' && light.offRun > clearSamples
    default:
      return false
  }
}

/** Minutes after midnight. */
const noon = 12 * 60

type Due = Light | Other | Group | Community | PlatformWatch

const dueAt = (world: World): Due[] => {
  const due: Due[] = []
  for (let item = world.timers.take(world.now); item !== null; item = world.timers.take(world.now)) due.push(item)
  return due
}

/** It has reported since its deadline was set, and nothing else is due. */
const isInOrder = (world: World, light: Light): boolean =>
  world.now < light.segment.until && isSettled(light, world.rules) && silenceOf(light, world).missed === 0

/** Looks at everything whose deadline has come: lights and groups when the instant is settled, the rest now, in a fixed order. */
const wake = (world: World, due: readonly Due[]): void => {
  const others: Other[] = []
  for (const item of due) {
    if ('gaspAt' in item) {
      if (item.solar !== null && item.solar.tellAt > 0 && world.now >= item.solar.tellAt) world.dirtySolar.add(item)
      if (isInOrder(world, item)) {
        item.due = nextDue(item, world)
        world.timers.schedule(item)
        continue
      }
      if (world.now >= item.segment.until) item.segment = world.schedule.segmentAt(item.asset, item.program, world.now)
      touch(world, item)
    } else if ('supplyLostAt' in item) world.dirtyGroups.add(item)
    else if ('calledUntil' in item) world.dueRollCalls.add(item)
    else if ('hearing' in item) others.push(item)
  }
  if (due.includes(world.platform)) reviewBlindness(world)
  for (const other of others.sort((a, b) => (a.hearing.device < b.hearing.device ? -1 : 1))) judgeOther(world, other)
}

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
