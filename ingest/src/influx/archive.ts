import {
  type HistoryField,
  hourMs,
  type Instant,
  type MeasurementName,
  measurements,
  type PointField,
  type ReceivedReading,
  toIso,
} from '@fanari/contracts'
import type { FieldAggregate } from '../followers/hour-aggregates.ts'
import type { HourlyRollup } from '../followers/rollups.ts'
import type { LightPlace, Places } from './places.ts'
import {
  type Aggregates,
  addUpHours,
  aggregateColumns,
  columnsToRollUp,
  hourOf,
  selectSeries,
} from './rollup-aggregate.ts'
import type { InfluxSeries, InfluxServer } from './server.ts'
import type { InfluxStore } from './store.ts'

/** What InfluxDB remembers of lights beyond what the journal keeps. Never asked for the state of now. Calls reject with an InfluxError. */
export interface InfluxArchive {
  /** Readings of a light with `from` ≤ `at` < `to`, oldest first; `null` for a device that is no light. */
  readings(
    municipality: string,
    device: string,
    range: { from: Instant; to: Instant; limit: number },
  ): Promise<ReceivedReading[] | null>
  /** The hours with `from` ≤ begin < `to`, oldest first; `null` for a device that is no light. */
  hours(municipality: string, device: string, range: { from: Instant; to: Instant }): Promise<HourlyRollup[] | null>
}

/** Measurements a light writes, with the fields of the history in them. */
const sources: readonly {
  name: 'luminaire_reading' | 'solar_reading'
  fields: readonly (readonly [HistoryField, string])[]
}[] = [
  {
    name: 'luminaire_reading',
    fields: [
      ['activePower', 'active_power_w'],
      ['supplyVoltage', 'supply_voltage_v'],
      ['supplyCurrent', 'supply_current_a'],
      ['lightLevel', 'light_level_pct'],
      ['activeEnergy', 'active_energy_kwh'],
      ['temperature', 'temperature_c'],
      ['illuminance', 'illuminance_lx'],
    ],
  },
  {
    name: 'solar_reading',
    fields: [
      ['panelPower', 'panel_power_w'],
      ['batteryVoltage', 'battery_voltage_v'],
      ['batteryLevel', 'battery_level_pct'],
    ],
  },
]

/** Nanoseconds in 64 bits reach from 1677 to 2262 [ms]. */
const bounded = ({ from, to }: { from: Instant; to: Instant }) => ({
  from: Math.ceil(Math.max(from, -9e12)),
  to: Math.ceil(Math.min(to, 9e12)),
})

export const createInfluxArchive = (options: {
  server: InfluxServer
  store: Pick<InfluxStore, 'staleHours'>
  places: Pick<Places, 'ofDevice'>
}): InfluxArchive => {
  const { server, store, places } = options

  const lightOf = (municipality: string, device: string): LightPlace | null => {
    const place = places.ofDevice(municipality, device)
    return place?.kind === 'luminaire' ? place : null
  }
  const select = (
    policy: 'raw' | 'h1',
    name: MeasurementName,
    columns: readonly string[],
    range: { from: Instant; to: Instant },
    { tags, id }: LightPlace,
  ): Promise<InfluxSeries[]> =>
    server.query(policy, selectSeries(name, columns, bounded(range), ['municipality', 'luminaire']), {
      municipality: tags.municipality,
      luminaire: id,
    })

  /** A light that moved to another circuit has several series: their rows, in the order of time. */
  const rowsOf = (series: readonly InfluxSeries[]): InfluxSeries['values'] =>
    series.flatMap(({ values }) => values).sort(([a], [b]) => Number(a) - Number(b))

  const rolledUpHours = async (
    light: LightPlace,
    range: { from: Instant; to: Instant },
    hours: Map<Instant, HourlyRollup>,
  ): Promise<void> => {
    for (const { name, fields } of sources) {
      const columns = [
        'readings',
        ...fields.flatMap(([, field]) => ['count', 'mean', 'min', 'max', 'last'].map((of) => `${field}_${of}`)),
      ]
      const series = await select('h1', name, columns, range, light)
      const all = series[0]?.columns ?? []
      for (const row of rowsOf(series)) {
        const hour = obtain(hours, Number(row[0]))
        if (name === 'luminaire_reading') hour.readings = Number(row[1] ?? 0)
        for (const [historyField, field] of fields)
          add(hour, historyField, addUpHours({ name, tags: {}, columns: all, values: [row] }, field))
      }
    }
  }

  /** An hour whose roll-up lacks something is added up from its points. */
  const staleHour = async (light: LightPlace, at: Instant, hours: Map<Instant, HourlyRollup>): Promise<void> => {
    for (const { name, fields } of sources) {
      const [first, ...others] = await select('raw', name, columnsToRollUp(name), hourOf(at), light)
      if (first === undefined) continue
      const values = rowsOf([first, ...others])
      if (name === 'luminaire_reading') hours.set(at, { hour: at, readings: values.length, fields: {} })
      const found = aggregateColumns({ ...first, values })
      for (const [historyField, field] of fields) add(obtain(hours, at), historyField, found.get(field) ?? null)
    }
  }

  return {
    async hours(municipality, device, range) {
      const light = lightOf(municipality, device)
      if (light === null) return null
      const hours = new Map<Instant, HourlyRollup>()
      await rolledUpHours(light, range, hours)
      for (const stale of store.staleHours())
        if (stale.municipality === municipality && stale.hour >= range.from && stale.hour < range.to)
          await staleHour(light, stale.hour, hours)
      return [...hours.values()].filter(({ readings }) => readings > 0).sort((a, b) => a.hour - b.hour)
    },
    async readings(municipality, device, { limit, ...range }) {
      const light = lightOf(municipality, device)
      if (light === null) return null
      const found = new Map<Instant, Record<string, unknown>>()
      for (const { name } of sources) {
        const columns = Object.keys(measurements[name].fields)
        const statement = `${selectSeries(name, columns, bounded(range), ['municipality', 'luminaire'])} LIMIT ${limit}`
        const series = await server.query('raw', statement, { municipality, luminaire: light.id })
        for (const { columns: names, values } of series)
          for (const row of values) {
            const at = Number(row[0])
            found.set(at, { ...found.get(at), ...readingOf(name, names, row) })
          }
      }
      return [...found]
        .sort(([a], [b]) => a - b)
        .slice(0, limit)
        .map(([at, { delay, ...fields }]) => ({
          at: toIso(at),
          receivedAt: toIso(at + Number(delay ?? 0)),
          ...fields,
        }))
    },
  }
}

/** The fields of a reading as they were received, from one row. */
const readingOf = (
  name: 'luminaire_reading' | 'solar_reading',
  columns: readonly string[],
  row: InfluxSeries['values'][number],
): Record<string, unknown> => {
  const schema: Readonly<Record<string, PointField>> = measurements[name].fields
  const fields: Record<string, unknown> = {}
  for (const [i, column] of columns.entries()) {
    const value = row[i]
    if (value === null || value === undefined) continue
    if (column === 'received_delay_ms') fields.delay = value
    else if (column === 'faults') fields.faults = String(value).split(',')
    else {
      const reading = schema[column]?.reading
      if (reading !== undefined) fields[reading] = value
    }
  }
  return fields
}

const obtain = (hours: Map<Instant, HourlyRollup>, at: Instant): HourlyRollup => {
  const known = hours.get(at) ?? { hour: at, readings: 0, fields: {} }
  hours.set(at, known)
  return known
}

const add = (hour: HourlyRollup, field: HistoryField, found: Aggregates | null): void => {
  if (found === null) return
  const { count, mean, min, max, last } = found
  // Only the order of hours matters for `last`.
  const aggregate: FieldAggregate = { count, sum: mean * count, min, max, last, lastAt: hour.hour + hourMs - 1 }
  hour.fields[field] = aggregate
}
