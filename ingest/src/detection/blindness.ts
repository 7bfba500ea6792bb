import { type Instant, type Reason, secondMs } from '@fanari/contracts'
import { reconnectAllowanceMs } from './coverage.ts'
import { isOnTime, togetherMs } from './groups.ts'
import { type Light, silenceBase } from './light.ts'
import { fact, touch, type World } from './world.ts'

/** A shorter downtime than this is no incident, however often the devices report [ms]. */
const shortestDowntimeMs = 30 * secondMs
const blindKey = 'platform'

/** Why what is missing is likelier our own fault than the lights'; `null` while it is not. After a downtime coverage says it all. */
export const blindReason = (world: World): Reason | null => {
  const reason = world.book.get(blindKey)?.reason ?? null
  return reason === 'ownDowntime' ? null : reason
}

export const isBlind = (world: World): boolean => blindReason(world) !== null

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

/**
 * Until when a wave of wills means nothing: a broker that restarts, or a network that hiccups, ends all connections at once, and each
 * device needs its time to come back. 0 when the silence is not that of lost connections alone.
 */
export const waveEndsAt = (world: World, onset: Instant): Instant => {
  const silent = watchedLights(world, onset).filter((light) => !isOnTime(light, world))
  const lost = silent.filter(({ hearing }) => hearing.offlineAt > 0)
  if (2 * lost.length < silent.length) return 0
  return Math.max(...lost.map(({ hearing }) => hearing.offlineAt + reconnectAllowanceMs(hearing.intervalMs)))
}

/** Lights heard of late, and how many of them by readings that were old when they came. */
const lateness = (world: World): { heard: number; late: Light[] } => {
  let heard = 0
  const late: Light[] = []
  for (const light of world.lights.values()) {
    if (light.hearing.lastSeenAt < world.now - 2 * light.hearing.intervalMs) continue
    heard++
    if (light.late) late.push(light)
  }
  return { heard, late }
}

const fewestLate = 3
/** A backlog is late for a moment; what is still late after this time is slow [ms]. */
const staysLateMs = 15 * secondMs

/** Notes whether the newest reading of a light was old when it came. Many such, across the town, are a matter of our own ways. */
export const noteLateness = (world: World, light: Light, late: boolean): void => {
  if (light.late === late) return
  light.late = late
  world.lateLights += late ? 1 : -1
  if (world.lateLights < fewestLate || world.platform.due !== Number.POSITIVE_INFINITY) return
  lookAgainIn(world, staysLateMs)
}

const isSlow = (world: World): boolean => {
  if (world.lateLights < fewestLate) return false
  const { heard, late } = lateness(world)
  return late.length >= fewestLate && late.length >= world.rules.platformBlind.silentShare * heard
}

/** What slow readings tell of us: the clock leapt by as much as they are late, or they wait somewhere on the way. */
const declareSlow = (world: World): void => {
  const { heard, late } = lateness(world)
  const { leaptMs } = world.coverage
  const lagMs = ({ hearing }: Light): number => hearing.lastSeenAt - hearing.lastAt
  const leapt = late.filter((light) => Math.abs(lagMs(light) - leaptMs) <= 2 * light.hearing.intervalMs)
  const reason = leaptMs > 0 && 2 * leapt.length > late.length ? 'clockJumped' : 'slowIngest'
  const minutes = Math.round(Math.max(...late.map(lagMs)) / 6_000) / 10
  const detail = `the newest readings of ${late.length} of ${heard} lights are up to ${minutes} min old when they come`
  const known = world.book.get(blindKey)
  if (known === undefined) open(world, Math.min(...late.map(({ hearing }) => hearing.lastAt)), reason, detail)
  else if (known.reason !== reason)
    world.book.rename(
      blindKey,
      { fault: 'platformBlind', reason, evidence: fact('coverage', world.municipality, world.now, detail) },
      world.now,
    )
  for (const light of late) touch(world, light)
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

const open = (
  world: World,
  startedAt: Instant,
  reason: 'massSilence' | 'ownDowntime' | 'slowIngest' | 'clockJumped',
  detail: string,
): void => {
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

const watchAgain = (world: World): void => lookAgainIn(world, Math.max(secondMs, medianIntervalMs(world) / 4))

const lookAgainIn = (world: World, afterMs: number): void => {
  world.platform.due = world.now + afterMs
  world.timers.schedule(world.platform)
}

/** Looks whether enough has been heard again to end the blindness; after a downtime, or a fair chance has passed. */
export const reviewBlindness = (world: World): void => {
  const incident = world.book.get(blindKey)
  const slow = isSlow(world)
  world.platform.due = Number.POSITIVE_INFINITY
  if (slow) {
    declareSlow(world)
    return watchAgain(world)
  }
  if (incident === undefined) {
    if (world.lateLights >= fewestLate) watchAgain(world)
    return
  }
  if (incident.reason === 'slowIngest' || incident.reason === 'clockJumped')
    return endBlindness(world, incident.startedAt)
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
    if (incident.reason === 'massSilence') return endBlindness(world, incident.startedAt)
    world.book.resolve(blindKey, 'hearingAgain', world.now)
    for (const light of world.lights.values()) touch(world, light)
  } else watchAgain(world)
}

/** The platform knows again. Those not back yet get the same fair chance as after a stop of our own. */
const endBlindness = (world: World, startedAt: Instant): void => {
  world.book.resolve(blindKey, 'hearingAgain', world.now)
  world.coverage.blindSince = startedAt
  world.coverage.resumedAt = world.now
  for (const light of world.lights.values()) touch(world, light)
}
