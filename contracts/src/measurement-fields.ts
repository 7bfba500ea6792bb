import { type ReadingField, type ReadingFieldName, readingFields } from './reading-fields.ts'

/** The type a field has in InfluxDB. It is part of the schema there: the first value a shard sees decides, and others are refused. */
export type PointFieldType = 'float' | 'integer' | 'boolean' | 'string'

/** What hourly and daily roll-ups keep of a field, under `{field}_{aggregate}`; `count` is of the values, so that means can be added up. */
export const aggregates = ['count', 'mean', 'min', 'max', 'last'] as const
export type Aggregate = (typeof aggregates)[number]

export interface PointField {
  type: PointFieldType
  /** UCUM-like, as elsewhere: `W`, `%`, `1` for counts and ratios; empty for texts and booleans. */
  unit: string
  title: string
  /** The reading field it is written from. */
  reading?: ReadingFieldName
  /** Whether roll-ups keep it; of numbers only. */
  rolledUp?: boolean
}

export const float = (unit: string, title: string): PointField => ({ type: 'float', unit, title })
export const integer = (unit: string, title: string): PointField => ({ type: 'integer', unit, title })
export const boolean = (title: string): PointField => ({ type: 'boolean', unit: '', title })
export const text = (title: string): PointField => ({ type: 'string', unit: '', title })

/** A field that is written from a reading's, with its unit and meaning. Counters and numbers have room for any value: floats. */
export const fromReading = (reading: ReadingFieldName): PointField => {
  const field: ReadingField = readingFields[reading]
  switch (field.kind) {
    case 'number':
      return { type: 'float', unit: field.unit, title: field.title, reading }
    case 'integer':
      return { type: 'integer', unit: field.unit, title: field.title, reading }
    case 'boolean':
      return { type: 'boolean', unit: '', title: field.title, reading }
    case 'choice':
      return { type: 'string', unit: '', title: field.title, reading }
    case 'names':
    case 'measurements':
      throw new TypeError(`${reading} is no single value`)
  }
}
export const rolledUp = (field: PointField): PointField => ({ ...field, rolledUp: true })

/** Event times are the device's; this says how late the reading came. */
export const receivedDelay = integer('ms', 'Arrival after the event time; of buffered readings hours')
