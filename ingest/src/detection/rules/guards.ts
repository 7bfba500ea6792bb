import { dayMs, type FaultName, faultCatalogue, hourMs } from '@fanari/contracts'
import type { Light } from '../light.ts'
import { groupsOf, type World } from '../world.ts'
import type { Run } from './runs.ts'

/*
 * What keeps a cause that many share from becoming a fault, and a ticket, of each.
 */

/** What a lamp shows while it burns. */
const lampFaults: ReadonlySet<FaultName> = new Set<FaultName>([
  'lampPowerTooLow',
  'lampPowerTooHigh',
  'dimmingFailure',
  'powerFactorTooLow',
  'currentTooHigh',
])
export const isOfTheLamp = (fault: FaultName): boolean => lampFaults.has(fault)

/** Faults that a lamp has by itself; when its whole feeder shows them at once, the feeder has another. */
const ofTheLampAlone: ReadonlySet<FaultName> = new Set<FaultName>([...lampFaults, 'cyclingFailure', 'relayFailure'])
const sharedWithinMs = hourMs

/** Whether most lamps of its circuit or cabinet began to show the same within the hour: a contactor, a neutral, another program. */
export const isShared = (world: World, light: Light, fault: FaultName, run: Run): boolean => {
  if (!ofTheLampAlone.has(fault)) return false
  const { minimumMembers, affectedShare } = world.rules.circuitOutage
  return groupsOf(world, light).some((group) => {
    if (group.scope.kind === 'gateway') return false
    let alike = 0
    for (const { memory } of group.lights) {
      const theirs = memory.runs?.[fault]
      if (theirs !== undefined && Math.abs(theirs.since - run.since) < sharedWithinMs) alike++
    }
    return alike >= minimumMembers && alike >= affectedShare * group.lights.length
  })
}

/** More lights than this that find the same fault within a day do not have it one by one. */
const stormShare = 0.05
const stormMinimum = 10

/** What does not make a street dark must not flood the citizen line: many at once have a common cause, in the town or in our register. */
export const isStorm = (world: World, fault: FaultName): boolean => {
  if (faultCatalogue[fault].dark || faultCatalogue[fault].ticket === null || fault === 'impactDetected') return false
  let recent = 0
  for (const incident of world.book.all())
    if (incident.fault === fault && incident.scope.kind === 'luminaire' && world.now - incident.detectedAt < dayMs)
      recent++
  return recent >= Math.max(stormMinimum, stormShare * world.lights.size)
}

/** Many clocks that are wrong at once are ours, or a slow way to us. */
export const isEveryonesClock = (world: World): boolean => {
  let suspects = 0
  for (const light of world.lights.values()) if (light.memory.clock !== null) suspects++
  return suspects >= 3 && suspects > 0.2 * world.lights.size
}
