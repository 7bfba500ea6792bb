import type { Scope } from '@fanari/contracts'
import { isUnderMaintenance, type Light } from '../light.ts'
import { communityOf, fact, groupKey, type World } from '../world.ts'
import { openForLight, ruleKey } from './light-incidents.ts'
import { isRunning } from './rule.ts'
import { openTaking } from './taking-over.ts'

/*
 * Lamps that burn while they should be off. Many of one circuit or cabinet are a contactor that does not open: one incident. A lamp alone
 * waits while that may still prove true.
 */

export const burningKey = (light: Light): string => `on:${light.asset.id}`
const groupKeyOf = (scope: Scope): string => `burning:${scope.kind}:${scope.id}`

/** Whether an open incident says that this light burns by day. */
export const isBurner = (world: World, light: Light): boolean =>
  light.memory.burningGroup !== null || world.book.get(burningKey(light)) !== undefined

export const judgeBurning = (world: World, light: Light): void => {
  const { samples, clearSamples } = world.rules.lampUnexpectedOn
  const isOff = light.counted === 'off' && light.offRun >= clearSamples
  if (light.memory.burningGroup !== null) {
    if (isOff) leaveBurning(world, light, 'offAgain')
    return
  }
  if (world.book.get(burningKey(light)) !== undefined) {
    if (isOff) world.book.resolve(burningKey(light), 'offAgain', world.now)
    return
  }
  // At level 0 by night the contact is to blame: relayFailure.
  if (light.counted !== 'off' || light.onRun < samples || isRunning(light.memory.runs, 'relayFailure')) return
  for (const scope of scopesOf(light)) {
    const { burning, stands, mayYetStand } = look(world, scope)
    if (stands) return openGroup(world, scope, burning)
    // One more reading of its own is what the others need to have their three.
    if (mayYetStand && light.onRun <= samples) return
  }
  openForLight(
    world,
    light,
    burningKey(light),
    {
      fault: 'lampUnexpectedOn',
      reason: 'powerWhenExpectedOff',
      startedAt: light.onSince,
      evidence: [fact('reading', light.asset.id, light.onSince, light.onDetail)],
    },
    // A lamp that burns past its controller did not dim by night either.
    [ruleKey(light, 'dimmingFailure')],
  )
}

const scopesOf = ({ asset }: Light): Scope[] => {
  const scopes: Scope[] = []
  if (asset.cabinet !== null) scopes.push({ kind: 'cabinet', id: asset.cabinet })
  if (asset.circuit !== null) scopes.push({ kind: 'circuit', id: asset.circuit })
  return scopes
}

interface BurningLook {
  /** Lights that burn, confirmed each. */
  burning: Light[]
  stands: boolean
  /** Others have begun to burn, or have not been heard since they should be off. */
  mayYetStand: boolean
}

/** A cabinet is blamed only for more than one of its circuits; otherwise the circuit is the nearer cause. */
const look = (world: World, scope: Scope): BurningLook => {
  const { minimumMembers, burningShare } = world.rules.dayBurningGroup
  const { samples } = world.rules.lampUnexpectedOn
  const lights = world.groups.get(groupKey(scope.kind as 'cabinet' | 'circuit', scope.id))?.lights ?? []
  const burning: Light[] = []
  let mayFollow = 0
  let heard = 0
  for (const light of lights) {
    if (light.hearing.lastSeenAt === 0 || isUnderMaintenance(light, world.now)) continue
    if (light.counted !== 'off') {
      const due = light.segment.modeSince + light.asset.intervalMs
      if (light.segment.mode === 'off' && world.now <= due) mayFollow++
      continue
    }
    heard++
    if (light.onRun >= samples) burning.push(light)
    else if (light.onRun > 0) mayFollow++
  }
  const needed = Math.max(minimumMembers, Math.ceil(burningShare * heard))
  const circuits = new Set(burning.map((light) => light.asset.circuit))
  const spans = scope.kind !== 'cabinet' || circuits.size > 1 || circuits.has(null)
  return {
    burning,
    stands: spans && burning.length >= needed,
    mayYetStand: mayFollow > 0 && burning.length + mayFollow >= needed,
  }
}

const openGroup = (world: World, scope: Scope, burning: readonly Light[]): void => {
  const key = groupKeyOf(scope)
  const known = world.book.get(key)
  const members = burning.map((light) => light.asset.id)
  if (known === undefined) {
    const narrower = burning.flatMap((light) => [burningKey(light), light.memory.burningGroup ?? []].flat())
    openTaking(
      world,
      key,
      {
        fault: 'dayBurningGroup',
        scope,
        reason: 'membersBurnByDay',
        community: communityOf(burning),
        startedAt: Math.min(...burning.map((light) => light.onSince)),
        members,
        evidence: [
          fact('members', scope, world.now, `${burning.length} lights burn while scheduled off`),
          ...burning.slice(0, 8).map((light) => fact('reading', light.asset.id, light.onSince, light.onDetail)),
        ],
      },
      narrower,
    )
  } else {
    for (const light of burning) world.book.resolve(burningKey(light), 'absorbed', world.now, { parent: known.id })
    world.book.update(key, [...new Set([...known.members, ...members])], world.now)
  }
  for (const light of burning) {
    light.memory.burningGroup = key
    world.dirtyLights.add(light)
  }
}

/** Ends the light's part in a group; with the last of them it is over. */
export const leaveBurning = (world: World, light: Light, resolution: 'offAgain' | 'underMaintenance'): void => {
  const key = light.memory.burningGroup
  if (key === null) return
  light.memory.burningGroup = null
  const members = (world.book.get(key)?.members ?? []).filter((id) => id !== light.asset.id)
  if (members.length === 0) world.book.resolve(key, resolution, world.now)
  else world.book.update(key, members, world.now)
}
