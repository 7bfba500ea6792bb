import { faultCatalogue, type Instant, type Reading, secondMs } from '@fanari/contracts'
import { faultOfGroup } from './causes.ts'
import { type DarkFault, darkFaultOf, signOfLight } from './evidence.ts'
import { type Group, togetherMs } from './groups.ts'
import { transportMarginMs } from './hearing.ts'
import type { OpenIncident } from './incident-book.ts'
import { phaseIndex } from './judge-meters.ts'
import { isUnderMaintenance, type Light, type PastOutage } from './light.ts'
import { fallOf, fitOf } from './meter.ts'
import { communityOf, fact, groupKey, groupsOf, touch, type World } from './world.ts'

/*
 * What comes late corrects what was: an outage's true beginning and end, and outages that are over before anybody knew of them. It
 * never opens anything anew.
 */

/** Reports without which a restart is a restart, and no lost supply. */
const fewestMissed = 3
/** Below this the meter denies that a light was without supply while it was silent [nats]. */
const loadCarriedNats = -3

/** Keeps what a late reading says about light until the instant is over: backlogs come in any order. */
export const noteBacklog = (world: World, light: Light, reading: Reading): void => {
  const segment = world.schedule.segmentAt(light.asset, light.program, reading.at)
  if (segment.mode !== 'on') return
  const sign = signOfLight(reading, light.asset, segment, world.rules, light.memory.power)
  if (sign === 'none') return
  light.backlog ??= []
  light.backlog.push({
    at: reading.at,
    lit: sign === 'lit',
    fault: sign === 'lit' ? null : darkFaultOf(reading, light.asset, world.rules),
  })
  touch(world, light)
}

/**
 * Notes that a light has begun its counters anew, and one that comes back, with `reading`, after a silence by night in which its counters began anew: it had lost its supply from
 * about when it was last heard until it started again.
 */
export const noteRestart = (world: World, light: Light, reading: Reading): void => {
  const { lastAt, lastSeq, intervalMs } = light.hearing
  if (lastAt === 0) return
  const bootAt = bootOf(reading, lastSeq)
  if (bootAt === null || bootAt <= lastAt) return
  light.bootedAt = world.now
  if (light.gaspAt > 0 || reading.at - lastAt > intervalMs + transportMarginMs) light.poweredAt = world.now
  if (reading.at - lastAt < fewestMissed * intervalMs + transportMarginMs) return
  if (heardOut(world, lastAt, bootAt) < fewestMissed * intervalMs) return
  const before = world.schedule.segmentAt(light.asset, light.program, lastAt)
  if (
    before.mode !== 'on' ||
    world.schedule.segmentAt(light.asset, light.program, bootAt).modeSince !== before.modeSince
  )
    return
  light.restartedAt = world.now
  light.past ??= pastOf(world, light, { since: lastAt, until: bootAt, fault: 'supplyLoss', restarted: true })
}

/** How much of a time the platform could hear, its last stop left out [ms]. */
const heardOut = ({ coverage: { blindSince, resumedAt } }: World, from: Instant, to: Instant): number =>
  to - from - Math.max(0, Math.min(to, resumedAt) - Math.max(from, blindSince))

/** When the controller started, if it did so since it was last heard. */
const bootOf = (reading: Reading, lastSeq: number): Instant | null => {
  if (reading.uptime !== undefined) return reading.at - reading.uptime * secondMs
  return reading.seq !== undefined && lastSeq >= 0 && reading.seq < lastSeq ? reading.at : null
}

/** A past outage is told once its neighbours, too, have had time to tell of theirs. */
const pastOf = (world: World, light: Light, outage: Omit<PastOutage, 'tellAt'>): PastOutage => ({
  ...outage,
  tellAt: world.now + light.hearing.intervalMs + transportMarginMs,
})

/** Takes in what came late in this instant. */
export const correctHistory = (world: World): void => {
  // Nearly every instant: nothing to correct, and nothing allocated to find that out.
  if (world.dirtyLights.size === 0) return
  const late = [...world.dirtyLights].filter((light) => light.backlog !== null)
  for (const light of late.sort((a, b) => (a.asset.id < b.asset.id ? -1 : 1))) {
    const signs = (light.backlog ?? []).sort((a, b) => a.at - b.at)
    light.backlog = null
    const key = openOutage(world, light)
    const incident = key === null ? undefined : world.book.get(key)
    if (incident === undefined) findPast(world, light, signs)
    else correctOpen(world, light, incident, signs)
  }
}

interface Sign {
  at: Instant
  lit: boolean
  fault: DarkFault | null
}

/** The key of the open incident that says that it is dark. */
const openOutage = (world: World, light: Light): string | null => {
  if (light.group !== null) {
    const fault = world.book.get(light.group)?.fault
    return fault !== undefined && faultCatalogue[fault].dark ? light.group : null
  }
  const key = `dark:${light.asset.id}`
  return world.book.get(key) === undefined ? null : key
}

/** Reasons that rest on silence: then a light may have burned on after it was last heard. */
const bySilence: ReadonlySet<string> = new Set(['membersSilentTogether', 'tailSilentTogether', 'feederLoadFell'])

const correctOpen = (world: World, light: Light, incident: OpenIncident, signs: readonly Sign[]): void => {
  let began = incident.startedAt
  const earlier = signs.filter((sign) => sign.at < began && sign.at > light.lastLitAt)
  for (const sign of earlier.reverse()) {
    if (sign.lit) break
    began = sign.at
  }
  const gapMs = 2 * light.hearing.intervalMs + transportMarginMs
  let burnedUntil = incident.startedAt
  let litSince = 0
  for (const sign of signs) {
    if (sign.at <= incident.startedAt) continue
    if (sign.lit && litSince === 0 && sign.at - burnedUntil <= gapMs) burnedUntil = sign.at
    else if (!sign.lit) litSince = 0
    else if (litSince === 0) litSince = sign.at
  }
  if (bySilence.has(incident.reason) && burnedUntil > began) began = burnedUntil
  if (litSince > 0 && light.darkRun === 0 && (light.litSince === 0 || litSince < light.litSince))
    light.litSince = litSince
  world.book.beganAt(incident.key, Math.min(began, incident.detectedAt), world.now)
}

/** Dark readings in a row that were followed by light are an outage that nobody knew of; those that go on are the present one's. */
const findPast = (world: World, light: Light, signs: readonly Sign[]): void => {
  let since = 0
  let count = 0
  let fault: DarkFault = 'lampFailure'
  for (const sign of signs) {
    if (!sign.lit) {
      if (count++ === 0) since = sign.at
      fault = sign.fault ?? fault
      continue
    }
    light.lastLitAt = Math.max(light.lastLitAt, sign.at)
    if (count >= world.rules.lampFailure.samples)
      light.past ??= pastOf(world, light, { since, until: sign.at, fault, restarted: false })
    count = 0
  }
  if (count === 0) return
  if (light.darkRun > 0 && since < light.darkSince && since > light.lastLitAt) light.darkSince = since
  else if (light.litSince > since && count >= world.rules.lampFailure.samples)
    light.past ??= pastOf(world, light, { since, until: light.litSince, fault, restarted: false })
}

/** Tells of an outage that is over, once: as the widest group whose lights were out together, or of the light alone. */
export const tellPast = (world: World, light: Light): void => {
  const { past } = light
  if (past === null || world.now < past.tellAt) return
  if (isUnderMaintenance(light, world.now) || wasFed(world, light, past)) {
    light.past = null
    return
  }
  for (const group of groupsOf(world, light)) {
    if (group.kind === 'gateway' || group.kind === 'area') continue
    const members = outTogether(world, group, past, light)
    if (members === null) continue
    const known = members.map((it) => it.past).filter((it) => it !== null)
    const since = Math.min(...known.map((it) => it.since))
    const until = Math.max(...known.map((it) => it.until))
    for (const member of members) member.past = null
    return tell(world, members, group, { ...past, since, until })
  }
  light.past = null
  tell(world, [light], null, past)
}

/** The meter shows that it was fed all the while: its controller had hung. */
const wasFed = (world: World, light: Light, past: PastOutage): boolean => {
  const { cabinet } = light.asset
  const meter = cabinet === null ? null : world.groups.get(groupKey('cabinet', cabinet))?.meter
  if (!meter || !past.restarted || light.powerW <= 0) return false
  const fall = fallOf(meter, phaseIndex(light), past.since, past.since + light.hearing.intervalMs)
  return fall !== null && fitOf(fall, light.powerW) < loadCarriedNats
}

/** The lights of `group` that were out with `light`, if they are enough of it to be one cause. */
const outTogether = (world: World, group: Group, past: PastOutage, light: Light): Light[] | null => {
  const { minimumMembers, affectedShare } = world.rules.circuitOutage
  const apart = togetherMs(light.asset.intervalMs)
  const commissioned = group.lights.filter((it) => it.hearing.lastSeenAt > 0)
  const members = commissioned.filter(
    (it) =>
      it.past !== null &&
      Math.abs(it.past.since - past.since) <= apart &&
      Math.abs(it.past.until - past.until) <= apart,
  )
  const needed = Math.max(minimumMembers, affectedShare * commissioned.length)
  return members.length >= needed ? members : null
}

const tell = (world: World, members: readonly Light[], group: Group | null, past: PastOutage): void => {
  const [first] = members
  if (first === undefined) return
  const scope = group?.scope ?? { kind: 'luminaire', id: first.asset.id }
  const detail = past.restarted
    ? 'fell silent by night and came back with its counters begun anew'
    : 'its later readings show that it was dark'
  world.book.tellPast(
    {
      fault: group === null ? past.fault : faultOfGroup[group.kind],
      scope,
      reason: past.restarted ? 'restartedAfterSilence' : 'darkInHistory',
      community: communityOf(members),
      startedAt: past.since,
      members: members.map(({ asset }) => asset.id),
      evidence: members.slice(0, 8).map(({ asset }) => fact('reading', asset.id, past.since, detail)),
    },
    past.until,
    world.now,
  )
}

/** When an outage was over by its lights' own readings, where these came through a backlog; otherwise `undefined`: it is over now. */
export const endOf = (world: World, incident: OpenIncident, lights: readonly Light[]): Instant | undefined => {
  let end = 0
  for (const light of lights) {
    if (light.litSince <= incident.startedAt) return undefined
    if (world.now - light.litSince < 3 * light.hearing.intervalMs) return undefined
    end = Math.max(end, light.litSince)
  }
  return end === 0 ? undefined : end
}
