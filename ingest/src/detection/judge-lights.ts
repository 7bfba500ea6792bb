import { type Evidence, faultCatalogue, type Instant, type Reason, type Resolution } from '@fanari/contracts'
import { blindReason, declareBlind, isBlind, isMassSilence, waveEndsAt } from './blindness.ts'
import { backFromDipUntil } from './dips.ts'
import { loadDeniesGasp, loadSaysDark } from './feeder.ts'
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
  type Silence,
  silenceOf,
} from './light.ts'
import { isHit } from './rules/impact.ts'
import { burningKey, isBurner, judgeBurning, leaveBurning } from './rules/judge-burning.ts'
import { judgeLightRules, yieldToDarkness } from './rules/judge-light-rules.ts'
import { leaveVoltage } from './rules/judge-voltage.ts'
import { openForLight, ruleKey, ruleKeysOf } from './rules/light-incidents.ts'
import { isCycling } from './rules/switching-rules.ts'
import { fact, groupsOf, returnsUntil, type World } from './world.ts'

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
      judgeLightRules(world, light)
      judgeDark(world, light, silence)
      judgeBurning(world, light)
      judgeSilence(world, light, silence)
    }
    world.timers.schedule(light)

    const incident = light.group === null ? undefined : world.book.get(light.group)
    const next = judgeState(light, silence, world, {
      group: incident === undefined ? null : { dark: faultCatalogue[incident.fault].dark, reason: incident.reason },
      dark: world.book.get(`dark:${light.asset.id}`)?.reason ?? darkByAnotherName(world, light),
      burning: isBurner(world, light),
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
  const { id } = light.asset
  for (const key of [`dark:${id}`, `silence:${id}`, burningKey(light), ...ruleKeysOf(light)])
    world.book.resolve(key, 'underMaintenance', world.now)
  leaveBurning(world, light, 'underMaintenance')
  leaveVoltage(world, light, 'supplyVoltageTooHigh', 'underMaintenance')
  leaveVoltage(world, light, 'supplyVoltageTooLow', 'underMaintenance')
  light.memory.runs = null
}

/** Its darkness belongs to an incident that names another fault: a pole that was hit, a lamp that goes off and on. */
const darkByAnotherName = (world: World, light: Light): Reason | null => {
  const isSeen = light.counted === 'on' && light.darkRun >= world.rules.lampFailure.samples
  if (!isSeen) return null
  return isHit(light) ? 'poleHit' : isCycling(world, light) ? 'goesOffAndOn' : null
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
    if (hasGasped(light) && !verdict.affected.some((it) => it !== light && (it.darkRun > 0 || hasGasped(it)))) continue
    // Its supply is fine: only lamps that went dark with it can share its cause.
    const isAlone = !verdict.affected.some((it) => it !== light && it.darkRun > 0)
    if (isPowered(light) && isAlone && !mayOthersFollow(world, light)) continue
    const chanceEnds = Math.max(verdict.decideAt, verdict.chanceEnds)
    if (mayYetStand(verdict, world)) until = Math.max(until, chanceEnds)
    // It stands, and waits for a wider one itself.
    if (verdict.stands && group.due > world.now && group.due < Number.POSITIVE_INFINITY)
      until = Math.max(until, group.due)
  }
  return until
}

/** It went dark before we could hear again, and others have not yet had their chance to say the same. */
const mayOthersFollow = ({ coverage, floor, now }: World, { darkSince, hearing: { intervalMs } }: Light): boolean =>
  darkSince < coverage.resumedAt && now < floor.of(intervalMs) + intervalMs + transportMarginMs

/** Reports without which a light was gone for long enough that its supply, and not a dip, was lost. */
const fewestLost = 3

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
  if (known !== undefined && !showsSupplyAgain(world, light, known)) return reviewDark(world, light, known)
  if (known !== undefined && !endWithSupply(world, light, known)) return
  if (light.group !== null || isHit(light) || isCycling(world, light)) return
  const seenDark = light.counted === 'on' && light.darkRun >= world.rules.lampFailure.samples
  const gasped = hasGasped(light) && light.segment.mode === 'on' && world.now >= gaspCountsFrom(light) + gaspHoldMs
  // Others announced the same and are back: it was a dip, and this one has as many reports to show it as make a circuit silent.
  if (gasped && !seenDark && holdUntil(world, light, backWithOthersUntil(world, light))) return
  if (gasped && !seenDark && loadDeniesGasp(world, light)) return
  const fed = seenDark || gasped ? null : loadFell(world, light, silence)
  if (!seenDark && !gasped && fed === null) return
  if (holdUntil(world, light, heldUntil(world, light))) return
  // What it said before it fell silent is no sign of its return.
  if (fed !== null) {
    light.litRun = 0
    light.litSince = 0
  }
  if (seenDark) yieldToDarkness(world, light)
  openForLight(
    world,
    light,
    key,
    {
      fault: seenDark ? light.darkFault : 'supplyLoss',
      reason: seenDark ? darkReason[light.darkFault] : gasped ? 'lastGasp' : 'feederLoadFell',
      startedAt: seenDark ? light.darkSince : gasped ? light.gaspEventAt : light.hearing.lastAt,
      evidence: seenDark
        ? [fact('reading', id, light.darkSince, light.darkDetail)]
        : gasped
          ? [fact('event', id, light.gaspEventAt, 'announced loss of supply and was not heard again')]
          : [fact('silence', id, light.hearing.lastSeenAt, 'last heard'), ...(fed === null ? [] : [fed])],
    },
    seenDark ? [] : [`silence:${id}`],
  )
}

const reviewDark = (world: World, light: Light, known: OpenIncident): void => {
  if (light.counted !== 'on' || light.litRun < world.rules.lampFailure.clearSamples) {
    if (light.segment.mode === 'on' && light.darkRun > 0) world.book.confirm(known.key, world.now)
    return
  }
  const end = fact('reading', light.asset.id, light.hearing.lastAt, `lit in ${light.litRun} readings in a row`)
  const resolution = known.fault === 'supplyLoss' ? 'supplyRestored' : 'litAgain'
  resolveFrom(world, known.key, resolution, known, light, end)
}

/** What was told is a lost supply; what is measured is a dark lamp with its supply in order. */
const showsSupplyAgain = (world: World, light: Light, { fault }: OpenIncident): boolean =>
  fault === 'supplyLoss' &&
  isPowered(light) &&
  light.counted === 'on' &&
  light.darkRun >= world.rules.lampFailure.samples

/**
 * Ends a lost supply that was one, by its light's own counters: that the lamp is dark is another matter. Otherwise it was the lamp all the
 * while, and the incident gets its name.
 * @returns whether it has ended
 */
const endWithSupply = (world: World, light: Light, { key, startedAt }: OpenIncident): boolean => {
  const { asset, bootedAt, darkFault, darkSince, darkDetail, hearing } = light
  if (bootedAt - startedAt < fewestLost * hearing.intervalMs) {
    const evidence = fact('reading', asset.id, darkSince, darkDetail)
    world.book.rename(key, { fault: darkFault, reason: darkReason[darkFault], evidence }, world.now)
    return false
  }
  const evidence = fact('reading', asset.id, bootedAt, 'came back with its counters begun anew: it had lost its supply')
  world.book.resolve(key, 'supplyRestored', world.now, { evidence, endedAt: bootedAt })
  return true
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

const backWithOthersUntil = (world: World, light: Light): Instant =>
  Math.max(
    backFromDipUntil(world, light, world.rules.circuitOutage.missedReports),
    returnsUntil(world, light, gaspCountsFrom(light)),
    unheardSinceGaspUntil(world, light),
  )

/** What it said was not heard to its end: after a stop of our own it has its chance to say that it is back. 0 without one. */
const unheardSinceGaspUntil = ({ coverage, floor }: World, { gaspAt, hearing }: Light): Instant =>
  coverage.resumedAt > gaspAt ? floor.of(hearing.intervalMs) + hearing.intervalMs + transportMarginMs : 0

/** Silent for three reports or more, while the load of its phase fell by what it drew. */
const loadFell = (world: World, light: Light, silence: Silence): Evidence | null => {
  if (silence.missed < 3 && light.hearing.offlineAt === 0) return null
  // By a wrong clock it may think it day: then it draws nothing, and its supply is in order.
  if (isBlind(world) || light.memory.clock !== null) return null
  return loadSaysDark(world, light)
}

/** Silence alone never makes a light dark: it makes a communication failure. */
const judgeSilence = (world: World, light: Light, silence: Silence): void => {
  const { id } = light.asset
  const key = `silence:${id}`
  if (world.book.get(`dark:${id}`)?.fault === 'supplyLoss') return
  if (world.book.get(key) !== undefined || !silence.decided || light.group !== null || isBlind(world)) return
  if ((hasGasped(light) && light.segment.mode === 'on') || isHit(light)) return
  // Its gateway, circuit or cabinet is out: that explains its silence, even if it has a fault of its own besides.
  if (groupsOf(world, light).some((group) => world.book.get(group.key) !== undefined)) return
  if (isMassSilence(world, silence.base)) {
    if (!holdUntil(world, light, waveEndsAt(world, silence.base))) declareBlind(world, silence.base)
    return
  }
  const lost = light.hearing.offlineAt > 0
  // A poor link that is lost altogether is one matter.
  world.book.resolve(ruleKey(light, 'communicationFailure'), 'stillRunning', world.now)
  openForLight(world, light, key, {
    fault: 'communicationFailure',
    reason: lost ? 'connectionLost' : 'missedReports',
    startedAt: light.hearing.lastSeenAt,
    evidence: [fact('silence', id, light.hearing.lastSeenAt, `last heard; ${silence.missed} reports missed in a row`)],
  })
}
