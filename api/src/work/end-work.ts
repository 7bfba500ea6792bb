import type { CitizenEventName, Instant, Ticket, WorkOrder } from '@fanari/contracts'
import { toIso } from '@fanari/contracts'
import { isSettled } from '../tickets/step.ts'
import type { TicketCompanion } from '../tickets/ticket-store.ts'
import type { WorkStore } from './work-store.ts'

/**
 * A work order does not outlive what it is for. When a ticket is settled by telemetry or a citizen, forwarded, or becomes part of
 * another, the order under way ends with it: cancelled, or done when the crew had begun. The crew can still add what it did.
 */
export const createWorkEnding =
  (orders: WorkStore): TicketCompanion =>
  (change, before) => {
    const { ticket, at } = change
    if (before === null) return change
    if (isSettled(before) && !isSettled(ticket)) return { ...change, ticket: unassigned(ticket) }
    if (before.mergedInto !== undefined && ticket.mergedInto === undefined && !isSettled(ticket)) {
      // What it mirrored was the work on the other ticket.
      return { ...change, ticket: { ...unassigned(ticket), status: 'open' } }
    }
    const hasLeft = ticket.mergedInto !== undefined && before.mergedInto === undefined
    const isForwarded = ticket.history.at(-1)?.event === 'forwarded'
    if (!isSettled(ticket) && !hasLeft && !isForwarded) return change
    const order = orders.underWay(ticket.municipality, ticket.id)
    if (order !== null) end(orders, order, ticket, at)
    return change
  }

const unassigned = ({ assignee: _assignee, ...ticket }: Ticket): Ticket => ticket

const end = (orders: WorkStore, order: WorkOrder, ticket: Ticket, at: Instant): void => {
  const { waitingReason: _waitingReason, ...rest } = order
  const hasBegun = order.status === 'inProgress' && isSettled(ticket)
  const event: CitizenEventName = hasBegun ? 'workOrderDone' : 'workOrderCancelled'
  const ended: WorkOrder = {
    ...rest,
    status: hasBegun ? 'done' : 'cancelled',
    ...(hasBegun ? { doneAt: toIso(at) } : {}),
    revision: order.revision + 1,
  }
  orders.write(ended, { by: 'platform', at, event, from: order.status })
}
