import { dayMs, type Instant } from '@fanari/contracts'
import type { WeatherSpell } from '../physics/weather.ts'
import { between, type Random } from '../random.ts'

export const seasons = ['winter', 'spring', 'summer', 'autumn'] as const
export type Season = (typeof seasons)[number]

/** First day and length of each season [days]. The winter's is that of 2026 to 2027. */
const spans: Record<Season, readonly [from: Instant, days: number]> = {
  spring: [Date.UTC(2026, 2, 1), 90],
  summer: [Date.UTC(2026, 5, 1), 90],
  autumn: [Date.UTC(2026, 8, 1), 90],
  winter: [Date.UTC(2026, 11, 1), 88],
}

/** A day of the season, at noon UTC. */
export const dayOfSeason = (season: Season, random: Random): Instant => {
  const [from, days] = spans[season]
  return from + Math.floor(days * random()) * dayMs + dayMs / 2
}

/** How often a week has a spell, and how long it lasts [days]. What is left of one is ordinary weather. */
const chances: Record<Season, readonly (readonly [WeatherSpell['kind'], number, readonly [number, number]])[]> = {
  winter: [
    ['dull', 0.22, [2, 5]],
    ['snow', 0.2, [2, 4]],
    ['storm', 0.15, [1, 3]],
  ],
  spring: [
    ['dull', 0.15, [3, 5]],
    ['storm', 0.2, [1, 2]],
  ],
  summer: [
    ['heat', 0.35, [4, 8]],
    ['storm', 0.2, [1, 2]],
  ],
  autumn: [
    ['dull', 0.2, [2, 5]],
    ['storm', 0.25, [1, 3]],
  ],
}

/** What weather comes over the week that begins at `scoredFrom`, if it is more than the usual. */
export const drawSpell = (season: Season, scoredFrom: Instant, random: Random): WeatherSpell | null => {
  let draw = random()
  for (const [kind, chance, [shortest, longest]] of chances[season]) {
    if (draw < chance) {
      const from = scoredFrom + Math.round(between(random, -2, 3)) * dayMs - dayMs / 2
      return { kind, from, to: from + Math.round(between(random, shortest, longest)) * dayMs }
    }
    draw -= chance
  }
  return null
}
