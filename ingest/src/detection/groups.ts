import type { Instant, Scope } from '@fanari/contracts'
import { type Hearing, missedAt, transportMarginMs } from './hearing.ts'
import { gaspCountsFrom, hasGasped, isUnderMaintenance, type Light, type Moment, silenceOf } from './light.ts'
import type { Meter } from './meter.ts'
import type { Timed } from './timers.ts'

/** `mains` is a phase of a whole cabinet, `phase` one of a circuit. */
export type GroupKind = 'phase' | 'mains' | 'circuit' | 'cabinet' | 'area' | 'gateway'

/** Lights that share a cause. Phase < mains < circuit < cabinet < area feed power; a gateway carries messages. */
export interface Group extends Timed {
  key: string
  kind: GroupKind
  scope: Scope
  lights: Light[]
  /** The group's own device (a metering cabinet, a gateway), where it has one. */
  device: Hearing | null
  /** What the cabinet's meter says; `null` for other groups and for cabinets without one. */
  meter: Meter | null
  /** When the cabinet itself told that its supply is gone; 0 while it is not. */
  supplyLostAt: Instant
  /** The cabinets of an area that lost its supply; empty for other groups. */
  cabinets: readonly string[]
}

/** A group's lights as the evidence divides them, for one hypothesis: "the shared cause failed at `onset`". */
export interface Verdict {
  /** Lights that are dark, gone or overdue. */
  affected: Light[]
  /** Lights seen alive after the onset: any one of them vetoes the hypothesis. */
  alive: number
  /** The farthest position on the line at which one of those stands; −∞ when none has a position. */
  aliveReach: number
  /** For the tail of a circuit: the position of its first light. Otherwise `null`. */
  tailFrom: number | null
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

/** `powered`: dark although its supply is fine. Its lamp may share a cause with others, but not a lost supply. */
type SightingKind = 'unsupplied' | 'dark' | 'powered' | 'gasped' | 'offline' | 'silent'

interface Sighting {
  light: Light
  kind: SightingKind
  /** The last moment at which it may have been in order: what was not heard of it before then counts for nothing. */
  base: Instant
  /** The last moment at which it is known to have been in order; long before `base` where we could not hear or it was day. */
  knownUntil: Instant
  confirmed: boolean
}

/** A dip of the mains lasts up to twenty seconds, and everybody behind it announces it; then the controllers start again [ms]. */
const groupGaspHoldMs = 25_000

/** How far apart the members of one event may have been heard for the last time [ms]. */
export const togetherMs = (intervalMs: number): number => Math.max(3 * intervalMs, 10 * 60_000)

const isDark = (light: Light): boolean => light.darkRun > 0 && light.counted === 'on'

const darkKind = (light: Light): SightingKind =>
  light.darkFault === 'supplyLoss' ? 'unsupplied' : light.darkPowered ? 'powered' : 'dark'

const sightPower = (light: Light, { rules }: Moment): Sighting | null => {
  const confirmed = light.darkRun >= rules.lampFailure.samples
  if (isDark(light))
    return { light, kind: darkKind(light), base: light.darkSince, knownUntil: light.darkSince, confirmed }
  const base = gaspCountsFrom(light)
  if (hasGasped(light)) return { light, kind: 'gasped', base, knownUntil: base, confirmed: false }
  return null
}

const sightSilence = (light: Light, moment: Moment, enoughMisses: number): Sighting | null => {
  const { base, missed } = silenceOf(light, moment)
  const kind = light.hearing.offlineAt > 0 && base !== Number.POSITIVE_INFINITY ? 'offline' : 'silent'
  if (kind === 'silent' && missed < enoughMisses) return null
  const confirmed = missed >= moment.rules.circuitOutage.missedReports
  return { light, kind, base, knownUntil: light.hearing.lastSeenAt, confirmed }
}

/** Wider before narrower, power before messages. */
export const rank: Readonly<Record<GroupKind, number>> = {
  area: 0,
  cabinet: 1,
  circuit: 2,
  mains: 3,
  phase: 4,
  gateway: 5,
}

const kindOf = (key: string): GroupKind => key.slice(0, key.indexOf(':')) as GroupKind

/** A light that has itself missed a report may have gone with the rest, however late it was last heard. */
export const isOnTime = (light: Light, moment: Moment): boolean =>
  light.hearing.offlineAt === 0 && silenceOf(light, moment).missed === 0

/** Lights that can speak for or against the group: commissioned, not worked on, and not already explained by a wider cause. */
const eligibleLights = (group: Group, moment: Moment): Light[] =>
  group.lights.filter((light) => {
    if (light.hearing.lastSeenAt === 0 || isUnderMaintenance(light, moment.now)) return false
    if (light.group === null || light.group === group.key) return true
    if (group.kind === 'gateway') return false
    const explainedBy = kindOf(light.group)
    return explainedBy === 'gateway' ? sightPower(light, moment) !== null : rank[explainedBy] > rank[group.kind]
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
  options: { feedsPower: boolean; isLine: boolean; enoughMisses: number; sharedLossAt: Instant; sharedUntil: Instant },
): Looked => {
  const { feedsPower, isLine, enoughMisses, sharedLossAt, sharedUntil } = options
  const sightings = new Map<Light, Sighting>()
  let latest = sharedLossAt
  let knownUntil = sharedUntil
  for (const light of lights) {
    const sighting = (feedsPower ? sightPower(light, moment) : null) ?? sightSilence(light, moment, enoughMisses)
    if (sighting === null) continue
    sightings.set(light, sighting)
    latest = Math.max(latest, sighting.base)
    knownUntil = Math.max(knownUntil, sighting.knownUntil)
  }
  const together = togetherMs(longestInterval(lights))
  const all = [...sightings.values()]
  let earliest = knownUntil - together
  // A line may be taken piece by piece: each of its lights fell out together with the next.
  if (isLine)
    for (const { base } of all.toSorted((a, b) => b.base - a.base))
      if (base >= earliest) earliest = Math.min(earliest, base - together)
  return { sightings, latest, related: all.filter((it) => it.base >= earliest) }
}

const longestInterval = (lights: readonly Light[]): number =>
  lights.reduce((longest, light) => Math.max(longest, light.asset.intervalMs), 0)

const isDarkKind = ({ kind }: Sighting): boolean => kind === 'unsupplied' || kind === 'dark' || kind === 'powered'
/** Tells of a supply that is gone, and not only of lamps that give no light. */
const tellsOfSupply = ({ kind }: Sighting): boolean => kind === 'unsupplied' || kind === 'dark' || kind === 'gasped'

/** When the cabinet told that it has no supply, or that it feeds nobody. */
export const ownWordAt = ({ supplyLostAt, meter }: Group): Instant => Math.max(supplyLostAt, meter?.unloadedSince ?? 0)

/** The last moment at which the group's own device is known to have been in order; 0 while it tells of no loss. */
const ownWordUntil = (group: Group): Instant => {
  const { supplyLostAt, meter } = group
  if (group.kind === 'gateway') return group.device?.offlineAt ?? 0
  return Math.max(supplyLostAt, meter !== null && meter.unloadedSince > 0 ? meter.loadedAt : 0)
}

/**
 * Weighs one group at `now`. Evidence of lost power among the lights that fell out together makes a single missed report of the others
 * count too; without it three are needed. To a gateway only silence matters: a light that tells it is dark has been heard.
 */
export const weigh = (group: Group, moment: Moment): Verdict =>
  weighLights(group, eligibleLights(group, moment), moment)

const weighLights = (group: Group, eligible: readonly Light[], moment: Moment): Verdict => {
  const { minimumMembers, affectedShare, missedReports } = moment.rules.circuitOutage
  const feedsPower = group.kind !== 'gateway'
  const sharedLossAt = feedsPower ? ownWordAt(group) : (group.device?.offlineAt ?? 0)
  const hypothesis = { feedsPower, isLine: group.kind === 'circuit', sharedLossAt, sharedUntil: ownWordUntil(group) }
  let looked = look(eligible, moment, { ...hypothesis, enoughMisses: 1 })
  const supplyEvidence = feedsPower && (sharedLossAt > 0 || looked.related.some(tellsOfSupply))
  if (!supplyEvidence && sharedLossAt === 0)
    looked = look(eligible, moment, { ...hypothesis, enoughMisses: missedReports })
  const { sightings, latest } = looked
  // Where others lost their supply, a lamp that is dark with its supply in order has a cause of its own.
  const affected = supplyEvidence ? looked.related.filter(({ kind }) => kind !== 'powered') : looked.related
  const dark = affected.filter(isDarkKind)
  const powerEvidence = supplyEvidence || (feedsPower && dark.length > 0 && 2 * dark.length >= affected.length)
  const longestIntervalMs = longestInterval(eligible)

  const firstDark = Math.min(...dark.map((it) => it.base))
  const gaspedAt = Math.max(...affected.filter(({ kind }) => kind === 'gasped').map((it) => it.light.gaspEventAt))
  let alive = 0
  let aliveReach = Number.NEGATIVE_INFINITY
  let pending = 0
  let missedBy = 0
  for (const light of eligible) {
    const sighting = sightings.get(light)
    if (sighting !== undefined && !(supplyEvidence && sighting.kind === 'powered')) continue
    const litSinceDark = light.sign === 'lit' && light.counted === 'on' && light.hearing.lastAt > firstDark
    // That a light is heard contradicts lost power or a lost carrier; that lamps went dark, only light contradicts: what is heard may
    // be a birth, or a buffered reading of before.
    const contradicts =
      firstDark === Number.POSITIVE_INFINITY || sighting !== undefined
        ? light.hearing.lastSeenAt > latest && !wasSentBefore(light, gaspedAt)
        : litSinceDark
    // A last gasp is heard, but no sign of life, also by day.
    if (isOnTime(light, moment) && contradicts && light.gaspAt === 0) {
      alive++
      aliveReach = Math.max(aliveReach, light.asset.position ?? Number.NEGATIVE_INFINITY)
      continue
    }
    pending++
    const silence = silenceOf(light, moment)
    if (silence.missed > 0)
      missedBy = Math.max(missedBy, missedAt(light.hearing, silence.base, moment.rules.circuitOutage.missedReports))
  }

  const counted = affected.length + alive + pending
  const needed = Math.max(minimumMembers, Math.ceil(affectedShare * counted))
  const enough = affected.length >= needed || (sharedLossAt > 0 && counted >= minimumMembers)
  // Readings that were buffered while we could not hear come late: the chance begins when they can come.
  const nextEnds = Math.max(latest, moment.floor.of(longestIntervalMs)) + longestIntervalMs + transportMarginMs
  const firstSigns = affected.map((it) =>
    isDarkKind(it) ? it.base : it.kind === 'gasped' ? it.light.gaspEventAt : latest,
  )
  return {
    affected: affected.map((it) => it.light),
    alive,
    aliveReach,
    tailFrom: null,
    pending,
    onset: latest,
    startedAt: Math.min(latest, ...firstSigns),
    powerEvidence,
    longestIntervalMs,
    stands: enough && alive === 0,
    // Who has missed a report but not yet enough of them may still turn out to have gone with the rest.
    chanceEnds: affected.length === 0 ? nextEnds : Math.max(nextEnds, missedBy),
    decideAt: pending === 0 ? confirmedAt(affected, nextEnds, moment.floor.of(longestIntervalMs)) : nextEnds,
  }
}

/**
 * A circuit with lights alive may be cut behind the last of them: then all beyond it are affected, and it is weighed as a group of its
 * own. Any other group, or a circuit that fails as a whole, is weighed as it is.
 */
export const weighNearest = (group: Group, moment: Moment): Verdict => {
  const whole = weigh(group, moment)
  const { minimumMembers } = moment.rules.circuitOutage
  if (group.kind !== 'circuit' || whole.alive === 0 || whole.affected.length === 0) return whole
  if (whole.aliveReach === Number.NEGATIVE_INFINITY) return whole
  const beyond = eligibleLights(group, moment).filter(
    ({ asset }) => asset.position !== null && asset.position > whole.aliveReach,
  )
  if (beyond.length < minimumMembers) return whole
  const tail = weighLights(group, beyond, moment)
  if (tail.alive > 0 || tail.affected.length === 0) return whole
  return { ...tail, tailFrom: Math.min(...tail.affected.map(({ asset }) => asset.position ?? 0)) }
}

/** What was last heard of it was on its way when others announced that their supply is gone. A clock that is wrong cannot tell. */
const wasSentBefore = ({ hearing, late }: Light, gaspedAt: Instant): boolean =>
  !late && hearing.lastAt <= gaspedAt + transportMarginMs

/**
 * When a group of which every light is accounted for may be called: at once if any evidence is confirmed, after its hold otherwise. What
 * was announced before a stop of our own, which ended at `heardFrom` at the latest, has no hold of its own: nobody could take it back.
 */
const confirmedAt = (affected: readonly Sighting[], chanceEnds: Instant, heardFrom: Instant): Instant => {
  if (affected.some((it) => it.confirmed)) return 0
  const gasps = affected
    .filter((it) => it.kind === 'gasped' && it.base >= heardFrom)
    .map((it) => it.base + groupGaspHoldMs)
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
