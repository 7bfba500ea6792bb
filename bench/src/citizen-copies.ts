import { hash } from 'node:crypto'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

/*
 * Multiplies a history that the platform has written: each copy has ids of its own and a time of its own. What is copied is every row
 * of every table of the citizen line, as it stands.
 */

/** In the order in which they refer to one another. */
const tables = [
  'tickets',
  'ticket_causes',
  'ticket_members',
  'reports',
  'report_contacts',
  'work_orders',
  'clocks',
  'citizen_events',
  'audit',
] as const

/** What of a table belongs to a history. */
const conditions: Partial<Record<(typeof tables)[number], string>> = { audit: "WHERE subject LIKE 'ticket/%'" }

export interface Copying {
  file: string
  copies: number
  /** How long the history of each copy is made to last, up to where the next one begins [ms]. */
  lastsMs: number
  /** When the last one ends [ms since 1970 UTC]. */
  untilMs: number
}

type Row = Record<string, SQLInputValue>

/** Answers how many rows were written. */
export const multiplyHistory = ({ file, copies, lastsMs, untilMs }: Copying): number => {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON')
  const all = <R>(sql: string): R[] => database.prepare(sql).all() as R[]
  const { first, last } = all<{ first: number; last: number }>(
    'SELECT min(at) AS first, max(at) AS last FROM citizen_events',
  )[0] ?? { first: 0, last: 1 }
  const stretch = lastsMs / Math.max(1, last - first)

  const sources = tables.map((table) => {
    const columns = all<{ name: string; type: string; pk: number }>(`PRAGMA table_info (${table})`)
      // A number that counts the rows is given anew; generated columns are not listed.
      .filter(({ type, pk }) => !(pk === 1 && type === 'INTEGER'))
      .map(({ name }) => name)
    return { table, columns, rows: all<Row>(`SELECT ${columns.join(', ')} FROM ${table} ${conditions[table] ?? ''}`) }
  })
  const reportIds = new Map(
    all<{ id: string; municipality: string; client_id: string }>('SELECT id, municipality, client_id FROM reports').map(
      ({ id, municipality, client_id }) => [id, { municipality, client: client_id }],
    ),
  )

  const codes = createCodes(all<{ code: string }>('SELECT tracking_code AS code FROM reports').map(({ code }) => code))

  let written = 0
  for (let copy = 1; copy <= copies; copy++) {
    const begin = untilMs - (copies - copy + 1) * lastsMs
    /** Within the history its time is stretched; what is due after it stays as far off as it was. */
    const moved = (at: number): number =>
      Math.round(begin + Math.max(0, Math.min(at, last) - first) * stretch + Math.max(0, at - last))
    const idOf = (id: string): string => {
      const report = reportIds.get(id)
      const source = report === undefined ? `${copy}:${id}` : `${report.municipality}\n${report.client}-${copy}`
      return `${id.slice(0, 2)}${hash('sha256', source).slice(0, 16)}`
    }
    const codeOf = codes.another()
    const textOf = (text: string): string =>
      text
        .replace(/\b[rtw]-[0-9a-f]{16}\b/g, idOf)
        .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (iso) => new Date(moved(Date.parse(iso))).toISOString())
        .replace(/"clientId":"(bench-\d+)"/, (_, client: string) => `"clientId":"${client}-${copy}"`)
        .replace(/"trackingCode":"(\d{10})"/, (_, code: string) => `"trackingCode":"${codeOf(code)}"`)
    database.exec('BEGIN')
    for (const { table, columns, rows } of sources) {
      const insert = database.prepare(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      )
      for (const row of rows) {
        insert.run(
          ...columns.map((column): SQLInputValue => {
            const value = row[column] ?? null
            if (typeof value === 'string') return textOf(value)
            return typeof value === 'number' && (column === 'at' || column.endsWith('_at')) ? moved(value) : value
          }),
        )
        written++
      }
    }
    database.exec('COMMIT')
  }
  // Whoever follows the log has done with what was copied: the clocks are among the rows, and nobody is told of it again.
  for (const { name } of all<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%_cursor'`,
  )) {
    database.exec(`UPDATE ${name} SET position = (SELECT max(id) FROM citizen_events)`)
  }
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  return written
}

const codesInAll = 10_000_000_000
/** Prime to the number of codes: each comes once before any comes again, and they lie scattered as real ones do. */
const codeStep = 6_180_339_887

/** Tracking codes of copies, no one given twice. Nobody reads one out here, so that its check digit is left as it comes. */
const createCodes = (given: readonly string[]) => {
  const taken = new Set(given)
  let next = 0
  return {
    /** The codes of one more copy: the same of a report wherever it stands. */
    another() {
      const copied = new Map<string, string>()
      return (code: string): string => {
        const known = copied.get(code)
        if (known !== undefined) return known
        let free: string
        do free = String((next++ * codeStep) % codesInAll).padStart(10, '0')
        while (taken.has(free))
        copied.set(code, free)
        return free
      }
    },
  }
}
