import {
  type Call,
  type CallContext,
  type Clock,
  type Incident,
  type Instant,
  ProblemError,
  type Ticket,
  toIso,
} from '@fanari/contracts'
import type { IncidentDocuments } from '../incidents/documents.ts'
import type { ReportStore } from '../reports/report-store.ts'
import { writeAudit } from '../store/audit.ts'
import { writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import { callerDigits, writtenForms } from './caller-number.ts'

/** Reports of a caller, and outages, that one screen shows. */
const mostHistory = 20
const mostOutages = 20

/** Calls as an exchange tells of them. Telling the same again changes nothing; what came first of it may have been lost. */
export interface Calls {
  ring(municipality: string, call: { id: string; caller?: string | undefined; line?: string | undefined }): Told
  answer(municipality: string, id: string, by: string | null): Told
  end(
    municipality: string,
    id: string,
    how: { durationS?: number | undefined; reports: readonly string[]; informationOnly: boolean; by: string },
  ): Told
  /** Puts a report to its call. @throws ProblemError `not-found` */
  link(municipality: string, id: string, reports: readonly string[], by: string): Call
  call(municipality: string, id: string): Call | null
  /** What an operator wants to see while it rings. */
  context(call: Call): CallContext
  /** The caller's number; the look is in the trail. `null`: hidden, or erased. */
  number(municipality: string, id: string, by: string): string | null
  page(
    municipality: string,
    filter: { limit: number; after: [Instant, string] | null },
  ): {
    items: Call[]
    next: [Instant, string] | null
  }
  counts(municipality: string, range: { from: Instant; until: Instant }): CallCounts
  total(): number
}

interface Told {
  call: Call
  /** Whether anything was new. */
  changed: boolean
}

export interface CallCounts {
  calls: number
  answered: number
  /** Ended without an answer. */
  missed: number
  hidden: number
  informationOnly: number
  withReport: number
  talkS: number
}

interface Row {
  municipality: string
  id: string
  line: string | null
  caller_digits: string | null
  is_hidden: number
  started_at: number
  answered_at: number | null
  answered_by: string | null
  ended_at: number | null
  duration_s: number | null
  information_only: number
  reports: string
}

const isoOrNull = (at: number | null) => (at === null ? null : toIso(at))
const callOf = (row: Row): Call => ({
  id: row.id,
  municipality: row.municipality,
  line: row.line,
  caller: row.is_hidden === 1 ? 'hidden' : 'number',
  state: row.ended_at !== null ? 'ended' : row.answered_at !== null ? 'answered' : 'ringing',
  startedAt: toIso(row.started_at),
  answeredAt: isoOrNull(row.answered_at),
  answeredBy: row.answered_by,
  endedAt: isoOrNull(row.ended_at),
  durationS: row.duration_s,
  informationOnly: row.information_only === 1,
  reports: JSON.parse(row.reports) as string[],
})

export const createCalls = (options: {
  database: Database
  reports: Pick<ReportStore, 'report' | 'update'>
  tickets: Pick<TicketStore, 'ticket'>
  documents: Pick<IncidentDocuments, 'incidents'>
  placeOf: (incident: Incident) => string
  clock: Clock
}): Calls => {
  const { database, reports, tickets, documents, clock } = options

  const rowOf = (municipality: string, id: string): Row | null =>
    database.get<Row>('SELECT * FROM calls WHERE municipality = ? AND id = ?', municipality, id)
  const existing = (municipality: string, id: string): Row => {
    const row = rowOf(municipality, id)
    if (row === null) throw new ProblemError('not-found', `There is no call ${id}`)
    return row
  }

  const insert = (municipality: string, id: string, digits: string | null, line: string | null): boolean =>
    database.run(
      `INSERT INTO calls (municipality, id, line, caller_digits, is_hidden, started_at, information_only, reports)
       VALUES (?, ?, ?, ?, ?, ?, 0, '[]') ON CONFLICT DO NOTHING`,
      municipality,
      id,
      line,
      digits,
      digits === null ? 1 : 0,
      clock.now(),
    ) > 0

  /** The duration goes to each report of the call, and into the log of events, once. */
  const writeDuration = ({ municipality, id, duration_s: durationS }: Row, ids: readonly string[], by: string) => {
    if (durationS === null) return
    for (const report of ids) {
      const found = reports.report(municipality, report)
      if (found === null || found.callDurationS !== undefined) continue
      const { status, ...record } = found
      reports.update({ ...record, callDurationS: durationS }, status)
      writeCitizenEvent(database, {
        municipality,
        at: clock.now(),
        by,
        subject: { kind: 'report', id: report },
        ticket: found.ticket,
        event: 'callEnded',
        details: { call: id, durationS },
      })
    }
  }

  const link = (row: Row, added: readonly string[], by: string): Row => {
    const known = JSON.parse(row.reports) as string[]
    for (const report of added) {
      if (reports.report(row.municipality, report) === null)
        throw new ProblemError('not-found', `There is no report ${report}`)
    }
    const all = [...new Set([...known, ...added])]
    if (all.length > known.length) {
      const sql = 'UPDATE calls SET reports = ? WHERE municipality = ? AND id = ?'
      database.run(sql, JSON.stringify(all), row.municipality, row.id)
    }
    writeDuration(row, all, by)
    return existing(row.municipality, row.id)
  }

  const historyOf = (municipality: string, id: string): CallContext['history'] => {
    const forms = writtenForms(rowOf(municipality, id)?.caller_digits ?? '')
    if (forms.length === 0) return []
    const rows = database.all<{ report: string }>(
      `SELECT c.report FROM report_contacts c CROSS JOIN reports r ON r.municipality = c.municipality AND r.id = c.report
       WHERE c.municipality = ? AND c.phone_digits IN (SELECT value FROM json_each(?))
       ORDER BY r.created_at DESC, r.id LIMIT ${mostHistory}`,
      municipality,
      JSON.stringify(forms),
    )
    return rows.flatMap(({ report: reportId }) => {
      const report = reports.report(municipality, reportId)
      const own = report === null ? null : tickets.ticket(municipality, report.ticket)
      if (report === null || own === null) return []
      const ticket: Ticket = own.mergedInto === undefined ? own : (tickets.ticket(municipality, own.mergedInto) ?? own)
      const { trackingCode, category, createdAt } = report
      const { id: matter, status, title, dueAt = null } = ticket
      return [{ report: reportId, trackingCode, category, createdAt, ticket: matter, status, title, dueAt }]
    })
  }

  return {
    ring: (municipality, { id, caller, line = null }) =>
      database.transaction(() => {
        const changed = insert(municipality, id, callerDigits(caller), line)
        return { call: callOf(existing(municipality, id)), changed }
      }),
    answer: (municipality, id, by) =>
      database.transaction(() => {
        insert(municipality, id, null, null)
        const changed =
          database.run(
            `UPDATE calls SET answered_at = ?, answered_by = ?
             WHERE municipality = ? AND id = ? AND answered_at IS NULL AND ended_at IS NULL`,
            clock.now(),
            by,
            municipality,
            id,
          ) > 0
        return { call: callOf(existing(municipality, id)), changed }
      }),
    end: (municipality, id, { durationS, reports: ids, informationOnly, by }) =>
      database.transaction(() => {
        insert(municipality, id, null, null)
        const before = existing(municipality, id)
        const at = clock.now()
        const counted = before.answered_at === null ? null : Math.max(0, Math.round((at - before.answered_at) / 1_000))
        const changed =
          database.run(
            `UPDATE calls SET ended_at = ?, duration_s = ?, information_only = ?
             WHERE municipality = ? AND id = ? AND ended_at IS NULL`,
            at,
            durationS ?? counted,
            informationOnly ? 1 : 0,
            municipality,
            id,
          ) > 0
        return { call: callOf(link(existing(municipality, id), ids, by)), changed }
      }),
    link: (municipality, id, ids, by) => database.transaction(() => callOf(link(existing(municipality, id), ids, by))),
    call: (municipality, id) => {
      const row = rowOf(municipality, id)
      return row === null ? null : callOf(row)
    },
    context: (call) => {
      const history = historyOf(call.municipality, call.id)
      const open = new Set(history.flatMap(({ ticket, status }) => (status === 'closed' ? [] : [ticket])))
      const filter = { state: 'open' as const, since: null, limit: 200, after: null }
      const wide = documents.incidents(call.municipality, filter).items.filter(({ scope }) => isWide.has(scope.kind))
      return {
        call,
        history,
        openMatters: open.size,
        outages: wide.slice(0, mostOutages).map((incident) => ({
          incident: incident.id,
          ticket: incident.ticket ?? null,
          fault: incident.fault,
          startedAt: incident.startedAt,
          lights: incident.members.length,
          place: options.placeOf(incident),
        })),
      }
    },
    number: (municipality, id, by) => {
      const row = existing(municipality, id)
      writeAudit(database, { municipality, at: clock.now(), by, subject: `call/${id}`, event: 'contactViewed' })
      return row.caller_digits
    },
    page: (municipality, { limit, after }) => {
      const [at, id] = after ?? [Number.MAX_SAFE_INTEGER, '']
      const rows = database.all<Row>(
        `SELECT * FROM calls WHERE municipality = ? AND (started_at, id) < (?, ?) ORDER BY started_at DESC, id DESC LIMIT ?`,
        municipality,
        at,
        id,
        limit + 1,
      )
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        items: shown.map(callOf),
        next: rows.length > limit && last !== undefined ? [last.started_at, last.id] : null,
      }
    },
    counts: (municipality, { from, until }) => {
      const row = database.get<CallCounts>(
        `SELECT count(*) AS calls, count(answered_at) AS answered,
           coalesce(sum(answered_at IS NULL AND ended_at IS NOT NULL), 0) AS missed, coalesce(sum(is_hidden), 0) AS hidden,
           coalesce(sum(information_only), 0) AS informationOnly, coalesce(sum(reports <> '[]'), 0) AS withReport,
           coalesce(sum(duration_s), 0) AS talkS
         FROM calls WHERE municipality = ? AND started_at >= ? AND started_at < ?`,
        municipality,
        from,
        until,
      )
      if (row === null) throw new Error('a count without a row')
      return row
    },
    total: () => database.get<{ n: number }>('SELECT count(*) AS n FROM calls')?.n ?? 0,
  }
}

/** What concerns a street or more; an outage of a gateway is no darkness. */
const isWide: ReadonlySet<string> = new Set(['circuit', 'phase', 'cabinet', 'area', 'community'])
