import { z } from 'zod'
import { faultNameSchema } from './fault-names.ts'
import { scopeKinds, severities } from './incidents.ts'
import { type LightingCategory, lightingCategorySchema } from './lighting-categories.ts'
import { type Service, serviceSchema } from './services.ts'

/** A threshold of a rule, with its unit and where the number comes from. */
const thresholdSchema = z.object({
  value: z.number(),
  unit: z.string(),
  source: z.string(),
})
type Threshold = z.infer<typeof thresholdSchema>

/**
 * One kind of fault, as data: what it is called elsewhere, what it concerns, when it is raised and cleared, how bad it is and who
 * repairs it. `ticket` null: the fault opens no ticket of its own (it is a consequence, or a matter of communication and not of light).
 */
export const faultDescriptionSchema = z.object({
  fault: faultNameSchema,
  title: z.object({ el: z.string(), en: z.string() }),
  rule: z.string().describe('What must be seen, in one sentence'),
  hold: z.string().describe('How often or how long it must be seen'),
  clears: z.string().describe('What ends it'),
  talq: z.string().nullable().describe('TALQ 2.7.1 event'),
  lwm2m: z.string().nullable().describe('OMA LwM2M registry, object/resource (uCIFI objects, version 2.0)'),
  smartDataModels: z.string().nullable().describe('FIWARE Smart Data Models attribute=value'),
  scope: z.enum(scopeKinds),
  severity: z.enum(severities),
  dark: z.boolean().describe('Whether its members give no light'),
  ticket: z.object({ category: lightingCategorySchema, service: serviceSchema }).nullable(),
  thresholds: z.record(z.string(), thresholdSchema),
  detected: z
    .boolean()
    .describe('Whether a rule of this release raises it from telemetry; others only when the device does'),
})
export type FaultDescription = z.infer<typeof faultDescriptionSchema>

/** A row of the fault tables; its name is its key and its TALQ name follows from the table it stands in. */
export type FaultEntry = Omit<FaultDescription, 'fault' | 'talq'>

export const threshold = (value: number, unit: string, source: string): Threshold => ({ value, unit, source })

/** Who repairs: the ticket of a fault, by the service it goes to. */
const ticketOf = (service: Service) => (category: LightingCategory) => ({ category, service })
export const byLightingCrew = ticketOf('municipalLighting')
export const byNetworkOperator = ticketOf('networkOperator')
export const bySolarCrew = ticketOf('solarMaintenance')
