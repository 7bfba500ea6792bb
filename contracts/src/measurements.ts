import { aggregates, type PointField } from './measurement-fields.ts'
import { citizenLineMeasurements } from './measurements-of-citizen-line.ts'
import { nightMeasurements } from './measurements-of-nights.ts'
import { platformMeasurements } from './measurements-of-platform.ts'
import { readingMeasurements } from './measurements-of-readings.ts'

export { type Aggregate, aggregates, type PointField, type PointFieldType } from './measurement-fields.ts'
export { noTag } from './measurement-tags.ts'
export { ticketStatusCodes } from './measurements-of-citizen-line.ts'
export { lightStateCodes, rollCallCodes } from './measurements-of-nights.ts'

/**
 * How long InfluxDB keeps what is written: a retention policy of 1.x, a bucket `{database}/{policy}` of 2.x, a database of that name of 3.
 * `shardDays` is the span of one shard group of 1.x. `keptDays` null: for ever.
 */
export const retentionPolicies = {
  raw: { keptDays: 90, shardDays: 1, title: 'Readings as they came, and the health of the platform' },
  records: { keptDays: 5 * 365 + 1, shardDays: 30, title: 'What happened: states, roll-calls, incidents, tickets' },
  h1: { keptDays: 5 * 365 + 1, shardDays: 30, title: 'Roll-ups by hour (UTC)' },
  d1: { keptDays: null, shardDays: 365, title: "Roll-ups by the municipality's local day, and indices by night" },
} as const satisfies Record<string, { keptDays: number | null; shardDays: number; title: string }>
export type RetentionPolicy = keyof typeof retentionPolicies

/** One measurement: what a point of it says, how long it is kept, and the names and types of all that may stand in it. */
export interface Measurement {
  title: string
  retention: RetentionPolicy
  /** Written always and all; `none` where there is no value. Values are bounded: ids of the register and codes. */
  tags: readonly string[]
  /** At least one is written. */
  fields: Readonly<Record<string, PointField>>
}

/**
 * Everything Fanari writes into InfluxDB, at millisecond precision. Followers encode by this table and never by what a payload looks
 * like; dashboards and the documentation are checked against it. Names are `[a-z0-9_]`, and a tag's is never a field's.
 */
export const measurements = {
  ...readingMeasurements,
  ...nightMeasurements,
  ...citizenLineMeasurements,
  ...platformMeasurements,
} as const satisfies Record<string, Measurement>
export type MeasurementName = keyof typeof measurements
export type TagOf<M extends MeasurementName> = (typeof measurements)[M]['tags'][number]
export type FieldOf<M extends MeasurementName> = keyof (typeof measurements)[M]['fields'] & string

/** Readings of an hour or day that a roll-up was made from. */
const rolledUpReadings: PointField = { type: 'integer', unit: '1', title: 'Readings it was made from' }

/** Measurements whose points are rolled up into `h1` and `d1`, under the same name. */
export const rolledUpMeasurements = (Object.keys(measurements) as MeasurementName[]).filter((name) =>
  Object.values<PointField>(measurements[name].fields).some(({ rolledUp }) => rolledUp),
)

/** The fields of a measurement's roll-ups: `readings`, and `{field}_{aggregate}` of each field that is rolled up. */
export const rollupFieldsOf = (name: MeasurementName): Record<string, PointField> => {
  const fields = Object.entries<PointField>(measurements[name].fields).filter(([, { rolledUp }]) => rolledUp)
  return Object.fromEntries([
    ['readings', rolledUpReadings],
    ...fields.flatMap(([field, { unit, title }]) =>
      aggregates.map((aggregate) => [
        `${field}_${aggregate}`,
        aggregate === 'count'
          ? ({ type: 'integer', unit: '1', title: `${title} (values)` } satisfies PointField)
          : ({ type: 'float', unit, title: `${title} (${aggregate})` } satisfies PointField),
      ]),
    ),
  ])
}
