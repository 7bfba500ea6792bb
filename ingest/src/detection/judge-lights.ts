import {
  type Evidence,
  type FaultName,
  faultCatalogue,
  type Instant,
  type Reason,
  type Resolution,
} from '@fanari/contracts'
import { blindReason, declareBlind, isBlind, isMassSilence, waveEndsAt } from './blindness.ts'
import { loadSaysDark } from './feeder.ts'
import { mayYetStand, weighNearest } from './groups.ts'
import { transportMarginMs } from './hearing.ts'
import { endOf, tellPast } from './history.ts'
import type { OpenIncident } from './incident-book.ts'
import {
  darkReason,
  gaspCountsFrom,
  gaspHoldMs,
  hasGasped,
  isUnderMaintenance,
  judgeState,
  type Light,
  nextDue,
  raisedSamples,
  type Silence,
  silenceOf,
} from './light.ts'
import { fact, groupsOf, type World } from './world.ts'

/** Judges every light touched in this instant: its own incidents, its state, and when to look again. */
export const judgeLights = (world: World, changed: (light: Light) => void): void => {
  const lights = [...world.dirtyLights].sort((a, b) => (a.asset.id < b.asset.id ? -1 : 1))
  world.dirtyLights.clear()
  for (const light of lights) {
    const silence = silenceOf(light, world)
    tellPast(world, light)
    light.due = nextDue(light, world)
    if (isUnderMaintenance(light, world.now)) endUnderMaintenance(world, light)
    else {
      judgeDark(world, light, silence)
      judgeBurner(world, light)
      judgeRaised(world, light)
      judgeSilence(world, light, silence)
    }
    world.timers.schedule(light)

    const incident = light.group === null ? undefined : world.book.get(light.group)
    const next = judgeState(light, silence, world, {
      group: incident === undefined ? null : { dark: faultCatalogue[incident.fault].dark, reason: incident.reason },
      dark: world.book.get(`dark:${light.asset.id}`)?.reason ?? null,
      burning: world.book.get(`on:${light.asset.id}`) !== undefined,
      blind: blindReason(world),
      resumedAt: world.coverage.resumedAt,
    })
    if (next.state === light.state && next.reason === light.reason) continue
    if (next.state !== light.state) light.since = world.now
    const before = light.state
    light.state = next.state
    light.reason = next.reason
    count(world, light, before)
    changed(light)
  }
}

const count = (world: World, light: Light, before: Light['state']): void => {
  const community = world.communities.get(light.asset.community)
  if (community === undefined) return
  for (const state of ['lit', 'dark', 'unknown'] as const) {
    if (before === state) community[state]--
    if (light.state === state) community[state]++
  }
  world.dirtyCommunities.add(community)
}

const endUnderMaintenance = (world: World, light: Light): void => {
  for (const key of singleKeys(light)) world.book.resolve(key, 'underMaintenance', world.now)
}

const singleKeys = (light: Light): string[] => {
  const { id } = light.asset
  const raised = Object.keys(light.raised ?? {}).map((fault) => `raised:${fault}:${id}`)
  return [`dark:${id}`, `silence:${id}`, `on:${id}`, ...raised]
}

const openSingle = (
  world: World,
  light: Light,
  key: string,
  found: {
    fault: FaultName
    reason: Reason
    startedAt: Instant
    evidence: Evidence[]
    absorbs?: string[]
  },
): void => {
  world.book.open(
    key,
    {
      ...found,
      scope: { kind: 'luminaire', id: light.asset.id },
      community: light.asset.community,
      members: [light.asset.id],
    },
    world.now,
  )
}

/**
 * Until when a group the light belongs to may still turn out to be the cause, so that its ticket comes first and alone. 0 when none can.
 */
const heldUntil = (world: World, light: Light): Instant => {
  let until = 0
  for (const group of groupsOf(world, light)) {
    if (group.kind === 'gateway') continue
    const verdict = weighNearest(group, world)
    if (!verdict.affected.includes(light)) continue
    // Of many that lose their supply, more than one says so within the hold; a wider cause that shows later takes the ticket over.
    if (hasGasped(light) && verdict.affected.length === 1) continue
    // Its supply is fine: only lamps that went dark with it can share its cause.
    if (isPowered(light) && !verdict.affected.some((it) => it !== light && it.darkRun > 0)) continue
    const chanceEnds = Math.max(verdict.decideAt, verdict.chanceEnds)
    if (mayYetStand(verdict, world)) until = Math.max(until, chanceEnds)
    // It stands, and waits for a wider one itself.
    if (verdict.stands && group.due > world.now && group.due < Number.POSITIVE_INFINITY)
      until = Math.max(until, group.due)
  }
  return until
}

/** Seen dark though its supply is in order. */
const isPowered = (light: Light): boolean => light.darkRun > 0 && light.darkPowered

const holdUntil = (world: World, light: Light, at: Instant): boolean => {
  if (at <= world.now) return false
  light.due = Math.min(light.due, at)
  return true
}

const judgeDark = (world: World, light: Light, silence: Silence): void => {
  const { id } = light.asset
  const key = `dark:${id}`
  const known = world.book.get(key)
  if (known !== undefined) {
    if (light.counted !== 'on' || light.litRun < world.rules.lampFailure.clearSamples) {
      if (light.segment.mode === 'on' && light.darkRun > 0) world.book.confirm(key, world.now)
      return
    }
    const end = fact('reading', id, light.hearing.lastAt, `lit in ${light.litRun} readings in a row`)
    const resolution = known.fault === 'supplyLoss' ? 'supplyRestored' : 'litAgain'
    return resolveFrom(world, key, resolution, known, light, end)
  }
  if (light.group !== null) return
  const seenDark = light.counted === 'on' && light.darkRun >= world.rules.lampFailure.samples
  const gasped = hasGasped(light) && light.segment.mode === 'on' && world.now >= gaspCountsFrom(light) + gaspHoldMs
  // Others announced the same and are back: it was a dip, and this one has its report to show that it is back too.
  if (gasped && !seenDark && sharesDip(world, light)) {
    const reportDue = gaspCountsFrom(light) + light.hearing.intervalMs + transportMarginMs
    if (holdUntil(world, light, reportDue)) return
  }
  const fed = seenDark || gasped ? null : loadFell(world, light, silence)
  if (!seenDark && !gasped && fed === null) return
  if (holdUntil(world, light, heldUntil(world, light))) return
  // What it said before it fell silent is no sign of its return.
  if (fed !== null) {
    light.litRun = 0
    light.litSince = 0
  }
  const silenceKey = `silence:${id}`
  const unreachable = world.book.get(silenceKey)
  openSingle(world, light, key, {
    fault: seenDark ? light.darkFault : 'supplyLoss',
    reason: seenDark ? darkReason[light.darkFault] : gasped ? 'lastGasp' : 'feederLoadFell',
    startedAt: seenDark ? light.darkSince : gasped ? light.gaspEventAt : light.hearing.lastAt,
    evidence: seenDark
      ? [fact('reading', id, light.darkSince, light.darkDetail)]
      : gasped
        ? [fact('event', id, light.gaspEventAt, 'announced loss of supply and was not heard again')]
        : [fact('silence', id, light.hearing.lastSeenAt, 'last heard'), ...(fed === null ? [] : [fed])],
    absorbs: unreachable === undefined || seenDark ? [] : [unreachable.id],
  })
  const parent = world.book.get(key)?.id
  if (!seenDark && parent !== undefined) world.book.resolve(silenceKey, 'absorbed', world.now, { parent })
}

/** Ends the light's own outage, at the time its readings say. */
const resolveFrom = (
  world: World,
  key: string,
  resolution: Resolution,
  incident: OpenIncident,
  light: Light,
  evidence: Evidence,
): void => {
  const endedAt = endOf(world, incident, [light])
  world.book.resolve(key, resolution, world.now, { evidence, ...(endedAt === undefined ? {} : { endedAt }) })
}

/** Last gasps of one dip come so near each other, by the devices' clocks [ms]. */
const oneDipMs = 30_000

const sharesDip = (world: World, light: Light): boolean =>
  groupsOf(world, light).some(
    (group) =>
      group.kind !== 'gateway' &&
      group.lights.some((it) => it.gaspAt === 0 && Math.abs(it.gaspEventAt - light.gaspEventAt) <= oneDipMs),
  )

/** Silent for three reports or more, while the load of its phase fell by what it drew. */
const loadFell = (world: World, light: Light, silence: Silence): Evidence | null => {
  if (silence.missed < 3 && light.hearing.offlineAt === 0) return null
  if (isBlind(world)) return null
  return loadSaysDark(world, light)
}

const judgeBurner = (world: World, light: Light): void => {
  const { id } = light.asset
  const key = `on:${id}`
  if (world.book.get(key) !== undefined) {
    if (light.counted === 'off' && light.offRun >= world.rules.lampUnexpectedOn.clearSamples)
      world.book.resolve(key, 'offAgain', world.now)
    return
  }
  if (light.counted !== 'off' || light.onRun < world.rules.lampUnexpectedOn.samples) return
  openSingle(world, light, key, {
    fault: 'lampUnexpectedOn',
    reason: 'powerWhenExpectedOff',
    startedAt: light.onSince,
    evidence: [fact('reading', id, light.onSince, light.onDetail)],
  })
}

/** Faults that the device raises itself, unless they are already the cause of its darkness. */
const judgeRaised = (world: World, light: Light): void => {
  if (light.raised === null) return
  const { id } = light.asset
  const dark = world.book.get(`dark:${id}`)
  for (const [fault, run] of Object.entries(light.raised) as [
    FaultName,
    { since: Instant; seen: number; absent: number },
  ][]) {
    const key = `raised:${fault}:${id}`
    if (run.absent >= raisedSamples) {
      world.book.resolve(key, 'clearedByDevice', world.now)
      delete light.raised[fault]
    } else if (run.seen >= raisedSamples && world.book.get(key) === undefined && dark?.fault !== fault) {
      if (light.darkRun > 0 && light.darkFault === fault) continue
      openSingle(world, light, key, {
        fault,
        reason: 'raisedByDevice',
        startedAt: run.since,
        evidence: [fact('reading', id, run.since, `raised ${fault}`)],
      })
    }
  }
  if (Object.keys(light.raised).length === 0) light.raised = null
}

/** Silence alone never makes a light dark: it makes a communication failure. */
const judgeSilence = (world: World, light: Light, silence: Silence): void => {
  const { id } = light.asset
  const key = `silence:${id}`
  if (world.book.get(`dark:${id}`)?.reason === 'feederLoadFell') return
  if (world.book.get(key) !== undefined || !silence.decided || light.group !== null || isBlind(world)) return
  if (hasGasped(light) && light.segment.mode === 'on') return
  // Its gateway, circuit or cabinet is out: that explains its silence, even if it has a fault of its own besides.
  if (groupsOf(world, light).some((group) => world.book.get(group.key) !== undefined)) return
  if (isMassSilence(world, silence.base)) {
    if (!holdUntil(world, light, waveEndsAt(world, silence.base))) declareBlind(world, silence.base)
    return
  }
  const lost = light.hearing.offlineAt > 0
  openSingle(world, light, key, {
    fault: 'communicationFailure',
    reason: lost ? 'connectionLost' : 'missedReports',
    startedAt: light.hearing.lastSeenAt,
    evidence: [fact('silence', id, light.hearing.lastSeenAt, `last heard; ${silence.missed} reports missed in a row`)],
  })
}
