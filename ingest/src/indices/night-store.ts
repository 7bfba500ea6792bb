import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Instant, type NightGroup, type NightSums, type RollCall, shiftDate } from '@fanari/contracts'
import type { LightNight, NightFinding } from './night-accumulator.ts'
import { type Correction, type CountedStretch, correct, tally } from './stretches.ts'

/**
 * Lighting nights and roll-calls in a file of their own. Every row is written whole under a key of its own, so that findings that come
 * again after a crash change nothing.
 */
export interface NightStore {
  start(): void
  stop(): void
  keep(municipality: string, findings: readonly NightFinding[]): void
  /** Sums a group over the closed nights from `from` to `to`, both included; lights without a circuit are in none. */
  sums(municipality: string, range: { from: string; to: string; by: NightGroup }): NightSums[]
  /** The roll-calls of a night, or of the newest that has some; in order of time and community. */
  rollCalls(municipality: string, night: string | null): RollCall[]
}

/** So many nights back a late finding can still correct the stretches of a light. */
const correctableNights = 31

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS light_nights (
    municipality TEXT NOT NULL, night TEXT NOT NULL, luminaire TEXT NOT NULL, community TEXT NOT NULL, circuit TEXT,
    litMs INTEGER NOT NULL, darkMs INTEGER NOT NULL, unknownMs INTEGER NOT NULL, maintenanceMs INTEGER NOT NULL,
    episodes INTEGER NOT NULL, darkBefore INTEGER NOT NULL, stretches TEXT,
    PRIMARY KEY (municipality, night, luminaire)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS group_nights (
    municipality TEXT NOT NULL, night TEXT NOT NULL, community TEXT NOT NULL, circuit TEXT NOT NULL,
    lights INTEGER NOT NULL, litMs INTEGER NOT NULL, darkMs INTEGER NOT NULL, unknownMs INTEGER NOT NULL,
    maintenanceMs INTEGER NOT NULL, episodes INTEGER NOT NULL,
    PRIMARY KEY (municipality, night, community, circuit)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS roll_calls (
    municipality TEXT NOT NULL, night TEXT NOT NULL, plannedAt INTEGER NOT NULL, community TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (municipality, night, plannedAt, community)
  ) WITHOUT ROWID, STRICT;
`
const groupColumn = { municipality: 'municipality', community: 'community', circuit: 'circuit' } as const

/** A night by community and circuit: a year of them is read in an instant, which its lights are not. */
const addUpNight = `
  INSERT INTO group_nights
  SELECT municipality, night, community, coalesce(circuit, ''), count(*), sum(litMs), sum(darkMs), sum(unknownMs),
    sum(maintenanceMs), sum(episodes)
  FROM light_nights WHERE municipality = ? AND night = ? GROUP BY community, circuit`

/** @param folder where the file lies; `null` keeps everything in memory, for a replay. */
export const createNightStore = ({ folder }: { folder: string | null }): NightStore => {
  let database: DatabaseSync | null = null
  let insert: StatementSync | null = null

  const opened = (): DatabaseSync => {
    if (database === null) throw new Error('the lighting nights are not open')
    return database
  }

  const writeNight = (municipality: string, row: LightNight): void => {
    const sums = tally(row.stretches, row.darkBefore)
    // Prepared once: a city closes a hundred thousand rows at noon.
    insert ??= opened().prepare('INSERT OR REPLACE INTO light_nights VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    insert.run(
      municipality,
      row.night,
      row.luminaire,
      row.community,
      row.circuit,
      sums.lit,
      sums.dark,
      sums.unknown,
      sums.maintenance,
      sums.episodes,
      row.darkBefore ? 1 : 0,
      JSON.stringify(row.stretches),
    )
  }

  const addUp = (municipality: string, night: string): void => {
    opened().prepare('DELETE FROM group_nights WHERE municipality = ? AND night = ?').run(municipality, night)
    opened().prepare(addUpNight).run(municipality, night)
  }

  /** Older nights keep their sums alone. */
  const forgetStretches = (municipality: string, night: string): void => {
    opened()
      .prepare('UPDATE light_nights SET stretches = NULL WHERE municipality = ? AND night = ?')
      .run(municipality, shiftDate(night, -correctableNights))
  }

  const correctNights = (municipality: string, luminaires: readonly string[], correction: Correction): Set<string> => {
    const { from, until } = correction
    const day = (at: Instant): string => new Date(at).toISOString().slice(0, 10)
    const find = opened().prepare(
      `SELECT night, community, circuit, darkBefore, stretches FROM light_nights
       WHERE municipality = ? AND luminaire = ? AND night BETWEEN ? AND ? AND stretches IS NOT NULL ORDER BY night`,
    )
    // A night begins at noon of its date and ends at the next one, in whatever zone.
    const nights = new Set<string>()
    for (const luminaire of luminaires)
      for (const row of find.all(municipality, luminaire, shiftDate(day(from), -2), day(until))) {
        const before = JSON.parse(String(row.stretches)) as CountedStretch[]
        nights.add(String(row.night))
        writeNight(municipality, {
          night: String(row.night),
          luminaire,
          community: String(row.community),
          circuit: row.circuit === null ? null : String(row.circuit),
          darkBefore: row.darkBefore === 1,
          stretches: correct(before, correction),
        })
      }
    return nights
  }

  const writeRollCall = (municipality: string, call: RollCall): void => {
    opened()
      .prepare('INSERT OR REPLACE INTO roll_calls VALUES (?, ?, ?, ?, ?)')
      .run(municipality, call.night, Date.parse(call.plannedAt), call.community, JSON.stringify(call))
  }

  return {
    start() {
      if (database !== null) return
      if (folder !== null) mkdirSync(folder, { recursive: true })
      database = new DatabaseSync(folder === null ? ':memory:' : join(folder, 'nights.sqlite'))
      database.exec(schema)
    },
    stop() {
      database?.close()
      database = null
      insert = null
    },
    keep(municipality, findings) {
      if (findings.length === 0) return
      const writer = opened()
      writer.exec('BEGIN IMMEDIATE')
      try {
        for (const finding of findings) {
          switch (finding.kind) {
            case 'closed':
              for (const row of finding.rows) writeNight(municipality, row)
              addUp(municipality, finding.night)
              forgetStretches(municipality, finding.night)
              break
            case 'corrected':
              for (const night of correctNights(municipality, finding.luminaires, finding.correction))
                addUp(municipality, night)
              break
            case 'rollCall':
              writeRollCall(municipality, finding.rollCall)
              break
          }
        }
        writer.exec('COMMIT')
      } catch (error) {
        writer.exec('ROLLBACK')
        throw error
      }
    },
    sums(municipality, { from, to, by }) {
      const column = groupColumn[by]
      return opened()
        .prepare(
          `SELECT groupId, max(lights) AS lights, sum(litMs) AS litMs, sum(darkMs) AS darkMs, sum(unknownMs) AS unknownMs,
             sum(maintenanceMs) AS maintenanceMs, sum(episodes) AS episodes
           FROM (SELECT ${column} AS groupId, sum(lights) AS lights, sum(litMs) AS litMs, sum(darkMs) AS darkMs,
               sum(unknownMs) AS unknownMs, sum(maintenanceMs) AS maintenanceMs, sum(episodes) AS episodes
             FROM group_nights WHERE municipality = ? AND night BETWEEN ? AND ? AND ${column} <> ''
             GROUP BY night, ${column})
           GROUP BY groupId ORDER BY groupId`,
        )
        .all(municipality, from, to)
        .map((row) => ({
          group: String(row.groupId),
          lights: Number(row.lights),
          litMs: Number(row.litMs),
          darkMs: Number(row.darkMs),
          unknownMs: Number(row.unknownMs),
          maintenanceMs: Number(row.maintenanceMs),
          episodes: Number(row.episodes),
        }))
    },
    rollCalls(municipality, night) {
      const wanted =
        night ??
        opened().prepare('SELECT max(night) AS night FROM roll_calls WHERE municipality = ?').get(municipality)
          ?.night ??
        ''
      return opened()
        .prepare('SELECT document FROM roll_calls WHERE municipality = ? AND night = ? ORDER BY plannedAt, community')
        .all(municipality, wanted)
        .map(({ document }) => JSON.parse(String(document)) as RollCall)
    },
  }
}
