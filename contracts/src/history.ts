import { z } from 'zod'
import { isoInstantSchema } from './time.ts'

/** Stretches a history is told by; `day` is the municipality's local day. */
export const historyResolutions = ['raw', 'hour', 'day'] as const
export type HistoryResolution = (typeof historyResolutions)[number]

/** What a history tells of a light. `activeEnergy` is a counter: its `min` and `max` tell what was taken. */
export const historyFields = [
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
export type HistoryField = (typeof historyFields)[number]

const aggregateSchema = z
  .object({
    count: z.int().min(1).describe('Readings that had the field'),
    mean: z.number(),
    min: z.number(),
    max: z.number(),
    last: z.number(),
  })
  .describe("In the field's own unit")

/** A row of `GET …/luminaires/{id}/history`. */
export const historyItemSchema = z.object({
  from: isoInstantSchema.describe('Begin of the hour or local day; of `raw` the event time'),
  readings: z.int().min(1).describe('Readings in it'),
  fields: z.partialRecord(z.enum(historyFields), aggregateSchema),
})
export type HistoryItem = z.infer<typeof historyItemSchema>
