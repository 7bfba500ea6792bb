import {
  instantSchema,
  maxMeasurements,
  type Reading,
  type ReadingField,
  readingFields,
  readingSchema,
} from '@fanari/contracts'
import { describeIssue } from './describe-issue.ts'

/** A reading that may be journalled, or what is wrong with it. `unknown` are the names of the fields that were kept out. */
export type ReadingCheck = { ok: true; reading: Reading; unknown: readonly string[] } | { ok: false; problem: string }

type FieldTest = (value: unknown) => boolean

/** Longest name in `measurements`, as in the schema. */
const measurementNameLimit = 64

const testOf = (field: ReadingField): FieldTest => {
  switch (field.kind) {
    case 'number': {
      const { min, max } = field
      return (value) => typeof value === 'number' && value >= min && value <= max
    }
    case 'integer': {
      const { min, max } = field
      return (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
    }
    case 'boolean':
      return (value) => typeof value === 'boolean'
    case 'choice': {
      const values: ReadonlySet<unknown> = new Set(field.values)
      return (value) => values.has(value)
    }
    case 'names': {
      const values: ReadonlySet<unknown> = new Set(field.values)
      return (value) => Array.isArray(value) && value.length <= values.size && value.every((name) => values.has(name))
    }
    case 'measurements':
      return isMeasurements
  }
}

const isMeasurements = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  let names = 0
  for (const [name, measured] of Object.entries(value)) {
    names += 1
    if (names > maxMeasurements || name.length === 0 || name.length > measurementNameLimit) return false
    if (name === '__proto__' || !Number.isFinite(measured)) return false
  }
  return true
}

const tests: ReadonlyMap<string, FieldTest> = new Map(
  Object.entries(readingFields).map(([name, field]) => [name, testOf(field)]),
)

const none: readonly string[] = []

/**
 * Checks one reading as `readingSchema` does, several times faster: the tests are made from the same table of fields. What they do
 * not accept at once goes through the schema, which has the last word and the words for the sender.
 *
 * @param value straight from JSON.parse; an accepted reading may be the same object
 */
export const checkReading = (value: unknown): ReadingCheck => {
  const accepted = acceptAtOnce(value)
  if (accepted !== null) return accepted
  const parsed = readingSchema.safeParse(value)
  if (!parsed.success) return { ok: false, problem: describeIssue(parsed.error.issues) }
  const unknown = Object.keys(value as object).filter((name) => name !== 'at' && !tests.has(name))
  return { ok: true, reading: parsed.data, unknown }
}

const acceptAtOnce = (value: unknown): ReadingCheck | null => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const fields = value as Record<string, unknown>
  for (const name in fields) {
    if (name === 'at') continue
    const test = tests.get(name)
    if (test === undefined || !test(fields[name])) return null
  }
  const { at } = fields
  if (typeof at === 'number') {
    const isInstant = Number.isSafeInteger(at) && at >= -8.64e15 && at <= 8.64e15
    return isInstant ? { ok: true, reading: fields as Reading, unknown: none } : null
  }
  const instant = instantSchema.safeParse(at)
  return instant.success ? { ok: true, reading: { ...fields, at: instant.data }, unknown: none } : null
}
