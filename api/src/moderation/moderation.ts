import { type Clock, dayMs, ProblemError, type ReportRecord } from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import { writeCitizenEvent } from '../store/citizen-events.ts'
import type { Database } from '../store/database.ts'
import { type Suspicion, suspicionsOf } from './suspicions.ts'

/** A report that waits for a person's judgement. */
export interface SuspectReport {
  report: ReportRecord
  suspicions: Suspicion[]
}

export interface Moderation {
  /** Looks at a report that has just come in; what is suspicious waits in the queue. Answers why. */
  examine(municipality: string, id: string, form: { trap: string; filledInMs: number | null }): Suspicion[]
  /** What waits, oldest first. */
  queue(municipality: string, limit: number): SuspectReport[]
  /** @throws ProblemError `not-found` */
  judge(municipality: string, id: string, verdict: 'clear' | 'rejected', by: string): ReportRecord
}

/** Reports that a new one is compared with. */
const mostCompared = 500

export const createModeration = ({ database, clock }: { database: Database; clock: Clock }): Moderation => {
  const get = (municipality: string, id: string): ReportRecord | null => {
    const sql = 'SELECT document FROM reports WHERE municipality = ? AND id = ?'
    const row = database.get<{ document: string }>(sql, municipality, id)
    return row === null ? null : (JSON.parse(row.document) as ReportRecord)
  }
  /** Inside a transaction. */
  const put = (report: ReportRecord, by: string, found: Suspicion[]) => {
    const { municipality, id, ticket, moderation = 'clear' } = report
    database.run(
      'UPDATE reports SET document = ? WHERE municipality = ? AND id = ?',
      JSON.stringify(report),
      municipality,
      id,
    )
    writeCitizenEvent(database, {
      municipality,
      at: clock.now(),
      by,
      subject: { kind: 'report', id },
      ticket,
      event: 'reportModerated',
      details: { moderation, ...(found.length === 0 ? {} : { suspicions: found }) },
    })
  }
  const suspicionsOfReport = (municipality: string, id: string): Suspicion[] => {
    const row = database.get<{ found: string | null }>(
      `SELECT details ->> '$.suspicions' AS found FROM citizen_events
       WHERE municipality = ? AND subject_kind = 'report' AND subject = ? AND event = 'reportModerated'
       ORDER BY id DESC LIMIT 1`,
      municipality,
      id,
    )
    return JSON.parse(row?.found ?? '[]') as Suspicion[]
  }

  return {
    examine: (municipality, id, { trap, filledInMs }) => {
      const report = get(municipality, id)
      if (report === null) return []
      const { description = '' } = report
      const { alike } = database.get<{ alike: number }>(
        // The newest alone: a machine repeats itself at once, and a busy day is long to read.
        `SELECT count(*) AS alike FROM (
           SELECT id, document FROM reports WHERE municipality = ? AND created_at > ? ORDER BY created_at DESC LIMIT ?)
         WHERE id <> ? AND document ->> '$.description' = ?`,
        municipality,
        clock.now() - dayMs,
        mostCompared,
        id,
        description,
      ) ?? { alike: 0 }
      const found = suspicionsOf({ description, trap, filledInMs, alike })
      if (found.length > 0) database.transaction(() => put({ ...report, moderation: 'pending' }, 'platform', found))
      return found
    },
    queue: (municipality, limit) =>
      database
        .all<{ document: string }>(
          `SELECT document FROM reports WHERE municipality = ? AND document ->> '$.moderation' = 'pending'
           ORDER BY created_at, id LIMIT ?`,
          municipality,
          limit,
        )
        .map(({ document }) => {
          const report = JSON.parse(document) as ReportRecord
          return { report, suspicions: suspicionsOfReport(municipality, report.id) }
        }),
    judge: (municipality, id, verdict, by) => {
      const report = get(municipality, id)
      if (report === null) throw new ProblemError('not-found', `There is no report ${id}`)
      const judged: ReportRecord = { ...report, moderation: verdict }
      database.transaction(() => {
        put(judged, by, [])
        const subject = `report/${id}`
        writeAudit(database, { municipality, at: clock.now(), by, subject, event: 'moderated', note: verdict })
      })
      return judged
    },
  }
}
