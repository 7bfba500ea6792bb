import { hourMs, minuteMs, type TicketAction, type TicketStatus } from '@fanari/contracts'

/* The numbers and tables of the ticket rules, as data. They are Fanari's proposals; municipalities set their own in a later release. */

/** The same cause again within this time of the close is the same fault, not a new one [ms]. */
export const reopenWithinMs = 72 * hourMs

/** How long a technician's "done" stands while the incident goes on [ms]: one usual reporting period. */
export const claimGraceMs = 15 * minuteMs

/** What users may do in which status, and where it leads. Closing is not theirs: telemetry proves the repair. */
export const userTransitions: Record<TicketAction['event'], { from: readonly TicketStatus[]; to: TicketStatus }> = {
  assigned: { from: ['open', 'assigned', 'inProgress', 'waiting'], to: 'assigned' },
  started: { from: ['open', 'assigned', 'waiting'], to: 'inProgress' },
  waiting: { from: ['open', 'assigned', 'inProgress'], to: 'waiting' },
  resolved: { from: ['open', 'assigned', 'inProgress', 'waiting'], to: 'resolved' },
  reopened: { from: ['resolved', 'closed'], to: 'open' },
}
