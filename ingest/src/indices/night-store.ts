import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Instant, NightGroup, RollCall } from '@fanari/contracts'
import { shiftDate } from '../detection/index.ts'
import type { LightNight, NightFinding } from './night-accumulator.ts'
import { type Correction, type CountedStretch, correct, tally } from './stretches.ts'

/** What the nights add up to for one light, over a period. */
export interface LightSums {
  luminaire: string
  group: string
  litMs: number
  darkMs: number
  unknownMs: number
  maintenanceMs: number
  episodes: number
}

/**
 * Lighting nights and roll-calls in a file of their own. Every row is written whole under a key of its own, so that findings that come
 * again after a crash change nothing.
 */
export interface NightStore {
  start(): void
  stop(): void
  keep(municipality: string, findings: readonly NightFinding[]): void
  /** Sums a light over the closed nights from `from` to `to`, both included; a light without a circuit is left out by circuit. */
  sums(municipality: string, range: { from: string; to: string; by: NightGroup }): LightSums[]
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
  CREATE TABLE IF NOT EXISTS roll_calls (
    municipality TEXT NOT NULL, night TEXT NOT NULL, plannedAt INTEGER NOT NULL, community TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (municipality, night, plannedAt, community)
  ) WITHOUT ROWID, STRICT;
`
const groupColumn = { municipality: 'municipality', community: 'community', circuit: 'circuit' } as const

/** @param folder where the file lies; `null` keeps everything in memory, for a replay. */
export const createNightStore = ({ folder }: { folder: string | null }): NightStore => {
  let database: DatabaseSync | null = null

  const opened = (): DatabaseSync => {
    if (database === null) throw new Error('the lighting nights are not open')
    return database
  }

  const writeNight = (municipality: string, row: LightNight): void => {
    const sums = tally(row.stretches, row.darkBefore)
    opened()
      .prepare('INSERT OR REPLACE INTO light_nights VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
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

  /** Older nights keep their sums alone. */
  const forgetStretches = (municipality: string, night: string): void => {
    opened()
      .prepare('UPDATE light_nights SET stretches = NULL WHERE municipality = ? AND night = ?')
      .run(municipality, shiftDate(night, -correctableNights))
  }

  const correctNights = (municipality: string, luminaires: readonly string[], correction: Correction): void => {
    const { from, until } = correction
    const day = (at: Instant): string => new Date(at).toISOString().slice(0, 10)
    const find = opened().prepare(
      `SELECT night, community, circuit, darkBefore, stretches FROM light_nights
       WHERE municipality = ? AND luminaire = ? AND night BETWEEN ? AND ? AND stretches IS NOT NULL ORDER BY night`,
    )
    // A night begins at noon of its date and ends at the next one, in whatever zone.
    for (const luminaire of luminaires)
      for (const row of find.all(municipality, luminaire, shiftDate(day(from), -2), day(until))) {
        const before = JSON.parse(String(row.stretches)) as CountedStretch[]
        writeNight(municipality, {
          night: String(row.night),
          luminaire,
          community: String(row.community),
          circuit: row.circuit === null ? null : String(row.circuit),
          darkBefore: row.darkBefore === 1,
          stretches: correct(before, correction),
        })
      }
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
              if (finding.rows[0] !== undefined) forgetStretches(municipality, finding.rows[0].night)
              break
            case 'corrected':
              correctNights(municipality, finding.luminaires, finding.correction)
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
          `SELECT luminaire, ${column} AS groupId, sum(litMs) AS litMs, sum(darkMs) AS darkMs, sum(unknownMs) AS unknownMs,
             sum(maintenanceMs) AS maintenanceMs, sum(episodes) AS episodes
           FROM light_nights WHERE municipality = ? AND night BETWEEN ? AND ? AND ${column} IS NOT NULL
           GROUP BY luminaire, ${column}`,
        )
        .all(municipality, from, to)
        .map((row) => ({
          luminaire: String(row.luminaire),
          group: String(row.groupId),
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
