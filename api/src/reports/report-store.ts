import {
  type Category,
  type Contact,
  type Instant,
  type ListedReport,
  type ReportChannel,
  type ReportRecord,
  type TicketStatus,
  ticketStatuses,
} from '@fanari/contracts'
import { writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import { type NewestQuery, newestRows } from '../store/newest-rows.ts'
import { reportIdOf } from './intake-rules.ts'

/** Reports as stored. Who reported stands in a table of its own, so that it can be erased alone. All writing is the caller's transaction. */
export interface ReportStore {
  report(municipality: string, id: string): ListedReport | null
  ofClient(municipality: string, clientId: string): ListedReport | null
  ofTrackingCode(municipality: string, code: string): ListedReport | null
  /** Of one ticket, without those of its children, oldest first. */
  ofTicket(municipality: string, ticket: string): ListedReport[]
  insert(
    report: ReportRecord,
    how: { status: TicketStatus; answerToken: string; contact: Contact | null; at: Instant },
  ): void
  update(report: ReportRecord, status: TicketStatus): void
  /** What answers 'is it lit?' for the reporter. */
  answerToken(municipality: string, id: string): string | null
  page(municipality: string, filter: ReportFilter): { items: ListedReport[]; next: [Instant, string] | null }
}

export interface ReportFilter {
  statuses: readonly TicketStatus[]
  category?: Category | undefined
  channel?: ReportChannel | undefined
  community?: string | undefined
  ticket?: string | undefined
  from?: Instant | undefined
  until?: Instant | undefined
  limit: number
  after: [Instant, string] | null
}

interface ReportRow {
  id: string
  status: TicketStatus
  document: string
}
const listed = ({ status, document }: ReportRow): ListedReport => ({
  ...(JSON.parse(document) as ReportRecord),
  status,
})

export const createReportStore = (database: Database): ReportStore => {
  const one = (condition: string, ...values: string[]): ListedReport | null => {
    const row = database.get<ReportRow>(`SELECT id, status, document FROM reports WHERE ${condition}`, ...values)
    return row === null ? null : listed(row)
  }

  return {
    report: (municipality, id) => one('municipality = ? AND id = ?', municipality, id),
    // By the id that comes of it: a report past its term has lost what its client called it, and is still the same.
    ofClient: (municipality, clientId) =>
      one('municipality = ? AND id = ?', municipality, reportIdOf(municipality, clientId)),
    ofTrackingCode: (municipality, code) => one('municipality = ? AND tracking_code = ?', municipality, code),
    ofTicket: (municipality, ticket) =>
      database
        .all<ReportRow>(
          `SELECT id, status, document FROM reports INDEXED BY reports_by_ticket
           WHERE municipality = ? AND ticket = ?
           ORDER BY created_at, id`,
          municipality,
          ticket,
        )
        .map(listed),

    insert: (report, { status, answerToken, contact, at }) => {
      const { municipality, id } = report
      database.run(
        'INSERT INTO reports (municipality, id, status, created_at, answer_token, document) VALUES (?, ?, ?, ?, ?, ?)',
        municipality,
        id,
        status,
        Date.parse(report.createdAt),
        answerToken,
        JSON.stringify(report),
      )
      if (contact === null) return
      const { name = null, phone = null, email = null, consent, notify } = contact
      const usual = email !== null ? 'email' : phone !== null ? 'sms' : 'none'
      // Whoever gives an address with a report wants to hear of it; who says no is not told.
      const agreed = consent ?? (email !== null || phone !== null)
      database.run(
        `INSERT INTO report_contacts (municipality, report, name, phone, phone_digits, email, notify, consent_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        municipality,
        id,
        name,
        phone,
        phone === null ? null : phone.replace(/\D/g, ''),
        email === null ? null : email.toLowerCase(),
        agreed ? (notify ?? usual) : 'none',
        agreed ? at : null,
      )
    },
    update: (report, status) => {
      database.run(
        'UPDATE reports SET status = ?, document = ? WHERE municipality = ? AND id = ?',
        status,
        JSON.stringify(report),
        report.municipality,
        report.id,
      )
    },
    answerToken: (municipality, id) =>
      database.get<{ answer_token: string }>(
        'SELECT answer_token FROM reports WHERE municipality = ? AND id = ?',
        municipality,
        id,
      )?.answer_token ?? null,

    page: (municipality, filter) => newestRows(database, reportsQuery(municipality, filter), filter, listed),
  }
}

/** By the index that leaves the least to look through: the others only sort out. */
const reportsQuery = (municipality: string, filter: ReportFilter): NewestQuery => {
  const { statuses, category, channel, community, ticket, from, until } = filter
  const all = ticketStatuses.every((status) => statuses.includes(status))
  return {
    table: 'reports',
    time: 'created_at',
    columns: 'status',
    municipality,
    indices: { time: 'reports_by_time', status: 'reports_by_status' },
    by: [
      // Not in the order of the list; but of one ticket there are few.
      ['ticket', ticket, 'reports_by_ticket'],
      ['category', category, 'reports_by_category'],
      ['community', community, 'reports_in_community'],
    ],
    only: [['channel', channel]],
    statuses: all ? null : statuses,
    from,
    until,
  }
}

/** Adds an event of a report to the log, within the caller's transaction. */
export const tellOfReport = (
  database: Database,
  { municipality, id, ticket }: Pick<ReportRecord, 'municipality' | 'id' | 'ticket'>,
  event:
    | 'reportReceived'
    | 'reportAttached'
    | 'reportDetached'
    | 'reportMoved'
    | 'reportAcknowledged'
    | 'firstResponse'
    | 'informationGiven'
    | 'reportStatusChanged'
    | 'proofAsked'
    | 'proofAnswered',
  { by, at }: { by: string; at: Instant },
  details: Record<string, string | number | boolean> = {},
): void =>
  writeCitizenEvent(database, { municipality, at, by, subject: { kind: 'report', id }, ticket, event, details })
