import { z } from 'zod'
import { categorySchema } from './categories.ts'
import { faultNameSchema } from './fault-names.ts'
import { idSchema } from './identifiers.ts'
import { ticketStatuses } from './tickets.ts'
import { isoInstantSchema } from './time.ts'

/** How an exchange names a call, such as Asterisk's `UNIQUEID`. */
export const callIdSchema = z.string().regex(/^[A-Za-z0-9._:@-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 . _ : @ -')

/** A telephone call to the citizen line, without the caller's number: who may see that asks for it by name, and is in the trail. */
export const callSchema = z.object({
  id: callIdSchema,
  municipality: idSchema,
  line: z.string().nullable().describe('The number that was called, or the queue'),
  caller: z.enum(['number', 'hidden']).describe('Whether the exchange gave a number'),
  state: z.enum(['ringing', 'answered', 'ended']),
  startedAt: isoInstantSchema,
  answeredAt: isoInstantSchema.nullable(),
  answeredBy: z.string().nullable(),
  endedAt: isoInstantSchema.nullable(),
  durationS: z.int().min(0).nullable().describe('From answer to end [s]'),
  informationOnly: z.boolean().describe('A question was answered, and nothing is to be done'),
  reports: z.array(idSchema),
})
export type Call = z.infer<typeof callSchema>

/** What an operator wants on the screen while it rings. */
export const callContextSchema = z.object({
  call: callSchema,
  history: z
    .array(
      z.object({
        report: idSchema,
        trackingCode: z.string(),
        category: categorySchema,
        createdAt: isoInstantSchema,
        ticket: idSchema,
        status: z.enum(ticketStatuses),
        title: z.string(),
        dueAt: isoInstantSchema.nullable(),
      }),
    )
    .describe('Earlier reports from this number, newest first'),
  openMatters: z.int().min(0).describe('How many of their matters are not closed'),
  outages: z
    .array(
      z.object({
        incident: idSchema,
        ticket: idSchema.nullable(),
        fault: faultNameSchema,
        startedAt: isoInstantSchema,
        lights: z.int().min(0),
        place: z.string(),
      }),
    )
    .describe('Wide outages that are open now: what the next caller will ask about'),
})
export type CallContext = z.infer<typeof callContextSchema>
