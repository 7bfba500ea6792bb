import { z } from 'zod'
import { faultNames } from './fault-names.ts'
import { idSchema } from './identifiers.ts'
import { instantSchema } from './time.ts'

/** `status`: the device's birth, its will, and its announced sleep. */
export const deviceStatusSchema = z.object({
  state: z.enum(['online', 'sleeping', 'offline']),
  session: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('Names one connection: a will whose session is not that of the last `online` is stale'),
  firmware: z.string().max(128).optional(),
  at: instantSchema.optional(),
})
export type DeviceStatus = z.infer<typeof deviceStatusSchema>

/** `event`: something that happened at the device; `supplyLoss` is the last gasp. */
export const deviceEventSchema = z.object({
  type: z
    .string()
    .min(1)
    .max(64)
    .describe(`A fault name (${faultNames.slice(0, 3).join(', ')}, …) or a device's own event`),
  at: instantSchema,
  details: z.record(z.string().max(64), z.json()).optional(),
})
export type DeviceEvent = z.infer<typeof deviceEventSchema>

export const commandTypes = ['setLevel', 'resume', 'poll', 'setProgram', 'reboot'] as const

/** `command`: what the platform asks of a device. `level` is % (0–100); `until` ends an override. */
export const deviceCommandSchema = z.object({
  id: idSchema,
  type: z.enum(commandTypes),
  level: z.number().min(0).max(100).optional(),
  until: instantSchema.optional(),
  program: z.json().optional().describe('For setProgram: the program steps'),
})
export type DeviceCommand = z.infer<typeof deviceCommandSchema>

export const commandResultSchema = z.object({
  id: idSchema,
  status: z.enum(['applied', 'rejected', 'expired']),
  reason: z.string().max(256).optional(),
})
export type CommandResult = z.infer<typeof commandResultSchema>
