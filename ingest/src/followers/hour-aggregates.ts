import { type HistoryField, historyFields, hourMs, type Instant, type Reading } from '@fanari/contracts'

/** What one field did in one hour. */
export interface FieldAggregate {
  count: number
  sum: number
  min: number
  max: number
  /** The value with the latest `at`. */
  last: number
  lastAt: Instant
}

/** One device in one hour (UTC). */
interface HourAggregate {
  municipality: string
  device: string
  /** Begin of the hour. */
  hour: Instant
  readings: number
  /** In the order of `rollupFields`; undefined where no reading had the field. */
  fields: (FieldAggregate | undefined)[]
}

/** The fields that outlive raw readings. */
const rollupFields = historyFields
export type RollupField = HistoryField

const fieldValue = (reading: Reading, field: RollupField): number | undefined => {
  if (field !== 'panelPower') return reading[field]
  const { panelVoltage, panelCurrent } = reading
  return panelVoltage === undefined || panelCurrent === undefined ? undefined : panelVoltage * panelCurrent
}

/** Aggregates that have not been written yet, by device and hour. */
export interface HourAccumulator {
  add(municipality: string, device: string, reading: Reading): void
  aggregates(): Iterable<HourAggregate>
  clear(): void
}

export const createHourAccumulator = (): HourAccumulator => {
  const aggregates: HourAggregate[] = []
  // Nested, for this is done for every reading: a key made of all three would be a new string, and its hash, each time.
  const municipalities = new Map<string, Map<string, Map<number, HourAggregate>>>()

  const obtain = (municipality: string, device: string, hourNumber: number): HourAggregate => {
    const hours = childOf(childOf(municipalities, municipality), device)
    let aggregate = hours.get(hourNumber)
    if (aggregate === undefined) {
      const fields = rollupFields.map(() => undefined)
      aggregate = { municipality, device, hour: hourNumber * hourMs, readings: 0, fields }
      hours.set(hourNumber, aggregate)
      aggregates.push(aggregate)
    }
    return aggregate
  }

  return {
    add(municipality, device, reading) {
      const { at } = reading
      const aggregate = obtain(municipality, device, Math.floor(at / hourMs))
      aggregate.readings += 1
      for (let i = 0; i < rollupFields.length; i += 1) {
        const value = fieldValue(reading, rollupFields[i] as RollupField)
        if (value !== undefined) addValue(aggregate.fields, i, value, at)
      }
    },
    aggregates: () => aggregates,
    clear() {
      aggregates.length = 0
      municipalities.clear()
    },
  }
}

/** The fields that some reading of the hour had, by name. */
export const fieldsOf = ({ fields }: HourAggregate): [name: RollupField, aggregate: FieldAggregate][] =>
  rollupFields.flatMap((name, i) => {
    const aggregate = fields[i]
    return aggregate === undefined ? [] : [[name, aggregate]]
  })

const childOf = <K, V>(parents: Map<string, Map<K, V>>, name: string): Map<K, V> => {
  let child = parents.get(name)
  if (child === undefined) {
    child = new Map()
    parents.set(name, child)
  }
  return child
}

const addValue = (fields: HourAggregate['fields'], i: number, value: number, at: Instant): void => {
  const field = fields[i]
  if (field === undefined) {
    fields[i] = { count: 1, sum: value, min: value, max: value, last: value, lastAt: at }
    return
  }
  field.count += 1
  field.sum += value
  field.min = Math.min(field.min, value)
  field.max = Math.max(field.max, value)
  if (at >= field.lastAt) {
    field.last = value
    field.lastAt = at
  }
}
