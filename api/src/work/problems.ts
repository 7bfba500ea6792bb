import { hash } from 'node:crypto'
import { dayMs, type Instant, ProblemError, type RecurringProblem, type Ticket, toIso } from '@fanari/contracts'
import { writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import { isSettled } from '../tickets/step.ts'
import type { TicketCompanion } from '../tickets/ticket-store.ts'

/** The same matter opening so often in so long is a problem with a cause of its own. */
const recurring = { openings: 3, withinMs: 90 * dayMs } as const

/** Recurring problems: what keeps coming back, whatever is done about it. */
export interface RecurringProblems {
  problem(municipality: string, id: string): RecurringProblem | null
  /** Newest first. */
  list(
    municipality: string,
    filter: { statuses: readonly RecurringProblem['status'][]; limit: number; after: [Instant, string] | null },
  ): { items: RecurringProblem[]; next: [Instant, string] | null }
  /** Writes down the cause, or closes it. @throws ProblemError `not-found`, `conflict` when it is closed */
  update(
    municipality: string,
    id: string,
    changes: { cause?: string | undefined; note?: string | undefined; status?: 'closed' | undefined },
    change: { by: string; at: Instant },
  ): RecurringProblem
  /** Flags a ticket that opens once more than is chance. */
  companion: TicketCompanion
}

export const createRecurringProblems = (database: Database): RecurringProblems => {
  const where = (condition: string, ...values: string[]): RecurringProblem | null => {
    const row = database.get<{ document: string }>(
      `SELECT document FROM recurring_problems WHERE ${condition}`,
      ...values,
    )
    return row === null ? null : (JSON.parse(row.document) as RecurringProblem)
  }
  const problem = (municipality: string, id: string) => where('municipality = ? AND id = ?', municipality, id)

  const write = (
    document: RecurringProblem,
    { by, at, event }: { by: string; at: Instant; event: 'problemOpened' | 'problemUpdated' | 'problemClosed' },
  ) => {
    const { municipality, id, dedupKey, status, tickets } = document
    database.run(
      `INSERT INTO recurring_problems (municipality, id, dedup_key, status, opened_at, revision, document)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET status = excluded.status, revision = excluded.revision, document = excluded.document`,
      municipality,
      id,
      dedupKey,
      status,
      Date.parse(document.openedAt),
      document.revision,
      JSON.stringify(document),
    )
    writeCitizenEvent(database, {
      municipality,
      at,
      by,
      subject: { kind: 'problem', id },
      ticket: tickets.at(-1) ?? null,
      event,
      details: { dedupKey, status, tickets: tickets.length },
    })
  }

  /** Tickets of this key and how often each has opened since, the present opening not counted. */
  const openings = ({ municipality, dedupKey = '' }: Ticket, since: Instant) =>
    database.all<{ id: string; times: number }>(
      // In this order and by these indices: from the few tickets to their events, and not through every event of ninety days.
      `SELECT t.id, count(*) AS times FROM tickets t INDEXED BY tickets_by_key
         CROSS JOIN citizen_events e INDEXED BY citizen_events_by_subject ON e.municipality = t.municipality AND e.subject_kind = 'ticket' AND e.subject = t.id
       WHERE t.municipality = ? AND t.dedup_key = ?
         AND e.event IN ('ticketOpened', 'ticketReopened') AND e.at > ?
       GROUP BY t.id ORDER BY t.created_at`,
      municipality,
      dedupKey,
      since,
    )

  const flag = (ticket: Ticket, at: Instant): Ticket => {
    const { municipality, dedupKey = '' } = ticket
    const known = openings(ticket, at - recurring.withinMs)
    const times = known.reduce((sum, one) => sum + one.times, 1)
    const open = where("municipality = ? AND dedup_key = ? AND status = 'open'", municipality, dedupKey)
    if (open === null && times < recurring.openings) return ticket
    const before = open ?? {
      id: `p-${hash('sha256', `${municipality}:${dedupKey}:${at}`).slice(0, 16)}`,
      municipality,
      dedupKey,
      status: 'open' as const,
      title: ticket.title,
      tickets: known.map(({ id }) => id),
      openedAt: toIso(at),
      revision: 0,
    }
    const tickets = [...new Set([...before.tickets.filter((id) => id !== ticket.id), ticket.id])]
    const event = open === null ? 'problemOpened' : 'problemUpdated'
    write({ ...before, tickets, revision: before.revision + 1 }, { by: 'platform', at, event })
    return { ...ticket, problem: before.id }
  }

  return {
    problem,
    list: (municipality, { statuses, limit, after }) => {
      const [at, id] = after ?? [Number.MAX_SAFE_INTEGER, '']
      const rows = database.all<{ id: string; at: number; document: string }>(
        `SELECT id, opened_at AS at, document FROM recurring_problems
         WHERE municipality = ?1 AND status IN (SELECT value FROM json_each(?2)) AND (opened_at, id) < (?3, ?4)
         ORDER BY opened_at DESC, id DESC LIMIT ?5`,
        municipality,
        JSON.stringify(statuses),
        at,
        id,
        limit + 1,
      )
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        items: shown.map(({ document }) => JSON.parse(document) as RecurringProblem),
        next: rows.length > limit && last !== undefined ? [last.at, last.id] : null,
      }
    },
    update: (municipality, id, { cause, note, status }, { by, at }) =>
      database.transaction(() => {
        const before = problem(municipality, id)
        if (before === null) throw new ProblemError('not-found', `There is no problem ${id}`)
        if (before.status === 'closed') throw new ProblemError('conflict', `The problem ${id} is closed`)
        const next: RecurringProblem = {
          ...before,
          ...(cause === undefined ? {} : { cause }),
          ...(note === undefined ? {} : { note }),
          ...(status === undefined ? {} : { status, closedAt: toIso(at) }),
          revision: before.revision + 1,
        }
        write(next, { by, at, event: status === undefined ? 'problemUpdated' : 'problemClosed' })
        return next
      }),
    companion: (change, before) => {
      const { ticket, at } = change
      const opens = !isSettled(ticket) && (before === null || isSettled(before))
      if (!opens || ticket.dedupKey === undefined || ticket.mergedInto !== undefined) return change
      return { ...change, ticket: flag(ticket, at) }
    },
  }
}
