import {
  createLocalTime,
  hourMs,
  type Instant,
  type MeasurementName,
  rolledUpMeasurements,
  rollupFieldsOf,
  shiftDate,
} from '@fanari/contracts'
import type { InfluxDoor } from './door.ts'
import { addUpEnergy, type EnergyPrices, type EnergySums, energyColumns, energyLines, energyOfDay } from './energy.ts'
import type { Places } from './places.ts'
import {
  columnsToRollUp,
  dayLine,
  hourLine,
  hourOf,
  lastCounters,
  rowsOfHour,
  selectSeries,
} from './rollup-aggregate.ts'
import type { InfluxSeries, InfluxServer } from './server.ts'
import type { InfluxStore, TownDay, TownHour } from './store.ts'

/** Lights of a town that is asked for as a whole. */
const lightsAtOnce = 300

/**
 * Consecutive hours that are asked for together, when several are stale. To find a series is most of what InfluxDB does for an answer, and
 * is done once for all; an answer must stay so small that reading it does not hold up the intake.
 */
const hoursAtOnce = 6

/** A municipality, or one community of it: the tags it is asked by. */
type TownPart = { municipality: string } | { municipality: string; community: string }

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

  /**
   * In how many parts a town is asked for: an answer is read in one turn of the event loop, and few points are no reason to ask a hundred
   * times.
   */
  const partsOf = (municipality: string): TownPart[] =>
    [...places.lights(municipality)].length <= lightsAtOnce
      ? [{ municipality }]
      : [...places.communities(municipality)].map((community) => ({ municipality, community }))

  const select = (
    policy: 'raw' | 'h1',
    name: MeasurementName,
    columns: readonly string[],
    range: { from: Instant; to: Instant },
    part: TownPart,
  ): Promise<InfluxSeries[]> => server.query(policy, selectSeries(name, columns, range, Object.keys(part)), { ...part })

  /** What counters showed at the end of the hour before, by luminaire. */
  const countersBefore = async (part: TownPart, hour: Instant): Promise<Map<string, number>> => {
    const series = await select('h1', 'luminaire_reading', ['active_energy_kwh_last'], hourOf(hour - hourMs), part)
    return new Map(
      series.flatMap(({ tags, values }) => {
        const value = values.at(-1)?.[1]
        return typeof value === 'number' ? [[tags.luminaire ?? '', value] as const] : []
      }),
    )
  }

  /** `hours` follow one another. */
  const rollUpHours = async ({ municipality, hours }: TownHours, signal: AbortSignal): Promise<void> => {
    const [first, last] = [hours[0], hours.at(-1)]
    if (first === undefined || last === undefined) return
    const range = { from: first.hour, to: hourOf(last.hour).to }
    const h1: string[] = []
    const sums = hours.map(() => new Map<string, EnergySums>())
    for (const part of partsOf(municipality)) {
      signal.throwIfAborted()
      const found = await Promise.all(
        rolledUpMeasurements.map(
          async (name) => [name, await select('raw', name, columnsToRollUp(name), range, part)] as const,
        ),
      )
      for (const [name, series] of found) {
        const isEnergy = name === 'luminaire_reading' && series.length > 0
        let before = isEnergy ? await countersBefore(part, first.hour) : new Map<string, number>()
        for (const [i, { hour }] of hours.entries()) {
          const within = series.flatMap((one) => rowsOfHour(one, hour) ?? [])
          h1.push(...within.flatMap((one) => hourLine(name, hour, one) ?? []))
          if (!isEnergy) continue
          addUpEnergy(sums[i] ?? new Map(), within, { municipality, places, before })
          before = lastCounters(within)
        }
      }
    }
    for (const [i, { hour }] of hours.entries())
      for (const sum of sums[i]?.values() ?? []) h1.push(...energyLines(sum, prices, hour))
    await door.deliver({ h1 }, signal)
  }

  const rollUpDay = async ({ municipality, day }: TownDay, signal: AbortSignal): Promise<void> => {
    const range = localDay(timeZoneOf(municipality), day)
    const d1: string[] = []
    for (const part of partsOf(municipality)) {
      for (const name of rolledUpMeasurements) {
        signal.throwIfAborted()
        const series = await select('h1', name, Object.keys(rollupFieldsOf(name)), range, part)
        d1.push(...series.flatMap((one) => dayLine(name, range.from, one) ?? []))
      }
      const energy = await select('h1', 'energy', energyColumns, range, part)
      d1.push(...energy.flatMap((one) => energyOfDay(one, range.from)))
    }
    await door.deliver({ d1 }, signal)
  }

  return {
    async run(signal) {
      for (const town of runsOf(store.staleHours())) {
        await rollUpHours(town, signal)
        const { municipality } = town
        const local = createLocalTime(timeZoneOf(municipality))
        for (const { hour, noted } of town.hours)
          if (hour + hourMs <= now()) store.hourRolledUp({ municipality, hour, noted }, local.shown(hour).date)
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

/** Hours of one town that follow one another. */
interface TownHours {
  municipality: string
  hours: { hour: Instant; noted: number }[]
}

/** Hours in their order, those of a town that follow one another together. */
const runsOf = (stale: readonly (TownHour & { noted: number })[]): TownHours[] => {
  const runs: TownHours[] = []
  const last = new Map<string, TownHours>()
  for (const { municipality, hour, noted } of stale) {
    const run = last.get(municipality)
    if (run !== undefined && run.hours.length < hoursAtOnce && run.hours.at(-1)?.hour === hour - hourMs) {
      run.hours.push({ hour, noted })
      continue
    }
    const begun = { municipality, hours: [{ hour, noted }] }
    last.set(municipality, begun)
    runs.push(begun)
  }
  return runs
}

/** A local day, 23 to 25 hours long. */
const localDay = (timeZone: string, day: string): { from: Instant; to: Instant } => {
  const local = createLocalTime(timeZone)
  return { from: local.instantOf(day, 0), to: local.instantOf(shiftDate(day, 1), 0) }
}
