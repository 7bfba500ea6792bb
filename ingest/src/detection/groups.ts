import type { Instant, Scope } from '@fanari/contracts'
import { type Hearing, transportMarginMs } from './hearing.ts'
import { gaspHoldMs, hasGasped, isUnderMaintenance, type Light, type Moment, silenceOf } from './light.ts'
import type { Timed } from './timers.ts'

export type GroupKind = 'phase' | 'circuit' | 'cabinet' | 'gateway'

/** Lights that share a cause. Phase < circuit < cabinet feed power; a gateway carries messages. */
export interface Group extends Timed {
  key: string
  scope: Scope & { kind: GroupKind }
  lights: Light[]
  /** The group's own device (a metering cabinet, a gateway), where it has one. */
  device: Hearing | null
  /** When the cabinet itself told that its supply is gone; 0 while it is not. */
  supplyLostAt: Instant
}

/** A group's lights as the evidence divides them, for one hypothesis: "the shared cause failed at `onset`". */
export interface Verdict {
  /** Lights that are dark, gone or overdue. */
  affected: Light[]
  /** Lights seen alive after the onset: any one of them vetoes the hypothesis. */
  alive: number
  /** Lights not heard of since the onset that are not yet overdue either. */
  pending: number
  /** The last moment at which an affected light is known to have been in order. */
  onset: Instant
  /** When the fault began as far as positive evidence tells; otherwise the onset. */
  startedAt: Instant
  /** Some of the evidence tells of lost power or dark lamps, and not only of silence. */
  powerEvidence: boolean
  longestIntervalMs: number
  /** The hypothesis has enough members and no veto; it holds from `decideAt` on. */
  stands: boolean
  decideAt: Instant
  /** Until when each light has had its chance to speak for or against. */
  chanceEnds: Instant
}

interface Sighting {
  light: Light
  kind: 'dark' | 'gasped' | 'offline' | 'silent'
  /** The last moment it was in order. */
  base: Instant
  confirmed: boolean
}

/** How far apart the members of one event may have been heard for the last time [ms]. */
export const togetherMs = (intervalMs: number): number => Math.max(3 * intervalMs, 10 * 60_000)

const isDark = (light: Light): boolean => light.darkRun > 0 && light.counted === 'on'

const sightPower = (light: Light, { rules }: Moment): Sighting | null => {
  const confirmed = light.darkRun >= rules.lampFailure.samples
  if (isDark(light)) return { light, kind: 'dark', base: light.darkSince, confirmed }
  if (hasGasped(light)) return { light, kind: 'gasped', base: light.gaspAt, confirmed: false }
  return null
}

const sightSilence = (light: Light, moment: Moment, enoughMisses: number): Sighting | null => {
  const silence = silenceOf(light, moment)
  const confirmed = silence.missed >= moment.rules.circuitOutage.missedReports
  if (light.hearing.offlineAt > 0 && silence.base !== Number.POSITIVE_INFINITY)
    return { light, kind: 'offline', base: silence.base, confirmed }
  if (silence.missed >= enoughMisses) return { light, kind: 'silent', base: silence.base, confirmed }
  return null
}

/** Wider before narrower, power before messages. */
export const rank: Readonly<Record<GroupKind, number>> = { cabinet: 0, circuit: 1, phase: 2, gateway: 3 }

const kindOf = (key: string): GroupKind => key.slice(0, key.indexOf(':')) as GroupKind

/** A light that has itself missed a report may have gone with the rest, however late it was last heard. */
export const isOnTime = (light: Light, moment: Moment): boolean =>
  light.hearing.offlineAt === 0 && silenceOf(light, moment).missed === 0

/** Lights that can speak for or against the group: commissioned, not worked on, and not already explained by a wider cause. */
const eligibleLights = (group: Group, moment: Moment): Light[] =>
  group.lights.filter((light) => {
    if (light.hearing.lastSeenAt === 0 || isUnderMaintenance(light, moment.now)) return false
    if (light.group === null || light.group === group.key) return true
    if (group.scope.kind === 'gateway') return false
    const explainedBy = kindOf(light.group)
    return explainedBy === 'gateway' ? sightPower(light, moment) !== null : rank[explainedBy] > rank[group.scope.kind]
  })

interface Looked {
  sightings: ReadonlyMap<Light, Sighting>
  /** Those that fell out together; who fell out long before the rest has a cause of its own. */
  related: readonly Sighting[]
  latest: Instant
}

/** Looks for lights of one event, counting those as silent that have missed `enoughMisses` reports. */
const look = (
  lights: readonly Light[],
  moment: Moment,
  options: { feedsPower: boolean; enoughMisses: number; sharedLossAt: Instant },
): Looked => {
  const { feedsPower, enoughMisses, sharedLossAt } = options
  const sightings = new Map<Light, Sighting>()
  let latest = sharedLossAt
  for (const light of lights) {
    const sighting = (feedsPower ? sightPower(light, moment) : null) ?? sightSilence(light, moment, enoughMisses)
    if (sighting === null) continue
    sightings.set(light, sighting)
    latest = Math.max(latest, sighting.base)
  }
  const earliest = latest - togetherMs(longestInterval(lights))
  return { sightings, latest, related: [...sightings.values()].filter((it) => it.base >= earliest) }
}

const longestInterval = (lights: readonly Light[]): number =>
  lights.reduce((longest, light) => Math.max(longest, light.asset.intervalMs), 0)

const tellsOfPower = ({ kind }: Sighting): boolean => kind === 'dark' || kind === 'gasped'

/**
 * Weighs one group at `now`. Evidence of lost power among the lights that fell out together makes a single missed report of the others
 * count too; without it two are needed. To a gateway only silence matters: a light that tells it is dark has been heard.
 */
export const weigh = (group: Group, moment: Moment): Verdict => {
  const { minimumMembers, affectedShare, missedReports } = moment.rules.circuitOutage
  const feedsPower = group.scope.kind !== 'gateway'
  const eligible = eligibleLights(group, moment)
  const sharedLossAt = feedsPower ? group.supplyLostAt : (group.device?.offlineAt ?? 0)
  const hypothesis = { feedsPower, sharedLossAt }
  let looked = look(eligible, moment, { ...hypothesis, enoughMisses: 1 })
  const powerEvidence = feedsPower && (sharedLossAt > 0 || looked.related.some(tellsOfPower))
  if (!powerEvidence && sharedLossAt === 0)
    looked = look(eligible, moment, { ...hypothesis, enoughMisses: missedReports })
  const { sightings, related: affected, latest } = looked
  const longestIntervalMs = longestInterval(eligible)

  const firstDark = Math.min(...affected.filter((it) => it.kind === 'dark').map((it) => it.base))
  let alive = 0
  let pending = 0
  for (const light of eligible) {
    if (sightings.has(light)) continue
    const litSinceDark = light.sign === 'lit' && light.counted === 'on' && light.hearing.lastAt > firstDark
    // That a light is heard contradicts lost power or a lost carrier; that lamps went dark, only light contradicts: what is heard may
    // be a birth, or a buffered reading of before.
    const contradicts = firstDark === Number.POSITIVE_INFINITY ? light.hearing.lastSeenAt > latest : litSinceDark
    if (isOnTime(light, moment) && contradicts) alive++
    else pending++
  }

  const counted = affected.length + alive + pending
  const needed = Math.max(minimumMembers, Math.ceil(affectedShare * counted))
  const enough = affected.length >= needed || (sharedLossAt > 0 && counted >= minimumMembers)
  // Readings that were buffered while we could not hear come late: the chance begins when they can come.
  const chanceEnds = Math.max(latest, moment.floor.of(longestIntervalMs)) + longestIntervalMs + transportMarginMs
  const firstSigns = affected.map((it) =>
    it.kind === 'dark' ? it.base : it.kind === 'gasped' ? it.light.gaspEventAt : latest,
  )
  return {
    affected: affected.map((it) => it.light),
    alive,
    pending,
    onset: latest,
    startedAt: Math.min(latest, ...firstSigns),
    powerEvidence,
    longestIntervalMs,
    stands: enough && alive === 0,
    chanceEnds,
    decideAt: pending === 0 ? confirmedAt(affected, chanceEnds) : chanceEnds,
  }
}

/** When a group of which every light is accounted for may be called: at once if any evidence is confirmed, after its hold otherwise. */
const confirmedAt = (affected: readonly Sighting[], chanceEnds: Instant): Instant => {
  if (affected.some((it) => it.confirmed)) return 0
  const gasps = affected.filter((it) => it.kind === 'gasped').map((it) => it.base + gaspHoldMs)
  return Math.min(chanceEnds, ...gasps)
}

/** Whether the group could still turn out to be the cause: nobody vetoes, and some of its lights have not had their chance. */
export const mayYetStand = (verdict: Verdict, { now, rules }: Moment): boolean =>
  verdict.affected.length + verdict.pending >= rules.circuitOutage.minimumMembers &&
  verdict.alive === 0 &&
  now < Math.max(verdict.decideAt, verdict.chanceEnds)

/** "38 of 40 lights: 20 dark, 18 silent" */
export const describeMembers = (verdict: Verdict): string => {
  const dark = verdict.affected.filter(isDark).length
  const gasped = verdict.affected.filter((light) => !isDark(light) && hasGasped(light)).length
  const lost = verdict.affected.length - dark - gasped
  const total = verdict.affected.length + verdict.alive + verdict.pending
  return `${verdict.affected.length} of ${total} lights affected (${dark} dark, ${gasped} announced loss of supply, ${lost} not heard), ${verdict.alive} alive, ${verdict.pending} not yet due`
}
