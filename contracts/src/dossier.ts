import { z } from 'zod'
import { idSchema } from './identifiers.ts'
import { isoInstantSchema } from './time.ts'

/** What the network operator is given of a matter that is its own: as a document, and as a letter in Greek. */
export const dossierSchema = z.object({
  ticket: idSchema,
  municipality: z.string(),
  fault: z.object({ el: z.string(), en: z.string() }),
  pillars: z.array(z.object({ id: z.string(), supplyNumber: z.string().optional() })),
  circuits: z.array(z.string()),
  lamps: z.array(
    z.object({
      id: idSchema,
      pole: z.string().optional(),
      street: z.string().optional(),
      community: idSchema.optional(),
      ratedPowerW: z.number().optional(),
      lat: z.number().optional().describe('Latitude, WGS 84 [°]'),
      lon: z.number().optional().describe('Longitude, WGS 84 [°]'),
    }),
  ),
  place: z.object({
    lat: z.number().optional(),
    lon: z.number().optional(),
    community: idSchema.optional(),
    text: z.string(),
  }),
  since: isoInstantSchema.describe('When it began, as far as evidence tells'),
  detectedAt: isoInstantSchema,
  reports: z.int().min(0).describe('How many citizens have reported it'),
  evidence: z.array(z.object({ at: isoInstantSchema, subject: z.string(), detail: z.string() })),
  contact: z.string(),
  preparedAt: isoInstantSchema,
  text: z.string().describe('The letter'),
})
export type Dossier = z.infer<typeof dossierSchema>
