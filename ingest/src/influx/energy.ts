import { type Instant, measurements } from '@fanari/contracts'
import { lineHead, lineOf } from './line.ts'
import type { Places } from './places.ts'
import type { InfluxSeries } from './server.ts'

/*
 * Energy of lights by hour, from their points, and by day. Pure.
 */

/** What a kilowatt-hour costs, and emits; null where nobody has said so. */
export interface EnergyPrices {
  eurPerKwh: number | null
  co2GramsPerKwh: number | null
}

/** The lights of one circuit, or those of a community without one, in an hour. */
export interface EnergySums extends LightEnergy {
  tags: { municipality: string; community: string; cabinet: string; circuit: string; supply: string }
  lights: number
}

/** What a light took and gave in an hour. */
export interface LightEnergy {
  energyKwh: number
  fullEnergyKwh: number
  savedKwh: number
  litH: number
}

const wattsPerKilowatt = 1_000
/** No lamp takes more than this share of its rating. A counter that seems to say so was changed, or its reading has a wrong time. */
const mostOfRating = 2
/** Without a level, a lamp that takes this share of its rating gives light. */
const litShare = 0.05

/**
 * The energy of one light in one hour from its points. The counter tells it where there is one, beginning with its last value of the
 * hour before; otherwise mean power does.
 */
export const lightEnergy = (
  series: InfluxSeries,
  { ratedPowerW, counterBefore }: { ratedPowerW: number; counterBefore: number | null },
): LightEnergy => {
  const column = (name: string) => series.columns.indexOf(name)
  const [counterAt, powerAt, levelAt] = [
    column('active_energy_kwh'),
    column('active_power_w'),
    column('light_level_pct'),
  ]
  const mostKwh = (mostOfRating * ratedPowerW) / wattsPerKilowatt
  let counter = counterBefore
  let counted: number | null = null
  let powerW = 0
  let powers = 0
  let lit = 0
  let dimmed = 0
  let dimmedPowerW = 0
  for (const row of series.values) {
    const value = row[counterAt]
    if (typeof value === 'number') {
      // What a counter that has begun anew shows has been taken since. One that goes back and is not small has not: a clock that was
      // wrong puts readings among each other, and what they tell twice is counted once.
      const hasBegunAnew = counter !== null && value < counter && value <= mostKwh
      const rise = counter === null ? 0 : hasBegunAnew ? value : value - counter
      counted = (counted ?? 0) + (rise >= 0 && rise <= mostKwh ? rise : 0)
      if (counter === null || hasBegunAnew || value > counter) counter = value
    }
    const power = row[powerAt]
    if (typeof power === 'number') {
      powerW += power
      powers += 1
    }
    const level = row[levelAt]
    const isLit = typeof level === 'number' ? level > 0 : typeof power === 'number' && power > litShare * ratedPowerW
    if (!isLit) continue
    lit += 1
    if (typeof level !== 'number' || level >= 100 || typeof power !== 'number') continue
    dimmed += 1
    dimmedPowerW += power
  }
  const share = (part: number): number => (series.values.length === 0 ? 0 : part / series.values.length)
  const meanPowerW = powers === 0 ? 0 : powerW / powers
  const meanDimmedPowerW = dimmed === 0 ? 0 : dimmedPowerW / dimmed
  return {
    energyKwh: counted ?? meanPowerW / wattsPerKilowatt,
    fullEnergyKwh: (share(lit) * ratedPowerW) / wattsPerKilowatt,
    savedKwh: Math.max(0, (share(dimmed) * (ratedPowerW - meanDimmedPowerW)) / wattsPerKilowatt),
    litH: share(lit),
  }
}

/** Adds an hour of lights to the sums of their circuits; `before`: what counters showed at the end of the hour before, by luminaire. */
export const addUpEnergy = (
  sums: Map<string, EnergySums>,
  series: readonly InfluxSeries[],
  town: { municipality: string; places: Pick<Places, 'light'>; before: ReadonlyMap<string, number> },
): void => {
  const { municipality, places, before } = town
  for (const light of series) {
    const { luminaire = '', community = '', cabinet = '', circuit = '', supply = '' } = light.tags
    const ratedPowerW = places.light(municipality, luminaire)?.ratedPowerW
    if (ratedPowerW === undefined) continue
    const energy = lightEnergy(light, { ratedPowerW, counterBefore: before.get(luminaire) ?? null })
    const key = [community, cabinet, circuit, supply].join('\n')
    const tags = { municipality, community, cabinet, circuit, supply }
    const sum = sums.get(key) ?? { tags, energyKwh: 0, fullEnergyKwh: 0, savedKwh: 0, litH: 0, lights: 0 }
    sums.set(key, sum)
    sum.energyKwh += energy.energyKwh
    sum.fullEnergyKwh += energy.fullEnergyKwh
    sum.savedKwh += energy.savedKwh
    sum.litH += energy.litH
    sum.lights += 1
  }
}

const gramsPerKilogram = 1_000

export const energyLines = (sum: EnergySums, prices: EnergyPrices, hour: Instant): string[] => {
  const { energyKwh, fullEnergyKwh, savedKwh, litH, lights, tags } = sum
  // The battery of a solar light takes nothing from the grid.
  const bought = tags.supply === 'solar' ? 0 : energyKwh
  const { eurPerKwh, co2GramsPerKwh } = prices
  const line = lineOf(
    lineHead('energy', tags),
    measurements.energy.fields,
    {
      energy_kwh: energyKwh,
      full_energy_kwh: fullEnergyKwh,
      dimming_saved_kwh: savedKwh,
      co2_kg: co2GramsPerKwh === null ? null : (bought * co2GramsPerKwh) / gramsPerKilogram,
      cost_eur: eurPerKwh === null ? null : bought * eurPerKwh,
      lit_h: litH,
      lights,
    },
    hour,
  )
  return line === null ? [] : [line]
}

const summed = ['energy_kwh', 'full_energy_kwh', 'dimming_saved_kwh', 'co2_kg', 'cost_eur', 'lit_h'] as const
export const energyColumns: readonly string[] = [...summed, 'lights']

/** One series of a day's hours, as the line of the day's energy. */
export const energyOfDay = ({ tags, columns, values }: InfluxSeries, dayBegins: Instant): string[] => {
  const column = (field: string): number[] =>
    values.flatMap((row) => {
      const value = row[columns.indexOf(field)]
      return typeof value === 'number' ? [value] : []
    })
  const sums = summed.map((field) => {
    const found = column(field)
    return [field, found.length === 0 ? null : found.reduce((sum, value) => sum + value, 0)] as const
  })
  const lights = Math.max(0, ...column('lights'))
  const line = lineOf(
    lineHead('energy', tags),
    measurements.energy.fields,
    { ...Object.fromEntries(sums), lights },
    dayBegins,
  )
  return line === null ? [] : [line]
}
