import { z } from 'zod'
import { idSchema } from './identifiers.ts'
import { serviceSchema } from './services.ts'
import { isoInstantSchema } from './time.ts'

export const workOrderStatuses = [
  'created',
  'assigned',
  'accepted',
  'scheduled',
  'travelling',
  'inProgress',
  'waiting',
  'done',
  'cancelled',
] as const
export type WorkOrderStatus = (typeof workOrderStatuses)[number]

/** One job for one crew: what a ticket needs done, however many people reported it. */
export const workOrderSchema = z.object({
  id: idSchema,
  municipality: idSchema,
  ticket: idSchema,
  service: serviceSchema,
  status: z.enum(workOrderStatuses),
  team: idSchema.optional(),
  assignee: z.string().max(128).optional(),
  createdAt: isoInstantSchema,
  createdBy: z.string().max(128),
  assignedAt: isoInstantSchema.optional(),
  acceptedAt: isoInstantSchema.optional(),
  scheduledFor: isoInstantSchema.optional(),
  startedAt: isoInstantSchema.optional(),
  doneAt: isoInstantSchema.optional(),
  waitingReason: z.string().max(64).optional(),
  note: z.string().max(4_000).optional(),
  parts: z
    .array(
      z.object({
        name: z.string().min(1).max(200),
        quantity: z.number().positive(),
        costEur: z.number().min(0).optional().describe('Of one [€]'),
      }),
    )
    .max(100),
  photos: z.array(idSchema).max(20).describe('Attachments'),
  workMinutes: z.number().min(0).optional().describe('Time spent [min]'),
  costEur: z.number().min(0).optional().describe('Of work and parts together [€]'),
  revision: z.int().min(1),
})
export type WorkOrder = z.infer<typeof workOrderSchema>

/** A recurring cause behind several tickets. */
export const recurringProblemSchema = z.object({
  id: idSchema,
  municipality: idSchema,
  dedupKey: z.string().max(200),
  status: z.enum(['open', 'closed']),
  title: z.string().max(300),
  tickets: z.array(idSchema),
  openedAt: isoInstantSchema,
  closedAt: isoInstantSchema.optional(),
  cause: z.string().max(4_000).optional(),
  note: z.string().max(4_000).optional(),
  revision: z.int().min(1),
})
export type RecurringProblem = z.infer<typeof recurringProblemSchema>

/** A photograph of a report or work order, as stored: re-encoded, without what the camera wrote into it. */
export const attachmentSchema = z.object({
  id: idSchema,
  municipality: idSchema,
  subject: z.object({ kind: z.enum(['report', 'workOrder']), id: idSchema }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  mediaType: z.string().max(64),
  bytes: z.int().min(0),
  widthPx: z.int().min(1),
  heightPx: z.int().min(1),
  public: z.boolean().describe('Whether anyone may see it'),
  createdAt: isoInstantSchema,
  by: z.string().max(128),
})
export type Attachment = z.infer<typeof attachmentSchema>
