import { dayMs, hourMs, type Instant, minuteMs } from '@fanari/contracts'
import { createZone } from '../local-time.ts'
import type { WeatherSpell } from '../physics/weather.ts'
import { createRandom, type Random } from '../random.ts'
import type { PlannedFault } from '../scenario/scenario.ts'
import type { Town } from '../town/town.ts'
import { drawCauses } from './causes.ts'
import { createWeekTown } from './week-town.ts'
import { dayOfSeason, drawSpell, type Season, seasons } from './week-weather.ts'

export interface WeekOptions {
  /** How many street lights there are; default 300. */
  lights?: number
  /** How many days are scored; default 7. */
  days?: number
}

/** A week of a town, drawn from a seed alone. */
export interface Week {
  seed: number
  town: Town
  season: Season
  /** `null` is ordinary weather. */
  spell: WeatherSpell | null
  /** Solar lights begin here, for the past of their batteries and harvests. */
  from: Instant
  /** What is fed by the grid begins here. */
  gridFrom: Instant
  /** A local noon: what happens from here on counts. */
  scoredFrom: Instant
  until: Instant
  faults: PlannedFault[]
  /** When the platform does not run. */
  platformStops: { from: Instant; until: Instant }[]
}

const defaultLights = 300
const defaultDays = 7
const solarPastMs = 21 * dayMs
const shortestStopMs = minuteMs
const longestStopMs = 3 * hourMs
const stopsApartMs = 6 * hourMs

const drawStops = (from: Instant, until: Instant, random: Random): Week['platformStops'] => {
  const stops: Week['platformStops'] = []
  const count = Math.min(1 + Math.floor(3 * random()), Math.ceil((until - from) / (2 * dayMs)))
  while (stops.length < count) {
    const lengthMs = Math.round(shortestStopMs * (longestStopMs / shortestStopMs) ** random())
    const at = Math.round(from + hourMs + (until - from - longestStopMs - 2 * hourMs) * random())
    if (stops.some((stop) => at < stop.until + stopsApartMs && at + lengthMs > stop.from - stopsApartMs)) continue
    stops.push({ from: at, until: at + lengthMs })
  }
  return stops.sort((a, b) => a.from - b.from)
}

/**
 * Draws a week: season and weather, town and devices, what breaks when and for how long, and when the platform itself is down.
 * @throws RangeError when `days` is not a whole number from 1 to 60, or `lights` not one from 1 to 100 000
 */
export const createWeek = (seed: number, options: WeekOptions = {}): Week => {
  const { lights = defaultLights, days = defaultDays } = options
  if (!(Number.isInteger(days) && days >= 1 && days <= 60))
    throw new RangeError(`days must be a whole number from 1 to 60, got ${days}`)
  const random = createRandom(seed, 'week')
  const season = seasons[seed % seasons.length] ?? 'winter'
  const town = createWeekTown(seed, lights)
  const zone = createZone(town.municipality.timeZone)
  const scoredFrom = zone.noonBefore(dayOfSeason(season, random))
  const until = zone.noonBefore(scoredFrom + days * dayMs + 2 * hourMs)
  const spell = drawSpell(season, scoredFrom, random)
  return {
    seed,
    town,
    season,
    spell,
    from: scoredFrom - solarPastMs,
    gridFrom: scoredFrom - dayMs,
    scoredFrom,
    until,
    faults: drawCauses({ seed, town, zone, scoredFrom, until, spell }),
    platformStops: drawStops(scoredFrom, until, createRandom(seed, 'week', 'stops')),
  }
}
