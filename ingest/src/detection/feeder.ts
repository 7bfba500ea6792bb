import type { Evidence, Instant } from '@fanari/contracts'
import { expectedPowerShare } from './evidence.ts'
import type { Group } from './groups.ts'
import { transportMarginMs } from './hearing.ts'
import { phaseIndex } from './judge-meters.ts'
import { isUnderMaintenance, type Light, silenceOf } from './light.ts'
import { excessOf, fallOf, fitOf, type Meter } from './meter.ts'
import { fact, groupKey, type World } from './world.ts'

/** More silent lights than this on one phase at once are a matter of groups; their loads cannot be told apart. */
const mostSuspects = 4
/**
 * How likely a silent light among lights that live has lost its supply and not its radio [1]: one that missed some reports, one that is
 * silent for longer than its link ever loses, and one whose lost supply is known.
 */
const lostSupply = { late: 0.05, silent: 0.2, known: 0.95 }
/** ln odds that the load changed by something else altogether. */
const otherChangeNats = -8
/** The odds at which a light is called dark: 99 to 1, in the few cases that come to be decided. */
const decidedNats = Math.log(99)
/** Meter readings after the light fell silent that must agree. */
const fewestReadings = 3
/** The same before somebody else fell silent: whoever is heard later cannot have taken the load. */
const fewestBetween = 2
/** Readings of one side may differ by this share of what the light draws; a lamp that cycles beside it makes them differ more. */
const mostUnrest = 0.5
/** Of what the light drew, so much must be gone from the load itself. */
const leastOfLoad = 0.5
/** The odds at which the load denies that a light has lost its supply: 150 to 1. */
const deniedNats = -5
/** What a lamp may draw beside what it last said, a share [1]. */
const lampTolerance = 0.05

/**
 * Whether the cabinet's meter shows that a silent light draws nothing: then it lost its supply, and not its radio. Either the load of
 * its phase fell by what it drew when it fell silent, or the load is no more than what the lights that are heard explain. Several lights
 * may be silent at once, so every choice among them is weighed. `null` when the meter does not tell, or not yet.
 */
export const loadSaysDark = (world: World, light: Light): Evidence | null => {
  const group = cabinetOf(world, light)
  if (!group?.meter || light.segment.mode !== 'on' || light.fullPowerW <= 0) return null
  const phase = phaseIndex(light)
  const peers = group.lights.filter(
    (it) => it.hearing.lastSeenAt > 0 && !isUnderMaintenance(it, world.now) && phaseIndex(it) === phase,
  )
  const detail = fallSays(world, light, peers, group.meter) ?? balanceSays(world, light, peers, group.meter)
  return detail === null ? null : fact('meter', group.scope.id, world.now, detail)
}

/** Whether the cabinet carries the light's load after its last gasp as before: its supply came back, and its word of that was lost. */
export const loadDeniesGasp = (world: World, light: Light): boolean => {
  const meter = cabinetOf(world, light)?.meter ?? null
  if (meter === null || !drewPower(light)) return false
  const fall = fallOf(meter, phaseIndex(light), light.gaspEventAt, light.gaspEventAt + 1)
  return fall !== null && fitOf(fall, light.powerW) < deniedNats
}

const cabinetOf = (world: World, { asset }: Light): Group | undefined =>
  asset.cabinet === null ? undefined : world.groups.get(groupKey('cabinet', asset.cabinet))

const fallSays = (world: World, light: Light, peers: readonly Light[], meter: Meter): string | null => {
  if (!drewPower(light)) return null
  const { lastAt, intervalMs } = light.hearing
  const suspects = peers.filter(
    (it) => it === light || (isGone(world, it) && drewPower(it) && it.hearing.lastAt >= lastAt - 3 * intervalMs),
  )
  const gone = withoutLater(suspects, light, meter)
  if (gone.suspects.length > mostSuspects) return null
  const before = Math.min(...gone.suspects.map(({ hearing }) => hearing.lastAt))
  const after = Math.max(...gone.suspects.map(missedFrom))
  if (!othersLive(world, peers, suspects, lastAt + intervalMs)) return null
  // Asked for another level meanwhile, what it last drew says no more what it would draw.
  if (light.segment.from > before - intervalMs) return null
  const fall = fallOf(meter, phaseIndex(light), before, after, gone.until)
  if (fall === null || fall.readingsAfter < gone.readings || fall.unrestW > mostUnrest * light.powerW) return null
  if (fall.loadFallW < leastOfLoad * light.powerW) return null
  const loads = gone.suspects.map((it) => ({ light: it, loadW: it.powerW }))
  if (oddsOfLoss(world, loads, light, fall) < decidedNats) return null
  return `the load fell by ${Math.round(fall.fallW)} ± ${Math.round(fall.sigmaW)} W when it fell silent; it last drew ${Math.round(light.powerW)} W`
}

/** The first moment at which a report of a light that fell silent was missing. */
const missedFrom = ({ hearing }: Light): Instant => hearing.lastAt + hearing.intervalMs + transportMarginMs

/**
 * Of the silent lights those whose load may be gone: who was heard after `light` was missed, and after the load was read again, still
 * drew his share. Then only those readings count.
 */
const withoutLater = (
  suspects: readonly Light[],
  light: Light,
  meter: Meter,
): { suspects: readonly Light[]; until: Instant; readings: number } => {
  const after = missedFrom(light)
  const later = suspects.filter(({ hearing }) => hearing.lastAt > after)
  const until = Math.min(...later.map(({ hearing }) => hearing.lastAt))
  const between = meter.samples.filter(({ at }) => at >= after && at <= until).length
  return later.length === 0 || between < fewestBetween
    ? { suspects, until: Number.POSITIVE_INFINITY, readings: fewestReadings }
    : { suspects: suspects.filter((it) => !later.includes(it)), until, readings: fewestBetween }
}

/** The balance of a night on which it was not heard at all, or for long: it may have lost its supply by day. */
const balanceSays = (world: World, light: Light, peers: readonly Light[], meter: Meter): string | null => {
  const suspects = peers.filter((it) => it === light || isGone(world, it))
  if (suspects.length > mostSuspects || suspects.some((it) => it.fullPowerW <= 0)) return null
  // Before the others had their supply back, too, it was not the silent ones alone that drew nothing.
  const since = Math.max(
    light.segment.from,
    ...peers.map((it) => (suspects.includes(it) ? missedFrom(it) : it.poweredAt)),
  )
  if (!othersLive(world, peers, suspects, since)) return null
  const excess = excessOf(meter, phaseIndex(light), since)
  if (excess === null) return null
  const restless = Math.max(excess.noiseRangeW, mostUnrest * light.fullPowerW * expectedPowerShare(light.segment.level))
  if (excess.unrestW > restless) return null
  const loads = suspects.map((it) => ({ light: it, loadW: it.fullPowerW * expectedPowerShare(it.segment.level) }))
  // What they last said is counted as drawn; all of them alive would draw this much beside what is heard.
  const claimedW = suspects.reduce((sum, { powerW }) => sum + Math.max(0, powerW), 0)
  const allW = loads.reduce((sum, { loadW }) => sum + loadW, 0)
  const missingW = allW - claimedW - excess.excessW
  if (oddsOfLoss(world, loads, light, { fallW: missingW, sigmaW: excess.sigmaW }) < decidedNats) return null
  return `the load is ${Math.round(missingW)} ± ${Math.round(excess.sigmaW)} W short of what it would be if the silent lights burned`
}

/** Who else is not gone has spoken since then, and one of them burns: until they have, it may be their load that is missing. */
const othersLive = (world: World, peers: readonly Light[], suspects: readonly Light[], since: Instant): boolean => {
  const others = peers.filter((it) => !suspects.includes(it) && !isGone(world, it))
  return others.some(({ sign }) => sign === 'lit') && others.every(({ hearing }) => hearing.lastAt > since)
}

const drewPower = (light: Light): boolean => light.sign === 'lit' && light.counted === 'on' && light.powerW > 0

const isGone = (world: World, light: Light): boolean =>
  silenceOf(light, world).missed > 0 ||
  light.hearing.offlineAt > 0 ||
  world.now - light.hearing.lastSeenAt > 2 * light.hearing.intervalMs

const priorOf = (world: World, { asset }: Light): number => {
  if (world.book.get(`dark:${asset.id}`) !== undefined) return lostSupply.known
  return world.book.get(`silence:${asset.id}`) === undefined ? lostSupply.late : lostSupply.silent
}

/** ln odds that `light` is among those whose load is gone, over every choice of them and over another change of load. */
const oddsOfLoss = (
  world: World,
  suspects: readonly { light: Light; loadW: number }[],
  light: Light,
  { fallW, sigmaW }: { fallW: number; sigmaW: number },
): number => {
  const priors = suspects.map((suspect) => priorOf(world, suspect.light))
  let lost = 0
  let kept = Math.exp(otherChangeNats)
  for (let choice = 0; choice < 1 << suspects.length; choice++) {
    let sumW = 0
    let nats = 0
    let chosen = false
    for (const [i, suspect] of suspects.entries()) {
      const prior = priors[i] as number
      const isChosen = (choice & (1 << i)) !== 0
      nats += Math.log(isChosen ? prior : 1 - prior)
      if (!isChosen) continue
      sumW += suspect.loadW
      if (suspect.light === light) chosen = true
    }
    const spreadW = Math.hypot(sigmaW, lampTolerance * sumW)
    const likelihood = Math.exp(nats - (fallW - sumW) ** 2 / (2 * spreadW ** 2))
    if (chosen) lost += likelihood
    else kept += likelihood
  }
  return Math.log(lost / kept)
}
