import type { Cause, Evidence, FaultName, Scope } from '@fanari/contracts'
import { type Group, type GroupKind, ownWordAt, type Verdict } from './groups.ts'
import { transportMarginMs } from './hearing.ts'
import { hasGasped, type Light, silenceOf } from './light.ts'
import { fallOf, fitOf } from './meter.ts'
import { fact, groupKey, type World } from './world.ts'

/*
 * Which of several causes explains the evidence best (Bayes): ln prior + Σ ln P(sign | cause) / P(sign | no cause). Signs that say the
 * same under every hypothesis cancel, so that each cause is scored over its own members alone and the scores compare.
 */

export const faultOfGroup = {
  area: 'supplyLoss',
  cabinet: 'cabinetOutage',
  circuit: 'circuitOutage',
  mains: 'phaseLoss',
  phase: 'phaseLoss',
  gateway: 'gatewayOutage',
} as const satisfies Record<GroupKind, FaultName>

/** ln of how often each happens a day: trips, supply outages and lost gateways as published, the rest by experience. */
const priors = {
  area: -8,
  cabinet: -7,
  circuit: -5.9,
  mains: -8.5,
  phase: -8.2,
  gateway: -2.3,
  tail: -8.9,
  radio: -12,
  lamp: -10.4,
}

/** ln of how much likelier a sign is when its light is affected than when it is not. Silence has its own, learned, one. */
const signs = { unsupplied: 9, dark: 6, powered: 3, gasped: 8, connectionLost: 4 }
/** A member alive after a power cause: next to impossible. Behind a lost gateway it may have found another way. */
const aliveNats = { power: -14, gateway: -4 }
/** Some devices still report when a cause has hit them: q1 of the published example. */
const affectedAndSilent = 0.98
const mostNatsOfSilence = 12
/** What a pending light could still add. */
const pendingNats = 8
/** A device's own word about its supply or connection. */
const ownWordNats = 10

const silenceNats = (light: Light, world: World): number => {
  const { missed } = silenceOf(light, world)
  const lost = light.hearing.offlineAt > 0 ? signs.connectionLost : 0
  if (missed === 0) return lost
  const { firstMiss, continueMiss } = light.hearing
  const nats = Math.log(affectedAndSilent / firstMiss) + (missed - 1) * Math.log(affectedAndSilent / continueMiss)
  return Math.min(mostNatsOfSilence, nats) + lost
}

const signNats = (light: Light, world: World): number => {
  if (light.darkRun > 0 && light.counted === 'on')
    return light.darkFault === 'supplyLoss' ? signs.unsupplied : light.darkPowered ? signs.powered : signs.dark
  return hasGasped(light) ? signs.gasped : silenceNats(light, world)
}

/** Whether the group's own device denies it: a gateway heard since, a cabinet that shows a load since. */
export const isDenied = (group: Group, verdict: Verdict): boolean => {
  if (ownWordAt(group) > 0) return false
  const { device, meter } = group
  switch (group.kind) {
    case 'gateway':
      return device !== null && device.offlineAt === 0 && device.lastSeenAt > verdict.onset
    case 'cabinet':
      return meter !== null && meter.loadedAt > verdict.onset
    case 'area':
    case 'circuit':
    case 'mains':
    case 'phase':
      return false
  }
}

/** A cabinet is to blame for more than one of its circuits, or on its own word; otherwise the circuit is the nearer cause. */
const cabinetWord = ({ meter, supplyLostAt }: Group, { affected }: Verdict): number => {
  if (supplyLostAt > 0) return ownWordNats
  if (meter === null || meter.unloadedSince === 0) return 0
  const circuits = new Set(affected.map(({ asset }) => asset.circuit))
  return circuits.size > 1 || meter.contactorClosed === false ? ownWordNats : 0
}

const ownWord = (group: Group, verdict: Verdict): number => {
  switch (group.kind) {
    case 'cabinet':
      return cabinetWord(group, verdict)
    case 'gateway':
      return (group.device?.offlineAt ?? 0) > 0 ? ownWordNats : 0
    case 'area':
    case 'circuit':
    case 'mains':
    case 'phase':
      return 0
  }
}

const phases = ['L1', 'L2', 'L3']

/** What the cabinet's meter says of the lights gone silent: their load fell (for), is still carried (against), or nothing. */
const loadNats = (world: World, verdict: Verdict): number => {
  const gone = verdict.affected.filter((light) => light.darkRun === 0 && light.sign === 'lit' && light.powerW > 0)
  const first = gone[0]
  if (first === undefined || first.asset.cabinet === null) return 0
  const meter = world.groups.get(groupKey('cabinet', first.asset.cabinet))?.meter
  if (meter === undefined || meter === null) return 0
  const after = Math.min(...gone.map(({ hearing }) => hearing.lastAt + hearing.intervalMs)) + transportMarginMs
  let nats = 0
  for (const phase of [null, 'L1', 'L2', 'L3']) {
    const lostW = gone
      .filter(({ asset }) => asset.phase === phase && asset.cabinet === first.asset.cabinet)
      .reduce((sum, { powerW }) => sum + powerW, 0)
    const index = phase === null ? null : phases.indexOf(phase)
    const fall = lostW === 0 ? null : fallOf(meter, index, verdict.onset, Math.max(after, verdict.onset))
    if (fall !== null) nats += fitOf(fall, lostW)
  }
  return Math.max(-14, Math.min(14, nats))
}

/** One cause with what speaks for it [nats]. */
export interface Explanation {
  fault: FaultName
  scope: Scope
  nats: number
}

const priorOf = (group: Group, verdict: Verdict): number => priors[verdict.tailFrom === null ? group.kind : 'tail']

export const explain = (world: World, group: Group, verdict: Verdict): Explanation & { loadNats: number } => {
  const feedsPower = group.kind !== 'gateway'
  const load = feedsPower ? loadNats(world, verdict) : 0
  let nats = priorOf(group, verdict) + ownWord(group, verdict) + load
  for (const light of verdict.affected) nats += feedsPower ? signNats(light, world) : silenceNats(light, world)
  nats += verdict.alive * (feedsPower ? aliveNats.power : aliveNats.gateway)
  return { fault: faultOfGroup[group.kind], scope: group.scope, nats, loadNats: load }
}

/** What `explain` could still come to, if all that is pending spoke for it. */
export const mostNats = (explanation: Explanation, verdict: Verdict): number =>
  explanation.nats + pendingNats * verdict.pending

/** Other ways to explain the same lights without any of the registered groups: each by itself, or their radio together. */
export const withoutGroup = (world: World, group: Group, verdict: Verdict): Explanation[] => {
  let each = 0
  let silent = 0
  for (const light of verdict.affected) {
    each += priors.lamp + signNats(light, world)
    silent += silenceNats(light, world)
  }
  const first = verdict.affected[0]
  const explanations: Explanation[] = []
  if (first !== undefined)
    explanations.push({
      fault: first.darkRun > 0 ? first.darkFault : hasGasped(first) ? 'supplyLoss' : 'communicationFailure',
      scope: { kind: 'luminaire', id: first.asset.id },
      nats: each,
    })
  if (!verdict.powerEvidence && group.kind !== 'gateway')
    explanations.push({ fault: 'communicationFailure', scope: group.scope, nats: priors.radio + silent })
  return explanations
}

/** Margin and runner-up of `chosen` among all that was considered. */
export const causeOf = (chosen: Explanation, others: readonly Explanation[]): Cause => {
  let runnerUp: Explanation | null = null
  for (const other of others) if (runnerUp === null || other.nats > runnerUp.nats) runnerUp = other
  return {
    margin: Math.round(10 * (chosen.nats - (runnerUp?.nats ?? 0))) / 10,
    runnerUp: runnerUp === null ? null : { fault: runnerUp.fault, scope: runnerUp.scope },
  }
}

/** The meter's word in an incident's evidence. */
export const loadFact = (world: World, group: Group, nats: number): Evidence[] => {
  if (Math.abs(nats) < 1) return []
  const detail =
    nats > 0
      ? 'the load of the cabinet fell by what its silent lights drew'
      : 'the cabinet still carries the load of its silent lights'
  const evidence = fact('meter', group.scope, world.now, detail)
  return [nats > 0 ? evidence : { ...evidence, stance: 'against' }]
}
