import { type CitizenEventName, categories, dayMs, type Instant, type Ticket } from '@fanari/contracts'
import type { CitizenLineSettingsStore } from '../reports/settings.ts'
import { writeAudit } from '../store/audit.ts'
import { writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import { mirroring } from './gathering.ts'
import { stepTicket, type TicketChange, type TicketEventName } from './step.ts'

/**
 * Tickets as stored. Whoever changes a ticket writes it here, within a transaction of theirs: the trail, the log of events, the tickets
 * that are part of it and the reports it gathers follow in the same one.
 */
export interface TicketStore {
  ticket(municipality: string, id: string): Ticket | null
  ofIncident(municipality: string, incident: string): Ticket | null
  /** The ticket that last stood for this root cause. */
  ofCause(municipality: string, cause: string): Ticket | null
  /**
   * Writes one step of a ticket. Answers every ticket that changed, this one first.
   *
   * @param how.cause the root cause it now stands for
   * @param how.details for the log of events, without personal data
   */
  write(change: TicketChange, how?: { cause?: string | undefined; details?: Record<string, string | number> }): Ticket[]
}

/**
 * What is to be true of every ticket that is stored: where it goes, by when, whose work it is. Asked before each write, in its
 * transaction; answers the change as it is to be written.
 */
export type TicketCompanion = (change: TicketChange, before: Ticket | null) => TicketChange

/** What the log of events calls a step; `null`: its own subject (a report, a work order) has an event of its own. */
const eventOf: Record<TicketEventName, CitizenEventName | null> = {
  opened: 'ticketOpened',
  updated: 'ticketUpdated',
  linked: 'ticketLinked',
  assigned: 'ticketAssigned',
  started: 'ticketStarted',
  waiting: 'ticketWaiting',
  resolved: 'ticketResolved',
  closed: 'ticketClosed',
  reopened: 'ticketReopened',
  reported: null,
  reportLeft: null,
  merged: 'ticketMerged',
  unmerged: 'ticketUnmerged',
  verified: 'verificationChanged',
  dutyCalled: 'dutyCalled',
  categoryChanged: 'categoryChanged',
  priorityChanged: 'priorityChanged',
  routed: 'ticketRouted',
  forwarded: 'ticketForwarded',
  workOrdered: null,
  worked: null,
  paused: 'clockPaused',
  resumed: 'clockResumed',
  dueWarning: 'dueWarning',
  overdue: 'overdue',
  escalated: 'escalated',
  problemFlagged: null,
}

/** Steps of these are not yet an answer of a person to the reporter. */
const noPerson: ReadonlySet<string> = new Set(['telemetry', 'citizen', 'platform'])

export const createTicketStore = (options: {
  database: Database
  settings: CitizenLineSettingsStore
  companions: readonly TicketCompanion[]
}): TicketStore => {
  const { database, settings, companions } = options

  const ticketWhere = (condition: string, ...values: string[]): Ticket | null => {
    const row = database.get<{ document: string }>(`SELECT document FROM tickets WHERE ${condition}`, ...values)
    return row === null ? null : (JSON.parse(row.document) as Ticket)
  }
  const ticketById = (municipality: string, id: string) => ticketWhere('municipality = ? AND id = ?', municipality, id)

  const upsert = (ticket: Ticket) => {
    database.run(
      `INSERT INTO tickets (municipality, id, status, category_group, incident, created_at, closed_at, revision, document)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET status = excluded.status, category_group = excluded.category_group,
         incident = excluded.incident, closed_at = excluded.closed_at, revision = excluded.revision,
         document = excluded.document`,
      ticket.municipality,
      ticket.id,
      ticket.status,
      categories[ticket.category].group,
      ticket.incident ?? null,
      Date.parse(ticket.createdAt),
      ticket.closedAt === undefined ? null : Date.parse(ticket.closedAt),
      ticket.revision,
      JSON.stringify(ticket),
    )
  }

  /** Members come and go a few at a time, of hundreds. */
  const keepMembers = ({ municipality, id, members }: Ticket, before: readonly string[]) => {
    const was = new Set(before)
    const is = new Set(members)
    for (const luminaire of is) {
      if (was.has(luminaire)) continue
      database.run('INSERT OR IGNORE INTO ticket_members VALUES (?, ?, ?)', municipality, luminaire, id)
    }
    for (const luminaire of was) {
      if (is.has(luminaire)) continue
      database.run(
        'DELETE FROM ticket_members WHERE municipality = ? AND luminaire = ? AND ticket = ?',
        municipality,
        luminaire,
        id,
      )
    }
  }

  const log = (change: TicketChange, before: Ticket | null, details: Record<string, string | number>) => {
    const { ticket, at } = change
    const entry = ticket.history.at(-1)
    if (entry === undefined) return
    const { municipality, id } = ticket
    const { by, event: step, note } = entry
    writeAudit(database, { municipality, at, by, subject: `ticket/${id}`, event: step, note })
    const event = eventOf[step]
    const also = (name: 'priorityChanged' | 'verificationChanged', from: string, to: string) => {
      if (event === name || from === to) return
      const subject = { kind: 'ticket' as const, id }
      writeCitizenEvent(database, { municipality, at, by, subject, ticket: id, event: name, details: { from, to } })
    }
    if (before !== null) {
      also('priorityChanged', before.priority ?? 'normal', ticket.priority ?? 'normal')
      also('verificationChanged', before.verified ?? 'unknown', ticket.verified ?? 'unknown')
    }
    if (event === null) return
    const from = before === null ? {} : { from: before.status }
    const outcome = ticket.outcome === undefined ? {} : { outcome: ticket.outcome }
    writeCitizenEvent(database, {
      municipality,
      at,
      by,
      subject: { kind: 'ticket', id },
      ticket: id,
      event,
      details: { ...from, to: ticket.status, ...outcome, ...details },
    })
  }

  /** Every reporter of a ticket is told of every step, each by an event of their own report. */
  const tellReports = (ticket: Ticket, before: Ticket | null, by: string, at: Instant) => {
    if (ticket.reports === 0) return
    const { municipality, id } = ticket
    // Named, because SQLite would rather read every report in the order of time than sort the few of a ticket.
    const reports = database.all<{ id: string; responded: number }>(
      `SELECT id, document ->> '$.firstResponseAt' IS NOT NULL AS responded FROM reports INDEXED BY reports_by_ticket
       WHERE municipality = ? AND ticket = ? ORDER BY created_at, id`,
      municipality,
      id,
    )
    const tell = (report: string, event: CitizenEventName, details: Record<string, string>) =>
      writeCitizenEvent(database, {
        municipality,
        at,
        by,
        subject: { kind: 'report', id: report },
        ticket: id,
        event,
        details,
      })
    if (!noPerson.has(by)) {
      database.run(
        `UPDATE reports SET document = json_set(document, '$.firstResponseAt', ?)
         WHERE municipality = ? AND ticket = ? AND document ->> '$.firstResponseAt' IS NULL`,
        new Date(at).toISOString(),
        municipality,
        id,
      )
      for (const { id: report, responded } of reports) if (responded === 0) tell(report, 'firstResponse', {})
    }
    if (before === null || before.status === ticket.status) return
    database.run('UPDATE reports SET status = ? WHERE municipality = ? AND ticket = ?', ticket.status, municipality, id)
    const outcome = ticket.outcome === undefined ? {} : { outcome: ticket.outcome }
    for (const { id: report } of reports) {
      tell(report, 'reportStatusChanged', { from: before.status, to: ticket.status, ...outcome })
    }
  }

  /** What people call done waits for proof while somebody could give it: the lights, or who reported it. */
  const keepProof = (ticket: Ticket, at: Instant) => {
    const { municipality, id, status, reports, mergedInto } = ticket
    if (status !== 'resolved' || reports === 0 || mergedInto !== undefined) {
      database.run('DELETE FROM ticket_proofs WHERE municipality = ? AND ticket = ?', municipality, id)
      return
    }
    database.run(
      'INSERT OR IGNORE INTO ticket_proofs (municipality, ticket, ask_until) VALUES (?, ?, ?)',
      municipality,
      id,
      at + settings.of(municipality).proofDays * dayMs,
    )
  }

  const write: TicketStore['write'] = (decided, { cause, details = {} } = {}) => {
    const before = ticketById(decided.ticket.municipality, decided.ticket.id)
    const change = companions.reduce((step, companion) => companion(step, before), decided)
    const { ticket, at } = change
    const { municipality, id } = ticket
    const by = ticket.history.at(-1)?.by ?? 'platform'
    upsert(ticket)
    keepMembers(ticket, before?.members ?? [])
    if (cause !== undefined) {
      database.run(
        'INSERT INTO ticket_causes (municipality, cause, ticket) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET ticket = excluded.ticket',
        municipality,
        cause,
        id,
      )
    }
    log(change, before, details)
    tellReports(ticket, before, by, at)
    keepProof(ticket, at)
    const children = (ticket.children ?? []).flatMap((child) => follow(ticketById(municipality, child), change))
    return [ticket, ...children]
  }

  /** A ticket that is part of another follows its status, and is never closed as a duplicate. */
  const follow = (child: Ticket | null, { type, at, ticket: parent }: TicketChange): Ticket[] => {
    const entry = parent.history.at(-1)
    if (child === null || entry === undefined || child.status === parent.status) return []
    const mirrored = mirroring(child, parent)
    const note = `Μαζί με το αίτημα ${parent.id}`
    return write(stepTicket(type, mirrored, { event: followed(entry.event), by: entry.by, at, note }))
  }

  return {
    ticket: ticketById,
    ofIncident: (municipality, incident) => ticketWhere('municipality = ? AND incident = ?', municipality, incident),
    ofCause: (municipality, cause) =>
      ticketWhere(
        'municipality = ?1 AND id = (SELECT ticket FROM ticket_causes WHERE municipality = ?1 AND cause = ?2)',
        municipality,
        cause,
      ),
    write,
  }
}

const followable: ReadonlySet<TicketEventName> = new Set<TicketEventName>([
  'assigned',
  'started',
  'waiting',
  'resolved',
  'closed',
  'reopened',
])
/** A change of status under another name (a merge, a work order's) is to the child an update. */
const followed = (event: TicketEventName): TicketEventName => (followable.has(event) ? event : 'updated')

/** Of several versions of a document the last: that is what pages and MQTT are told. */
export const lastOfEach = (changed: readonly Ticket[]): Ticket[] => [
  ...new Map(changed.map((ticket) => [ticket.id, ticket])).values(),
]
