import { z } from 'zod'
import { categorySchema } from './categories.ts'
import { dangerFlagSchema, dangerSchema } from './danger.ts'
import { idSchema } from './identifiers.ts'
import { ticketOutcomes, ticketStatuses, verificationSchema } from './tickets.ts'
import { isoInstantSchema } from './time.ts'

/** How a report came in. */
export const reportChannels = ['phone', 'web', 'app', 'open311'] as const
const reportChannelSchema = z.enum(reportChannels)
export type ReportChannel = z.infer<typeof reportChannelSchema>

const languageSchema = z.enum(['el', 'en'])

const emailSchema = z.email().max(254)
const phoneSchema = z.string().regex(/^\+?\d[\d ()./-]{3,28}$/, 'must be a telephone number')

/** Personal data, kept apart from the report and erased before it. */
const contactFieldsSchema = z.object({
  name: z.string().max(200).optional(),
  phone: phoneSchema.optional(),
  email: emailSchema.optional(),
  notify: z
    .enum(['email', 'sms', 'none'])
    .optional()
    .describe('How to be told of each step; left out: by what is given'),
  consent: z
    .union([z.boolean(), z.stringbool()])
    .optional()
    .describe('To be told of each step, and asked in the end whether it is mended'),
})
export type Contact = z.infer<typeof contactFieldsSchema>

/** Whom to tell: its fields, or one text that is a telephone number or an e-mail address. */
const contactSchema = z.union([
  contactFieldsSchema,
  emailSchema.transform((email): Contact => ({ email })),
  phoneSchema.transform((phone): Contact => ({ phone })),
])

/** A citizen's or operator's report. */
export const reportSchema = z.object({
  category: categorySchema,
  description: z.string().max(4_000).optional(),
  luminaire: idSchema.optional(),
  pole: z.string().max(64).optional(),
  lat: z.number().min(-90).max(90).optional().describe('Latitude, WGS 84 [°]'),
  lon: z.number().min(-180).max(180).optional().describe('Longitude, WGS 84 [°]'),
  address: z.string().max(300).optional(),
  street: z.string().max(200).optional(),
  community: idSchema.optional(),
  wholeStreet: z.boolean().optional(),
  danger: z.array(dangerFlagSchema).max(8).optional().describe('What there is of danger'),
  informationOnly: z.boolean().optional().describe('A question that was answered at once: nothing is to be done'),
  channel: z.enum(['phone', 'web', 'app']).describe('`phone` needs the token of an operator'),
  contact: contactSchema.optional(),
  language: languageSchema.optional().describe('For messages to the reporter; left out: el'),
  clientId: z.string().min(1).max(128).describe('Names this report: repeating it changes nothing'),
})
export type Report = z.infer<typeof reportSchema>

/** What is known at a place before anyone reports: what a caller hears. */
export const knownSchema = z.object({
  ticket: idSchema.nullable().describe('The open matter there'),
  incident: idSchema.nullable(),
  status: z.enum(ticketStatuses).nullable(),
  since: isoInstantSchema.nullable().describe('Since when it is so, as far as is known'),
  circuit: z.string().nullable(),
  service: z.string().nullable(),
  expectedBy: isoInstantSchema.nullable(),
  reports: z.int().min(0).describe('How many citizens have reported it'),
  dark: z.int().min(0).describe('Lights that are known to be dark there'),
  el: z.string(),
  en: z.string(),
})
export type Known = z.infer<typeof knownSchema>

/** The answer to a report; `known` says what is already known at the place. */
export const reportAnswerSchema = z.object({
  id: idSchema,
  trackingCode: z.string().describe('Ten digits to read over the telephone; the last one is a check digit'),
  ticket: idSchema,
  known: knownSchema.nullable(),
  danger: dangerSchema.optional(),
  answerToken: z.string().optional().describe("For the reporter alone: to answer 'is it lit?' later"),
})
export type ReportAnswer = z.infer<typeof reportAnswerSchema>

/** One fact for the operator about what the lights say of a report. */
const reportEvidenceSchema = z.object({
  luminaire: idSchema,
  state: z.string(),
  since: isoInstantSchema.nullable(),
  lastSeen: isoInstantSchema.nullable(),
  activePowerW: z.number().nullable().describe('What it last took [W]'),
  lightLevelPercent: z.number().nullable().describe('What the driver puts out [%]'),
  planned: z
    .enum(['on', 'off', 'either', 'unknown'])
    .describe('What its program and the sun ask at that moment; `either`: twilight'),
  plannedSince: isoInstantSchema.nullable().describe('Since when: dusk or dawn, where the program follows the sun'),
  plannedUntil: isoInstantSchema.nullable(),
})
export type ReportEvidence = z.infer<typeof reportEvidenceSchema>

/** What the reporter thinks of how it was handled. */
export const ratingSchema = z.int().min(1).max(5).describe('How it was handled, 1 (badly) to 5 (very well)')

/** Why a report went to its ticket. */
export const attachRules = ['opened', 'luminaire', 'incident', 'circuit', 'nearest', 'operator', 'information'] as const
const attachmentToTicketSchema = z.object({
  rule: z.enum(attachRules),
  score: z.number().min(0).max(1).describe('How sure it is: 1 is the same lamp'),
  reasons: z.array(z.object({ el: z.string(), en: z.string() })),
  at: isoInstantSchema,
  by: z.string().max(128),
})
export type AttachedBy = z.infer<typeof attachmentToTicketSchema>

/** A report as it is kept: one contact of one person. Who it was stands apart. */
export const reportRecordSchema = z.object({
  id: idSchema,
  municipality: idSchema,
  trackingCode: z.string(),
  ticket: idSchema.describe('The matter it belongs to'),
  openedTicket: idSchema.optional().describe('The ticket it opened, if it opened one'),
  category: categorySchema,
  channel: reportChannelSchema,
  description: z.string().optional(),
  luminaire: idSchema.optional(),
  pole: z.string().optional(),
  lat: z.number().optional().describe('Latitude, WGS 84 [°]'),
  lon: z.number().optional().describe('Longitude, WGS 84 [°]'),
  address: z.string().optional(),
  street: z.string().optional(),
  community: idSchema.optional(),
  wholeStreet: z.boolean().optional(),
  danger: z.array(dangerFlagSchema).optional(),
  informationOnly: z.boolean().optional(),
  language: languageSchema,
  clientId: z.string(),
  by: z.string().max(128).describe('`citizen`, or the name of the operator'),
  createdAt: isoInstantSchema,
  acknowledgedAt: isoInstantSchema.optional(),
  firstResponseAt: isoInstantSchema.optional().describe('When a person first did something about it'),
  known: knownSchema.nullable().describe('What the reporter heard'),
  alreadyKnown: z.boolean().describe('Whether the matter was known when it came'),
  attached: attachmentToTicketSchema,
  verified: verificationSchema,
  evidence: z.array(reportEvidenceSchema).optional(),
  answer: z
    .object({ lit: z.boolean(), at: isoInstantSchema, by: z.string(), rating: ratingSchema.optional() })
    .optional()
    .describe("The reporter's last answer to 'is it lit?'"),
  callDurationS: z.int().min(0).optional().describe('Of a telephone call [s]'),
  moderation: z.enum(['clear', 'pending', 'rejected']).optional(),
})
export type ReportRecord = z.infer<typeof reportRecordSchema>

/** A report as staff see it: with the status of its matter. */
export const listedReportSchema = reportRecordSchema.extend({ status: z.enum(ticketStatuses) })
export type ListedReport = z.infer<typeof listedReportSchema>

/** What anyone with the tracking code sees: nothing of who reported, nor what they wrote. */
export const trackingSchema = z.object({
  trackingCode: z.string(),
  category: categorySchema,
  createdAt: isoInstantSchema,
  status: z.enum(ticketStatuses),
  outcome: z.enum(ticketOutcomes).nullable(),
  service: z.string(),
  title: z.string(),
  place: z.string(),
  reports: z.int().min(0),
  dueAt: isoInstantSchema.nullable(),
  resolvedAt: isoInstantSchema.nullable(),
  closedAt: isoInstantSchema.nullable(),
  steps: z.array(z.object({ at: isoInstantSchema, event: z.string(), el: z.string(), en: z.string() })),
  asks: z
    .object({ until: isoInstantSchema, el: z.string(), en: z.string() })
    .nullable()
    .describe("The question 'is it lit?', while it stands"),
  answer: z.object({ lit: z.boolean(), at: isoInstantSchema }).nullable(),
})
export type Tracking = z.infer<typeof trackingSchema>

/** A reporter's answer to 'is it lit?' (or, of another matter, 'is it mended?'). */
export const proofAnswerSchema = z.object({
  lit: z.union([z.boolean(), z.enum(['yes', 'no']).transform((word) => word === 'yes')]),
  token: z.string().min(1).max(128),
  comment: z.string().max(1_000).optional(),
  rating: ratingSchema.optional(),
})
