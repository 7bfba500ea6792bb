import type { JournalEntry, JournalRecord, Log } from '@fanari/contracts'
import { onTestFinished } from 'vitest'
import { createJournal, type Journal, type JournalOptions } from '../journal/journal.ts'
import { temporaryFolder } from './folder.ts'

/** 2026-01-01T00:00:00Z */
export const t0 = 1_767_225_600_000

export const quiet: Log = () => {}

/** A started journal that stops with the test; in a folder of its own unless told otherwise. */
export const openJournal = async (options: Partial<JournalOptions> = {}): Promise<Journal> => {
  const journal = createJournal({ folder: temporaryFolder(), now: () => t0, log: quiet, ...options })
  await journal.start()
  onTestFinished(() => journal.stop())
  return journal
}

export const reading = (device: string, at: number, seq?: number, activePower?: number): JournalRecord => ({
  kind: 'reading',
  municipality: 'm',
  device,
  reading: { at, ...(seq !== undefined && { seq }), ...(activePower !== undefined && { activePower }) },
})

/** Appends one record; resolves with its entry once it is durable. */
export const append = (journal: Pick<Journal, 'append'>, record: JournalRecord): Promise<JournalEntry> =>
  new Promise((resolve, reject) => {
    journal.append(record, (error, entry) => {
      if (error !== null) reject(error)
      else resolve(entry as JournalEntry)
    })
  })

/** Everything in the journal, read in small pieces. */
export const readAll = async (journal: Pick<Journal, 'read' | 'first' | 'head'>): Promise<JournalEntry[]> => {
  const entries: JournalEntry[] = []
  for (let position = journal.first; position <= journal.head; ) {
    const chunk = await journal.read(position, 100)
    entries.push(...chunk)
    position += chunk.length
  }
  return entries
}
