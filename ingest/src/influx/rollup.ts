import {
  createLocalTime,
  hourMs,
  type Instant,
  rolledUpMeasurements,
  rollupFieldsOf,
  shiftDate,
} from '@fanari/contracts'
import type { InfluxDoor } from './door.ts'
import { type EnergyPrices, type EnergySums, energyColumns, energyLines, energyOfDay, lightEnergy } from './energy.ts'
import { noLines } from './line.ts'
import type { Places } from './places.ts'
import { columnsToRollUp, dayLine, hourLine, hourOf, selectSeries } from './rollup-aggregate.ts'
import type { InfluxSeries, InfluxServer } from './server.ts'
import type { InfluxStore, TownDay, TownHour } from './store.ts'

export interface RollupJob {
  /** Rolls up every hour, and then every day, that has got readings since its last roll-up. */
  run(signal: AbortSignal): Promise<void>
}

export interface RollupJobOptions {
  server: InfluxServer
  door: InfluxDoor
  store: InfluxStore
  places: Places
  timeZoneOf: (municipality: string) => string
  /** The platform clock: an hour that goes on is rolled up again. */
  now: () => Instant
  prices: EnergyPrices
}

/**
 * Hourly and daily aggregates, by our own job: 1.x, 2.x and 3 each have another way of their own. Which hours are stale the follower
 * notes with its cursor, so late data and crashes leave none out; the same hour again gives the same points.
 */
export const createRollupJob = (options: RollupJobOptions): RollupJob => {
  const { server, door, store, places, timeZoneOf, now, prices } = options

  /** What a counter showed at the end of the hour before, by luminaire. */
  const countersBefore = async (
    municipality: string,
    community: string,
    hour: Instant,
  ): Promise<Map<string, number>> => {
    const statement = selectSeries('luminaire_reading', ['active_energy_kwh_last'], hourOf(hour - hourMs), [
      'municipality',
      'community',
    ])
    const series = await server.query('h1', statement, { municipality, community })
    return new Map(
      series.flatMap(({ tags, values }) => {
        const value = values.at(-1)?.[1]
        return typeof value === 'number' ? [[tags.luminaire ?? '', value] as const] : []
      }),
    )
  }

  const addEnergy = async (
    { municipality, hour }: Pick<TownHour, 'municipality' | 'hour'>,
    community: string,
    series: readonly InfluxSeries[],
    sums: Map<string, EnergySums>,
  ): Promise<void> => {
    const before = await countersBefore(municipality, community, hour)
    for (const light of series) {
      const { luminaire = '', cabinet = '', circuit = '', supply = '' } = light.tags
      const ratedPowerW = places.light(municipality, luminaire)?.ratedPowerW
      if (ratedPowerW === undefined) continue
      const energy = lightEnergy(light, { ratedPowerW, counterBefore: before.get(luminaire) ?? null })
      const key = [community, cabinet, circuit, supply].join('\n')
      const sum = sums.get(key) ?? {
        tags: { municipality, community, cabinet, circuit, supply },
        energyKwh: 0,
        fullEnergyKwh: 0,
        savedKwh: 0,
        litH: 0,
        lights: 0,
      }
      sums.set(key, sum)
      sum.energyKwh += energy.energyKwh
      sum.fullEnergyKwh += energy.fullEnergyKwh
      sum.savedKwh += energy.savedKwh
      sum.litH += energy.litH
      sum.lights += 1
    }
  }

  const rollUpHour = async (town: TownHour, signal: AbortSignal): Promise<void> => {
    const { municipality, hour } = town
    const h1: string[] = []
    const sums = new Map<string, EnergySums>()
    for (const community of places.communities(municipality)) {
      for (const name of rolledUpMeasurements) {
        signal.throwIfAborted()
        const statement = selectSeries(name, columnsToRollUp(name), hourOf(hour), ['municipality', 'community'])
        const series = await server.query('raw', statement, { municipality, community })
        for (const one of series) {
          const line = hourLine(name, hour, one)
          if (line !== null) h1.push(line)
        }
        if (name === 'luminaire_reading' && series.length > 0) await addEnergy(town, community, series, sums)
      }
    }
    for (const sum of sums.values()) h1.push(...energyLines(sum, prices, hour))
    await door.deliver({ ...noLines(), h1 }, signal)
  }

  const rollUpDay = async ({ municipality, day }: TownDay, signal: AbortSignal): Promise<void> => {
    const range = localDay(timeZoneOf(municipality), day)
    const d1: string[] = []
    for (const community of places.communities(municipality)) {
      for (const name of rolledUpMeasurements) {
        signal.throwIfAborted()
        const columns = Object.keys(rollupFieldsOf(name))
        const statement = selectSeries(name, columns, range, ['municipality', 'community'])
        for (const series of await server.query('h1', statement, { municipality, community })) {
          const line = dayLine(name, range.from, series)
          if (line !== null) d1.push(line)
        }
      }
      const energy = selectSeries('energy', energyColumns, range, ['municipality', 'community'])
      for (const series of await server.query('h1', energy, { municipality, community }))
        d1.push(...energyOfDay(series, range.from))
    }
    await door.deliver({ ...noLines(), d1 }, signal)
  }

  return {
    async run(signal) {
      for (const town of store.staleHours()) {
        await rollUpHour(town, signal)
        const { municipality, hour, noted } = town
        if (hour + hourMs > now()) continue
        store.hourRolledUp({ municipality, hour, noted }, createLocalTime(timeZoneOf(municipality)).shown(hour).date)
      }
      for (const town of store.staleDays()) {
        // A day is read as a whole, which is much: it is rolled up when it is over, and again when something comes late.
        if (localDay(timeZoneOf(town.municipality), town.day).to > now()) continue
        await rollUpDay(town, signal)
        store.dayRolledUp(town)
      }
    },
  }
}

/** A local day, 23 to 25 hours long. */
const localDay = (timeZone: string, day: string): { from: Instant; to: Instant } => {
  const local = createLocalTime(timeZone)
  return { from: local.instantOf(day, 0), to: local.instantOf(shiftDate(day, 1), 0) }
}
