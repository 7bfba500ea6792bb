import type { DeviceEvent, Instant, Reading } from '@fanari/contracts'
import { isBlind } from './blindness.ts'
import { coverageFloor } from './coverage.ts'
import { decisiveMisses, missedAt, missedReports, noteCounters, noteHeard, returnOf } from './hearing.ts'
import { noteMeter } from './meter.ts'
import { countCabinetEvent, countCabinetReading } from './rules/judge-cabinets.ts'
import { fact, groupKey, type Other, type World } from './world.ts'

const keyOf = (other: Other): string => `silence:${other.asset.kind}:${other.asset.id}`

const baseOf = (world: World, other: Other): Instant =>
  other.hearing.lastSeenAt === 0 || other.hearing.sleeping || other.asset.intervalMs === 0
    ? Number.POSITIVE_INFINITY
    : Math.max(other.hearing.lastSeenAt, coverageFloor(world.coverage, other.asset.intervalMs))

/** A reading of a sensor, cabinet or gateway: it is heard, and a cabinet tells whether it has a supply. */
export const applyOtherReading = (world: World, other: Other, reading: Reading): void => {
  world.book.resolve(keyOf(other), returnOf(other.hearing, reading, other.hearing.lastSeenAt), world.now)
  noteHeard(other.hearing, baseOf(world, other), world.now)
  if (reading.at > other.hearing.lastAt) noteCounters(other.hearing, reading)
  schedule(world, other)
  if (other.meter === null) return
  countCabinetReading(world, other, reading)
  const supply = noteMeter(other.meter, reading, world.now)
  world.dirtyMeters.add(other)
  if (supply !== 'unknown') noteSupply(world, other, supply === 'lost' ? reading.at : 0)
}

export const applyOtherEvent = (world: World, other: Other, event: DeviceEvent): void => {
  if (other.meter === null) return
  if (event.type === 'supplyLoss') noteSupply(world, other, event.at)
  else if (event.type === 'circuitBreakerTripped') {
    other.meter.breakerAt ||= world.now
    world.dirtyMeters.add(other)
  } else countCabinetEvent(world, other, event)
}

const noteSupply = (world: World, cabinet: Other, lostAt: Instant): void => {
  const group = world.groups.get(groupKey('cabinet', cabinet.asset.id))
  if (group === undefined || group.supplyLostAt > 0 === lostAt > 0) return
  group.supplyLostAt = lostAt === 0 ? 0 : world.now
  world.dirtyGroups.add(group)
}

export const schedule = (world: World, other: Other): void => {
  const base = baseOf(world, other)
  other.due =
    base === Number.POSITIVE_INFINITY ? base : missedAt(other.hearing, base, decisiveMisses(other.hearing, world.rules))
  world.timers.schedule(other)
}

/** Its deadline has come: silent devices that are no lights make a communication failure of their own. */
export const judgeOther = (world: World, other: Other): void => {
  const base = baseOf(world, other)
  const missed = missedReports(other.hearing, base, world.now)
  if (base === Number.POSITIVE_INFINITY || missed < decisiveMisses(other.hearing, world.rules))
    return schedule(world, other)
  other.due = Number.POSITIVE_INFINITY
  const { asset, hearing } = other
  const explained =
    (asset.gateway !== null && world.book.get(groupKey('gateway', asset.gateway)) !== undefined) ||
    (asset.kind === 'cabinet' && world.book.get(groupKey('cabinet', asset.id)) !== undefined)
  if (asset.kind === 'gateway' || explained || isBlind(world) || world.book.get(keyOf(other)) !== undefined) return
  world.book.open(
    keyOf(other),
    {
      fault: 'communicationFailure',
      scope: { kind: asset.kind, id: asset.id },
      reason: hearing.offlineAt > 0 ? 'connectionLost' : 'missedReports',
      community: asset.community,
      startedAt: hearing.lastSeenAt,
      members: [],
      evidence: [fact('silence', asset.id, hearing.lastSeenAt, `last heard; ${missed} reports missed in a row`)],
    },
    world.now,
  )
}
