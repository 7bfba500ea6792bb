import type { Instant } from '@fanari/contracts'
import type { Database } from '../store/database.ts'

export const ledgerActions = [
  'contactErased',
  'photoErased',
  'reportReduced',
  'ticketReduced',
  'workOrderReduced',
  'subscriptionErased',
  'callErased',
  'exported',
] as const
export const ledgerSubjects = ['report', 'ticket', 'workOrder', 'attachment', 'subscription', 'call'] as const
export type LedgerAction = (typeof ledgerActions)[number]

/** What was erased or handed over, and why: proof that it was done, without saying whose it was. */
export interface LedgerEntry {
  municipality: string
  at: Instant
  by: string
  action: LedgerAction
  why: 'retention' | 'request'
  subject: { kind: (typeof ledgerSubjects)[number]; id: string }
}

/** Inside the caller's transaction. */
export const writeLedger = (database: Database, { municipality, at, by, action, why, subject }: LedgerEntry): void => {
  database.run(
    'INSERT INTO privacy_ledger (municipality, at, by, action, why, subject_kind, subject) VALUES (?, ?, ?, ?, ?, ?, ?)',
    municipality,
    at,
    by,
    action,
    why,
    subject.kind,
    subject.id,
  )
}

/** Newest first; `before` is the `next` of the page before. */
export const readLedger = (
  database: Database,
  municipality: string,
  { limit, before }: { limit: number; before: number | null },
): { items: LedgerEntry[]; next: number | null } => {
  const rows = database.all<{
    id: number
    at: number
    by: string
    action: LedgerAction
    why: LedgerEntry['why']
    subject_kind: LedgerEntry['subject']['kind']
    subject: string
  }>(
    'SELECT * FROM privacy_ledger WHERE municipality = ? AND id < ? ORDER BY id DESC LIMIT ?',
    municipality,
    before ?? Number.MAX_SAFE_INTEGER,
    limit + 1,
  )
  const page = rows.slice(0, limit)
  return {
    items: page.map(({ at, by, action, why, subject_kind: kind, subject: id }) => ({
      municipality,
      at,
      by,
      action,
      why,
      subject: { kind, id },
    })),
    next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  }
}
