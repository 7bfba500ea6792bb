import { type CitizenEventName, type Instant, type Ticket, type TicketOutcome, toIso } from '@fanari/contracts'
import type { Database } from '../store/database.ts'
import { caps } from './requests.ts'
import type { ExtendedStatus, Update } from './schemas.ts'

/** Updates of requests, as mySociety's extension of GeoReport has them: our steps, and what other systems have sent. */
export interface Open311Updates {
  /** Oldest first, in GeoReport's caps. */
  find(municipality: string, range: { from: Instant; until: Instant }): Update[]
  /** `false` when there is an update of that id: nothing is done twice. Within the caller's transaction. */
  add(update: NewUpdate): boolean
}

export interface NewUpdate {
  municipality: string
  id: string
  request: string
  status: ExtendedStatus
  at: Instant
  by: string
}

/** The steps that concern a citizen, and what mySociety calls them. Closing is told by its outcome. */
const statuses: Partial<Record<CitizenEventName, { status: ExtendedStatus; words: string }>> = {
  ticketOpened: { status: 'open', words: 'Καταγράφηκε' },
  ticketAssigned: { status: 'investigating', words: 'Ανατέθηκε σε συνεργείο' },
  ticketStarted: { status: 'in_progress', words: 'Το συνεργείο ξεκίνησε' },
  ticketWaiting: { status: 'planned', words: 'Σε αναμονή' },
  ticketForwarded: { status: 'internal_referral', words: 'Διαβιβάστηκε στην αρμόδια υπηρεσία' },
  ticketResolved: { status: 'fixed', words: 'Δηλώθηκε αποκατάσταση' },
  ticketClosed: { status: 'closed', words: 'Έκλεισε' },
  ticketReopened: { status: 'reopen', words: 'Άνοιξε ξανά' },
}

/** A part of a matter is closed with it and is never called a duplicate: its reporter's light is lit like the others'. */
const closedAs: Record<TicketOutcome, { status: ExtendedStatus; words: string }> = {
  fixed: { status: 'fixed', words: 'Αποκαταστάθηκε, με επιβεβαίωση' },
  unconfirmed: { status: 'closed', words: 'Έκλεισε χωρίς επιβεβαίωση' },
  answered: { status: 'closed', words: 'Απαντήθηκε' },
  superseded: { status: 'closed', words: 'Συνεχίζεται σε άλλη υπόθεση' },
  withdrawn: { status: 'cancelled', words: 'Αποσύρθηκε' },
  notOurs: { status: 'not_councils_responsibility', words: 'Δεν είναι αρμοδιότητα του Δήμου' },
}

interface StepRow {
  id: number
  at: number
  event: CitizenEventName
  request: string
  ticket: string
}
interface SentRow {
  id: string
  request: string
  status: ExtendedStatus
  at: number
}

export const createOpen311Updates = (database: Database): Open311Updates => ({
  find: (municipality, { from, until }) => {
    const steps = database.all<StepRow>(
      `SELECT e.id, e.at, e.event, r.id AS request, t.document AS ticket
       FROM citizen_events e
       JOIN tickets t ON t.municipality = e.municipality AND t.id = e.subject
       JOIN reports r ON r.municipality = e.municipality AND r.ticket = e.subject
       WHERE e.municipality = ?1 AND e.event IN (SELECT value FROM json_each(?2)) AND e.at >= ?3 AND e.at < ?4
         AND e.subject_kind = 'ticket' AND coalesce(r.document ->> '$.moderation', '') NOT IN ('pending', 'rejected')
       ORDER BY e.at, e.id, r.id LIMIT ?5`,
      municipality,
      JSON.stringify(Object.keys(statuses)),
      from,
      until,
      caps.requests,
    )
    const sent = database.all<SentRow>(
      `SELECT id, request, status, at FROM open311_updates
       WHERE municipality = ? AND at >= ? AND at < ? ORDER BY at, id LIMIT ?`,
      municipality,
      from,
      until,
      caps.requests,
    )
    const updates = [
      ...steps.flatMap(({ id, at, event, request, ticket }): Update[] => {
        const own = statuses[event]
        const { outcome } = JSON.parse(ticket) as Ticket
        const told = event === 'ticketClosed' && outcome !== undefined ? closedAs[outcome] : own
        if (told === undefined) return []
        return [
          {
            update_id: `${id}-${request}`,
            service_request_id: request,
            status: told.status,
            updated_datetime: toIso(at),
            description: told.words,
            media_url: null,
          },
        ]
      }),
      // What somebody wrote elsewhere has been read by nobody here.
      ...sent.map(
        ({ id, request, status, at }): Update => ({
          update_id: id,
          service_request_id: request,
          status,
          updated_datetime: toIso(at),
          description: '',
          media_url: null,
        }),
      ),
    ]
    return updates
      .sort((a, b) => (a.updated_datetime < b.updated_datetime ? -1 : a.updated_datetime > b.updated_datetime ? 1 : 0))
      .slice(0, caps.requests)
  },
  add: ({ municipality, id, request, status, at, by }) =>
    database.run(
      `INSERT INTO open311_updates (municipality, id, request, status, at, by)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      ...[municipality, id, request, status, at, by],
    ) === 1,
})
