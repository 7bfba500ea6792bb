import type { Category } from '@fanari/contracts'
import type { Point } from '../reports/place.ts'
import { type FactTable, reportFlags } from './fact-table.ts'
import type { Period } from './tallies.ts'

export interface HeatQuestion extends Period {
  /** `null`: all. */
  categories: ReadonlySet<Category> | null
}

/**
 * Where the reports of a period are: at their light, else where the reporter said, else where their matter is; `null` where nobody knows.
 * @param places where lights stand, by their ids
 */
export const pointsOf = (
  { reports, tickets, words }: FactTable,
  { from, until, categories }: HeatQuestion,
  places: (luminaire: string) => Point | null,
): (Point | null)[] => {
  const { of } = reports
  const ofTickets = tickets.of
  const isWanted = words.category.list().map((category) => categories?.has(category as Category) ?? true)
  const lights = words.luminaire.list().map((luminaire) => (luminaire === null ? null : places(luminaire)))
  const points: (Point | null)[] = []
  for (let row = 0; row < reports.size; row++) {
    const at = of.at[row] ?? Number.NaN
    if (!(at >= from && at < until) || isWanted[of.category[row] ?? 0] !== true) continue
    if (((of.flags[row] ?? 0) & reportFlags.isQuestion) !== 0) continue
    const ticket = of.ticket[row] ?? 0
    points.push(
      lights[of.luminaire[row] ?? 0] ??
        pointAt(of.lat[row], of.lon[row]) ??
        pointAt(ofTickets.lat[ticket], ofTickets.lon[ticket]),
    )
  }
  return points
}

const pointAt = (lat = Number.NaN, lon = Number.NaN): Point | null => (Number.isNaN(lat) ? null : { lat, lon })
