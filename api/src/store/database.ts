import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { createSharedCommits } from './shared-commits.ts'

/** The one way to the database: SQL in, rows out, transactions around. Calls are synchronous and answer from the page cache. */
export interface Database {
  /** @throws when the file is newer than this release, or is no database. */
  open(): void
  /** Rows of a query. `Row` is the caller's word for the columns it selects; tables are STRICT, so a column keeps its type. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[]
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | null
  /** Runs a statement; answers how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number
  /** All of `work` or nothing. Not to be nested. */
  transaction<Result>(work: () => Result): Result
  /**
   * The same without waiting for the disk: a power cut may undo it, though never a part of it, nor what a later `transaction` has stored.
   * For what is found out again from what it was made of, and of which nobody has been told.
   */
  lazyTransaction<Result>(work: () => Result): Result
  /**
   * A transaction that shares its commit with those that are asked for in the same moment: waiting for the disk is most of what a small
   * one costs. Answers after the commit. What one throws undoes that one alone; what makes the commit fail undoes them all.
   */
  shared<Result>(work: () => Result): Promise<Result>
  close(): void
}

/**
 * A SQLite file that `open()` creates when it is missing and brings up to date. `synchronous=FULL`: what a caller was told is stored
 * survives a power cut, at one fsync a transaction. `readOnly`: another process keeps it; `open()` then throws until that process has made
 * it and brought it to this release's schema.
 */
export const createDatabase = (
  file: string,
  migrations: readonly string[],
  { readOnly = false }: { readOnly?: boolean } = {},
): Database => {
  let sqlite: DatabaseSync | null = null
  const statements = new Map<string, StatementSync>()

  const opened = (): DatabaseSync => {
    if (sqlite === null) throw new Error(`The database ${file} is not open`)
    return sqlite
  }
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = opened().prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  return {
    open: () => {
      if (sqlite !== null) return
      const candidate = new DatabaseSync(file, { timeout: 5_000, readOnly })
      try {
        if (readOnly) expectMigrated(candidate, migrations)
        else {
          candidate.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
          // What is erased is overwritten, not only let go of.
          candidate.exec('PRAGMA secure_delete = ON')
          migrate(candidate, migrations)
        }
      } catch (error) {
        candidate.close()
        throw error
      }
      sqlite = candidate
    },
    all: <Row>(sql: string, ...values: SQLInputValue[]) => prepared(sql).all(...values) as Row[],
    get: <Row>(sql: string, ...values: SQLInputValue[]) => (prepared(sql).get(...values) as Row | undefined) ?? null,
    run: (sql, ...values) => Number(prepared(sql).run(...values).changes),
    transaction: (work) => inTransaction(opened(), work),
    lazyTransaction: (work) => {
      const own = opened()
      own.exec('PRAGMA synchronous = NORMAL')
      try {
        return inTransaction(own, work)
      } finally {
        own.exec('PRAGMA synchronous = FULL')
      }
    },
    shared: createSharedCommits((work) => inTransaction(opened(), () => work(opened()))),
    close: () => {
      statements.clear()
      sqlite?.close()
      sqlite = null
    },
  }
}

const inTransaction = <Result>(sqlite: DatabaseSync, work: () => Result): Result => {
  sqlite.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    sqlite.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk may already have rolled back by itself.
    if (sqlite.isTransaction) sqlite.exec('ROLLBACK')
    throw error
  }
}

const schemaOf = (sqlite: DatabaseSync): number =>
  (sqlite.prepare('PRAGMA user_version').get() as { user_version: number }).user_version

const expectMigrated = (sqlite: DatabaseSync, migrations: readonly string[]): void => {
  const seen = schemaOf(sqlite)
  if (seen === migrations.length) return
  throw new Error(`The database has schema ${seen}, this release reads ${migrations.length}`)
}

/** Migrations are numbered by their place in the list; `user_version` counts those a file has seen. Each runs whole or not at all. */
const migrate = (sqlite: DatabaseSync, migrations: readonly string[]): void => {
  const seen = schemaOf(sqlite)
  if (seen > migrations.length) {
    throw new Error(`The database has schema ${seen}, this release knows up to ${migrations.length}: update Fanari`)
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < seen) continue
    inTransaction(sqlite, () => sqlite.exec(`${sql}; PRAGMA user_version = ${index + 1}`))
  }
}
