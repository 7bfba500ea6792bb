import { faultCatalogue, type Instant, minuteMs } from '@fanari/contracts'
import { dropArea } from './areas.ts'
import { loadSaysDark } from './feeder.ts'
import { type Group, isOnTime, ownWordAt, rank, togetherMs, weigh } from './groups.ts'
import { decisiveMisses, transportMarginMs } from './hearing.ts'
import { endOf } from './history.ts'
import { confirmEveryMs, type OpenIncident } from './incident-book.ts'
import { isUnderMaintenance, type Light } from './light.ts'
import { isSpreading } from './theft.ts'
import { fact, groupKey, touch, type World } from './world.ts'

const lookAgain = (world: World, group: Group, at: Instant): void => {
  group.due = at
  world.timers.schedule(group)
}

const isRecovered = (world: World, incident: OpenIncident, light: Light): boolean => {
  if (isUnderMaintenance(light, world.now)) return true
  if (!faultCatalogue[incident.fault].dark) return light.hearing.lastSeenAt > incident.detectedAt
  return light.counted === 'on' && light.litRun >= world.rules.lampFailure.clearSamples
}

/**
 * Its counters ran on, and nothing ever told that it was dark: it was fed all the while, and its return is no sign that a supply is back.
 * Of many, it would be the cause that was wrong.
 */
const wasOnlyUnheard = ({ fault, startedAt }: OpenIncident, light: Light): boolean =>
  faultCatalogue[fault].dark &&
  light.hearing.lastSeq >= 0 &&
  light.bootedAt < startedAt &&
  light.darkSince < startedAt &&
  light.gaspEventAt < startedAt - togetherMs(light.asset.intervalMs)

/**
 * Members join and leave an open group incident. When some have come back the rest has its chance to follow; whoever then shows no
 * light is judged anew.
 */
export const reviewMembers = (world: World, group: Group): void => {
  const incident = world.book.get(group.key)
  if (incident === undefined) return
  const members = group.lights.filter((light) => light.group === group.key)
  const back = members.filter((light) => isRecovered(world, incident, light))
  const remaining = members.filter((light) => !back.includes(light))
  const longestIntervalMs = members.reduce((longest, light) => Math.max(longest, light.asset.intervalMs), 0)

  const restarted = back.find((light) => light.restartedAt >= incident.detectedAt)
  if (restarted !== undefined && incident.recoveringSince === 0)
    incident.evidence.push(
      fact(
        'reading',
        restarted.asset.id,
        restarted.restartedAt,
        'came back with its counters begun anew: it had lost its supply',
      ),
    )
  for (const light of back) {
    light.group = null
    // What its counters say of the time it was out is told already.
    if (faultCatalogue[incident.fault].dark) light.past = null
    touch(world, light)
  }
  if (remaining.length === 0) {
    const resolution = faultCatalogue[incident.fault].dark ? 'supplyRestored' : 'membersReturned'
    const worked = members.length > 0 && members.every((light) => isUnderMaintenance(light, world.now))
    const end = fact('members', group.scope, world.now, `all ${incident.ever.length} lights are back`)
    const endedAt = worked ? undefined : endOf(world, incident, back)
    world.book.resolve(group.key, worked ? 'underMaintenance' : resolution, world.now, {
      evidence: end,
      ...(endedAt === undefined ? {} : { endedAt }),
    })
    if (group.kind === 'area') dropArea(world, group)
    return
  }
  const few = incident.ever.length - remaining.length < world.rules.circuitOutage.minimumMembers
  const returned = few ? back.filter((light) => !wasOnlyUnheard(incident, light)) : back
  if (returned.length > 0 && incident.recoveringSince === 0) incident.recoveringSince = world.now
  if (incident.recoveringSince > 0) {
    const deadline = incident.recoveringSince + chanceMs(world, remaining) + transportMarginMs
    const returning = remaining.every((light) => light.litRun > 0)
    if (world.now >= deadline && !returning) return split(world, group, incident, remaining)
    lookAgain(world, group, Math.max(deadline, world.now + longestIntervalMs))
  } else {
    if (remaining.some((light) => light.segment.mode === 'on')) world.book.confirm(group.key, world.now)
    lookAgain(world, group, world.now + confirmEveryMs)
    for (const light of joining(world, group, incident)) {
      light.group = group.key
      light.litRun = 0
      light.litSince = 0
      world.book.resolve(`dark:${light.asset.id}`, 'absorbed', world.now, { parent: incident.id })
      world.book.resolve(`silence:${light.asset.id}`, 'absorbed', world.now, { parent: incident.id })
      world.dirtyLights.add(light)
      remaining.push(light)
    }
    nameCause(world, group, incident, remaining)
  }
  world.book.update(
    group.key,
    remaining.map((light) => light.asset.id),
    world.now,
  )
}

/** Reports that those who are not back have to follow the others, a lost one included; and when the load tells that they draw nothing. */
const usualChance = 3
const weighedChance = 2

/**
 * How long those that are not back have to follow the others [ms]. Of one or two that are only silent the reports may be lost and not the
 * supply: as many as their own links may lose, unless the cabinet's load tells.
 */
const chanceMs = (world: World, remaining: readonly Light[]): number => {
  const few = remaining.length < world.rules.circuitOutage.minimumMembers
  const silent = few && remaining.every((light) => light.darkRun === 0)
  const weighed = silent && remaining.every((light) => loadSaysDark(world, light) !== null)
  return Math.max(
    ...remaining.map(({ asset, hearing }) => {
      const unheard = silent ? Math.max(usualChance, decisiveMisses(hearing, world.rules)) : usualChance
      return (weighed ? weighedChance : unheard) * asset.intervalMs
    }),
  )
}

/** Lights of the group that have fallen out since it failed and are not explained otherwise. */
const joining = (world: World, group: Group, incident: OpenIncident): Light[] => {
  const unexplained = group.lights.filter((light) => light.group === null)
  if (unexplained.length === 0 || isCabinets(world, group, incident)) return []
  const verdict = weigh({ ...group, lights: unexplained }, world)
  const earliest = incident.startedAt - togetherMs(verdict.longestIntervalMs)
  const reach = isTail(incident) ? aliveReach(world, unexplained) : Number.NEGATIVE_INFINITY
  return verdict.affected.filter(
    (light) =>
      (light.darkRun > 0 ? light.darkSince : light.hearing.lastSeenAt) >= earliest &&
      (light.asset.position ?? Number.POSITIVE_INFINITY) > reach,
  )
}

/**
 * The cabinet has said since then that it lost its supply or feeds nobody, or that its contactor is open, and nothing contradicts it: who
 * falls out now is the cabinet's, and not that of the narrower cause before.
 */
const isCabinets = (world: World, group: Group, incident: OpenIncident): boolean => {
  const id = group.lights[0]?.asset.cabinet ?? null
  const cabinet =
    id === null || rank[group.kind] <= rank.cabinet ? undefined : world.groups.get(groupKey('cabinet', id))
  if (cabinet === undefined || world.book.get(cabinet.key) !== undefined) return false
  if (ownWordAt(cabinet) <= incident.detectedAt && cabinet.meter?.contactorClosed !== false) return false
  const newcomers = cabinet.lights.filter((light) => light.group === null)
  if (newcomers.length < world.rules.circuitOutage.minimumMembers || weigh(cabinet, world).alive > 0) return false
  world.dirtyGroups.add(cabinet)
  return true
}

const isTail = ({ reason }: OpenIncident): boolean =>
  reason === 'tailDarkTogether' || reason === 'tailSilentTogether' || reason === 'silenceSpreading'

/** The farthest position on the line that is still fed. */
const aliveReach = (world: World, lights: readonly Light[]): number =>
  Math.max(
    ...lights
      .filter((light) => isOnTime(light, world) && light.darkRun === 0 && light.gaspAt === 0)
      .map(({ asset }) => asset.position ?? Number.NEGATIVE_INFINITY),
  )

/** A dark circuit gets a nearer name when its members or its cabinet tell one: a breaker, or a theft in progress. */
const nameCause = (world: World, group: Group, incident: OpenIncident, members: readonly Light[]): void => {
  if (group.kind !== 'circuit' || incident.fault !== 'circuitOutage') return
  const cabinet = members[0]?.asset.cabinet ?? null
  const meter = cabinet === null ? null : world.groups.get(groupKey('cabinet', cabinet))?.meter
  const earliest = incident.startedAt - world.rules.circuitBreakerTripped.wordBefore * minuteMs
  if (meter && meter.breakerAt >= earliest && meter.breakerAt > 0) {
    const evidence = fact('event', cabinet ?? '', meter.breakerAt, 'the cabinet says that a breaker has tripped')
    return world.book.rename(
      group.key,
      { fault: 'circuitBreakerTripped', reason: 'breakerTripped', evidence },
      world.now,
    )
  }
  if (!isSpreading(members, world.rules)) return
  const evidence = fact('members', group.scope, world.now, 'went out one after another from the far end of the line')
  world.book.rename(group.key, { fault: 'suspectedTheft', reason: 'silenceSpreading', evidence }, world.now)
}

const split = (world: World, group: Group, incident: OpenIncident, remaining: readonly Light[]): void => {
  const end = fact('members', group.scope, world.now, `${remaining.length} lights did not come back with the others`)
  world.book.resolve(group.key, 'split', world.now, { evidence: end })
  if (group.kind === 'area') dropArea(world, group)
  for (const light of remaining) {
    light.group = null
    if (group.kind === 'gateway') light.carriedAt = incident.recoveringSince
    touch(world, light)
  }
}
