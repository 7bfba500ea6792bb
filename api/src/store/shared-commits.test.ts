import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type Database } from './database.ts'

let folder: string
let database: Database
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-shared-'))
  database = createDatabase(join(folder, 'fanari.db'), [
    'CREATE TABLE notes (text TEXT PRIMARY KEY, about TEXT REFERENCES notes (text) DEFERRABLE INITIALLY DEFERRED) STRICT',
  ])
  database.open()
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const add = (text: string, about: string | null = null) =>
  database.run('INSERT INTO notes (text, about) VALUES (?, ?)', text, about)
const notes = (from = database) =>
  from.all<{ text: string }>('SELECT text FROM notes ORDER BY text').map(({ text }) => text)

describe('transactions that share a commit', () => {
  test('are stored for everybody when they are answered, in the order in which they were asked for', async () => {
    const order: string[] = []
    const stored = ['a', 'b', 'c'].map((text) =>
      database.shared(() => {
        add(text)
        order.push(text)
        return text
      }),
    )
    expect(notes()).toEqual([])
    expect(await Promise.all(stored)).toEqual(['a', 'b', 'c'])
    expect(order).toEqual(['a', 'b', 'c'])
    const other = new DatabaseSync(join(folder, 'fanari.db'), { readOnly: true })
    expect(other.prepare('SELECT count(*) AS n FROM notes').get()).toEqual({ n: 3 })
    other.close()
  })

  test('are undone alone when they throw', async () => {
    const outcomes = await Promise.allSettled([
      database.shared(() => add('a')),
      database.shared(() => {
        add('half')
        throw new Error('no more')
      }),
      database.shared(() => add('a')),
      database.shared(() => add('b')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(notes()).toEqual(['a', 'b'])
  })

  test('are all refused when their commit fails, and the next ones are taken', async () => {
    const outcomes = await Promise.allSettled([
      database.shared(() => add('a')),
      database.shared(() => add('b', 'nothing that is there')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(notes()).toEqual([])
    await database.shared(() => add('c'))
    expect(notes()).toEqual(['c'])
  })

  test('see what those before them have done', async () => {
    const first = database.shared(() => add('a'))
    const second = database.shared(() => notes())
    expect(await first).toBe(1)
    expect(await second).toEqual(['a'])
  })

  test('are refused once the database is closed', async () => {
    const late = database.shared(() => add('a'))
    database.close()
    await expect(late).rejects.toThrow('is not open')
  })
})

test('a lazy transaction is whole or not at all, and leaves those after it as durable as ever', () => {
  expect(() =>
    database.lazyTransaction(() => {
      add('half')
      throw new Error('no more')
    }),
  ).toThrow('no more')
  database.lazyTransaction(() => add('a'))
  expect(notes()).toEqual(['a'])
  expect(database.get('PRAGMA synchronous')).toEqual({ synchronous: 2 })
})
