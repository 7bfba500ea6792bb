import type { JournalCommands, JournalRecord, Log } from '@fanari/contracts'
import type { Database } from '../store/database.ts'

/** Records appended to the journal in one go. */
const batchSize = 16
/** Wall time until a failed append is tried again [ms]. */
const retryDelayMs = 1_000

/**
 * What the register still owes the journal. A record is put here in the transaction of the change it tells of, and leaves when the
 * journal has it: a crash in between repeats a record, and never loses one.
 */
export interface JournalOutbox {
  /** Inside the caller's transaction. */
  put(record: JournalRecord): void
  pending(): number
  /** Resolves when the journal has every record put so far; rejects when it refuses, and then goes on trying until `stop()`. */
  flush(): Promise<void>
  stop(): Promise<void>
}

export const createJournalOutbox = (options: {
  database: Database
  journal: JournalCommands
  log: Log
}): JournalOutbox => {
  const { database, journal, log } = options
  let running: Promise<void> | null = null
  let retry: NodeJS.Timeout | undefined
  let stopped = false

  const pending = () => database.get<{ n: number }>('SELECT count(*) AS n FROM journal_outbox')?.n ?? 0

  const drain = async () => {
    try {
      for (;;) {
        const rows = database.all<{ id: number; record: string }>(
          'SELECT id, record FROM journal_outbox ORDER BY id LIMIT ?',
          batchSize,
        )
        const last = rows.at(-1)
        if (last === undefined) return
        await journal.append(rows.map(({ record }) => JSON.parse(record) as JournalRecord))
        database.run('DELETE FROM journal_outbox WHERE id <= ?', last.id)
      }
    } finally {
      running = null
    }
  }

  const flush = async (): Promise<void> => {
    clearTimeout(retry)
    if (running === null) {
      if (pending() === 0) return
      running = drain()
    }
    try {
      await running
    } catch (error) {
      log('warn', 'register.journalRefused', { error: String(error), pending: pending() })
      clearTimeout(retry)
      // The failure is already logged; the next attempt answers for itself.
      if (!stopped) retry = setTimeout(() => flush().catch(() => {}), retryDelayMs)
      throw error
    }
  }

  return {
    put: (record) => {
      database.run('INSERT INTO journal_outbox (record) VALUES (?)', JSON.stringify(record))
    },
    pending,
    flush,
    stop: async () => {
      stopped = true
      clearTimeout(retry)
      await running?.catch(() => {})
    },
  }
}
