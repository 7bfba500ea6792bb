import { z } from 'zod'
import { faultNameSchema } from './fault-names.ts'
import { idSchema } from './identifiers.ts'
import { causeSchema, evidenceSchema, scopeSchema } from './incidents.ts'
import { lightStateSchema } from './lights.ts'
import { reasonSchema, resolutionSchema } from './reasons.ts'
import { isoInstantSchema } from './time.ts'

/** One text in the languages of the pages. */
export interface Words {
  el: string
  en: string
}

const sentencesSchema = z
  .object({ el: z.array(z.string()), en: z.array(z.string()) })
  .describe('The same in sentences, for people: first the belief, then its reason, at the end what would change it')

/** What was weighed about a cause that the light shares with others. */
const consideredCauseSchema = z.object({
  scope: scopeSchema,
  verdict: z
    .enum(['cause', 'possible', 'excluded'])
    .describe('An incident of it is open; it may still prove to be the cause; or the evidence speaks against it'),
  affected: z.int().min(0).describe('Members that are dark, gone or overdue'),
  alive: z.int().min(0).describe('Members seen alive since: any one of them speaks against it'),
  pending: z.int().min(0).describe('Members that have not had their chance to report'),
  decidedBy: isoInstantSchema.optional().describe('When everybody has had the chance to report'),
})
export type ConsideredCause = z.infer<typeof consideredCauseSchema>

/** `GET …/luminaires/{id}/explanation`: what is believed of a light, since when, on which evidence, and what would change it. */
export const lightExplanationSchema = z.object({
  luminaire: idSchema,
  at: isoInstantSchema,
  state: lightStateSchema,
  since: isoInstantSchema,
  reason: reasonSchema,
  expectation: z.object({
    mode: z.enum(['on', 'off', 'either']).describe('`either`: twilight, or just after a switch; nothing is judged'),
    since: isoInstantSchema.optional(),
    until: isoInstantSchema.optional(),
    level: z.number().describe('Level planned [%]'),
  }),
  lastReading: z
    .object({
      at: isoInstantSchema,
      activePower: z.number().optional().describe('[W]'),
      ratedPower: z.number().describe('[W]'),
      supplyVoltage: z.number().optional().describe('[V]'),
      lightLevel: z.number().optional().describe('[%]'),
      batteryVoltage: z.number().optional().describe('[V]'),
      loadState: z.string().optional(),
      faults: z.array(z.string()).optional().describe('Raised by the device itself'),
    })
    .nullable(),
  darkReadings: z.int().min(0).describe('In a row, while it should be on'),
  silence: z.object({
    lastSeen: isoInstantSchema.nullable(),
    counts: z
      .boolean()
      .describe('False while silence means nothing: by day by design, asleep, or after our own downtime'),
    missed: z.int().min(0).describe('Reports missed in a row'),
    decides: z.int().min(1).describe('How many decide that it cannot be reached'),
  }),
  causes: z.array(consideredCauseSchema),
  incident: idSchema.nullable(),
  text: sentencesSchema,
})
export type LightExplanation = z.infer<typeof lightExplanationSchema>

const explainedEvidenceSchema = evidenceSchema.extend({
  words: z.object({ el: z.string(), en: z.string() }).describe('`detail` for people, in Greek and English'),
})

/** `GET …/incidents/{id}/explanation`. */
export const incidentExplanationSchema = z.object({
  incident: idSchema,
  at: isoInstantSchema,
  fault: faultNameSchema,
  scope: scopeSchema,
  state: z.enum(['open', 'resolved']),
  startedAt: isoInstantSchema,
  detectedAt: isoInstantSchema,
  resolvedAt: isoInstantSchema.optional(),
  reason: reasonSchema,
  resolution: resolutionSchema.optional(),
  evidence: z.array(explainedEvidenceSchema),
  cause: causeSchema.optional(),
  members: z
    .object({ total: z.int(), lit: z.int(), dark: z.int(), unknown: z.int() })
    .describe('Its lights, and what they do now'),
  causes: z.array(consideredCauseSchema).describe('Of an open incident of a group: how it is weighed now'),
  text: sentencesSchema,
})
export type IncidentExplanation = z.infer<typeof incidentExplanationSchema>
