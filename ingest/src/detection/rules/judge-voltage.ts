import type { Evidence, FaultName, Instant, Scope } from '@fanari/contracts'
import { isUnderMaintenance, type Light } from '../light.ts'
import { communityOf, fact, groupKey, type World } from '../world.ts'
import { openForLight, ruleKey } from './light-incidents.ts'
import { absenceThatEnds, type Run, without } from './runs.ts'
import { openTaking } from './taking-over.ts'
import { supplyVoltageTooHigh, supplyVoltageTooLow } from './voltage-rules.ts'

/*
 * A wrong supply voltage is the feeder's: three lamps of one phase, or the cabinet's own meter, make one incident of the phase or cabinet.
 */

export type VoltageFault = 'supplyVoltageTooHigh' | 'supplyVoltageTooLow'
const ruleOf = { supplyVoltageTooHigh, supplyVoltageTooLow } as const

export const voltageKey = (fault: FaultName, scope: Scope): string => `voltage:${fault}:${scope.kind}:${scope.id}`

/** The scopes that may hold this light's incident together with others', widest first. */
const scopesOf = ({ asset }: Light): Scope[] => {
  const scopes: Scope[] = []
  if (asset.cabinet !== null) scopes.push({ kind: 'cabinet', id: asset.cabinet })
  if (asset.circuit !== null) {
    scopes.push({ kind: 'circuit', id: asset.circuit })
    if (asset.phase !== null) scopes.push({ kind: 'phase', id: `${asset.circuit}:${asset.phase}` })
  }
  return scopes
}

const openScopeOf = (world: World, light: Light, fault: VoltageFault): Scope | undefined =>
  scopesOf(light).find((scope) => world.book.get(voltageKey(fault, scope)) !== undefined)

/** What a light's run of a wrong voltage has come to. */
export const judgeVoltage = (world: World, light: Light, fault: VoltageFault, run: Run): void => {
  if (run.open) return review(world, light, fault, run)
  if (!run.confirmed) return
  const scope = openScopeOf(world, light, fault)
  if (scope !== undefined) return join(world, light, fault, run, scope)
  const { minimumMembers, aloneSamples } = world.rules[fault]
  const neighbours = neighboursOf(world, light, fault)
  const confirmed = neighbours.filter((it) => it.memory.runs?.[fault]?.confirmed)
  if (confirmed.length >= minimumMembers) return openTogether(world, confirmed, fault)
  // Others who have begun to show it may yet make it theirs too.
  if (run.seen < aloneSamples && run.named === 0) return
  if (neighbours.length >= minimumMembers && run.seen < 2 * aloneSamples) return
  run.open = true
  openForLight(world, light, ruleKey(light, fault), {
    fault,
    reason: run.reason,
    startedAt: run.since,
    evidence: [fact('reading', light.asset.id, run.since, run.detail)],
  })
}

/** The lights on the same phase that show the same, this one among them. */
const neighboursOf = (world: World, light: Light, fault: VoltageFault): Light[] => {
  const { cabinet, circuit, phase } = light.asset
  const group =
    cabinet !== null
      ? world.groups.get(groupKey('cabinet', cabinet))
      : circuit !== null
        ? world.groups.get(groupKey('circuit', circuit))
        : undefined
  return (group?.lights ?? [light]).filter(
    (it) =>
      it.memory.runs?.[fault] !== undefined &&
      (it.asset.phase === null || phase === null || it.asset.phase === phase) &&
      !isUnderMaintenance(it, world.now),
  )
}

/** The narrowest scope that holds all of `lights`. */
const scopeOf = (lights: readonly Light[]): Scope | undefined => {
  const first = lights[0]
  return first === undefined
    ? undefined
    : scopesOf(first).findLast((scope) =>
        lights.every((light) => scopesOf(light).some((it) => it.kind === scope.kind && it.id === scope.id)),
      )
}

const openTogether = (world: World, lights: readonly Light[], fault: VoltageFault): void => {
  const scope = scopeOf(lights)
  const runs = lights.flatMap((light) => light.memory.runs?.[fault] ?? [])
  if (scope === undefined) return
  const evidence: Evidence[] = lights
    .slice(0, 8)
    .map((light) => fact('reading', light.asset.id, light.hearing.lastAt, light.memory.runs?.[fault]?.detail ?? ''))
  openVoltageIncident(world, {
    fault,
    scope,
    lights,
    startedAt: Math.min(...runs.map((run) => run.since)),
    evidence: [fact('members', scope, world.now, `${lights.length} lights measure the same`), ...evidence],
  })
}

/** Opens one incident for a feeder, and takes over what was opened for its parts. */
export const openVoltageIncident = (
  world: World,
  found: {
    fault: VoltageFault
    scope: Scope
    community?: string | null
    lights: readonly Light[]
    startedAt: Instant
    evidence: Evidence[]
  },
): void => {
  const { fault, scope, lights } = found
  const key = voltageKey(fault, scope)
  const narrower = lights.flatMap((light) => [
    ruleKey(light, fault),
    ...scopesOf(light).map((it) => voltageKey(fault, it)),
  ])
  openTaking(
    world,
    key,
    {
      fault,
      scope,
      reason: lights.length > 0 ? 'membersOutsideLimits' : 'outsideLimits',
      community: communityOf(lights) ?? found.community ?? null,
      startedAt: found.startedAt,
      members: lights.map((light) => light.asset.id),
      evidence: found.evidence,
    },
    narrower.filter((it) => it !== key),
  )
  for (const light of lights) {
    const run = light.memory.runs?.[fault]
    if (run !== undefined) run.open = true
  }
}

const join = (world: World, light: Light, fault: VoltageFault, run: Run, scope: Scope): void => {
  run.open = true
  const key = voltageKey(fault, scope)
  world.book.update(key, [...(world.book.get(key)?.members ?? []), light.asset.id], world.now)
}

const review = (world: World, light: Light, fault: VoltageFault, run: Run): void => {
  if (run.absent < absenceThatEnds(ruleOf[fault], run, world.rules)) return
  light.memory.runs = without(light.memory.runs, fault)
  leaveVoltage(world, light, fault, 'withinLimits')
}

/** Ends the light's part in an incident of a wrong voltage. */
export const leaveVoltage = (
  world: World,
  light: Light,
  fault: VoltageFault,
  resolution: 'withinLimits' | 'underMaintenance',
): void => {
  world.book.resolve(ruleKey(light, fault), resolution, world.now)
  const scope = openScopeOf(world, light, fault)
  if (scope === undefined) return
  const key = voltageKey(fault, scope)
  const members = (world.book.get(key)?.members ?? []).filter((id) => id !== light.asset.id)
  const meter = scope.kind === 'cabinet' ? world.others.get(`cabinet:${scope.id}`)?.runs?.[fault] : undefined
  if (members.length === 0 && meter?.open !== true) world.book.resolve(key, resolution, world.now)
  else world.book.update(key, members, world.now)
}
