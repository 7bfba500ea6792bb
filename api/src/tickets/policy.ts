import { hourMs, minuteMs } from '@fanari/contracts'

/* The numbers of the ticket rules. */

/** The same cause again within this time of the close is the same fault, not a new one [ms]. */
export const reopenWithinMs = 72 * hourMs

/** How long a technician's "done" stands while the incident goes on [ms]: one usual reporting period. */
export const claimGraceMs = 15 * minuteMs
