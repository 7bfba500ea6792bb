import { type Evidence, type FaultName, faultCatalogue, type Instant } from '@fanari/contracts'
import { declareBlind, isBlind, isMassSilence } from './blindness.ts'
import {
  describeMembers,
  type Group,
  type GroupKind,
  isOnTime,
  mayYetStand,
  rank,
  togetherMs,
  type Verdict,
  weigh,
} from './groups.ts'
import { transportMarginMs } from './hearing.ts'
import { confirmEveryMs } from './incident-book.ts'
import { hasGasped, isUnderMaintenance, type Light } from './light.ts'
import { communityOf, fact, groupKey, groupsOf, touch, type World } from './world.ts'

const faultOfGroup = {
  cabinet: 'cabinetOutage',
  circuit: 'circuitOutage',
  phase: 'phaseLoss',
  gateway: 'gatewayOutage',
} as const satisfies Record<GroupKind, FaultName>

/** Judges every group touched in this instant, wider causes first, until nothing more follows from it. */
export const judgeGroups = (world: World): void => {
  while (world.dirtyGroups.size > 0) {
    const groups = [...world.dirtyGroups].sort(
      (a, b) => rank[a.scope.kind] - rank[b.scope.kind] || (a.key < b.key ? -1 : 1),
    )
    world.dirtyGroups.clear()
    for (const group of groups) {
      if (world.book.get(group.key) === undefined) consider(world, group)
      else review(world, group)
    }
  }
}

const lookAgain = (world: World, group: Group, at: Instant): void => {
  group.due = at
  world.timers.schedule(group)
}

/** Opens an incident for `group` if it is the cause that explains most. */
const consider = (world: World, group: Group): void => {
  group.due = Number.POSITIVE_INFINITY
  const verdict = weigh(group, world)
  if (!verdict.stands || world.now < verdict.decideAt) {
    if (mayYetStand(verdict, world)) lookAgain(world, group, verdict.decideAt)
    return
  }
  if (group.scope.kind === 'gateway') {
    // The gateway itself has been heard since: then it is not what failed.
    const alive = group.device !== null && group.device.offlineAt === 0 && group.device.lastSeenAt > verdict.onset
    if (alive) return
  } else {
    if (group.scope.kind === 'cabinet' && !spansCabinet(group, verdict)) return
    const waitUntil = widerMayStandUntil(world, group, verdict)
    if (waitUntil > world.now) return lookAgain(world, group, waitUntil)
  }
  if (!verdict.powerEvidence) {
    if (!isBlind(world) && isMassSilence(world, verdict.onset)) declareBlind(world, verdict.onset)
    const unproven = group.scope.kind !== 'gateway' && !carriersWork(world, group, verdict)
    if (isBlind(world) || unproven) return lookAgain(world, group, world.now + verdict.longestIntervalMs)
  }
  open(world, group, verdict)
}

/** A cabinet is blamed only for more than one of its circuits, or on its own word; otherwise the circuit is the nearer cause. */
const spansCabinet = (group: Group, verdict: Verdict): boolean => {
  if (group.supplyLostAt > 0) return true
  const circuits = new Set(verdict.affected.map((light) => light.asset.circuit))
  return circuits.size > 1 || circuits.has(null)
}

/** Until when a wider power group may still prove to be the cause; 0 when none can. */
const widerMayStandUntil = (world: World, group: Group, verdict: Verdict): Instant => {
  const first = group.lights[0]
  if (first === undefined) return 0
  let until = 0
  for (const wider of groupsOf(world, first)) {
    if (wider.scope.kind === 'gateway' || rank[wider.scope.kind] >= rank[group.scope.kind]) continue
    const theirs = weigh(wider, world)
    const larger = theirs.affected.length + theirs.alive + theirs.pending > verdict.affected.length + verdict.pending
    if (larger && mayYetStand(theirs, world)) until = Math.max(until, theirs.decideAt, theirs.chanceEnds)
  }
  return until
}

/**
 * Whether the ways on which the affected lights' messages travel are known to work, so that silence means power: most of them speak
 * through a gateway (or directly) on which somebody else was heard after the onset. With nobody else there, there is nothing to compare.
 */
const carriersWork = (world: World, group: Group, verdict: Verdict): boolean => {
  const inGroup = new Set(group.lights)
  const working = new Map<string | null, boolean>()
  for (const { asset } of verdict.affected) {
    if (working.has(asset.gateway)) continue
    const gateway = asset.gateway === null ? undefined : world.groups.get(groupKey('gateway', asset.gateway))
    const device = gateway?.device
    if (device && device.offlineAt === 0 && device.lastSeenAt > verdict.onset) {
      working.set(asset.gateway, true)
      continue
    }
    const others = (gateway?.lights ?? [...world.lights.values()]).filter(
      (light) => !inGroup.has(light) && light.hearing.lastSeenAt > 0,
    )
    const heard = others.some((light) => light.hearing.lastSeenAt > verdict.onset && isOnTime(light, world))
    working.set(asset.gateway, heard || (gateway === undefined && others.length === 0))
  }
  const proven = verdict.affected.filter((light) => working.get(light.asset.gateway) === true).length
  return 2 * proven >= verdict.affected.length
}

const open = (world: World, group: Group, verdict: Verdict): void => {
  const { kind } = group.scope
  const evidence = [fact('members', group.scope, world.now, describeMembers(verdict))]
  if (group.supplyLostAt > 0)
    evidence.push(fact('event', group.scope, group.supplyLostAt, 'the cabinet lost its supply'))
  if (kind === 'gateway' && group.device !== null && group.device.offlineAt > 0)
    evidence.push(fact('status', group.device.device, group.device.offlineAt, 'the gateway lost its connection'))
  for (const light of verdict.affected.slice(0, 8)) evidence.push(factOf(light))
  const reason =
    kind === 'gateway' ? 'gatewayUnreachable' : verdict.powerEvidence ? 'membersDarkTogether' : 'membersSilentTogether'
  const incident = world.book.open(
    group.key,
    {
      fault: faultOfGroup[kind],
      scope: group.scope,
      reason,
      community: communityOf(verdict.affected),
      startedAt: verdict.startedAt,
      members: verdict.affected.map((light) => light.asset.id),
      evidence,
    },
    world.now,
  )
  absorb(world, group, verdict, incident.id)
}

const factOf = (light: Light): Evidence => {
  if (light.darkRun > 0) return fact('reading', light.asset.id, light.darkSince, light.darkDetail)
  if (hasGasped(light)) return fact('event', light.asset.id, light.gaspEventAt, 'announced loss of supply')
  if (light.hearing.offlineAt > 0) return fact('status', light.asset.id, light.hearing.offlineAt, 'connection lost')
  return fact('silence', light.asset.id, light.hearing.lastSeenAt, 'last heard')
}

/** The wider cause takes over what was opened for its members since it began: single lights and narrower groups. */
const absorb = (world: World, group: Group, verdict: Verdict, parent: string): void => {
  const since = verdict.startedAt - togetherMs(verdict.longestIntervalMs)
  const narrower = new Set<string>()
  for (const light of verdict.affected) {
    if (light.group !== null && light.group !== group.key) narrower.add(light.group)
    light.group = group.key
    light.litRun = 0
    for (const key of [`dark:${light.asset.id}`, `silence:${light.asset.id}`]) {
      const single = world.book.get(key)
      if (single !== undefined && single.startedAt >= since) world.book.resolve(key, 'absorbed', world.now, { parent })
    }
    touch(world, light)
  }
  for (const key of narrower) {
    world.book.resolve(key, 'absorbed', world.now, { parent })
    for (const light of world.groups.get(key)?.lights ?? []) if (light.group === key) light.group = group.key
  }
}

const isRecovered = (world: World, group: Group, light: Light): boolean => {
  if (isUnderMaintenance(light, world.now)) return true
  const incident = world.book.get(group.key)
  if (incident === undefined) return true
  if (group.scope.kind === 'gateway') return light.hearing.lastSeenAt > incident.detectedAt
  return light.counted === 'on' && light.litRun >= world.rules.lampFailure.clearSamples
}

/**
 * Members join and leave an open group incident. When some have come back the rest has three intervals to follow, a lost report
 * included; whoever then shows no light is judged anew.
 */
const review = (world: World, group: Group): void => {
  const incident = world.book.get(group.key)
  if (incident === undefined) return
  const members = group.lights.filter((light) => light.group === group.key)
  const back = members.filter((light) => isRecovered(world, group, light))
  const remaining = members.filter((light) => !back.includes(light))
  const longestIntervalMs = members.reduce((longest, light) => Math.max(longest, light.asset.intervalMs), 0)

  for (const light of back) {
    light.group = null
    touch(world, light)
  }
  if (remaining.length === 0) {
    const resolution = faultCatalogue[incident.fault].dark ? 'supplyRestored' : 'membersReturned'
    const worked = members.length > 0 && members.every((light) => isUnderMaintenance(light, world.now))
    const end = fact('members', group.scope, world.now, `all ${incident.ever.length} lights are back`)
    world.book.resolve(group.key, worked ? 'underMaintenance' : resolution, world.now, { evidence: end })
    return
  }
  if (back.length > 0 && incident.recoveringSince === 0) incident.recoveringSince = world.now
  if (incident.recoveringSince > 0) {
    const deadline = incident.recoveringSince + 3 * longestIntervalMs + transportMarginMs
    const returning = remaining.every((light) => light.litRun > 0)
    if (world.now >= deadline && !returning) return split(world, group, remaining)
    lookAgain(world, group, Math.max(deadline, world.now + longestIntervalMs))
  } else {
    if (remaining.some((light) => light.segment.mode === 'on')) world.book.confirm(group.key, world.now)
    lookAgain(world, group, world.now + confirmEveryMs)
    for (const light of joining(world, group, incident.startedAt)) {
      light.group = group.key
      light.litRun = 0
      world.book.resolve(`dark:${light.asset.id}`, 'absorbed', world.now, { parent: incident.id })
      world.book.resolve(`silence:${light.asset.id}`, 'absorbed', world.now, { parent: incident.id })
      world.dirtyLights.add(light)
      remaining.push(light)
    }
  }
  world.book.update(
    group.key,
    remaining.map((light) => light.asset.id),
    world.now,
  )
}

/** Lights of the group that have fallen out since it failed and are not explained otherwise. */
const joining = (world: World, group: Group, since: Instant): Light[] => {
  const unexplained = group.lights.filter((light) => light.group === null)
  if (unexplained.length === 0) return []
  const verdict = weigh({ ...group, lights: unexplained }, world)
  const earliest = since - togetherMs(verdict.longestIntervalMs)
  return verdict.affected.filter(
    (light) => (light.darkRun > 0 ? light.darkSince : light.hearing.lastSeenAt) >= earliest,
  )
}

const split = (world: World, group: Group, remaining: readonly Light[]): void => {
  const end = fact('members', group.scope, world.now, `${remaining.length} lights did not come back with the others`)
  world.book.resolve(group.key, 'split', world.now, { evidence: end })
  for (const light of remaining) {
    light.group = null
    touch(world, light)
  }
}
