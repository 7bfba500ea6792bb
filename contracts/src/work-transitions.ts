import { z } from 'zod'
import { categorySchema } from './categories.ts'
import { pauseReasonSchema } from './clocks.ts'
import { idSchema } from './identifiers.ts'
import { serviceSchema } from './services.ts'
import { type TicketStatus, ticketActionSchema, ticketStatuses } from './tickets.ts'
import { instantSchema } from './time.ts'
import type { WorkOrderStatus } from './work-orders.ts'

/** Who may take a step. `holder`: whose order it is, or a member of its team, or anyone of the crews while it is nobody's. */
export type WorkActor = 'dispatcher' | 'holder' | 'platform'

export const workEvents = [
  'assign',
  'accept',
  'decline',
  'schedule',
  'travel',
  'start',
  'wait',
  'resume',
  'done',
  'amend',
  'cancel',
] as const
export type WorkEvent = (typeof workEvents)[number]

interface WorkTransition {
  event: WorkEvent
  /** `none`: the ticket has no order under way, and this makes one. */
  from: readonly (WorkOrderStatus | 'none')[]
  to: WorkOrderStatus
  who: readonly WorkActor[]
  el: string
  en: string
}

const underWay = ['assigned', 'accepted', 'scheduled', 'travelling', 'inProgress', 'waiting'] as const
const notStarted = ['assigned', 'accepted', 'scheduled', 'travelling'] as const

/** The life of a work order: the one table that the api obeys, the clients are served and the documentation shows. */
export const workTransitions: readonly WorkTransition[] = [
  {
    event: 'assign',
    from: ['none', 'created', ...underWay],
    to: 'assigned',
    who: ['dispatcher', 'holder'],
    el: 'Χρέωση',
    en: 'Assign',
  },
  { event: 'accept', from: ['assigned'], to: 'accepted', who: ['holder', 'dispatcher'], el: 'Αποδοχή', en: 'Accept' },
  {
    event: 'decline',
    from: ['assigned', 'accepted', 'scheduled'],
    to: 'created',
    who: ['holder', 'dispatcher'],
    el: 'Άρνηση',
    en: 'Decline',
  },
  {
    event: 'schedule',
    from: ['assigned', 'accepted', 'scheduled'],
    to: 'scheduled',
    who: ['holder', 'dispatcher'],
    el: 'Προγραμματισμός',
    en: 'Schedule',
  },
  {
    event: 'travel',
    from: ['assigned', 'accepted', 'scheduled'],
    to: 'travelling',
    who: ['holder'],
    el: 'Μετάβαση',
    en: 'On the way',
  },
  {
    event: 'start',
    from: ['none', 'created', ...notStarted, 'waiting'],
    to: 'inProgress',
    who: ['holder', 'dispatcher'],
    el: 'Έναρξη εργασίας',
    en: 'Start work',
  },
  {
    event: 'wait',
    from: ['none', 'created', ...notStarted, 'inProgress'],
    to: 'waiting',
    who: ['holder', 'dispatcher'],
    el: 'Αναμονή',
    en: 'Wait',
  },
  {
    event: 'resume',
    from: ['waiting'],
    to: 'accepted',
    who: ['holder', 'dispatcher', 'platform'],
    el: 'Συνέχιση',
    en: 'Go on',
  },
  {
    event: 'done',
    from: ['none', 'created', ...underWay],
    to: 'done',
    who: ['holder', 'dispatcher', 'platform'],
    el: 'Διεκπεραίωση',
    en: 'Done',
  },
  {
    event: 'amend',
    from: ['done'],
    to: 'done',
    who: ['holder', 'dispatcher'],
    el: 'Συμπλήρωση',
    en: 'Add to what was done',
  },
  {
    event: 'cancel',
    from: ['created', ...underWay],
    to: 'cancelled',
    who: ['dispatcher', 'platform'],
    el: 'Ακύρωση',
    en: 'Cancel',
  },
]

/** What a ticket's status is while its work order has this one; `null`: an order that is over says nothing of it. */
export const ticketStatusOf: Record<WorkOrderStatus, TicketStatus | null> = {
  created: 'open',
  assigned: 'assigned',
  accepted: 'assigned',
  scheduled: 'assigned',
  travelling: 'assigned',
  inProgress: 'inProgress',
  waiting: 'waiting',
  done: 'resolved',
  cancelled: null,
}

const partSchema = z.object({
  name: z.string().min(1).max(200),
  quantity: z.number().positive().max(100_000),
  costEur: z.number().min(0).max(1_000_000).optional().describe('Of one [€]'),
})
const noteSchema = z.string().max(2_000).optional()
const workDoneShape = {
  note: noteSchema,
  photos: z.array(idSchema).max(20).optional().describe('Attachments of the work order'),
  parts: z.array(partSchema).max(100).optional(),
  workMinutes: z.number().min(0).max(100_000).optional().describe('Time spent [min]'),
}

/** One step of a work order. */
export const workActionSchema = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('assign'),
    team: idSchema.optional(),
    assignee: z.string().min(1).max(128).optional().describe('The name of a user'),
    note: noteSchema,
  }),
  z.strictObject({ event: z.literal('accept'), note: noteSchema }),
  z.strictObject({ event: z.literal('decline'), note: z.string().min(1).max(2_000).describe('Why') }),
  z.strictObject({ event: z.literal('schedule'), scheduledFor: instantSchema, note: noteSchema }),
  z.strictObject({ event: z.literal('travel'), note: noteSchema }),
  z.strictObject({ event: z.literal('start'), note: noteSchema }),
  z.strictObject({
    event: z.literal('wait'),
    reason: pauseReasonSchema.describe('The clocks stand still for it'),
    note: noteSchema,
  }),
  z.strictObject({ event: z.literal('resume'), note: noteSchema }),
  z.strictObject({ event: z.literal('done'), ...workDoneShape }),
  z.strictObject({ event: z.literal('amend'), ...workDoneShape }),
  z.strictObject({ event: z.literal('cancel'), note: z.string().min(1).max(2_000).describe('Why') }),
])
export type WorkAction = z.infer<typeof workActionSchema>

/** A crew, and where it works. */
export const teamSchema = z.strictObject({
  name: z.string().min(1).max(128),
  service: serviceSchema,
  communities: z.array(idSchema).max(500).describe('Where it works; none: everywhere'),
  members: z.array(z.string().min(1).max(128)).max(200).describe('Names of users'),
  phone: z.string().max(32).optional(),
  email: z.email().max(254).optional(),
})
export type Team = z.infer<typeof teamSchema>

/** Where a misdirected matter belongs. */
export const forwardSchema = z.strictObject({
  service: serviceSchema,
  team: idSchema.optional(),
  reason: z.string().min(1).max(400).describe('Told to the reporters: without personal data'),
})

/** What can be done with a ticket, one or many. */
export const bulkActionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('work'), step: workActionSchema }),
  z.strictObject({ kind: z.literal('ticket'), action: ticketActionSchema }),
  z.strictObject({ kind: z.literal('forward'), to: forwardSchema }),
  z.strictObject({ kind: z.literal('category'), category: categorySchema }),
  z.strictObject({ kind: z.literal('route') }).describe('Ask the routing rules again'),
])
export type BulkAction = z.infer<typeof bulkActionSchema>

export const bulkResultSchema = z.discriminatedUnion('outcome', [
  z.object({ id: idSchema, outcome: z.literal('done'), status: z.enum(ticketStatuses) }),
  z.object({ id: idSchema, outcome: z.literal('refused'), code: z.string(), detail: z.string() }),
])
export type BulkResult = z.infer<typeof bulkResultSchema>
