import { type Instant, lightStateCodes } from '@fanari/contracts'
import type { InfluxDoor } from './door.ts'
import { noLines, pointOf } from './line.ts'
import type { InfluxServer } from './server.ts'

/** One night of a municipality, between its noons. */
export interface TownNight {
  municipality: string
  night: string
  from: Instant
  until: Instant
}

/**
 * What became of a night's forecasts: for each solar light that had one, whether it was dark before dawn. Asked of InfluxDB, which has
 * both already, so that no restart can lose a night.
 */
export const writeSolarOutcomes = async (
  { server, door }: { server: InfluxServer; door: InfluxDoor },
  { municipality, night, from, until }: TownNight,
  signal: AbortSignal,
): Promise<void> => {
  const within = `time >= ${from}ms AND time < ${until}ms AND municipality = $municipality`
  const forecasts = await server.query(
    'records',
    `SELECT first(probability_dark) FROM solar_forecast WHERE ${within} AND night = $night GROUP BY municipality, community, luminaire`,
    { municipality, night },
  )
  const darkened = await server.query(
    'records',
    `SELECT count(state_code) FROM light_state WHERE ${within} AND supply = 'solar' AND state_code = ${lightStateCodes.dark} GROUP BY luminaire`,
    { municipality },
  )
  const dark = new Set(darkened.map(({ tags }) => tags.luminaire))
  const lines = noLines()
  for (const { tags, values } of forecasts) {
    const probability = Number(values[0]?.[1])
    const wentDark = dark.has(tags.luminaire)
    for (const { policy, text } of pointOf(
      'solar_outcome',
      tags,
      {
        night,
        probability_dark: probability,
        went_dark: wentDark,
        went_dark_code: wentDark ? 1 : 0,
        squared_error: (probability - (wentDark ? 1 : 0)) ** 2,
      },
      from,
    ))
      lines[policy].push(text)
  }
  await door.deliver(lines, signal)
}
