import { type DetectorOutput, type Instant, minuteMs, type RollCallMoment, shiftDate, toIso } from '@fanari/contracts'
import { transportMarginMs } from './hearing.ts'
import { hasGasped, isUnderMaintenance, type Light } from './light.ts'
import { plannedOn } from './planned-on.ts'
import type { Community, World } from './world.ts'

/*
 * At fixed moments of the night every light of a community that is planned to be on, and is not worked on, is found lit, dark or
 * unknown. What is asked is what is confirmed: a light that was seen lit counts as lit, one with an open outage as dark, and every
 * other as unknown, also one whose first dark reading waits for the second.
 */

/** After the first call, which is 10 minutes after the planned switch-on [ms]. */
const secondCallMs = 20 * minuteMs

interface Moment {
  at: Instant
  night: string
  name: RollCallMoment
}

/** The moments of one night, in order. */
const momentsOf = (world: World, community: Community, night: string): Moment[] => {
  const { local } = world.schedule
  const morning = shiftDate(night, 1)
  const moments: Moment[] = [
    { at: local.instantOf(morning, 0), night, name: 'midnight' },
    { at: local.instantOf(morning, 5 * 60), night, name: '05:00' },
  ]
  for (const at of switchOns(world, community, night)) {
    moments.push({ at, night, name: 'switchOn+10m' }, { at: at + secondCallMs, night, name: 'switchOn+30m' })
  }
  return moments.sort((a, b) => a.at - b.at)
}

/**
 * When the lights of a community are on by plan, 10 minutes after their switch: by the program that most of them follow, and where the
 * last of them stands, for dusk travels by some seconds through a community.
 */
const switchOns = (world: World, community: Community, night: string): Instant[] => {
  const noon = (date: string): Instant => world.schedule.local.instantOf(date, 12 * 60)
  const range = { from: noon(night), until: noon(shiftDate(night, 1)) }
  const followers = mostFollowed(community.lights)
  const places = new Map(followers.map(({ asset }) => [`${asset.lat} ${asset.lon}`, asset]))
  const begins: Instant[] = []
  for (const place of places.values()) {
    const stretches = plannedOn(world.schedule, place, (followers[0] as Light).program, range)
    // On at noon already: that is no switch-on of this night.
    for (const [i, { from }] of stretches.filter(({ from }) => from > range.from).entries())
      begins[i] = Math.max(begins[i] ?? 0, from)
  }
  return begins
}

/** The lights of the program that most follow; of several the first by name. */
const mostFollowed = (lights: readonly Light[]): readonly Light[] => {
  const byProgram = [...Map.groupBy(lights, ({ asset }) => asset.program)].sort(([a], [b]) => (a < b ? -1 : 1))
  let most: readonly Light[] = []
  for (const [, followers] of byProgram) if (followers.length > most.length) most = followers
  return most
}

/** Answers the first moment after `after`; every night has some. They are worked out once a night: each place has a dusk of its own. */
const momentsAfter = (world: World, community: Community): ((after: Instant) => Moment) => {
  let moments: Moment[] = []
  let of = ''
  return (after) => {
    const night = world.schedule.local.nightOf(after)
    if (night !== of)
      moments = [...momentsOf(world, community, night), ...momentsOf(world, community, shiftDate(night, 1))]
    of = night
    return moments.find(({ at }) => at > after) as Moment
  }
}

/** From when on every light has had its chance to report after the platform's last downtime. */
const heardAllFrom = (world: World, community: Community): Instant => {
  const intervalMs = community.lights.reduce((longest, { asset }) => Math.max(longest, asset.intervalMs), 0)
  const floor = world.floor.of(intervalMs)
  return floor === 0 ? 0 : floor + intervalMs + transportMarginMs
}

/** Sets the next call of `community`, after its lights or their programs have changed. */
export const scheduleRollCall = (world: World, community: Community): void => {
  community.due = Math.max(momentsAfter(world, community)(community.calledUntil).at, world.now)
  world.timers.schedule(community)
}

/**
 * Calls the lights of a community whose moment has come. A moment that fell into the platform's downtime is called as soon as every
 * light has had its chance to report, or never when the next one is due by then.
 */
const call = (world: World, community: Community): DetectorOutput | null => {
  const chanceAt = heardAllFrom(world, community)
  const momentAfter = momentsAfter(world, community)
  let moment = momentAfter(community.calledUntil)
  while (moment.at <= world.now) {
    const next = momentAfter(moment.at)
    const callAt = Math.max(moment.at, chanceAt)
    if (next.at > Math.max(callAt, world.now)) {
      community.due = callAt > world.now ? callAt : next.at
      if (callAt > world.now) return null
      community.calledUntil = moment.at
      return callLights(world, community, moment)
    }
    community.calledUntil = moment.at
    moment = next
  }
  community.due = moment.at
  return null
}

/** Lit in its last reading, and nothing has been heard of it since that speaks against it. */
const isConfirmedLit = (light: Light): boolean =>
  light.state === 'lit' && light.reason === 'poweredAsExpected' && !hasGasped(light) && light.hearing.offlineAt === 0

const callLights = (world: World, community: Community, { at, night, name }: Moment): DetectorOutput | null => {
  let lit = 0
  const darkLights: string[] = []
  const unknownLights: string[] = []
  for (const light of community.lights) {
    if (light.segment.mode !== 'on' || isUnderMaintenance(light, world.now)) continue
    if (isConfirmedLit(light)) lit++
    else (light.state === 'dark' ? darkLights : unknownLights).push(light.asset.id)
  }
  const dark = darkLights.length
  const unknown = unknownLights.length
  if (lit + dark + unknown === 0) return null
  return {
    type: 'rollCall',
    at: world.now,
    night,
    community: community.id,
    moment: name,
    plannedAt: toIso(at),
    lit,
    dark,
    unknown,
    darkLights,
    unknownLights,
  }
}

/** Calls all that are due in this instant, after it has been judged. */
export const callRolls = (world: World): DetectorOutput[] => {
  const communities = [...world.dueRollCalls].sort((a, b) => (a.id < b.id ? -1 : 1))
  world.dueRollCalls.clear()
  return communities.flatMap((community) => {
    const called = call(world, community)
    world.timers.schedule(community)
    return called ?? []
  })
}
