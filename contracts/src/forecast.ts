import { z } from 'zod'
import { isoInstantSchema } from './time.ts'

const nightSchema = z.iso.date().describe("Local date, in the municipality's zone, of the noon before the night")
const nightForecast = {
  night: nightSchema,
  probabilityDark: z.number().min(0).max(1),
  expectedDarkAt: isoInstantSchema.optional(),
}

/** `GET …/luminaires/{id}/forecast`, for a solar light. */
export const forecastSchema = z.object({
  ...nightForecast,
  stateOfCharge: z.number().min(0).max(100).describe('[%]'),
  usableEnergy: z.number().describe('[Wh]'),
  neededEnergy: z.number().describe('[Wh]'),
  next: z.array(z.object(nightForecast)).describe('The three nights after'),
  at: isoInstantSchema,
})
export type Forecast = z.infer<typeof forecastSchema>
