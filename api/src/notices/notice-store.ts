import {
  type Instant,
  type Notice,
  type NoticeChannelName,
  type NoticeLanguage,
  type NoticeState,
  type NoticeStep,
  toIso,
} from '@fanari/contracts'
import type { Database } from '../store/database.ts'
import type { NoticeVariables } from './template.ts'

export interface NoticeRecipient {
  kind: Notice['recipient']['kind']
  id: string
}

/** A message that is to be sent. Whom it goes to is looked up when its turn comes: who has left meanwhile, or was erased, gets none. */
export interface NewNotice {
  municipality: string
  /** What it is about, such as `event/123`: a recipient is told of one cause once on each channel. */
  cause: string
  step: NoticeStep
  channel: NoticeChannelName
  language: NoticeLanguage
  recipient: NoticeRecipient
  ticket: string | null
  /** The matter of the ticket: what it is part of, or itself. */
  matter: string | null
  /** Goes out in quiet hours too. */
  urgent: boolean
  variables: NoticeVariables
  at: Instant
}

export interface StoredNotice extends NewNotice {
  id: number
  attempts: number
  /** Wall time. */
  queuedAt: number
}

/** Messages as stored, without addresses. All writing is the caller's transaction, or one of its own statement. */
export interface NoticeStore {
  /** Stores a message once. @param wallNow wall time */
  add(notice: NewNotice, wallNow: number): void
  /** The step and the values that a recipient was last told on a channel; `null`: nothing yet. */
  lastTold(municipality: string, recipient: NoticeRecipient, channel: NoticeChannelName): LastTold | null
  /** Takes back what a recipient was to be told of a step that another one of the same moment has overtaken: mended and proven at once. */
  overtake(municipality: string, recipient: NoticeRecipient, channel: NoticeChannelName, at: Instant): void
  /** The next message of a channel whose time has come. */
  due(channel: NoticeChannelName, wallNow: number): StoredNotice | null
  settle(id: number, state: Exclude<NoticeState, 'pending'>, how: { at: Instant; reason: string | null }): void
  /** Tries again not before `nextAt` (wall time). `isAttempt`: whether it counts as a failed try. */
  postpone(id: number, nextAt: number, how: { reason: string | null; isAttempt: boolean }): void
  /** A failed message gets its tries anew; `false`: there is no such one. */
  retry(municipality: string, id: number, wallNow: number): boolean
  page(municipality: string, filter: NoticeFilter): { items: Notice[]; next: number | null }
  /** How many there are in a state, by channel. */
  counts(state: 'pending' | 'failed'): { channel: string; n: number }[]
  /** How many a recipient was sent or is to be sent since a moment. */
  countSince(municipality: string, recipient: NoticeRecipient, since: Instant): number
}

interface LastTold {
  step: string
  variables: string
}

export interface NoticeFilter {
  states: readonly NoticeState[]
  report?: string | undefined
  ticket?: string | undefined
  limit: number
  before: number | null
}

interface Row {
  id: number
  municipality: string
  cause: string
  step: NoticeStep
  channel: NoticeChannelName
  language: NoticeLanguage
  recipient_kind: NoticeRecipient['kind']
  recipient: string
  ticket: string | null
  matter: string | null
  urgent: number
  variables: string
  state: NoticeState
  attempts: number
  created_at: number
  queued_at: number
  next_at: number | null
  settled_at: number | null
  reason: string | null
}

const storedOf = (row: Row): StoredNotice => ({
  id: row.id,
  municipality: row.municipality,
  cause: row.cause,
  step: row.step,
  channel: row.channel,
  language: row.language,
  recipient: { kind: row.recipient_kind, id: row.recipient },
  ticket: row.ticket,
  matter: row.matter,
  urgent: row.urgent === 1,
  variables: JSON.parse(row.variables) as NoticeVariables,
  at: row.created_at,
  attempts: row.attempts,
  queuedAt: row.queued_at,
})

const shownOf = (row: Row): Notice => ({
  id: row.id,
  municipality: row.municipality,
  step: row.step,
  channel: row.channel,
  language: row.language,
  recipient: { kind: row.recipient_kind, id: row.recipient },
  ticket: row.ticket,
  state: row.state,
  attempts: row.attempts,
  createdAt: toIso(row.created_at),
  nextAttemptAt: row.next_at === null ? null : toIso(row.next_at),
  settledAt: row.settled_at === null ? null : toIso(row.settled_at),
  reason: row.reason,
})

export const createNoticeStore = (database: Database): NoticeStore => ({
  add: (notice, wallNow) => {
    database.run(
      `INSERT INTO notices (municipality, cause, step, channel, language, recipient_kind, recipient, ticket, matter, urgent,
         variables, state, attempts, created_at, queued_at, next_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?, ?, ?) ON CONFLICT DO NOTHING`,
      notice.municipality,
      notice.cause,
      notice.step,
      notice.channel,
      notice.language,
      notice.recipient.kind,
      notice.recipient.id,
      notice.ticket,
      notice.matter,
      notice.urgent ? 1 : 0,
      JSON.stringify(notice.variables),
      notice.at,
      wallNow,
      wallNow,
    )
  },
  lastTold: (municipality, { kind, id }, channel) =>
    database.get<LastTold>(
      `SELECT step, variables FROM notices WHERE municipality = ? AND recipient_kind = ? AND recipient = ? AND channel = ?
       ORDER BY id DESC LIMIT 1`,
      municipality,
      kind,
      id,
      channel,
    ),
  overtake: (municipality, { kind, id }, channel, at) => {
    database.run(
      `DELETE FROM notices WHERE municipality = ? AND recipient_kind = ? AND recipient = ? AND channel = ? AND created_at = ?
         AND state = 'pending' AND attempts = 0 AND step NOT IN ('received', 'answered')`,
      municipality,
      kind,
      id,
      channel,
      at,
    )
  },
  due: (channel, wallNow) => {
    const row = database.get<Row>(
      "SELECT * FROM notices WHERE state = 'pending' AND channel = ? AND next_at <= ? ORDER BY next_at, id LIMIT 1",
      channel,
      wallNow,
    )
    return row === null ? null : storedOf(row)
  },
  settle: (id, state, { at, reason }) => {
    database.run(
      `UPDATE notices SET state = ?, settled_at = ?, next_at = NULL, reason = ?, attempts = attempts + ? WHERE id = ?`,
      state,
      at,
      reason,
      state === 'dropped' ? 0 : 1,
      id,
    )
  },
  postpone: (id, nextAt, { reason, isAttempt }) => {
    database.run(
      'UPDATE notices SET next_at = ?, reason = ?, attempts = attempts + ? WHERE id = ?',
      nextAt,
      reason,
      isAttempt ? 1 : 0,
      id,
    )
  },
  retry: (municipality, id, wallNow) =>
    database.run(
      `UPDATE notices SET state = 'pending', next_at = ?1, queued_at = ?1, attempts = 0, settled_at = NULL
       WHERE municipality = ?2 AND id = ?3 AND state = 'failed'`,
      wallNow,
      municipality,
      id,
    ) > 0,
  page: (municipality, { states, report, ticket, limit, before }) => {
    const rows = database.all<Row>(
      `SELECT * FROM notices WHERE municipality = ?1 AND id < ?2 AND state IN (SELECT value FROM json_each(?3))
         AND (?4 IS NULL OR (recipient_kind = 'report' AND recipient = ?4)) AND (?5 IS NULL OR ticket = ?5)
       ORDER BY id DESC LIMIT ?6`,
      municipality,
      before ?? Number.MAX_SAFE_INTEGER,
      JSON.stringify(states),
      report ?? null,
      ticket ?? null,
      limit + 1,
    )
    const shown = rows.slice(0, limit)
    return { items: shown.map(shownOf), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
  },
  counts: (state) =>
    database.all('SELECT channel, count(*) AS n FROM notices WHERE state = ? GROUP BY channel ORDER BY channel', state),
  countSince: (municipality, { kind, id }, since) =>
    database.get<{ n: number }>(
      `SELECT count(*) AS n FROM notices
       WHERE municipality = ? AND recipient_kind = ? AND recipient = ? AND created_at > ?`,
      municipality,
      kind,
      id,
      since,
    )?.n ?? 0,
})
