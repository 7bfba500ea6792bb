import { z } from 'zod'
import { isoInstantSchema } from './time.ts'

/** Why a message or reading was set aside: a closed list with what the sender can do about it. */
export const quarantineReasons = {
  malformedJson: 'The payload is not UTF-8 JSON',
  emptyPayload: 'The payload is empty',
  invalidField: 'A field is missing, of the wrong type or outside its range',
  tooManyReadings: 'More readings in one publish than allowed',
  emptyArray: 'The array of readings is empty',
  futureTime: 'Event time lies more than 10 minutes ahead',
  ancientTime: 'Event time lies more than 30 days back',
  unknownDevice: 'The device is not in the register',
  unknownTopic: 'The topic is not one of the contract’s',
  topicForbidden: 'The client may not publish on this topic',
  tooLarge: 'The payload is larger than allowed',
  refusedByInflux: 'InfluxDB refused the point made from it; the reading itself is kept',
} as const
export type QuarantineReason = keyof typeof quarantineReasons

/** How much of a quarantined payload is kept and shown [bytes]. */
export const quarantinePayloadLimit = 4_096

export const quarantineItemSchema = z.object({
  topic: z.string(),
  reason: z.string().describe('`code` or `code: detail`'),
  receivedAt: isoInstantSchema,
  payload: z.string().describe('The first 4 KiB as UTF-8; bytes that are not UTF-8 are replaced'),
})
export type QuarantineItem = z.infer<typeof quarantineItemSchema>

/** Readings further ahead than this are quarantined [ms]. */
export const futureLimitMs = 10 * 60_000
/** Readings older than this are quarantined [ms]. */
export const ancientLimitMs = 30 * 86_400_000
