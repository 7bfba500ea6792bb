import {
  type Aggregate,
  aggregates,
  hourMs,
  type MeasurementName,
  measurements,
  type PointField,
  rolledUpMeasurements,
  rollupFieldsOf,
} from '@fanari/contracts'
import { lineHead, lineOf, type PointValue } from './line.ts'
import type { InfluxSeries } from './server.ts'

/*
 * From the points of an hour to its roll-up, and from hours to a day. Pure. It is done here and not by the server because
 * `SELECT mean(…), min(…), … GROUP BY *` costs InfluxDB 1.x an iterator a field, aggregate and series: ten seconds and 800 MB for the
 * hour of 4 000 lights, whose points it hands over in one.
 */

export type Aggregates = Record<Aggregate, number>

/** The fields of roll-ups, made once: a line is written for each light and hour. */
const rollupFields = new Map(rolledUpMeasurements.map((name) => [name, rollupFieldsOf(name)]))

const rolledUpFieldsOf = (name: MeasurementName): string[] =>
  Object.entries<PointField>(measurements[name].fields).flatMap(([field, { rolledUp }]) => (rolledUp ? [field] : []))

/** The columns a roll-up reads: each point has a delay, so that a point without any number is counted as well. */
export const columnsToRollUp = (name: MeasurementName): string[] => ['received_delay_ms', ...rolledUpFieldsOf(name)]

/** The aggregates of each column of points in the order of time; columns without a number are left out. */
export const aggregateColumns = ({ columns, values }: InfluxSeries): Map<string, Aggregates> => {
  const found = new Map<string, Aggregates>()
  for (const [i, column] of columns.entries()) {
    let count = 0
    let sum = 0
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    let last = 0
    for (const row of values) {
      const value = row[i]
      if (typeof value !== 'number') continue
      count += 1
      sum += value
      min = Math.min(min, value)
      max = Math.max(max, value)
      last = value
    }
    if (count > 0) found.set(column, { count, mean: sum / count, min, max, last })
  }
  return found
}

/** One series of an hour's points, as the line of its roll-up. */
export const hourLine = (name: MeasurementName, hour: number, series: InfluxSeries): string | null => {
  const values: Record<string, PointValue> = { readings: series.values.length }
  for (const [field, found] of aggregateColumns(series)) {
    if (measurements[name].fields[field as never] === undefined || field === 'received_delay_ms') continue
    for (const aggregate of aggregates) values[`${field}_${aggregate}`] = found[aggregate]
  }
  return lineOf(lineHead(name, series.tags), rollupFields.get(name) ?? {}, values, hour)
}

/** The aggregates of a field over several hours, from theirs in the order of time; null when no hour has one. */
export const addUpHours = ({ columns, values }: InfluxSeries, field: string): Aggregates | null => {
  const indexOf = Object.fromEntries(aggregates.map((name) => [name, columns.indexOf(`${field}_${name}`)]))
  let total: Aggregates | null = null
  for (const row of values) {
    const of = (name: Aggregate): number => Number(row[indexOf[name] ?? -1] ?? 0)
    const hour = { count: of('count'), mean: of('mean'), min: of('min'), max: of('max'), last: of('last') }
    if (hour.count === 0) continue
    if (total === null) {
      total = hour
      continue
    }
    const count: number = total.count + hour.count
    total = {
      count,
      mean: (total.mean * total.count + hour.mean * hour.count) / count,
      min: Math.min(total.min, hour.min),
      max: Math.max(total.max, hour.max),
      last: hour.last,
    }
  }
  return total
}

/** One series of a day's hourly roll-ups, as the line of the day's. */
export const dayLine = (name: MeasurementName, dayBegins: number, series: InfluxSeries): string | null => {
  const readings = series.columns.indexOf('readings')
  const values: Record<string, PointValue> = {
    readings: series.values.reduce((sum, row) => sum + Number(row[readings] ?? 0), 0),
  }
  for (const field of rolledUpFieldsOf(name)) {
    const found = addUpHours(series, field)
    if (found === null) continue
    for (const aggregate of aggregates) values[`${field}_${aggregate}`] = found[aggregate]
  }
  return lineOf(lineHead(name, series.tags), rollupFields.get(name) ?? {}, values, dayBegins)
}

/** `SELECT` of columns over a stretch of time, one series a set of tags. */
export const selectSeries = (
  name: MeasurementName,
  columns: readonly string[],
  { from, to }: { from: number; to: number },
  tags: readonly string[],
): string =>
  `SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM "${name}" WHERE time >= ${from}ms AND time < ${to}ms${tags
    .map((tag) => ` AND "${tag}" = $${tag}`)
    .join('')} GROUP BY *`

export const hourOf = (hour: number): { from: number; to: number } => ({ from: hour, to: hour + hourMs })

/** The points of one hour, of a series in the order of time; null when it has none. */
export const rowsOfHour = (series: InfluxSeries, hour: number): InfluxSeries | null => {
  const { from, to } = hourOf(hour)
  const first = series.values.findIndex(([time]) => Number(time) >= from)
  if (first < 0) return null
  const next = series.values.findIndex(([time]) => Number(time) >= to)
  const values = series.values.slice(first, next < 0 ? undefined : next)
  return values.length === 0 ? null : { ...series, values }
}

/** What the counters of lights show at the end of their points, by luminaire. */
export const lastCounters = (lights: readonly InfluxSeries[]): Map<string, number> =>
  new Map(
    lights.flatMap(({ tags, columns, values }) => {
      const at = columns.indexOf('active_energy_kwh')
      const last = values.findLast((row) => typeof row[at] === 'number')?.[at]
      return typeof last === 'number' ? [[tags.luminaire ?? '', last] as const] : []
    }),
  )
