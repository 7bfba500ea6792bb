import type { ClockDocument, ClockKind, Instant } from '@fanari/contracts'
import type { Database } from '../store/database.ts'
import { nextMilestoneAt } from './clock.ts'

/** Whose clock it is. */
export interface ClockSubject {
  municipality: string
  kind: 'ticket' | 'report'
  id: string
}

export interface StoredClock {
  subject: ClockSubject
  clock: ClockDocument
}

/** Clocks as stored; callers bring the transaction. */
export interface ClockStore {
  clock(subject: ClockSubject, kind: ClockKind): ClockDocument | null
  put(subject: ClockSubject, clock: ClockDocument): void
  of(subject: ClockSubject): ClockDocument[]
  /** Those that run and have a milestone by `now`, the most urgent first. */
  due(now: Instant, limit: number): StoredClock[]
}

interface Row {
  municipality: string
  subject_kind: 'ticket' | 'report'
  subject: string
  document: string
}

export const createClockStore = (database: Database): ClockStore => ({
  clock: ({ municipality, kind: subjectKind, id }, kind) => {
    const row = database.get<{ document: string }>(
      'SELECT document FROM clocks WHERE municipality = ? AND subject_kind = ? AND subject = ? AND kind = ?',
      municipality,
      subjectKind,
      id,
      kind,
    )
    return row === null ? null : (JSON.parse(row.document) as ClockDocument)
  },
  put: ({ municipality, kind: subjectKind, id }, clock) => {
    database.run(
      `INSERT INTO clocks (municipality, subject_kind, subject, kind, next_at, document) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET next_at = excluded.next_at, document = excluded.document`,
      municipality,
      subjectKind,
      id,
      clock.kind,
      nextMilestoneAt(clock),
      JSON.stringify(clock),
    )
  },
  of: ({ municipality, kind: subjectKind, id }) =>
    database
      .all<{ document: string }>(
        'SELECT document FROM clocks WHERE municipality = ? AND subject_kind = ? AND subject = ? ORDER BY kind',
        municipality,
        subjectKind,
        id,
      )
      .map(({ document }) => JSON.parse(document) as ClockDocument),
  due: (now, limit) =>
    database
      .all<Row>(
        `SELECT municipality, subject_kind, subject, document FROM clocks
         WHERE next_at <= ? ORDER BY next_at, municipality, subject_kind, subject, kind LIMIT ?`,
        now,
        limit,
      )
      .map((row) => ({
        subject: { municipality: row.municipality, kind: row.subject_kind, id: row.subject },
        clock: JSON.parse(row.document) as ClockDocument,
      })),
})
