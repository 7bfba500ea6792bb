import { hourMs, type Instant, type Reading } from '@fanari/contracts'

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
  fields: Map<RollupField, FieldAggregate>
}

/** The fields that outlive raw readings. `activeEnergy` is a counter: its `min` and `max` tell the hour's consumption. */
const rollupFields = [
  'activePower',
  'supplyVoltage',
  'supplyCurrent',
  'lightLevel',
  'activeEnergy',
  'panelPower',
  'batteryVoltage',
  'batteryLevel',
  'temperature',
  'illuminance',
] as const
export type RollupField = (typeof rollupFields)[number]

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
  const hours = new Map<string, HourAggregate>()

  const obtain = (municipality: string, device: string, hour: Instant): HourAggregate => {
    const key = `${municipality}/${device}/${hour}`
    let aggregate = hours.get(key)
    if (aggregate === undefined) {
      aggregate = { municipality, device, hour, readings: 0, fields: new Map() }
      hours.set(key, aggregate)
    }
    return aggregate
  }

  return {
    add(municipality, device, reading) {
      const { at } = reading
      const aggregate = obtain(municipality, device, Math.floor(at / hourMs) * hourMs)
      aggregate.readings += 1
      for (const field of rollupFields) {
        const value = fieldValue(reading, field)
        if (value !== undefined) addValue(aggregate.fields, field, value, at)
      }
    },
    aggregates: () => hours.values(),
    clear: () => hours.clear(),
  }
}

const addValue = (fields: HourAggregate['fields'], name: RollupField, value: number, at: Instant): void => {
  const field = fields.get(name)
  if (field === undefined) {
    fields.set(name, { count: 1, sum: value, min: value, max: value, last: value, lastAt: at })
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
