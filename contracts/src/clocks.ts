import { z } from 'zod'
import { isoInstantSchema } from './time.ts'

/* Service hours and the terms the citizen line promises to keep in them. */

/** A time of the local clock; `24:00` is the end of the day. */
const clockTimeSchema = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time such as 07:00')

/** The open hours of one day, in order and apart; empty: closed. */
const dayHoursSchema = z
  .array(z.object({ from: clockTimeSchema, until: clockTimeSchema }))
  .max(4)
  .refine(
    (spans) => spans.every(({ from, until }, index) => from < until && (spans[index - 1]?.until ?? '') < from),
    'must be spans in order, each ending before the next begins',
  )
export type DayHours = z.infer<typeof dayHoursSchema>

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const weeklySchema = z
  .object({
    monday: dayHoursSchema,
    tuesday: dayHoursSchema,
    wednesday: dayHoursSchema,
    thursday: dayHoursSchema,
    friday: dayHoursSchema,
    saturday: dayHoursSchema,
    sunday: dayHoursSchema,
  })
  .refine((week) => weekdays.some((day) => week[day].length > 0), 'must be open on some day')

/** When a municipality's services work, in its own time zone. */
export const serviceCalendarSchema = z.object({
  weekly: weeklySchema,
  nationalHolidays: z.boolean().describe('Closed on the public holidays of Greece, those after Easter included'),
  yearly: z
    .array(
      z.object({
        day: z
          .string()
          .regex(
            /^((0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])|easter[+-]\d{1,2})$/,
            'must be MM-DD, or easter+N or easter-N',
          )
          .describe('`MM-DD`, or days from Orthodox Easter such as `easter+5`'),
        name: z.string().min(1).max(128),
        until: clockTimeSchema.optional().describe('A half day that ends early; without it closed all day'),
      }),
    )
    .max(60)
    .describe('Local holidays of every year: the patron saint, the liberation day; and half days'),
  dates: z
    .array(z.object({ date: z.iso.date(), name: z.string().min(1).max(128), hours: dayHoursSchema }))
    .max(200)
    .refine((dates) => new Set(dates.map(({ date }) => date)).size === dates.length, 'must name each date once')
    .describe(
      'Single dates with hours of their own, before everything else: a moved holiday, a strike, a working Saturday',
    ),
})
export type ServiceCalendar = z.infer<typeof serviceCalendarSchema>

/** How long something may take, and which time counts. */
export const clockTermSchema = z.discriminatedUnion('kind', [
  z
    .object({ kind: z.literal('hours'), hours: z.number().positive().max(10_000).describe('[h]') })
    .describe('Around the clock'),
  z
    .object({ kind: z.literal('serviceHours'), hours: z.number().positive().max(2_000).describe('[h]') })
    .describe('Open hours of the services only'),
  z
    .object({ kind: z.literal('workingDays'), days: z.int().min(1).max(250).describe('[d]') })
    .describe('To the end of service of the last day; the day it begins on does not count'),
  z
    .object({ kind: z.literal('calendarDays'), days: z.int().min(1).max(730).describe('[d]') })
    .describe('To the end of the last day, or of the next working day; the day it begins on does not count'),
])
export type ClockTerm = z.infer<typeof clockTermSchema>

/** Why a clock stands still. */
export const pauseReasons = {
  waitingForCitizen: { el: 'Αναμονή για τον πολίτη', en: 'Waiting for the citizen' },
  waitingForNetworkOperator: { el: 'Αναμονή για τον ΔΕΔΔΗΕ', en: 'Waiting for the network operator' },
  weather: { el: 'Καιρικές συνθήκες', en: 'Weather' },
  forceMajeure: { el: 'Ανωτέρα βία', en: 'Force majeure' },
} as const
export type PauseReason = keyof typeof pauseReasons
export const pauseReasonSchema = z.enum(Object.keys(pauseReasons) as [PauseReason, ...PauseReason[]])

/** What is measured. */
export const clockKinds = {
  repair: { el: 'Αποκατάσταση', en: 'Repair' },
  response: { el: 'Πρώτη απάντηση', en: 'First response' },
  networkOperator: { el: 'Χρόνος του ΔΕΔΔΗΕ', en: "The network operator's time" },
  legal: { el: 'Νόμιμη προθεσμία', en: 'Legal limit' },
  forwarding: { el: 'Διαβίβαση στην αρμόδια υπηρεσία', en: 'Forwarding to the competent service' },
} as const
export type ClockKind = keyof typeof clockKinds
const clockKindSchema = z.enum(Object.keys(clockKinds) as [ClockKind, ...ClockKind[]])

/** Who is told when a term runs out. */
export const escalationLevels = ['team', 'supervisor', 'administrator'] as const
const milestoneEventSchema = z.enum(['warned', 'breached', 'escalated'])

/** When, in shares of the term, somebody is told. 1 is the deadline itself. */
const milestoneRuleSchema = z.object({
  share: z.number().positive().max(10),
  event: milestoneEventSchema,
  level: z.enum(escalationLevels),
})
export type MilestoneRule = z.infer<typeof milestoneRuleSchema>

/** A municipality's clocks: its calendar, the terms that no routing rule sets, and who hears when they run out. */
export const clockPolicySchema = z.object({
  calendar: serviceCalendarSchema,
  response: clockTermSchema.describe('Until a report has its first answer by a person or by telemetry'),
  legal: clockTermSchema.describe('The law’s outer limit for an answer'),
  legalSeveral: clockTermSchema.describe('The same, when several services are needed'),
  forwarding: clockTermSchema.describe('Until a misdirected matter is with the competent service'),
  networkOperator: clockTermSchema.describe('Until the network operator has restored supply'),
  milestones: z
    .array(milestoneRuleSchema)
    .max(8)
    .refine(
      (rules) => rules.every(({ event, share }) => (event === 'breached') === (share === 1)),
      'must breach at share 1, and only there',
    )
    .refine((rules) => rules.filter(({ event }) => event === 'breached').length === 1, 'must breach once')
    .refine(
      (rules) => rules.every(({ share }, index) => share > (rules[index - 1]?.share ?? 0)),
      'must be in order of their shares',
    ),
})
export type ClockPolicy = z.infer<typeof clockPolicySchema>

/** A span in which a clock stood still; without `until` it stands still now. */
const pauseSchema = z.object({
  reason: pauseReasonSchema,
  from: isoInstantSchema,
  until: isoInstantSchema.optional(),
  by: z.string().max(128),
  note: z.string().max(2_000).optional(),
})

/** One clock of a ticket or report as it is shown. */
export const clockSchema = z.object({
  kind: clockKindSchema,
  term: clockTermSchema,
  state: z.enum(['running', 'paused', 'stopped']),
  startedAt: isoInstantSchema,
  dueAt: isoInstantSchema.describe('As promised at the start, moved by pauses that have ended'),
  stoppedAt: isoInstantSchema.optional(),
  inTime: z.boolean().optional().describe('Whether it stopped by its deadline'),
  pauses: z.array(pauseSchema),
  milestones: z.array(
    milestoneRuleSchema.extend({ at: isoInstantSchema.describe('When it is due'), reached: z.boolean() }),
  ),
})
export type ClockDocument = z.infer<typeof clockSchema>
