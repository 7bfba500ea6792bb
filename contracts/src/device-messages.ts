import { z } from 'zod'
import { programStepsSchema } from './assets.ts'
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

const commandTypes = ['setLevel', 'resume', 'poll', 'setProgram', 'reboot'] as const

/** `command`: what the platform asks of a device. */
export const deviceCommandSchema = z.object({
  id: idSchema,
  type: z.enum(commandTypes),
  level: z.number().min(0).max(100).optional().describe('For setLevel: light level [%]'),
  until: instantSchema
    .optional()
    .describe('For setLevel: end of the override, ISO 8601 with zone or integer milliseconds since 1970 UTC'),
  program: programStepsSchema.optional().describe('For setProgram: the steps of the program'),
})
export type DeviceCommand = z.infer<typeof deviceCommandSchema>

/** `result`: what became of a command. */
export const commandResultSchema = z.object({
  id: idSchema,
  status: z.enum(['applied', 'rejected', 'expired']),
  reason: z.string().max(256).optional(),
})
export type CommandResult = z.infer<typeof commandResultSchema>
