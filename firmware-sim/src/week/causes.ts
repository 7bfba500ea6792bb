import { dayMs, hourMs, type Instant, minuteMs } from '@fanari/contracts'
import type { Zone } from '../local-time.ts'
import { type Night, nightAt } from '../nights.ts'
import type { WeatherSpell } from '../physics/weather.ts'
import { between, createRandom, type Random, shuffled } from '../random.ts'
import type { FaultKind } from '../scenario/faults.ts'
import type { PlannedFault } from '../scenario/scenario.ts'
import { createTargets } from '../scenario/targets.ts'
import type { TownPlan } from '../town/town.ts'
import { type CauseRow, causeTable, type Hour } from './cause-table.ts'
import { createCauseTargets } from './cause-targets.ts'

/** For each week of 300 lights; longer weeks and larger towns have more. */
const fewestCauses = 15
const mostCauses = 28
const batchShare = 0.3
/** What begins too late in the week could be judged by nobody. */
const lastHours = 15
/** How often two faults may meet in one place. */
const meetingShare = 0.15
const attempts = 8

/** Faults that are wider than any place: what else happens there does not matter to the choice. */
const isWide = (fault: string): boolean => fault === 'providerOutage' || fault === 'gatewayFailure'

const weighted = (rows: readonly CauseRow[], weightOf: (row: CauseRow) => number, random: Random): CauseRow => {
  let draw = random() * rows.reduce((sum, row) => sum + weightOf(row), 0)
  for (const row of rows) {
    draw -= weightOf(row)
    if (draw < 0) return row
  }
  return rows[0] as CauseRow
}

/** Any hour, but dusk, when all is switched on, and the end of the night more often than their length. */
const inNight = (hour: Exclude<Hour, 'early'>, night: Night, random: Random): Instant => {
  const { dusk, dawn, noon, nextNoon } = night
  const around = (at: Instant, minutes: number): Instant => at + between(random, -minutes, minutes) * minuteMs
  switch (hour) {
    case 'night':
      return between(random, dusk + 20 * minuteMs, dawn - hourMs)
    case 'deepNight':
      return between(random, dusk + 2 * hourMs, dawn - 1.5 * hourMs)
    case 'dusk':
      return random() < 0.6 ? around(dusk, 20) : between(random, dusk, dawn - hourMs)
    case 'any': {
      const draw = random()
      if (draw < 0.12) return around(dusk, 15)
      if (draw < 0.22) return around(dawn, 60)
      return draw < 0.6 ? between(random, dusk, dawn) : between(random, noon, nextNoon)
    }
  }
}

/**
 * What breaks in a week: 15 to 30 causes over all kinds, at any hour, each repaired or left; now and then two in one place, and now and
 * then a batch of lamps of one make that fail within days of each other.
 */
export const drawCauses = (options: {
  seed: number
  town: TownPlan
  zone: Zone
  scoredFrom: Instant
  until: Instant
  spell: WeatherSpell | null
}): PlannedFault[] => {
  const { seed, town, zone, scoredFrom, until, spell } = options
  const random = createRandom(seed, 'week', 'causes')
  const targets = createTargets(town)
  const targetOf = createCauseTargets(seed, town)
  const [centre] = town.communities
  if (centre === undefined) return []
  const days = Math.round((until - scoredFrom) / dayMs)
  const lastStart = Math.max(scoredFrom + hourMs, until - lastHours * hourMs)
  const plan: { at: Instant; to: Instant; fault: FaultKind; target: string }[] = []
  const places: { from: Instant; to: Instant; things: ReadonlySet<string> }[] = []

  const startOf = (hour: Hour): Instant => {
    if (hour === 'early') return scoredFrom + between(random, 0.1, 2.5) * dayMs
    return inNight(hour, nightAt(scoredFrom + Math.floor(random() * days) * dayMs + hourMs, centre, zone), random)
  }
  const isInStorm = (at: Instant): boolean => spell?.kind === 'storm' && at >= spell.from && at < spell.to

  /** Adds a fault unless, by its luck, it would meet another. */
  const add = (row: CauseRow, target: string, at: Instant): boolean => {
    const { fault, hours } = row
    const found = targets(fault, target)
    if (!found.ok || at > lastStart || at < scoredFrom) return false
    const forMs = Math.max(1_000, Math.round(hours[0] * (hours[1] / hours[0]) ** random() * hourMs))
    const touches = (from: Instant, to: Instant): boolean => at < to + hourMs && at + forMs > from - hourMs
    // The same thing does not break the same way while it is broken.
    if (plan.some((other) => other.fault === fault && other.target === target && touches(other.at, other.to)))
      return false
    const things = [...found.reach.lights, ...found.reach.carriers]
    const meets = places.some((place) => touches(place.from, place.to) && things.some((id) => place.things.has(id)))
    if (meets && !isWide(fault) && random() >= meetingShare) return false
    plan.push({ at: Math.round(at), fault, target, to: Math.round(at) + forMs })
    if (!isWide(fault)) places.push({ from: at, to: at + forMs, things: new Set(things) })
    return true
  }

  const count = Math.round((between(random, fewestCauses, mostCauses) * days) / 7)
  for (let made = 0; made < count; made++) {
    const storms = random() < 0.5
    const row = weighted(
      causeTable,
      (one) => one.weight * (storms && spell?.kind === 'storm' ? (one.inStorm ?? 1) : 1),
      random,
    )
    for (let attempt = 0; attempt < attempts; attempt++) {
      const target = targetOf(row.fault, random)
      let at = startOf(row.hour)
      // What the storm brings comes in the storm.
      for (let again = 0; again < attempts && storms && row.inStorm !== undefined && spell?.kind === 'storm'; again++) {
        if (isInStorm(at)) break
        at = startOf(row.hour)
      }
      if (target !== null && add(row, target, at)) break
    }
  }

  if (random() < batchShare) {
    const kind = random() < 0.6 ? 'driver' : 'ledString'
    const row = causeTable.find(({ fault }) => fault === kind)
    const [model] = shuffled(
      random,
      town.luminaires.filter(({ supply }) => supply === 'grid'),
    )
    const batch = town.luminaires.filter(
      ({ ratedPower, supply }) => supply === 'grid' && ratedPower === model?.ratedPower,
    )
    const failing = shuffled(random, batch).slice(0, 3 + Math.floor(3 * random()))
    if (row !== undefined) for (const { id } of failing) add(row, id, startOf(row.hour))
  }
  return plan
    .sort((a, b) => a.at - b.at)
    .map(({ at, to, fault, target }) => ({ at, action: 'break', fault, target, forMs: to - at }))
}
