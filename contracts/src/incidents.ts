import { z } from 'zod'
import { faultNameSchema } from './fault-names.ts'
import { idSchema } from './identifiers.ts'
import { reasonSchema, resolutionSchema } from './reasons.ts'
import { isoInstantSchema } from './time.ts'

export const scopeKinds = [
  'luminaire',
  'sensor',
  'circuit',
  'phase',
  'cabinet',
  'gateway',
  'area',
  'community',
  'platform',
] as const
export const scopeSchema = z.object({
  kind: z.enum(scopeKinds),
  id: z.string().min(1).max(160).describe("A circuit's scope id is its `circuit`, a phase's `circuit:L1`"),
})
export type Scope = z.infer<typeof scopeSchema>
export type ScopeKind = Scope['kind']

/** One fact that speaks for (or against) an incident. */
export const evidenceSchema = z.object({
  at: isoInstantSchema,
  kind: z.enum(['reading', 'event', 'status', 'silence', 'members', 'meter', 'coverage']),
  subject: z.string().max(160).describe('The device, luminaire or group the fact is about'),
  detail: z.string().max(500).describe('The fact in words and numbers, with units'),
  stance: z.enum(['for', 'against']).optional().describe('Whether the fact speaks for the incident; left out: for'),
})
export type Evidence = z.infer<typeof evidenceSchema>

/** How clearly the cause was told from the next best explanation of the same evidence. */
export const causeSchema = z.object({
  margin: z.number().describe('Log-odds of this cause over the runner-up [nats]'),
  runnerUp: z
    .object({ fault: faultNameSchema, scope: scopeSchema })
    .nullable()
    .describe('The next best explanation; null when nothing else could explain the evidence'),
})
export type Cause = z.infer<typeof causeSchema>

export const severities = ['info', 'minor', 'major', 'critical'] as const

/** The incident document, on MQTT and HTTP (CONTRACT section 3). */
export const incidentSchema = z.object({
  id: idSchema,
  municipality: idSchema,
  fault: faultNameSchema,
  scope: scopeSchema,
  members: z.array(idSchema).describe('Luminaire ids, sorted'),
  community: idSchema.optional().describe('The community that holds most of the members'),
  startedAt: isoInstantSchema.describe('When the fault began, as far as evidence tells'),
  detectedAt: isoInstantSchema,
  resolvedAt: isoInstantSchema.optional(),
  state: z.enum(['open', 'resolved']),
  severity: z.enum(severities),
  reason: reasonSchema,
  resolution: resolutionSchema.optional(),
  evidence: z.array(evidenceSchema),
  cause: causeSchema.optional().describe('Of a cause that was weighed against others'),
  parent: idSchema.optional().describe('The wider incident that explains this one'),
  absorbs: z.array(idSchema).optional().describe('Incidents that were open when this one turned out to explain them'),
  ticket: idSchema.optional(),
  revision: z.int().min(1).describe('Counts the versions of this document from 1'),
})
export type Incident = z.infer<typeof incidentSchema>

/** What the detector says of an incident: the document without what only the citizen line knows. */
export type DetectedIncident = Omit<Incident, 'ticket'>
