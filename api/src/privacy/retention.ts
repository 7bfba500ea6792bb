import type { Clock, Instant, ReportRecord, Ticket, WorkOrder } from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import type { PersonalDataHolder } from './holders.ts'
import { reportIsHeld } from './holds.ts'
import { type LedgerAction, type LedgerEntry, writeLedger } from './ledger.ts'
import {
  monthsBefore,
  type RetentionTerms,
  reduceReport,
  reduceTicket,
  reduceWorkOrder,
  retentionTermsSchema,
} from './retention-terms.ts'

/** What a run erased, or would erase. */
export interface RetentionOutcome {
  at: Instant
  dryRun: boolean
  /** Records erased by each holder of personal data, by its name. */
  erased: Record<string, number>
  reportsReduced: number
  ticketsReduced: number
  workOrdersReduced: number
  /** Reports whose contact is past its term, and that a legal hold keeps. */
  held: number
}

export interface Retention {
  termsOf(municipality: string): RetentionTerms
  putTerms(municipality: string, terms: RetentionTerms, by: string): void
  /** Erases what is past its term; a second time there is nothing left. `dryRun`: only counts. */
  run(municipality: string, how: { dryRun: boolean; by: string }): RetentionOutcome
  /** When it last ran; `null`: never. */
  lastRun(municipality: string): Instant | null
}

/** Thrown to undo a dry run. */
class Undo extends Error {}

const isCancelled = `(t.document ->> '$.outcome' IN ('withdrawn', 'notOurs') OR r.document ->> '$.moderation' = 'rejected')`

export const createRetention = (options: {
  database: Database
  clock: Clock
  holders: readonly PersonalDataHolder[]
}): Retention => {
  const { database, clock, holders } = options

  const termsOf = (municipality: string): RetentionTerms => {
    const sql = 'SELECT document FROM privacy_settings WHERE municipality = ?'
    const row = database.get<{ document: string }>(sql, municipality)
    return retentionTermsSchema.parse(row === null ? {} : JSON.parse(row.document))
  }

  /** Ids of reports whose matter was closed before a moment. */
  const closedBefore = (municipality: string, before: Instant, condition: string): string[] =>
    database
      .all<{ id: string }>(
        `SELECT r.id FROM reports r JOIN tickets t ON t.municipality = r.municipality AND t.id = r.ticket
         WHERE r.municipality = ? AND t.status = 'closed' AND t.closed_at < ? AND ${condition} ORDER BY r.id`,
        municipality,
        before,
      )
      .map(({ id }) => id)

  const reduceReports = (municipality: string, ids: readonly string[], ledger: Ledger): void => {
    for (const id of ids) {
      const sql = 'SELECT document FROM reports WHERE municipality = ? AND id = ?'
      const row = database.get<{ document: string }>(sql, municipality, id)
      if (row === null) continue
      database.run(
        'UPDATE reports SET document = ? WHERE municipality = ? AND id = ?',
        JSON.stringify(reduceReport(JSON.parse(row.document) as ReportRecord)),
        municipality,
        id,
      )
      ledger('reportReduced', { kind: 'report', id })
    }
  }

  /** Notes of tickets, and of their work orders, that were closed before a moment. */
  const reduceNotes = (municipality: string, before: Instant, ledger: Ledger): { tickets: number; orders: number } => {
    const isPast = `t.municipality = ? AND t.status = 'closed' AND t.closed_at < ? AND NOT EXISTS (
      SELECT 1 FROM legal_holds h WHERE h.municipality = t.municipality AND h.subject_kind = 'ticket' AND h.subject = t.id)`
    const tickets = database.all<{ id: string; document: string }>(
      `SELECT t.id, t.document FROM tickets t WHERE ${isPast} AND EXISTS (
         SELECT 1 FROM json_each(t.document, '$.history') e WHERE e.value ->> '$.note' IS NOT NULL)`,
      municipality,
      before,
    )
    for (const { id, document } of tickets) {
      const reduced = JSON.stringify(reduceTicket(JSON.parse(document) as Ticket))
      database.run('UPDATE tickets SET document = ? WHERE municipality = ? AND id = ?', reduced, municipality, id)
      ledger('ticketReduced', { kind: 'ticket', id })
    }
    const orders = database.all<{ id: string; document: string }>(
      `SELECT w.id, w.document FROM work_orders w JOIN tickets t ON t.municipality = w.municipality AND t.id = w.ticket
       WHERE ${isPast} AND w.document ->> '$.note' IS NOT NULL`,
      municipality,
      before,
    )
    for (const { id, document } of orders) {
      const reduced = JSON.stringify(reduceWorkOrder(JSON.parse(document) as WorkOrder))
      database.run('UPDATE work_orders SET document = ? WHERE municipality = ? AND id = ?', reduced, municipality, id)
      ledger('workOrderReduced', { kind: 'workOrder', id })
    }
    return { tickets: tickets.length, orders: orders.length }
  }

  const erase = (municipality: string, by: string, outcome: RetentionOutcome): void => {
    const { at } = outcome
    const terms = termsOf(municipality)
    const ledger: Ledger = (action, subject) =>
      writeLedger(database, { municipality, at, by, action, why: 'retention', subject })

    const contactTerm = monthsBefore(at, terms.contactMonths)
    const past = closedBefore(municipality, contactTerm, `NOT ${reportIsHeld}`)
    const whose = { municipality, reports: past, email: null, phoneDigits: null }
    for (const holder of holders) outcome.erased[holder.name] = holder.erase(whose, { at, by, why: 'retention' })
    outcome.held = closedBefore(municipality, contactTerm, reportIsHeld).length

    const unreduced = `r.client_id NOT LIKE 'reduced:%' AND NOT ${reportIsHeld}`
    const reduced = [
      ...closedBefore(municipality, monthsBefore(at, terms.cancelledMonths), `${unreduced} AND ${isCancelled}`),
      ...closedBefore(
        municipality,
        monthsBefore(at, terms.resolvedMonths),
        `${unreduced} AND NOT coalesce(${isCancelled}, 0)`,
      ),
    ]
    reduceReports(municipality, reduced, ledger)
    outcome.reportsReduced = reduced.length
    const { tickets, orders } = reduceNotes(municipality, monthsBefore(at, terms.resolvedMonths), ledger)
    outcome.ticketsReduced = tickets
    outcome.workOrdersReduced = orders
  }

  return {
    termsOf,
    putTerms: (municipality, terms, by) =>
      database.transaction(() => {
        database.run(
          `INSERT INTO privacy_settings (municipality, document) VALUES (?, ?)
           ON CONFLICT DO UPDATE SET document = excluded.document`,
          municipality,
          JSON.stringify(terms),
        )
        const note = JSON.stringify(terms)
        writeAudit(database, {
          municipality,
          at: clock.now(),
          by,
          subject: 'privacy/retention',
          event: 'changed',
          note,
        })
      }),
    run: (municipality, { dryRun, by }) => {
      const outcome: RetentionOutcome = {
        at: clock.now(),
        dryRun,
        erased: {},
        reportsReduced: 0,
        ticketsReduced: 0,
        workOrdersReduced: 0,
        held: 0,
      }
      try {
        database.transaction(() => {
          erase(municipality, by, outcome)
          // The same work, undone: a count that could differ from the run would be worth nothing.
          if (dryRun) throw new Undo()
          database.run(
            `INSERT INTO privacy_runs (municipality, last_at) VALUES (?, ?)
             ON CONFLICT DO UPDATE SET last_at = excluded.last_at`,
            municipality,
            outcome.at,
          )
        })
      } catch (error) {
        if (!(error instanceof Undo)) throw error
      }
      // What was overwritten in the file may still stand in the log beside it.
      if (!dryRun) database.get('PRAGMA wal_checkpoint(TRUNCATE)')
      return outcome
    },
    lastRun: (municipality) => {
      const sql = 'SELECT last_at FROM privacy_runs WHERE municipality = ?'
      return database.get<{ last_at: number }>(sql, municipality)?.last_at ?? null
    },
  }
}

type Ledger = (action: LedgerAction, subject: LedgerEntry['subject']) => void
