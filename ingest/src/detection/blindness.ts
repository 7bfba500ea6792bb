import { type Instant, secondMs } from '@fanari/contracts'
import { reconnectAllowanceMs } from './coverage.ts'
import { isOnTime, togetherMs } from './groups.ts'
import { type Light, silenceBase } from './light.ts'
import { fact, touch, type World } from './world.ts'

/** A shorter downtime than this is no incident, however often the devices report [ms]. */
const shortestDowntimeMs = 30 * secondMs
const blindKey = 'platform'

export const isBlind = (world: World): boolean => world.book.get(blindKey)?.reason === 'massSilence'

/** Lights whose silence would mean something now, and that were heard shortly before `since`. */
const watchedLights = (world: World, since: Instant): Light[] => {
  const { floor } = world
  const watched: Light[] = []
  for (const light of world.lights.values()) {
    const base = silenceBase(light, floor)
    if (base === Number.POSITIVE_INFINITY || light.group !== null) continue
    if (base >= since - togetherMs(light.asset.intervalMs)) watched.push(light)
  }
  return watched
}

/** Whether one gateway, circuit or cabinet serves all of `lights`: then it, and not we, is the likelier cause. */
const haveOneCause = (lights: readonly Light[]): boolean => {
  const first = lights[0]?.asset
  if (first === undefined) return true
  const shared = (pick: (light: Light) => string | null): boolean => {
    const value = pick(lights[0] as Light)
    return value !== null && lights.every((light) => pick(light) === value)
  }
  return (
    shared((light) => light.asset.gateway) ||
    shared((light) => light.asset.circuit) ||
    shared((light) => light.asset.cabinet)
  )
}

/**
 * Whether nearly everything that was heard around `onset` is overdue now, across causes that do not share it. Mass silence is our own
 * fault until proven otherwise (Kubernetes' node controller stops evicting at 55 % for the same reason).
 */
export const isMassSilence = (world: World, onset: Instant): boolean => {
  const watched = watchedLights(world, onset)
  const silent = watched.filter((light) => !isOnTime(light, world))
  return (
    silent.length >= 3 &&
    silent.length >= world.rules.platformBlind.silentShare * watched.length &&
    !haveOneCause(silent)
  )
}

/** Opens `platformBlind` for mass silence since `onset`. */
export const declareBlind = (world: World, onset: Instant): void => {
  if (world.book.get(blindKey) !== undefined) return
  const watched = watchedLights(world, onset)
  const silent = watched.filter((light) => !isOnTime(light, world))
  open(world, onset, 'massSilence', `${silent.length} of ${watched.length} lights fell silent together`)
  for (const light of silent) touch(world, light)
}

/** Notes the end of a downtime of our own: an incident when it was long enough to miss reports. */
export const declareDowntime = (world: World): void => {
  const { blindSince, resumedAt } = world.coverage
  for (const light of world.lights.values()) touch(world, light)
  const longEnough = Math.max(shortestDowntimeMs, world.rules.platformBlind.downtimeReports * medianIntervalMs(world))
  if (world.lights.size === 0 || resumedAt - blindSince < longEnough) return
  if (world.book.get(blindKey) === undefined) {
    const minutes = Math.round((resumedAt - blindSince) / 6_000) / 10
    open(world, blindSince, 'ownDowntime', `nothing could be heard for ${minutes} min`)
  }
  watchAgain(world)
}

const open = (world: World, startedAt: Instant, reason: 'massSilence' | 'ownDowntime', detail: string): void => {
  world.book.open(
    blindKey,
    {
      fault: 'platformBlind',
      scope: { kind: 'platform', id: world.municipality },
      reason,
      community: null,
      startedAt,
      members: [],
      evidence: [fact('coverage', world.municipality, world.now, detail)],
    },
    world.now,
  )
  watchAgain(world)
}

const medianIntervalMs = (world: World): number => {
  const intervals = [...world.lights.values()].map((light) => light.asset.intervalMs).sort((a, b) => a - b)
  return intervals[intervals.length >> 1] ?? 0
}

const watchAgain = (world: World): void => {
  world.platform.due = world.now + Math.max(secondMs, medianIntervalMs(world) / 4)
  world.timers.schedule(world.platform)
}

/** Looks whether enough has been heard again to end the blindness; after a downtime, or a fair chance has passed. */
export const reviewBlindness = (world: World): void => {
  const incident = world.book.get(blindKey)
  if (incident === undefined) {
    world.platform.due = Number.POSITIVE_INFINITY
    return
  }
  const { resumedAt } = world.coverage
  const since = incident.reason === 'ownDowntime' ? resumedAt : incident.detectedAt
  let expected = 0
  let missing = 0
  for (const light of world.lights.values()) {
    if (light.hearing.lastSeenAt === 0 || light.segment.mode === 'either') continue
    expected++
    if (light.hearing.lastSeenAt <= since) missing++
  }
  const intervalMs = medianIntervalMs(world)
  const chanceOver =
    incident.reason === 'ownDowntime' && world.now > resumedAt + reconnectAllowanceMs(intervalMs) + 3 * intervalMs
  if (missing <= world.rules.platformBlind.returnShare * expected || chanceOver) {
    world.book.resolve(blindKey, 'hearingAgain', world.now)
    // Those not back yet get the same fair chance as after a stop of our own.
    if (incident.reason === 'massSilence') {
      world.coverage.blindSince = incident.startedAt
      world.coverage.resumedAt = world.now
    }
    world.platform.due = Number.POSITIVE_INFINITY
    for (const light of world.lights.values()) touch(world, light)
  } else watchAgain(world)
}
