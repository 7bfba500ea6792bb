import type { Instant, Team } from '@fanari/contracts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'

/** A municipality's crews. Accounts are named by their handles, which histories show. */
export interface Teams {
  all(municipality: string): (Team & { id: string })[]
  team(municipality: string, id: string): Team | null
  /** The teams a person belongs to: by the team's list, or by what their account says. */
  of(municipality: string, person: { name: string; team: string | null }): string[]
  put(municipality: string, id: string, team: Team, change: { by: string; at: Instant }): void
  /** Answers whether there was one. */
  remove(municipality: string, id: string, change: { by: string; at: Instant }): boolean
}

export const createTeams = (database: Database): Teams => {
  const all = (municipality: string): (Team & { id: string })[] =>
    database
      .all<{ id: string; document: string }>(
        'SELECT id, document FROM teams WHERE municipality = ? ORDER BY id',
        municipality,
      )
      .map(({ id, document }) => ({ id, ...(JSON.parse(document) as Team) }))
  return {
    all,
    team: (municipality, id) => all(municipality).find((team) => team.id === id) ?? null,
    of: (municipality, { name, team: own }) => [
      ...new Set([
        ...(own === null ? [] : [own]),
        ...all(municipality).flatMap(({ id, members }) => (members.includes(name) ? id : [])),
      ]),
    ],
    put: (municipality, id, team, { by, at }) =>
      database.transaction(() => {
        database.run(
          `INSERT INTO teams (municipality, id, document) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET document = excluded.document`,
          municipality,
          id,
          JSON.stringify(team),
        )
        writeAudit(database, { municipality, at, by, subject: `team/${id}`, event: 'updated', note: team.name })
      }),
    remove: (municipality, id, { by, at }) =>
      database.transaction(() => {
        const removed = database.run('DELETE FROM teams WHERE municipality = ? AND id = ?', municipality, id) > 0
        if (removed) writeAudit(database, { municipality, at, by, subject: `team/${id}`, event: 'removed' })
        return removed
      }),
  }
}
