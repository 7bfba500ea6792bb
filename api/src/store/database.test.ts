import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase } from './database.ts'
import { migrations } from './migrations.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-database-'))
  file = join(folder, 'fanari.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (steps: readonly string[] = migrations) => {
  const database = createDatabase(file, steps)
  database.open()
  return database
}

const insertMunicipality = "INSERT INTO municipalities (id, name, time_zone) VALUES ('m', 'M', 'Europe/Athens')"

describe('a database', () => {
  test('is made from nothing, and keeps what it holds when it is opened again', () => {
    const first = open()
    first.run(insertMunicipality)
    first.close()
    const second = open()
    expect(second.all('SELECT id, name FROM municipalities')).toEqual([{ id: 'm', name: 'M' }])
    second.close()
  })

  test('is durable: WAL, an fsync a commit, foreign keys checked', () => {
    const database = open()
    expect(database.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' })
    expect(database.get('PRAGMA synchronous')).toEqual({ synchronous: 2 })
    expect(() => database.run("INSERT INTO devices VALUES ('nowhere', 'd', x'00', 0, 0)")).toThrow(/FOREIGN KEY/)
    database.close()
  })

  test('takes each migration once, from whatever it has seen', () => {
    const first = open(migrations.slice(0, 1))
    first.run(insertMunicipality)
    first.close()
    const second = open()
    expect(second.get('PRAGMA user_version')).toEqual({ user_version: migrations.length })
    expect(second.all('SELECT id FROM municipalities')).toHaveLength(1)
    expect(second.all('SELECT id FROM tickets')).toEqual([])
    second.close()
  })

  test('keeps the tickets of the release before, with what they stood for', () => {
    const first = open(migrations.slice(0, 2))
    const document = (id: string) =>
      JSON.stringify({
        id,
        category: 'street-light-out',
        closedAt: '2026-01-10T18:00:00.000Z',
        location: { lat: 41, lon: 26.5 },
      })
    for (const [id, createdAt] of [
      ['t-1', 1],
      ['t-2', 2],
    ] as const)
      first.run(
        `INSERT INTO tickets (municipality, id, status, cause, created_at, revision, document)
         VALUES ('m', ?, 'closed', 'lampFailure:luminaire:L-1', ?, 1, ?)`,
        id,
        createdAt,
        document(id),
      )
    first.close()
    const second = open()
    expect(second.all("SELECT id, category, category_group, lat, closed_at FROM tickets WHERE id = 't-2'")).toEqual([
      {
        id: 't-2',
        category: 'street-light-out',
        category_group: 'lighting',
        lat: 41,
        closed_at: Date.UTC(2026, 0, 10, 18),
      },
    ])
    expect(second.all('SELECT cause, ticket FROM ticket_causes')).toEqual([
      { cause: 'lampFailure:luminaire:L-1', ticket: 't-2' },
    ])
    second.close()
  })

  test('stays as it was when a migration fails, and can be opened by the release before', () => {
    open().close()
    expect(() => open([...migrations, 'CREATE TABLE half (id TEXT); INSERT INTO nothing VALUES (1)'])).toThrow(
      /nothing/,
    )
    const database = open()
    expect(database.all("SELECT name FROM sqlite_schema WHERE name = 'half'")).toEqual([])
    database.close()
  })

  test('of a newer release is refused, and not touched', () => {
    open([...migrations, 'CREATE TABLE later (id TEXT)']).close()
    expect(() => open()).toThrow(/update Fanari/)
  })

  test('that is no database is refused', () => {
    writeFileSync(file, 'This is a shopping list, and a rather long one at that: bread, olives, feta.')
    expect(() => open()).toThrow(/not a database/)
  })

  test('undoes a transaction that throws', () => {
    const database = open()
    expect(() =>
      database.transaction(() => {
        database.run(insertMunicipality)
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(database.all('SELECT id FROM municipalities')).toEqual([])
    database.transaction(() => database.run(insertMunicipality))
    expect(database.all('SELECT id FROM municipalities')).toHaveLength(1)
    database.close()
  })

  test('says so when it is used before it is open', () => {
    expect(() => createDatabase(file, migrations).run(insertMunicipality)).toThrow(/is not open/)
  })
})
