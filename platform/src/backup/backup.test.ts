import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeBackup, readBackup, restoreBackup } from './backup.ts'

let folder: string
const path = (...parts: string[]): string => join(folder, ...parts)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-backup-'))
  for (const name of ['journal', 'broker', 'photos/ab']) mkdirSync(path('data', name), { recursive: true })
  writeFileSync(path('data/journal/0000000000000001.journal'), 'entries')
  writeFileSync(path('data/journal/lock.sqlite'), '')
  writeFileSync(path('data/broker/CURRENT'), 'LevelDB')
  writeFileSync(path('data/photos/ab/cd.webp'), 'a pole')
  writeFileSync(path('data/judge.json'), '{}')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const make = () => makeBackup(path('data'), path('backup'), Date.UTC(2026, 10, 25))

describe('a backup', () => {
  test('holds the cursors first, databases before photos, and the journal last', async () => {
    new DatabaseSync(path('data/fanari.sqlite')).close()
    const { files, madeAt } = await make()
    expect(madeAt).toBe('2026-11-25T00:00:00.000Z')
    expect(files.map((file) => file.path)).toEqual([
      'judge.json',
      'fanari.sqlite',
      'photos/ab/cd.webp',
      'journal/0000000000000001.journal',
    ])
  })

  test('has of a database that is being written to what is committed, without its log beside it', async () => {
    const writer = new DatabaseSync(path('data/fanari.sqlite'))
    writer.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)')
    writer.exec('BEGIN; INSERT INTO t VALUES (2)')
    const { files } = await make()
    writer.exec('COMMIT')
    writer.close()
    expect(files.filter((file) => file.path.includes('sqlite'))).toHaveLength(1)
    const copy = new DatabaseSync(path('backup/fanari.sqlite'), { readOnly: true })
    expect(copy.prepare('SELECT n FROM t').all()).toEqual([{ n: 1 }])
    copy.close()
  })

  test('is restored file by file', async () => {
    await make()
    await restoreBackup(path('backup'), path('new'))
    expect(readFileSync(path('new/photos/ab/cd.webp'), 'utf8')).toBe('a pole')
    expect(readFileSync(path('new/journal/0000000000000001.journal'), 'utf8')).toBe('entries')
  })

  test('overwrites nothing: neither an older backup nor a folder in use', async () => {
    await make()
    await expect(make()).rejects.toThrow(/exists already/)
    await expect(restoreBackup(path('backup'), path('data'))).rejects.toThrow(/not empty/)
  })

  test.each([
    ['a file changed', () => appendFileSync(path('backup/journal/0000000000000001.journal'), '!'), /damaged: journal/],
    ['a file lost', () => unlinkSync(path('backup/judge.json')), /damaged: judge.json/],
    ['no manifest', () => unlinkSync(path('backup/manifest.json')), /no backup, or an unfinished one/],
  ])('with %s is refused before anything is written', async (_what, harm, message) => {
    await make()
    harm()
    await expect(readBackup(path('backup'))).rejects.toThrow(message)
    await expect(restoreBackup(path('backup'), path('new'))).rejects.toThrow(message)
  })

  test('of what is no data folder is refused', async () => {
    await expect(makeBackup(path('data/photos'), path('backup'), 0)).rejects.toThrow(/no data folder/)
  })
})
