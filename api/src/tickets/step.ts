import { type Instant, type PauseReason, type Ticket, toIso } from '@fanari/contracts'
import { maskAddresses } from '../privacy/mask-addresses.ts'

/** What became of a ticket: its next version, and the kind of change for who listens. */
export interface TicketChange {
  type: 'ticket.opened' | 'ticket.updated' | 'ticket.resolved' | 'ticket.closed' | 'ticket.reopened'
  at: Instant
  ticket: Ticket
  /** Of a ticket that begins to wait: for this its clocks stand still. */
  pause?: PauseReason
}

export type TicketEventName = Ticket['history'][number]['event']

/** What can come by the hundred in one night: directly after its like it takes that one's place, so that a history stays one to read. */
const gathered: ReadonlySet<TicketEventName> = new Set<TicketEventName>(['updated', 'reported'])

/** The next version of a ticket, with its line of history. */
export const stepTicket = (
  type: TicketChange['type'],
  ticket: Ticket,
  { event, by, at, note }: { event: TicketEventName; by: string; at: Instant; note?: string | undefined },
): TicketChange => {
  // Histories are public. What people write may hold whom to call; what the platform writes holds ids that only look like numbers.
  const open = note !== undefined && by !== 'telemetry' && by !== 'platform' ? maskAddresses(note) : note
  const entry = { at: toIso(at), event, by, ...(open === undefined ? {} : { note: open.slice(0, 2_000) }) }
  const replaces = gathered.has(event) && ticket.history.at(-1)?.event === event
  const kept = replaces ? ticket.history.slice(0, -1) : ticket.history
  return { type, at, ticket: { ...ticket, history: [...kept, entry], revision: ticket.revision + 1 } }
}

export const isSettled = ({ status }: Ticket): boolean => status === 'resolved' || status === 'closed'

/** A ticket that is open again says nothing of how it ended before; its history does. */
export const unsettled = ({
  resolvedAt: _resolvedAt,
  closedAt: _closedAt,
  outcome: _outcome,
  ...ticket
}: Ticket): Ticket => ({ ...ticket, reopenedCount: (ticket.reopenedCount ?? 0) + 1 })
