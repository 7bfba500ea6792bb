import { z } from 'zod'
import { idSchema } from './identifiers.ts'
import { receivedReadingSchema } from './readings.ts'
import { reasonSchema } from './reasons.ts'
import { isoInstantSchema } from './time.ts'

export const lightStates = ['lit', 'dark', 'off', 'unexpectedlyOn', 'unknown', 'maintenance'] as const
export const lightStateSchema = z.enum(lightStates)
export type LightState = z.infer<typeof lightStateSchema>

/** `communities/{community}/light`: how many lights burn, are dark or cannot be told. */
export const communityLightSchema = z.object({
  lit: z.int().min(0),
  dark: z.int().min(0),
  unknown: z.int().min(0),
  total: z.int().min(0),
  darkCommunity: z.boolean(),
  at: isoInstantSchema,
})
export type CommunityLight = z.infer<typeof communityLightSchema>

/** A row of `GET …/communities`. */
export const communityStatusSchema = communityLightSchema.extend({
  id: idSchema,
  name: z.string(),
  population: z.int().optional(),
})
export type CommunityStatus = z.infer<typeof communityStatusSchema>

/** `GET …/luminaires/{id}`. */
export const luminaireStatusSchema = z.object({
  id: idSchema,
  device: idSchema,
  community: idSchema,
  state: lightStateSchema,
  since: isoInstantSchema,
  reason: reasonSchema,
  lastReading: receivedReadingSchema.nullable(),
  lastSeen: isoInstantSchema.nullable(),
  incident: idSchema.optional(),
})
export type LuminaireStatus = z.infer<typeof luminaireStatusSchema>
