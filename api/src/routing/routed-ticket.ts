import { priorities, type Ticket } from '@fanari/contracts'
import type { Dispatched } from './dispatch.ts'

/** The rule of a ticket that a person has sent somewhere: no rule sends it elsewhere. */
export const routedByHand = 'byHand'

/** Where a ticket stands by the rules. A priority is raised and not lowered: somebody has been told of it. */
export const placeOf = (
  ticket: Ticket | null,
  { service, team, priority, routedBy }: Dispatched,
): Pick<Ticket, 'service' | 'team' | 'priority' | 'routedBy'> => {
  const raised = ticket?.priority === undefined ? priority : higher(ticket.priority, priority)
  const urgency = raised === 'normal' ? {} : { priority: raised }
  if (ticket?.routedBy?.rule === routedByHand) return { service: ticket.service, ...urgency }
  return { service, ...(team === null ? {} : { team }), routedBy, ...urgency }
}

/** What is promised from now on. */
export const promiseOf = ({ term, dueAt }: Dispatched): Pick<Ticket, 'repairTerm' | 'dueAt'> => ({
  repairTerm: term,
  dueAt,
})

const higher = (a: (typeof priorities)[number], b: (typeof priorities)[number]) =>
  priorities.indexOf(a) >= priorities.indexOf(b) ? a : b
