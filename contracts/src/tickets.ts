import { z } from 'zod'
import { categorySchema } from './categories.ts'
import { safetyClassSchema } from './category-entry.ts'
import { clockTermSchema, pauseReasonSchema } from './clocks.ts'
import { dangerFlagSchema } from './danger.ts'
import { idSchema } from './identifiers.ts'
import { serviceSchema } from './services.ts'
import { isoInstantSchema } from './time.ts'

export const ticketStatuses = ['open', 'assigned', 'inProgress', 'waiting', 'resolved', 'closed'] as const
const ticketStatusSchema = z.enum(ticketStatuses)
export type TicketStatus = z.infer<typeof ticketStatusSchema>

const ticketEventNames = [
  'opened',
  'updated',
  'linked',
  'assigned',
  'started',
  'waiting',
  'resolved',
  'closed',
  'reopened',
  'reported',
  'reportLeft',
  'merged',
  'unmerged',
  'verified',
  'dutyCalled',
  'categoryChanged',
  'priorityChanged',
  'routed',
  'forwarded',
  'workOrdered',
  'worked',
  'paused',
  'resumed',
  'dueWarning',
  'overdue',
  'escalated',
  'problemFlagged',
] as const
const ticketHistorySchema = z.object({
  at: isoInstantSchema,
  event: z.enum(ticketEventNames),
  by: z.string().max(128).describe('`telemetry`, or the name of the user'),
  note: z.string().max(2_000).optional(),
})

export const ticketSources = ['telemetry', 'phone', 'web', 'app', 'open311'] as const

/** In this order: what is later in the list comes first on a crew's list. */
export const priorities = ['low', 'normal', 'high', 'urgent'] as const
export const prioritySchema = z.enum(priorities)
export type Priority = z.infer<typeof prioritySchema>

/** What the lights say of what a citizen says: `contradicted` is a citizen's word against a reading, never a reason to refuse. */
export const verificationSchema = z.enum(['confirmed', 'contradicted', 'unknown'])
export type Verification = z.infer<typeof verificationSchema>

/**
 * How a closed ticket ended. Only `fixed` counts as fixed: telemetry or a citizen has confirmed it. `unconfirmed`: people said it is
 * done, and nobody contradicted them in time. `answered`: a question, answered. `superseded`: another ticket goes on with it.
 */
export const ticketOutcomes = ['fixed', 'unconfirmed', 'answered', 'superseded', 'withdrawn', 'notOurs'] as const
const ticketOutcomeSchema = z.enum(ticketOutcomes)
export type TicketOutcome = z.infer<typeof ticketOutcomeSchema>

/** The ticket document without personal data, on MQTT and HTTP: one matter, however many people report it. */
export const ticketSchema = z.object({
  id: idSchema,
  municipality: idSchema,
  category: categorySchema,
  source: z.enum(ticketSources),
  status: ticketStatusSchema,
  service: serviceSchema,
  incident: idSchema.optional().describe('The open incident, or the last one'),
  reports: z.int().min(0).describe('How many reports of citizens it gathers'),
  members: z.array(idSchema).describe('Luminaires concerned'),
  createdAt: isoInstantSchema,
  dueAt: isoInstantSchema.optional(),
  resolvedAt: isoInstantSchema.optional(),
  closedAt: isoInstantSchema.optional(),
  title: z.string().max(300),
  location: z.object({
    lat: z.number().optional().describe('Latitude, WGS 84 [°]'),
    lon: z.number().optional().describe('Longitude, WGS 84 [°]'),
    community: idSchema.optional(),
    text: z.string().max(300).describe('Community, street and pole in words'),
  }),
  priority: prioritySchema.optional().describe('Left out: normal'),
  safetyClass: safetyClassSchema.optional(),
  danger: z.array(dangerFlagSchema).optional().describe('What reporters said of danger'),
  dedupKey: z
    .string()
    .max(200)
    .optional()
    .describe('What it is about: the same key again is the same matter, recurring'),
  verified: verificationSchema.optional().describe('What the lights say of what the citizens say'),
  mergedInto: idSchema
    .optional()
    .describe('The ticket it is part of and whose status it follows; that one is never merged itself'),
  children: z.array(idSchema).optional().describe('Tickets that are part of this one; `reports` counts theirs too'),
  outcome: ticketOutcomeSchema.optional().describe('Of a closed ticket'),
  firstReportAt: isoInstantSchema.optional().describe('When the first citizen reported it'),
  detectedBeforeReportMs: z
    .int()
    .optional()
    .describe('How long telemetry knew of it when the first report came [ms]; negative: the citizen was first'),
  reopenedCount: z.int().min(0).optional(),
  problem: idSchema.optional().describe('The recurring problem it belongs to'),
  workOrder: idSchema.optional().describe('The work order under way, or the last one'),
  team: idSchema.optional(),
  assignee: z.string().max(128).optional().describe('The name of who is responsible'),
  repairTerm: clockTermSchema.optional().describe('What `dueAt` was counted by'),
  routedBy: z
    .object({ rule: z.string().max(64), el: z.string().max(500), en: z.string().max(500) })
    .optional()
    .describe('Why it went to its service'),
  history: z.array(ticketHistorySchema),
  revision: z.int().min(1).describe('Counts the versions of this document from 1'),
})
export type Ticket = z.infer<typeof ticketSchema>

/** What an operator or technician may do with a ticket. */
export const ticketActionSchema = z.object({
  event: z.enum(['assigned', 'started', 'waiting', 'resolved', 'reopened']),
  note: z.string().max(2_000).optional(),
  reason: pauseReasonSchema.optional().describe('Of `waiting`: with a reason the clocks stand still'),
})
export type TicketAction = z.infer<typeof ticketActionSchema>
