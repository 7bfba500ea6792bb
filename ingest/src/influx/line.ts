import {
  type FieldOf,
  type Instant,
  type MeasurementName,
  measurements,
  noTag,
  type PointField,
  type PointFieldType,
  type RetentionPolicy,
  retentionPolicies,
  type TagOf,
} from '@fanari/contracts'
import { escape as escaped } from '@influxdata/influxdb-client'

/*
 * Line protocol by the schema table: the set of tags is always whole, and a field has the type of the table or is left out, whatever the
 * payload looks like. One float written as text into a new shard would make InfluxDB refuse all that follow.
 */

export type PointValue = number | boolean | string

/** Lines to be written, by retention policy. */
export type Lines = Record<RetentionPolicy, string[]>

/** One line and where it belongs. */
export interface Line {
  policy: RetentionPolicy
  text: string
}

export const noLines = (): Lines =>
  Object.fromEntries(Object.keys(retentionPolicies).map((policy) => [policy, []])) as unknown as Lines

/** InfluxDB 1.x keeps nanoseconds in 64 bits: from 1677 to 2262, a little less [ms]. */
const farthestMs = 9.2e12
/** Texts are for people: a longer one is cut [characters]. */
const longestText = 2_000

/** Backslashes and control characters cannot be escaped in a tag by all servers: a trailing one would swallow what follows. */
const isUnfitForTags = /[\\\p{Cc}]/gu
const tagText = (value: string | undefined): string =>
  value === undefined || value === '' ? noTag : escaped.tag(value.replaceAll(isUnfitForTags, '_'))

/** Measurement and tags of a line; a device's never change between two readings, so it is made once. */
export const lineHead = <M extends MeasurementName>(
  name: M,
  tags: Readonly<Partial<Record<TagOf<M>, string | undefined>>>,
): string => {
  const given: Readonly<Record<string, string | undefined>> = tags
  const all: readonly string[] = measurements[name].tags
  return `${name}${all
    .toSorted()
    .map((tag) => `,${tag}=${tagText(given[tag])}`)
    .join('')}`
}

/** A field's value in line protocol; null for one that has not the type it must have. */
export const fieldText = (type: PointFieldType, value: unknown): string | null => {
  switch (type) {
    case 'float':
      return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) ? `${value}i` : null
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : null
    case 'string':
      return typeof value === 'string' ? escaped.quoted(value.slice(0, longestText).toWellFormed()) : null
  }
}

/** Whether InfluxDB can keep a point of this time. */
export const isStorable = (at: Instant): boolean => Number.isSafeInteger(at) && Math.abs(at) < farthestMs

/** A whole line; null when no field has a value, or the time cannot be stored. */
export const lineOf = (
  head: string,
  types: Readonly<Record<string, Pick<PointField, 'type'>>>,
  values: Readonly<Record<string, PointValue | null | undefined>>,
  at: Instant,
): string | null => {
  if (!isStorable(at)) return null
  let fields = ''
  for (const name in values) {
    const value = values[name]
    if (value === undefined || value === null) continue
    const type = types[name]?.type
    const text = type === undefined ? null : fieldText(type, value)
    if (text !== null) fields += `${fields === '' ? '' : ','}${name}=${text}`
  }
  return fields === '' ? null : `${head} ${fields} ${at}`
}

/** One point of a measurement, in its own retention policy. */
export const pointOf = <M extends MeasurementName>(
  name: M,
  tags: Readonly<Partial<Record<TagOf<M>, string | undefined>>>,
  values: Readonly<Partial<Record<FieldOf<M>, PointValue | null>>>,
  at: Instant,
): Line[] => {
  const text = lineOf(lineHead(name, tags), measurements[name].fields, values, at)
  return text === null ? [] : [{ policy: measurements[name].retention, text }]
}
