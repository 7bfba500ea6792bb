import { z } from 'zod'
import { idSchema } from './identifiers.ts'
import { isoInstantSchema } from './time.ts'

/** Stable codes of what a ticket or report is about (CONTRACT section 3); the citizen line adds its own beside lighting's. */
export const lightingCategories = {
  'street-light-out': { el: 'Σβηστό φωτιστικό', en: 'Street light out' },
  'street-light-flickering': { el: 'Φωτιστικό που τρεμοπαίζει', en: 'Street light flickering' },
  'street-light-on-by-day': { el: 'Φωτιστικό αναμμένο την ημέρα', en: 'Street light on by day' },
  'street-dark': { el: 'Σκοτεινός δρόμος', en: 'Street in the dark' },
  'pole-damaged': { el: 'Κατεστραμμένος ιστός', en: 'Damaged pole' },
  'new-street-light': { el: 'Νέο φωτιστικό', en: 'New street light' },
  'other-lighting': { el: 'Άλλο θέμα φωτισμού', en: 'Other lighting matter' },
} as const
export type LightingCategory = keyof typeof lightingCategories
export const lightingCategorySchema = z.enum(
  Object.keys(lightingCategories) as [LightingCategory, ...LightingCategory[]],
)

/** Who repairs: the services a ticket can be routed to. */
export const services = {
  municipalLighting: { el: 'Συνεργείο ηλεκτροφωτισμού Δήμου', en: 'Municipal lighting crew' },
  networkOperator: { el: 'ΔΕΔΔΗΕ', en: 'Distribution network operator (HEDNO)' },
  solarMaintenance: { el: 'Συντήρηση φωτοβολταϊκών φωτιστικών', en: 'Solar light maintenance' },
  communications: { el: 'Τηλεπικοινωνίες και πλατφόρμα', en: 'Communications and platform' },
} as const
export type Service = keyof typeof services
export const serviceSchema = z.enum(Object.keys(services) as [Service, ...Service[]])

export const ticketStatuses = ['open', 'assigned', 'inProgress', 'waiting', 'resolved', 'closed'] as const
const ticketStatusSchema = z.enum(ticketStatuses)
export type TicketStatus = z.infer<typeof ticketStatusSchema>

const ticketEventNames = [
  'opened',
  'updated',
  'linked',
  'assigned',
  'started',
  'waiting',
  'resolved',
  'closed',
  'reopened',
] as const
const ticketHistorySchema = z.object({
  at: isoInstantSchema,
  event: z.enum(ticketEventNames),
  by: z.string().max(128).describe('`telemetry`, or the name of the user'),
  note: z.string().max(2_000).optional(),
})

/** The ticket document without personal data, on MQTT and HTTP. */
export const ticketSchema = z.object({
  id: idSchema,
  municipality: idSchema,
  category: lightingCategorySchema,
  source: z.enum(['telemetry', 'phone', 'web', 'app', 'open311']),
  status: ticketStatusSchema,
  service: serviceSchema,
  incident: idSchema.optional().describe('The open incident, or the last one'),
  reports: z.int().min(0).describe('How many reports of citizens it gathers'),
  members: z.array(idSchema).describe('Luminaires concerned'),
  createdAt: isoInstantSchema,
  dueAt: isoInstantSchema.optional(),
  resolvedAt: isoInstantSchema.optional(),
  closedAt: isoInstantSchema.optional(),
  title: z.string().max(300),
  location: z.object({
    lat: z.number().optional().describe('Latitude, WGS 84 [°]'),
    lon: z.number().optional().describe('Longitude, WGS 84 [°]'),
    community: idSchema.optional(),
    text: z.string().max(300).describe('Community, street and pole in words'),
  }),
  history: z.array(ticketHistorySchema),
  revision: z.int().min(1).describe('Counts the versions of this document from 1'),
})
export type Ticket = z.infer<typeof ticketSchema>

/** What an operator or technician may do with a ticket. */
export const ticketActionSchema = z.object({
  event: z.enum(['assigned', 'started', 'waiting', 'resolved', 'reopened']),
  note: z.string().max(2_000).optional(),
})
export type TicketAction = z.infer<typeof ticketActionSchema>

/** A citizen's or operator's report. */
export const reportSchema = z.object({
  category: lightingCategorySchema,
  description: z.string().max(4_000).optional(),
  luminaire: idSchema.optional(),
  pole: z.string().max(64).optional(),
  lat: z.number().min(-90).max(90).optional().describe('Latitude, WGS 84 [°]'),
  lon: z.number().min(-180).max(180).optional().describe('Longitude, WGS 84 [°]'),
  address: z.string().max(300).optional(),
  wholeStreet: z.boolean().optional(),
  channel: z.enum(['phone', 'web', 'app']),
  contact: z.record(z.string().max(64), z.string().max(300)).optional(),
  clientId: z.string().min(1).max(128),
})
export type Report = z.infer<typeof reportSchema>

/** The answer to a report; `known` says what is already known at the place. */
export const reportAnswerSchema = z.object({
  id: idSchema,
  trackingCode: z.string(),
  ticket: idSchema,
  known: z.record(z.string(), z.json()).nullable(),
})
