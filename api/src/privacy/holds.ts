import type { Clock, Instant } from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'

/** What is wanted as evidence, and is kept whatever its term: one report, or a ticket with all of its reports. */
export interface LegalHold {
  kind: 'report' | 'ticket'
  id: string
  reason: string
  at: Instant
  by: string
}

export interface LegalHolds {
  list(municipality: string): LegalHold[]
  put(municipality: string, hold: Pick<LegalHold, 'kind' | 'id' | 'reason'>, by: string): LegalHold
  /** `false` when there is none. */
  lift(municipality: string, subject: Pick<LegalHold, 'kind' | 'id'>, by: string): boolean
}

/** For SQL on `reports r`: whether a hold keeps it, itself or by its ticket. */
export const reportIsHeld = `EXISTS (SELECT 1 FROM legal_holds h WHERE h.municipality = r.municipality
  AND ((h.subject_kind = 'report' AND h.subject = r.id) OR (h.subject_kind = 'ticket' AND h.subject = r.ticket)))`

export const createLegalHolds = ({ database, clock }: { database: Database; clock: Clock }): LegalHolds => ({
  list: (municipality) =>
    database.all<LegalHold>(
      `SELECT subject_kind AS kind, subject AS id, reason, at, by FROM legal_holds
       WHERE municipality = ? ORDER BY at, subject`,
      municipality,
    ),
  put: (municipality, { kind, id, reason }, by) => {
    const at = clock.now()
    database.transaction(() => {
      database.run(
        `INSERT INTO legal_holds (municipality, subject_kind, subject, reason, at, by) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET reason = excluded.reason`,
        municipality,
        kind,
        id,
        reason,
        at,
        by,
      )
      writeAudit(database, { municipality, at, by, subject: `${kind}/${id}`, event: 'legalHoldPut' })
    })
    return { kind, id, reason, at, by }
  },
  lift: (municipality, { kind, id }, by) =>
    database.transaction(() => {
      const lifted = database.run(
        'DELETE FROM legal_holds WHERE municipality = ? AND subject_kind = ? AND subject = ?',
        municipality,
        kind,
        id,
      )
      if (lifted === 0) return false
      writeAudit(database, { municipality, at: clock.now(), by, subject: `${kind}/${id}`, event: 'legalHoldLifted' })
      return true
    }),
})
