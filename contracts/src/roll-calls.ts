import { z } from 'zod'
import { idSchema } from './identifiers.ts'
import { isoInstantSchema } from './time.ts'

/** A lighting night: the local date, in the municipality's zone, of the noon before it. */
export const nightKeySchema = z.iso
  .date()
  .describe("Lighting night: local date, in the municipality's zone, of the noon before it")

/** When lights are called: 10 and 30 minutes after the planned switch-on, at local midnight and at 05:00. */
const rollCallMoments = ['switchOn+10m', 'switchOn+30m', 'midnight', '05:00'] as const
export type RollCallMoment = (typeof rollCallMoments)[number]

/**
 * What was known of a community's lights at a fixed moment of the night. Lights that are off by their program, or under maintenance,
 * are not called; each of the others is in one of the three.
 */
export const rollCallSchema = z.object({
  night: nightKeySchema,
  community: idSchema,
  moment: z.enum(rollCallMoments),
  plannedAt: isoInstantSchema.describe('The moment itself'),
  at: isoInstantSchema.describe('When the lights were called; later than planned when the platform had not heard'),
  lit: z.int().min(0).describe('Confirmed to be lit'),
  dark: z.int().min(0).describe('Found dark'),
  unknown: z.int().min(0).describe('Neither: silent, never heard, or not confirmed yet'),
  darkLights: z.array(idSchema),
  unknownLights: z.array(idSchema),
})
export type RollCall = z.infer<typeof rollCallSchema>
