import type { SQLInputValue } from 'node:sqlite'
import type { Instant } from '@fanari/contracts'
import type { Database } from './database.ts'

type Condition = readonly [column: string, value: string | undefined]

/** A list, newest first, that may be narrowed. Names of columns are the program's own, values anyone's. */
export interface NewestQuery {
  table: 'reports' | 'tickets'
  /** The column of the time it is ordered by. */
  time: string
  /** Columns beside `id`, the time and `document`. */
  columns?: string
  municipality: string
  /** The index of the municipality and the time, and the one with the status between them. */
  indices: { time: string; status: string }
  /** Columns with an index of their own between municipality and time; the first that is asked for is used, the others sort out. */
  by: readonly (readonly [column: string, value: string | undefined, index: string])[]
  /** Columns that only sort out. */
  only: readonly Condition[]
  /** `null`: all. */
  statuses: readonly string[] | null
  from?: Instant | undefined
  until?: Instant | undefined
}

/** A page and where it ends. */
interface Page<Item> {
  items: Item[]
  next: [Instant, string] | null
}

interface Row {
  id: string
  at: number
}

/**
 * One page. Each query runs along one index in the order of the list and stops when the page is full, whatever there is of older rows. It
 * is named, because SQLite, which does not know how rare a value is, would now and then rather sort.
 */
export const newestRows = <R, Item>(
  database: Database,
  query: NewestQuery,
  { limit, after }: { limit: number; after: readonly [Instant, string] | null },
  itemOf: (row: R) => Item,
): Page<Item> => {
  const rows = newestStatements(query, { limit, after })
    .flatMap(({ sql, values }) => database.all<R & Row>(sql, ...values))
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(itemOf),
    next: rows.length > limit && last !== undefined ? [last.at, last.id] : null,
  }
}

/** One statement, or one for each status where nothing else narrows the list: their rows are merged. */
export const newestStatements = (
  query: NewestQuery,
  { limit, after }: { limit: number; after: readonly [Instant, string] | null },
): { sql: string; values: SQLInputValue[] }[] => {
  const { table, time, columns, municipality, indices, by, only, statuses, from, until } = query
  const lead = by.find(([, value]) => value !== undefined)
  const given = [...by.filter((condition) => condition !== lead), ...only]
  const statement = (status: string | null) => {
    const conditions = ['municipality = ?']
    const values: SQLInputValue[] = [municipality]
    const add = (condition: string, value: SQLInputValue | undefined) => {
      if (value === undefined) return
      conditions.push(condition)
      values.push(value)
    }
    if (lead !== undefined) add(`${lead[0]} = ?`, lead[1])
    if (status !== null) add('status = ?', status)
    else if (statuses !== null) add('status IN (SELECT value FROM json_each(?))', JSON.stringify(statuses))
    for (const [column, value] of given) add(`${column} = ?`, value)
    if (after !== null) {
      conditions.push(`(${time}, id) < (?, ?)`)
      values.push(...after)
    }
    add(`${time} >= ?`, from)
    add(`${time} < ?`, until)
    const shown = ['id', `${time} AS at`, ...(columns === undefined ? [] : [columns]), 'document'].join(', ')
    const index = lead?.[2] ?? (status === null ? indices.time : indices.status)
    const sql = `SELECT ${shown} FROM ${table} INDEXED BY ${index} WHERE ${conditions.join(' AND ')} ORDER BY ${time} DESC, id DESC LIMIT ?`
    return { sql, values: [...values, limit + 1] }
  }
  return lead === undefined && statuses !== null ? [...new Set(statuses)].map(statement) : [statement(null)]
}
