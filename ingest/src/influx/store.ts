import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { AssetFeature, Instant, RetentionPolicy } from '@fanari/contracts'
import type { FiledUnder } from './first-tags.ts'
import type { Line } from './line.ts'

/** What the InfluxDB follower must not forget: where it is, what tags are made from, and points that wait. */
export interface InfluxStore {
  start(): void
  stop(): void
  /** How far `journal` entries, or `records`, are in InfluxDB. */
  cursor(of: CursorName): number
  /** Where a power cut may take it back to. */
  durableCursor(of: CursorName): number
  /** Moves the cursor, and notes the hours that readings up to it fell into, in one transaction; without `durably` the disk is not waited for. */
  advance(of: CursorName, to: number, hours?: readonly TownHour[], durably?: boolean): void
  keepAssets(municipality: string, features: readonly AssetFeature[]): void
  assets(): { municipality: string; feature: AssetFeature }[]
  keepTimeZone(municipality: string, zone: string): void
  timeZones(): Map<string, string>
  /** The tags of a document's points; null while it has none. */
  filedUnder(document: string): FiledUnder | null
  keepFiledUnder(documents: ReadonlyMap<string, FiledUnder>): void
  /** Durable when it returns. */
  spool(lines: readonly Line[]): void
  spooled(limit: number): { id: number; policy: RetentionPolicy; line: string }[]
  spooledCount(): number
  /** Forgets spooled lines up to this id. */
  unspool(upTo: number): void
  /** Hours with readings that their roll-up does not have yet, oldest first; `noted` counts how often that was said. */
  staleHours(): (TownHour & { noted: number })[]
  staleDays(): TownDay[]
  /** The hour is rolled up, unless it was noted again meanwhile; its local day is stale, until it is too. */
  hourRolledUp(hour: TownHour & { noted: number }, day: string): void
  dayRolledUp(day: TownDay): void
}

type CursorName = 'journal' | 'records'
export interface TownHour {
  municipality: string
  /** Begin of the hour (UTC). */
  hour: Instant
}
export interface TownDay {
  municipality: string
  /** Local date. */
  day: string
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS cursors (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS assets (
    municipality TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, feature TEXT NOT NULL,
    PRIMARY KEY (municipality, kind, id)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS zones (municipality TEXT PRIMARY KEY, zone TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS filed (document TEXT PRIMARY KEY, points INTEGER NOT NULL, spans TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS spool (id INTEGER PRIMARY KEY AUTOINCREMENT, policy TEXT NOT NULL, line TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS stale_hours (
    hour INTEGER NOT NULL, municipality TEXT NOT NULL, noted INTEGER NOT NULL, PRIMARY KEY (hour, municipality)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS stale_days (
    day TEXT NOT NULL, municipality TEXT NOT NULL, PRIMARY KEY (day, municipality)
  ) WITHOUT ROWID, STRICT;
`

export const createInfluxStore = ({ folder }: { folder: string }): InfluxStore => {
  let database: DatabaseSync | null = null
  const opened = (): DatabaseSync => {
    if (database === null) throw new Error('the state of the InfluxDB follower is not open')
    return database
  }
  const cursors = new Map<CursorName, number>()
  let durableCursors: ReadonlyMap<CursorName, number> = new Map()
  const write = (work: () => void): void => {
    opened().exec('BEGIN IMMEDIATE')
    try {
      work()
      opened().exec('COMMIT')
    } catch (error) {
      opened().exec('ROLLBACK')
      throw error
    }
  }
  /** Durable when it returns, and with it all that was written before. */
  const transaction = (work: () => void): void => {
    write(work)
    durableCursors = new Map(cursors)
  }
  const put = (of: CursorName, to: number): void => {
    opened()
      .prepare('INSERT INTO cursors VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position')
      .run(of, to)
    cursors.set(of, to)
  }
  const cursor = (of: CursorName): number =>
    Number(opened().prepare('SELECT position FROM cursors WHERE name = ?').get(of)?.position ?? 0)

  return {
    start() {
      if (database !== null) return
      mkdirSync(folder, { recursive: true })
      database = new DatabaseSync(join(folder, 'influx.sqlite'))
      database.exec(schema)
      // What is read may be what a killed process left in memory that the disk does not have.
      transaction(() => {
        for (const name of ['journal', 'records'] as const) put(name, cursor(name))
      })
    },
    stop() {
      database?.close()
      database = null
    },
    cursor,
    durableCursor: (of) => durableCursors.get(of) ?? 0,
    advance(of, to, hours = [], durably = false) {
      // Every second, on the thread of the intake: not waited for on the disk. What a power cut takes back is sent again, and is the same.
      if (!durably) opened().exec('PRAGMA synchronous = NORMAL')
      try {
        const run = durably ? transaction : write
        run(() => {
          put(of, to)
          const note = opened().prepare(
            'INSERT INTO stale_hours VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET noted = noted + 1',
          )
          for (const { municipality, hour } of hours) note.run(hour, municipality)
        })
      } finally {
        opened().exec('PRAGMA synchronous = FULL')
      }
    },
    keepAssets(municipality, features) {
      transaction(() => {
        const keep = opened().prepare(
          'INSERT INTO assets VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET feature = excluded.feature',
        )
        for (const feature of features) {
          const { kind, id } = feature.properties
          keep.run(municipality, kind, id, JSON.stringify(feature))
        }
      })
    },
    assets: () =>
      opened()
        .prepare('SELECT municipality, feature FROM assets')
        .all()
        .map((row) => ({
          municipality: String(row.municipality),
          feature: JSON.parse(String(row.feature)) as AssetFeature,
        })),
    keepTimeZone(municipality, zone) {
      opened()
        .prepare('INSERT INTO zones VALUES (?, ?) ON CONFLICT DO UPDATE SET zone = excluded.zone')
        .run(municipality, zone)
    },
    timeZones: () =>
      new Map(
        opened()
          .prepare('SELECT municipality, zone FROM zones')
          .all()
          .map((row) => [String(row.municipality), String(row.zone)]),
      ),
    filedUnder(document) {
      const row = opened().prepare('SELECT points, spans FROM filed WHERE document = ?').get(document)
      if (row === undefined) return null
      return { points: Number(row.points), spans: JSON.parse(String(row.spans)) as FiledUnder['spans'] }
    },
    keepFiledUnder(documents) {
      transaction(() => {
        const keep = opened().prepare(
          'INSERT INTO filed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET points = excluded.points, spans = excluded.spans',
        )
        for (const [document, { points, spans }] of documents) keep.run(document, points, JSON.stringify(spans))
      })
    },
    spool(lines) {
      if (lines.length === 0) return
      transaction(() => {
        const keep = opened().prepare('INSERT INTO spool (policy, line) VALUES (?, ?)')
        for (const { policy, text } of lines) keep.run(policy, text)
      })
    },
    spooled: (limit) =>
      opened()
        .prepare('SELECT id, policy, line FROM spool ORDER BY id LIMIT ?')
        .all(limit)
        .map((row) => ({
          id: Number(row.id),
          policy: String(row.policy) as RetentionPolicy,
          line: String(row.line),
        })),
    spooledCount: () => Number(opened().prepare('SELECT count(*) AS n FROM spool').get()?.n),
    unspool(upTo) {
      opened().prepare('DELETE FROM spool WHERE id <= ?').run(upTo)
    },
    staleHours: () =>
      opened()
        .prepare('SELECT municipality, hour, noted FROM stale_hours ORDER BY hour')
        .all()
        .map((row) => ({
          municipality: String(row.municipality),
          hour: Number(row.hour),
          noted: Number(row.noted),
        })),
    staleDays: () =>
      opened()
        .prepare('SELECT municipality, day FROM stale_days ORDER BY day')
        .all()
        .map((row) => ({ municipality: String(row.municipality), day: String(row.day) })),
    hourRolledUp({ municipality, hour, noted }, day) {
      transaction(() => {
        opened()
          .prepare('DELETE FROM stale_hours WHERE municipality = ? AND hour = ? AND noted = ?')
          .run(municipality, hour, noted)
        opened().prepare('INSERT OR IGNORE INTO stale_days VALUES (?, ?)').run(day, municipality)
      })
    },
    dayRolledUp({ municipality, day }) {
      opened().prepare('DELETE FROM stale_days WHERE municipality = ? AND day = ?').run(municipality, day)
    },
  }
}
