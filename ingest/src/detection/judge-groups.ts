import type { Evidence, FaultName, Instant, Reason } from '@fanari/contracts'
import { areaBeside, areaGroup, askNeighbours, joinArea, putArea } from './areas.ts'
import { declareBlind, isBlind, isMassSilence, waveEndsAt } from './blindness.ts'
import {
  causeOf,
  type Explanation,
  explain,
  faultOfGroup,
  isDenied,
  loadFact,
  mostNats,
  withoutGroup,
} from './causes.ts'
import { allBackFromDipUntil } from './dips.ts'
import {
  describeMembers,
  type Group,
  isOnTime,
  mayYetStand,
  rank,
  togetherMs,
  type Verdict,
  weigh,
  weighNearest,
} from './groups.ts'
import { hasGasped, type Light } from './light.ts'
import { reviewMembers } from './review-groups.ts'
import { communityOf, fact, groupKey, groupsOf, returnsUntil, touch, type World } from './world.ts'

/** Judges every group touched in this instant, wider causes first, until nothing more follows from it. */
export const judgeGroups = (world: World): void => {
  while (world.dirtyGroups.size > 0) {
    const groups = [...world.dirtyGroups].sort((a, b) => rank[a.kind] - rank[b.kind] || (a.key < b.key ? -1 : 1))
    world.dirtyGroups.clear()
    for (const group of groups) {
      if (world.book.get(group.key) !== undefined) reviewMembers(world, group)
      else if (group.kind !== 'area') consider(world, group)
    }
  }
}

const lookAgain = (world: World, group: Group, at: Instant): void => {
  group.due = at
  world.timers.schedule(group)
}

/** Opens an incident for `group` if it is the cause that explains the evidence best. */
const consider = (world: World, group: Group): void => {
  group.due = Number.POSITIVE_INFINITY
  const verdict = weighNearest(group, world)
  if (!verdict.stands || world.now < verdict.decideAt) {
    const next = verdict.decideAt > world.now ? verdict.decideAt : verdict.chanceEnds
    if (mayYetStand(verdict, world)) lookAgain(world, group, next)
    return
  }
  if (isDenied(group, verdict)) return
  if (group.kind !== 'gateway') {
    // Their supply is coming back, one after the other: whoever is not back yet has his chance.
    const backUntil = Math.max(
      allBackFromDipUntil(world, verdict.affected),
      ...verdict.affected.map((light) => returnsUntil(world, light, verdict.onset)),
    )
    if (backUntil > world.now) return lookAgain(world, group, backUntil)
  }
  const explanation = explain(world, group, verdict)
  const rivals = rivalsOf(world, group, verdict)
  const waitUntil = betterMayStandUntil(world, explanation, verdict, rivals)
  if (waitUntil > world.now) return lookAgain(world, group, waitUntil)
  const better = rivals.find((it) => it.stands && it.nats > explanation.nats)
  if (better !== undefined) {
    if (world.book.get(better.group.key) === undefined) world.dirtyGroups.add(better.group)
    return
  }
  const others = [...rivals, ...withoutGroup(world, group, verdict)]
  const radio = others.find(({ fault, scope, nats }) => isRadio(fault, scope, group) && nats > explanation.nats)
  if (!verdict.powerEvidence) {
    if (!isBlind(world) && isMassSilence(world, verdict.onset)) {
      const waveEnds = waveEndsAt(world, verdict.onset)
      if (waveEnds > world.now) return lookAgain(world, group, waveEnds)
      declareBlind(world, verdict.onset)
    }
    const unproven = group.kind !== 'gateway' && radio === undefined && !carriersWork(world, group, verdict)
    if (isBlind(world) || unproven) return lookAgain(world, group, world.now + verdict.longestIntervalMs)
  }
  const cabinet = radio === undefined && verdict.tailFrom === null ? wholeCabinet(world, group) : null
  if (cabinet !== null && !isUnfed(cabinet, verdict)) {
    const beside = areaBeside(world, cabinet, verdict)
    if (beside !== null) return joinArea(world, beside, cabinet)
    const neighbours = askNeighbours(world, cabinet, verdict)
    if (neighbours.waitUntil > world.now) return lookAgain(world, group, neighbours.waitUntil)
    if (neighbours.lost.length > 1) {
      const area = areaGroup(neighbours.lost)
      putArea(world, area)
      const theirs = weigh(area, world)
      return open(world, area, theirs, explain(world, area, theirs), [explanation])
    }
  }
  if (radio === undefined) open(world, group, verdict, explanation, others)
  else open(world, group, verdict, { ...radio, loadNats: explanation.loadNats }, [...others, explanation])
}

/** The cabinet that `group` is, or whose only circuit it is; `null` for less than a cabinet. */
const wholeCabinet = (world: World, group: Group): Group | null => {
  if (group.kind === 'cabinet') return group
  const id = group.lights[0]?.asset.cabinet ?? null
  const cabinet = group.kind === 'circuit' && id !== null ? world.groups.get(groupKey('cabinet', id)) : undefined
  return cabinet?.lights.length === group.lights.length ? cabinet : null
}

/** The same lights, explained by their radio and not by their supply. */
const isRadio = (fault: FaultName, scope: Explanation['scope'], group: Group): boolean =>
  fault === 'communicationFailure' && scope.id === group.scope.id

/** The cabinet has its supply and gives none of it on. */
const isUnfed = ({ supplyLostAt, meter }: Group, { onset }: Verdict): boolean =>
  supplyLostAt === 0 && meter !== null && (meter.unloadedSince > 0 || meter.suppliedAt > onset)

interface Rival extends Explanation {
  group: Group
  verdict: Verdict
  stands: boolean
}

/** The other groups of the affected lights that nothing denies; those that are out already stand. */
const rivalsOf = (world: World, group: Group, verdict: Verdict): Rival[] => {
  const groups = new Set(verdict.affected.flatMap((light) => groupsOf(world, light)))
  groups.delete(group)
  const rivals: Rival[] = []
  for (const other of groups) {
    if (other.kind === 'area') continue
    if (other.kind === 'gateway' && verdict.powerEvidence) continue
    const theirs = weighNearest(other, world)
    if (theirs.affected.length === 0 || isDenied(other, theirs)) continue
    const stands = world.book.get(other.key) !== undefined || (theirs.stands && world.now >= theirs.decideAt)
    rivals.push({ ...explain(world, other, theirs), group: other, verdict: theirs, stands })
  }
  return rivals
}

/** Until when another cause may still prove to explain more; 0 when none can. */
const betterMayStandUntil = (
  world: World,
  { nats }: Explanation,
  { pending }: Verdict,
  rivals: readonly Rival[],
): Instant => {
  let until = 0
  for (const rival of rivals) {
    const better = mostNats(rival, rival.verdict) > mostNats({ ...rival, nats }, { ...rival.verdict, pending })
    if (rival.stands || !better || !mayYetStand(rival.verdict, world)) continue
    until = Math.max(until, rival.verdict.decideAt, rival.verdict.chanceEnds)
  }
  return until
}

/**
 * Whether the ways on which the affected lights' messages travel are known to work, so that silence means power: most of them speak
 * through a gateway on which somebody else was heard after the onset. Lights that are connected directly share a provider with other
 * such lights: when some of those fell silent too, it may be to blame. With nobody else there, there is nothing to compare.
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
    const others = (gateway?.lights ?? directLights(world)).filter(
      (light) => !inGroup.has(light) && light.hearing.lastSeenAt > 0,
    )
    const heard = others.some((light) => light.hearing.lastSeenAt > verdict.onset && isOnTime(light, world))
    const shared = gateway === undefined && fellSilentToo(world, others, verdict)
    working.set(asset.gateway, (heard && !shared) || (gateway === undefined && others.length === 0))
  }
  const proven = verdict.affected.filter((light) => working.get(light.asset.gateway) === true).length
  return 2 * proven >= verdict.affected.length
}

const directLights = (world: World): Light[] => [...world.lights.values()].filter(({ asset }) => asset.gateway === null)

/** Whether lights elsewhere, not explained by a lost supply, were last heard about when these were. */
const fellSilentToo = (world: World, others: readonly Light[], verdict: Verdict): boolean => {
  const together = togetherMs(verdict.longestIntervalMs)
  const silent = others.filter(
    (light) =>
      light.group === null &&
      light.darkRun === 0 &&
      !hasGasped(light) &&
      !isOnTime(light, world) &&
      Math.abs(light.hearing.lastSeenAt - verdict.onset) <= together,
  )
  return silent.length >= Math.max(2, verdict.affected.length / 4)
}

const reasonOf = (group: Group, verdict: Verdict, fault: FaultName): Reason => {
  if (fault === 'communicationFailure') return 'silentButLoadCarried'
  switch (group.kind) {
    case 'gateway':
      return 'gatewayUnreachable'
    case 'area':
      return 'neighbouringCabinets'
    case 'cabinet':
      if (isUnfed(group, verdict)) return 'contactorOpen'
      break
    case 'circuit':
    case 'mains':
    case 'phase':
      break
  }
  if (verdict.tailFrom !== null) return verdict.powerEvidence ? 'tailDarkTogether' : 'tailSilentTogether'
  return verdict.powerEvidence ? 'membersDarkTogether' : 'membersSilentTogether'
}

const open = (
  world: World,
  group: Group,
  verdict: Verdict,
  chosen: Explanation & { loadNats: number },
  others: readonly Explanation[],
): void => {
  const taken = takenOver(world, group, verdict)
  const members = verdict.affected.filter((light) => !taken.stay.has(light))
  if (members.length < world.rules.circuitOutage.minimumMembers) return
  const incident = world.book.open(
    group.key,
    {
      fault: chosen.fault === 'communicationFailure' ? chosen.fault : faultOfGroup[group.kind],
      scope: group.scope,
      reason: reasonOf(group, verdict, chosen.fault),
      community: communityOf(members),
      startedAt: beganOf(group, verdict),
      members: members.map((light) => light.asset.id),
      evidence: evidenceOf(world, group, verdict, chosen.loadNats),
      cause: causeOf(chosen, others),
      absorbs: taken.keys.flatMap((key) => world.book.get(key)?.id ?? []).sort(),
    },
    world.now,
  )
  for (const key of taken.keys) world.book.resolve(key, 'absorbed', world.now, { parent: incident.id })
  for (const light of taken.lights) light.group = group.key
  for (const light of members) {
    light.group = group.key
    light.litRun = 0
    light.litSince = 0
    touch(world, light)
  }
  // Its members may say more of what it is: see review-groups.ts.
  world.dirtyGroups.add(group)
}

/** While its gateway was out nobody knows of a light whether it burned: it is not counted as dark then. */
const beganOf = ({ kind }: Group, { startedAt, affected, powerEvidence }: Verdict): Instant =>
  kind === 'gateway' || powerEvidence ? startedAt : Math.max(startedAt, ...affected.map(({ carriedAt }) => carriedAt))

const evidenceOf = (world: World, group: Group, verdict: Verdict, loadNats: number): Evidence[] => {
  const { kind } = group
  const evidence = [fact('members', group.scope, world.now, describeMembers(verdict))]
  if (group.supplyLostAt > 0)
    evidence.push(fact('event', group.scope, group.supplyLostAt, 'the cabinet lost its supply'))
  if (kind === 'cabinet' && isUnfed(group, verdict))
    evidence.push(fact('meter', group.scope, world.now, 'the cabinet has its supply but no load'))
  if (kind === 'area') evidence.push(fact('members', group.scope, world.now, `cabinets ${group.cabinets.join(', ')}`))
  if (kind === 'gateway' && group.device !== null && group.device.offlineAt > 0)
    evidence.push(fact('status', group.device.device, group.device.offlineAt, 'the gateway lost its connection'))
  if (verdict.tailFrom !== null)
    evidence.push(
      fact(
        'members',
        group.scope,
        world.now,
        `all from position ${verdict.tailFrom} on; alive up to ${reachOf(group, verdict)}`,
      ),
    )
  evidence.push(...loadFact(world, group, loadNats))
  for (const light of verdict.affected.slice(0, 8)) evidence.push(factOf(light))
  return evidence
}

/** The farthest position before the tail. */
const reachOf = (group: Group, { tailFrom }: Verdict): number =>
  Math.max(...group.lights.flatMap(({ asset: { position } }) => position ?? []).filter((it) => it < (tailFrom ?? 0)))

const factOf = (light: Light): Evidence => {
  if (light.darkRun > 0) return fact('reading', light.asset.id, light.darkSince, light.darkDetail)
  if (hasGasped(light)) return fact('event', light.asset.id, light.gaspEventAt, 'announced loss of supply')
  if (light.hearing.offlineAt > 0) return fact('status', light.asset.id, light.hearing.offlineAt, 'connection lost')
  return fact('silence', light.asset.id, light.hearing.lastSeenAt, 'last heard')
}

/** The last sign that a light which is dark or gone was in order. */
const inOrderUntil = (light: Light): Instant => {
  if (light.darkRun > 0) return light.lastLitAt === 0 ? light.darkSince : light.lastLitAt
  return hasGasped(light) ? light.gaspEventAt : light.hearing.lastSeenAt
}

/**
 * What the wider cause takes over of what was opened for its members since it began: single lights and narrower groups. Lights of a
 * group that failed long before stay with it.
 */
const takenOver = (
  world: World,
  group: Group,
  verdict: Verdict,
): { keys: string[]; lights: Light[]; stay: ReadonlySet<Light> } => {
  const newcomers = verdict.affected.filter((light) => light.group === null || light.group === group.key)
  // After a time in which nothing could be heard, the wider cause may be as old as what its new members last showed.
  const began = newcomers.length === 0 ? verdict.startedAt : Math.max(...newcomers.map(inOrderUntil))
  const since = Math.min(verdict.startedAt, began) - togetherMs(verdict.longestIntervalMs)
  const keys = new Set<string>()
  const stay = new Set<Light>()
  for (const light of verdict.affected) {
    const narrower = light.group === null || light.group === group.key ? undefined : world.book.get(light.group)
    if (narrower !== undefined) {
      if (narrower.startedAt >= since) keys.add(narrower.key)
      else stay.add(light)
    }
    for (const key of [`dark:${light.asset.id}`, `silence:${light.asset.id}`]) {
      const single = world.book.get(key)
      if (single !== undefined && single.startedAt >= since) keys.add(key)
    }
  }
  const lights = [...keys].flatMap((key) => (world.groups.get(key)?.lights ?? []).filter((it) => it.group === key))
  return { keys: [...keys], lights, stay }
}
