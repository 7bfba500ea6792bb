import type { Instant } from '@fanari/contracts'
import type { Database } from './database.ts'

/** One line of the trail: who did what to which subject (`luminaire/L-12`, `ticket/t-…`, `token/ops`), and when. */
export interface AuditEntry {
  municipality: string | null
  at: Instant
  by: string
  subject: string
  event: string
  note?: string | undefined
}

/** Adds to the trail, inside the caller's transaction: a change and its trace are stored together or not at all. */
export const writeAudit = (database: Database, entry: AuditEntry): void => {
  database.run(
    'INSERT INTO audit (municipality, at, by, subject, event, note) VALUES (?, ?, ?, ?, ?, ?)',
    entry.municipality,
    entry.at,
    entry.by,
    entry.subject,
    entry.event,
    entry.note ?? null,
  )
}

/** A municipality's trail, or (`null`) that of the platform's accounts and tokens, newest first. `before` is the `next` of the page before. */
export const readAudit = (
  database: Database,
  municipality: string | null,
  page: { limit: number; before: number | null },
): { items: (AuditEntry & { id: number })[]; next: number | null } => {
  const rows = database.all<{
    id: number
    at: number
    by: string
    subject: string
    event: string
    note: string | null
  }>(
    `SELECT id, at, by, subject, event, note FROM audit
     WHERE municipality IS ? AND id < ? ORDER BY id DESC LIMIT ?`,
    municipality,
    page.before ?? Number.MAX_SAFE_INTEGER,
    page.limit + 1,
  )
  const items = rows.slice(0, page.limit)
  return {
    items: items.map(({ note, ...row }) => ({ municipality, ...row, ...(note === null ? {} : { note }) })),
    next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null,
  }
}
