import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeSearchable } from '@fanari/api/search'
import { multiplyHistory } from './citizen-copies.ts'
import { openDoor } from './citizen-door.ts'
import { makeHistory } from './citizen-history.ts'
import { launchPlatform } from './peers.ts'
import { until } from './processes.ts'

const dayMs = 86_400_000

/** Settings of a platform that takes as many reports as come: what is measured is not the guard at its door. */
export const unlimitedIntake = { FANARI_INTAKE_PER_MINUTE: 'off', FANARI_INTAKE_TOTAL_PER_MINUTE: 'off' }

export interface Filling {
  reports: number
  /** Reports that the platform takes one by one; the others are copies of these with another time. */
  sample: number
  coveredDays: number
  progress: (line: string) => void
}

/**
 * Fills the database of a platform that does not run yet. A sample of the history is taken and worked off by the platform itself; the rest
 * are its rows, copied to other times, and made searchable by the platform's own code.
 */
export const fillCitizenLine = async (
  folder: string,
  { reports, sample, coveredDays, progress }: Filling,
): Promise<{ reports: number; rows: number }> => {
  const copies = Math.ceil(reports / sample) - 1
  const file = fileIn(folder)
  progress(`${sample} reports through the platform`)
  const maker = await launchPlatform(folder, [], unlimitedIntake)
  const door = openDoor(maker.base)
  await makeHistory(door, sample)
  door.close()
  await untilDone(folder)
  await maker.end()
  progress(`${copies} copies of them`)
  const lastsMs = (coveredDays * dayMs) / Math.max(1, copies)
  const rows = multiplyHistory({ file, copies, lastsMs, untilMs: Date.now() - 60_000 })
  progress(`${rows} rows, and the index of their words`)
  makeSearchable(file)
  return { reports: sample * (copies + 1), rows }
}

/** Until nothing that is measured has to share the thread with what was left to be done. */
export const untilDone = async (folder: string): Promise<void> => {
  const left = (table: string, condition = 'true') => countOf(fileIn(folder), table, condition)
  await until('the search index', 1_800, () => left('search_pending') === 0)
  // What was left open long ago is overdue, and is told so once.
  await until('the clocks', 600, () => left('clocks', `next_at <= ${Date.now()}`) === 0)
  await until('the announcements', 600, () => left('tickets', 'published_revision < revision') === 0)
}

const fileIn = (folder: string): string => join(folder, 'data', 'fanari.sqlite')

const countOf = (file: string, name: string, condition: string): number => {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  const { count } = database.prepare(`SELECT count(*) AS count FROM ${name} WHERE ${condition}`).get() as {
    count: number
  }
  database.close()
  return count
}
