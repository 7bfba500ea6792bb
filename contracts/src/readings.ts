import { z } from 'zod'
import { faultNameSchema } from './fault-names.ts'
import { chargerStates, loadStates, type ReadingField, readingFields } from './reading-fields.ts'
import { instantSchema, isoInstantSchema } from './time.ts'

/** The most readings one telemetry publish may carry (CONTRACT section 1). */
export const maxReadingsPerPublish = 500

/** The most names `measurements` may hold, so that one sensor cannot fill the memory. */
export const maxMeasurements = 64

const describeField = (field: ReadingField): string =>
  'unit' in field ? `${field.title} [${field.unit}]` : field.title

const numeric = (name: keyof typeof readingFields) => {
  const field: ReadingField = readingFields[name]
  if (field.kind !== 'number' && field.kind !== 'integer') throw new TypeError(`${name} is not numeric`)
  const base = field.kind === 'integer' ? z.int() : z.number()
  return base.min(field.min).max(field.max).optional().describe(describeField(field))
}

/**
 * One reading. Unknown fields are stripped (and counted by the intake); a field of the wrong type or outside its range rejects
 * this reading alone.
 */
export const readingSchema = z.object({
  at: instantSchema.describe('Event time: ISO 8601 with zone, or integer milliseconds since 1970 UTC'),
  seq: numeric('seq'),
  uptime: numeric('uptime'),
  lightLevel: numeric('lightLevel'),
  supplyVoltage: numeric('supplyVoltage'),
  supplyCurrent: numeric('supplyCurrent'),
  activePower: numeric('activePower'),
  powerFactor: numeric('powerFactor'),
  activeEnergy: numeric('activeEnergy'),
  operatingHours: numeric('operatingHours'),
  switchOnCount: numeric('switchOnCount'),
  supplyLossCount: numeric('supplyLossCount'),
  temperature: numeric('temperature'),
  tilt: numeric('tilt'),
  rssi: numeric('rssi'),
  snr: numeric('snr'),
  panelVoltage: numeric('panelVoltage'),
  panelCurrent: numeric('panelCurrent'),
  batteryVoltage: numeric('batteryVoltage'),
  batteryCurrent: numeric('batteryCurrent'),
  batteryLevel: numeric('batteryLevel'),
  batteryTemperature: numeric('batteryTemperature'),
  chargerState: z.enum(chargerStates).optional().describe(readingFields.chargerState.title),
  loadState: z.enum(loadStates).optional().describe(readingFields.loadState.title),
  doorOpen: z.boolean().optional().describe(readingFields.doorOpen.title),
  contactorClosed: z.boolean().optional().describe(readingFields.contactorClosed.title),
  voltageL1: numeric('voltageL1'),
  voltageL2: numeric('voltageL2'),
  voltageL3: numeric('voltageL3'),
  currentL1: numeric('currentL1'),
  currentL2: numeric('currentL2'),
  currentL3: numeric('currentL3'),
  powerL1: numeric('powerL1'),
  powerL2: numeric('powerL2'),
  powerL3: numeric('powerL3'),
  leakageCurrent: numeric('leakageCurrent'),
  illuminance: numeric('illuminance'),
  measurements: z
    .record(z.string().min(1).max(64), z.number())
    .refine((names) => Object.keys(names).length <= maxMeasurements, `at most ${maxMeasurements} names`)
    .meta({ maxProperties: maxMeasurements })
    .optional()
    .describe(readingFields.measurements.title),
  faults: z.array(faultNameSchema).max(faultNameSchema.options.length).optional().describe(readingFields.faults.title),
})
export type Reading = z.infer<typeof readingSchema>

/** What a device publishes on `telemetry`: one reading, or an array of buffered ones in any order. */
export const telemetrySchema = z.union([readingSchema, z.array(readingSchema).min(1).max(maxReadingsPerPublish)])

/** A reading as the platform gives it back: with the time of its arrival, and without the fields the contract does not name. */
export const receivedReadingSchema = z
  .looseObject({ at: isoInstantSchema, receivedAt: isoInstantSchema, seq: z.int().optional() })
  .describe('A reading as received: the fields it had, and when it arrived')
export type ReceivedReading = z.infer<typeof receivedReadingSchema>
