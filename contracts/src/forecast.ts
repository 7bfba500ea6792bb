import { z } from 'zod'
import { isoInstantSchema } from './time.ts'

const nightSchema = z.iso.date().describe("Local date, in the municipality's zone, of the noon before the night")
const nightForecast = {
  night: nightSchema,
  probabilityDark: z.number().min(0).max(1).describe('Probability of no light before dawn'),
  expectedDarkAt: isoInstantSchema.optional(),
}

/** `GET …/luminaires/{id}/forecast`, for a solar light. */
export const forecastSchema = z.object({
  ...nightForecast,
  stateOfCharge: z.number().min(0).max(100).describe('State of charge [%]'),
  usableEnergy: z.number().min(0).describe('Energy the battery can still give [Wh]'),
  neededEnergy: z.number().min(0).describe('Energy the rest of the night takes [Wh]'),
  next: z.array(z.object(nightForecast)).length(3).describe('The three nights after'),
  at: isoInstantSchema,
})
export type Forecast = z.infer<typeof forecastSchema>
