import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Instant, JournalEntry } from '@fanari/contracts'
import type { Follower } from './followers.ts'
import { createHourAccumulator, type FieldAggregate, fieldsOf, type RollupField } from './hour-aggregates.ts'

/** One hour of one device, for statistics. */
export interface HourlyRollup {
  /** Begin of the hour (UTC). */
  hour: Instant
  /** Readings in it. */
  readings: number
  fields: Partial<Record<RollupField, FieldAggregate>>
}

/** Hourly aggregates a device; they outlive the raw readings. */
export interface Rollups extends Follower {
  start(): void
  /** Writes what is gathered and closes. */
  stop(): Promise<void>
  /** Writes what is gathered; `cursor` then is the position taken. */
  flush(): Promise<void>
  /** The hours with `from` ≤ begin < `to`, oldest first. */
  hourly(municipality: string, device: string, range: { from: Instant; to: Instant }): Promise<HourlyRollup[]>
}

export interface RollupsOptions {
  folder: string
  /** Entries gathered before they are written. */
  flushEntries?: number
}

/** Rows written before others may run: some milliseconds' worth. */
const rowsAtATime = 200

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS hours (
    municipality TEXT NOT NULL, device TEXT NOT NULL, hour INTEGER NOT NULL, readings INTEGER NOT NULL,
    PRIMARY KEY (municipality, device, hour)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS hour_fields (
    municipality TEXT NOT NULL, device TEXT NOT NULL, hour INTEGER NOT NULL, field TEXT NOT NULL,
    count INTEGER NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL, last REAL NOT NULL, lastAt INTEGER NOT NULL,
    PRIMARY KEY (municipality, device, hour, field)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS cursor (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO cursor VALUES (1, 0);
`
const mergeHour = `
  INSERT INTO hours VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET readings = readings + excluded.readings`
const mergeField = `
  INSERT INTO hour_fields VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET
    count = count + excluded.count, sum = sum + excluded.sum,
    min = min(min, excluded.min), max = max(max, excluded.max),
    last = iif(excluded.lastAt >= lastAt, excluded.last, last), lastAt = max(lastAt, excluded.lastAt)`

/**
 * A follower that adds up readings by device and hour. Sums and cursor are written in one transaction, so that every reading counts
 * exactly once through any crash; readings that come late are merged into their hour.
 */
export const createRollups = ({ folder, flushEntries = 20_000 }: RollupsOptions): Rollups => {
  const path = join(folder, 'rollups.sqlite')
  const gathered = createHourAccumulator()
  const exclusively = createQueue()
  let databases: { writer: DatabaseSync; reader: DatabaseSync } | null = null
  /** Last position gathered, and last one written. */
  let taken = 0
  let written = 0

  const opened = () => {
    if (databases === null) throw new Error('the roll-ups are not open')
    return databases
  }

  /** Only within `exclusively`. */
  const write = async (): Promise<void> => {
    if (taken === written) return
    const { writer } = opened()
    const hour = writer.prepare(mergeHour)
    const oneField = writer.prepare(mergeField)
    writer.exec('BEGIN IMMEDIATE')
    try {
      let rows = 0
      for (const aggregate of gathered.aggregates()) {
        const { municipality, device, hour: at, readings } = aggregate
        const fields = fieldsOf(aggregate)
        hour.run(municipality, device, at, readings)
        for (const [name, { count, sum, min, max, last, lastAt }] of fields) {
          oneField.run(municipality, device, at, name, count, sum, min, max, last, lastAt)
        }
        rows += 1 + fields.length
        if (rows < rowsAtATime) continue
        rows = 0
        await nextTurn()
      }
      writer.prepare('UPDATE cursor SET position = ?').run(taken)
      writer.exec('COMMIT')
    } catch (error) {
      writer.exec('ROLLBACK')
      throw error
    }
    gathered.clear()
    written = taken
  }

  const gather = (entries: readonly JournalEntry[]): void => {
    for (const entry of entries) {
      if (entry.position <= taken) continue
      if (entry.kind === 'reading') gathered.add(entry.municipality, entry.device, entry.reading)
      taken = entry.position
    }
  }

  const flush = (): Promise<void> => exclusively(write)

  return {
    name: 'rollups',
    cursor: () => written,
    start() {
      if (databases !== null) return
      mkdirSync(folder, { recursive: true })
      const writer = new DatabaseSync(path)
      writer.exec(schema)
      const reader = new DatabaseSync(path, { readOnly: true })
      databases = { writer, reader }
      gathered.clear()
      written = Number(writer.prepare('SELECT position FROM cursor').get()?.position)
      taken = written
    },
    async stop() {
      if (databases === null) return
      await flush()
      const { writer, reader } = opened()
      databases = null
      reader.close()
      writer.close()
    },
    apply: (entries) =>
      exclusively(async () => {
        gather(entries)
        if (taken - written >= flushEntries) await write()
      }),
    flush,
    async hourly(municipality, device, { from, to }) {
      await flush()
      const { reader } = opened()
      const range = [municipality, device, from, to] as const
      const where = 'WHERE municipality = ? AND device = ? AND hour >= ? AND hour < ? ORDER BY hour'
      const hours = new Map<number, HourlyRollup>()
      for (const row of reader.prepare(`SELECT hour, readings FROM hours ${where}`).all(...range)) {
        const hour = Number(row.hour)
        hours.set(hour, { hour, readings: Number(row.readings), fields: {} })
      }
      for (const row of reader.prepare(`SELECT * FROM hour_fields ${where}`).all(...range)) {
        const rollup = hours.get(Number(row.hour))
        if (rollup === undefined) continue
        rollup.fields[row.field as RollupField] = {
          count: Number(row.count),
          sum: Number(row.sum),
          min: Number(row.min),
          max: Number(row.max),
          last: Number(row.last),
          lastAt: Number(row.lastAt),
        }
      }
      return [...hours.values()]
    },
  }
}

/** Runs one piece of work after the other; one that fails does not hold up the next. */
const createQueue = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
}
