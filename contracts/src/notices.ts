import { z } from 'zod'
import { idSchema } from './identifiers.ts'
import { isoInstantSchema } from './time.ts'

/* What citizens and staff are told, by which way, in whose words. */

/** What a reporter is told. How a matter ended is told as it ended: closed is not fixed. */
export const reportSteps = [
  'received',
  'answered',
  'assigned',
  'scheduled',
  'forwarded',
  'waiting',
  'resolved',
  'closedFixed',
  'closedUnconfirmed',
  'closedNotOurs',
  'closedWithdrawn',
  'closedSuperseded',
  'reopened',
] as const
export type ReportStep = (typeof reportSteps)[number]
/** What somebody is told who follows an area. */
export const areaSteps = ['subscriptionConfirm', 'areaOpened', 'areaClosed'] as const
/** What staff are told. */
export const staffSteps = ['escalation', 'danger'] as const

export const noticeStepSchema = z.enum([...reportSteps, ...areaSteps, ...staffSteps])
export type NoticeStep = z.infer<typeof noticeStepSchema>

export const noticeLanguageSchema = z.enum(['el', 'en'])
export type NoticeLanguage = z.infer<typeof noticeLanguageSchema>

const noticeChannelSchema = z.enum(['email', 'sms', 'webhook'])
export type NoticeChannelName = z.infer<typeof noticeChannelSchema>

/** The words of one step in one language. `{{name}}` stands for a value; a line with a value that there is not is left out. */
export const noticeTemplateSchema = z.strictObject({
  subject: z
    .string()
    .min(1)
    .max(150)
    .refine((text) => !/\p{Cc}/u.test(text), 'must be one line'),
  text: z.string().min(1).max(4_000).describe('The e-mail, without its footer'),
  sms: z.string().min(1).max(480).describe('Its lines are joined; 70 Greek letters are one message'),
})
export type NoticeTemplate = z.infer<typeof noticeTemplateSchema>

const clockTimeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00')

/** How a municipality wants its messages. What is left out has the default. */
export const noticeSettingsSchema = z.object({
  quietHours: z
    .strictObject({ from: clockTimeSchema, until: clockTimeSchema })
    .refine(({ from, until }) => from !== until, 'must be a part of the day')
    .nullable()
    .default({ from: '22:00', until: '08:00' })
    .describe('Local time in which no SMS is sent, but of danger; null: none'),
  areaMessagesPerDay: z
    .int()
    .min(1)
    .max(1_000)
    .default(20)
    .describe('The most that one subscription of an area sends in 24 hours'),
})
export type NoticeSettings = z.infer<typeof noticeSettingsSchema>

/** `dropped`: there was nobody to tell any more when its turn came. `failed`: it will not be tried again by itself. */
export const noticeStates = ['pending', 'sent', 'failed', 'dropped'] as const
export type NoticeState = (typeof noticeStates)[number]

export const noticeRecipientKinds = ['report', 'subscription', 'user', 'team', 'duty'] as const

/** One message to one recipient, without address and words: whom it goes to is looked up when it is sent. */
export const noticeSchema = z.object({
  id: z.int().min(1),
  municipality: idSchema,
  step: noticeStepSchema,
  channel: noticeChannelSchema,
  language: noticeLanguageSchema,
  recipient: z.object({ kind: z.enum(noticeRecipientKinds), id: z.string() }),
  ticket: idSchema.nullable(),
  state: z.enum(noticeStates),
  attempts: z.int().min(0),
  createdAt: isoInstantSchema,
  nextAttemptAt: isoInstantSchema.nullable().describe('Wall time'),
  settledAt: isoInstantSchema.nullable().describe('When it was sent or given up'),
  reason: z.string().nullable().describe('Why the last try failed, without addresses'),
})
export type Notice = z.infer<typeof noticeSchema>

const areaSchema = z.union([
  z.strictObject({ community: idSchema }),
  z.strictObject({
    lat: z.number().min(-90).max(90).describe('Latitude, WGS 84 [°]'),
    lon: z.number().min(-180).max(180).describe('Longitude, WGS 84 [°]'),
    radiusM: z.number().min(50).max(20_000).describe('[m]'),
  }),
  z.strictObject({ all: z.literal(true) }),
])

/** What somebody wants to be told of. */
export const areaInterestSchema = z.strictObject({
  area: areaSchema.describe('A community, a circle, or the whole municipality'),
  categories: z.array(z.string().max(64)).max(50).optional().describe('Codes of categories; left out: all'),
})
export type AreaInterest = z.infer<typeof areaInterestSchema>

/** Asks for messages about an area. They begin when the link in the confirming e-mail is followed. */
export const subscriptionRequestSchema = areaInterestSchema.extend({
  email: z.email().max(254),
  language: noticeLanguageSchema.default('el'),
})
export type SubscriptionRequest = z.infer<typeof subscriptionRequestSchema>
