import { z } from 'zod'
import { idSchema } from './identifiers.ts'
import { isoInstantSchema } from './time.ts'

/** Everything that can happen on the citizen line. A closed list: who follows the log can be exhaustive. */
export const citizenEventNames = [
  // a report
  'reportReceived',
  'reportAttached',
  'reportDetached',
  'reportMoved',
  'reportAcknowledged',
  'firstResponse',
  'reportStatusChanged',
  'proofAsked',
  'proofAnswered',
  'informationGiven',
  'callEnded',
  'reportModerated',
  // a ticket
  'ticketOpened',
  'ticketUpdated',
  'ticketLinked',
  'ticketAssigned',
  'ticketStarted',
  'ticketWaiting',
  'ticketResolved',
  'ticketClosed',
  'ticketReopened',
  'ticketMerged',
  'ticketUnmerged',
  'ticketRouted',
  'ticketForwarded',
  'categoryChanged',
  'priorityChanged',
  'verificationChanged',
  'dutyCalled',
  'clockPaused',
  'clockResumed',
  'dueWarning',
  'overdue',
  'escalated',
  // a work order
  'workOrderCreated',
  'workOrderAssigned',
  'workOrderAccepted',
  'workOrderDeclined',
  'workOrderScheduled',
  'workOrderTravelling',
  'workOrderStarted',
  'workOrderWaiting',
  'workOrderResumed',
  'workOrderDone',
  'workOrderCancelled',
  // a recurring problem, a photograph
  'problemOpened',
  'problemUpdated',
  'problemClosed',
  'photoAdded',
  'photoModerated',
  'photoRemoved',
] as const
const citizenEventNameSchema = z.enum(citizenEventNames)
export type CitizenEventName = z.infer<typeof citizenEventNameSchema>

export const citizenSubjectKinds = ['report', 'ticket', 'workOrder', 'problem', 'attachment'] as const

/**
 * One entry of the log that messages, statistics and live pages follow by its id. It never holds personal data: what is written here
 * stays when a person is erased.
 */
export const citizenEventSchema = z.object({
  id: z.int().min(1),
  municipality: idSchema,
  at: isoInstantSchema,
  by: z.string().max(128).describe('`telemetry`, `citizen`, `platform`, or the name of a member of staff'),
  subject: z.object({ kind: z.enum(citizenSubjectKinds), id: idSchema }),
  ticket: idSchema.nullable(),
  event: citizenEventNameSchema,
  details: z.record(z.string(), z.json()),
})
export type CitizenEvent = z.infer<typeof citizenEventSchema>
