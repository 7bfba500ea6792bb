import type { JournalEntry } from '@fanari/contracts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { append, openJournal, quiet, readAll, reading, t0 } from '../testing/journal.ts'
import { until } from '../testing/until.ts'
import type { Journal } from './journal.ts'
import { createJournalReader, type JournalReader } from './journal-reader.ts'

const openReader = (folder: string): { reader: JournalReader; heard: JournalEntry[] } => {
  const reader = createJournalReader({ folder, log: quiet })
  const heard: JournalEntry[] = []
  reader.onCommitted((entries) => heard.push(...entries))
  onTestFinished(() => reader.stop())
  return { reader, heard }
}
const extentOf = ({ first, head }: Journal) => ({ first, head })
const tellAll = async (journal: Journal, reader: JournalReader): Promise<void> => {
  reader.reached(extentOf(journal))
  await until(() => reader.head === journal.head)
}
/** Small segments, so that a few hundred readings fill several. */
const writer = (folder: string) => openJournal({ folder, segmentBytes: 4_000 })
const appendSome = async (journal: Journal, from: number, count: number): Promise<void> => {
  const numbers = Array.from({ length: count }, (_, i) => from + i)
  await Promise.all(numbers.map((n) => append(journal, reading(`d${n % 3}`, t0 + n, n, n))))
}

describe('a journal read by another process', () => {
  test('is not known before its writer has said how far it reaches', async () => {
    const folder = temporaryFolder()
    await appendSome(await writer(folder), 0, 10)
    const { reader } = openReader(folder)
    expect(reader.readiness()).toMatchObject({ ready: false })
    expect(reader.head).toBe(0)
    expect(await reader.read(1, 10)).toEqual([])
  })

  test('gives the same entries and histories as its writer does, over several segments', async () => {
    const folder = temporaryFolder()
    const journal = await writer(folder)
    await appendSome(journal, 0, 200)
    await append(journal, { kind: 'quarantine', municipality: 'm', topic: 't', reason: 'r', payload: 'p' })
    const { reader } = openReader(folder)
    await tellAll(journal, reader)
    await reader.opened()
    expect(reader.readiness()).toEqual({ ready: true, detail: 'read up to 201' })
    expect(await readAll(reader)).toEqual(await readAll(journal))
    const range = { from: t0 + 20, to: t0 + 150, limit: 30 }
    expect(await reader.readings('m', 'd1', range)).toEqual(await journal.readings('m', 'd1', range))
    expect(await reader.quarantine('m', { limit: 5 })).toEqual(await journal.quarantine('m', { limit: 5 }))
  })

  test('tells what was committed after it was opened, once and in order, from segment to segment', async () => {
    const folder = temporaryFolder()
    const journal = await writer(folder)
    const { reader, heard } = openReader(folder)
    await tellAll(journal, reader)
    for (let round = 0; round < 20; round++) {
      await appendSome(journal, round * 25, 25)
      await tellAll(journal, reader)
    }
    expect(heard.map(({ position }) => position)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1))
    expect(heard).toEqual(await readAll(journal))
    const range = { from: t0, to: t0 + 500, limit: 500 }
    expect(await reader.readings('m', 'd2', range)).toEqual(await journal.readings('m', 'd2', range))
  })

  test('reads nothing beyond what it was told, though the file has more', async () => {
    const folder = temporaryFolder()
    const journal = await writer(folder)
    await appendSome(journal, 0, 30)
    const { reader, heard } = openReader(folder)
    reader.reached({ first: 1, head: 10 })
    await until(() => reader.head === 10)
    expect(await readAll(reader)).toHaveLength(10)
    expect(await reader.readings('m', 'd0', { from: t0, to: t0 + 30, limit: 99 })).toHaveLength(4)
    await tellAll(journal, reader)
    expect(heard.map(({ position }) => position)).toEqual(Array.from({ length: 20 }, (_, i) => i + 11))
  })

  test('somebody may wait for what was read up to a position, but not for ever', async () => {
    const folder = temporaryFolder()
    const journal = await writer(folder)
    await appendSome(journal, 0, 10)
    const { reader } = openReader(folder)
    const waiting = reader.upTo(10, 30_000)
    expect(await reader.upTo(1, 1)).toBe(false)
    await tellAll(journal, reader)
    expect(await waiting).toBe(true)
    expect(await reader.upTo(10, 30_000)).toBe(true)
    expect(await reader.upTo(11, 1)).toBe(false)
  })

  test('forgets what retention has taken', async () => {
    const folder = temporaryFolder()
    const journal = await writer(folder)
    await appendSome(journal, 0, 300)
    const { reader } = openReader(folder)
    await tellAll(journal, reader)
    await journal.prune(t0 + 1_000, 201)
    expect(journal.first).toBeGreaterThan(1)
    await append(journal, { kind: 'tick', hearing: true })
    await tellAll(journal, reader)
    expect(reader.first).toBe(journal.first)
    expect(await readAll(reader)).toEqual(await readAll(journal))
  })

  test('says so when it is another journal, and goes on with none of it', async () => {
    const folder = temporaryFolder()
    const journal = await writer(folder)
    await appendSome(journal, 0, 5)
    const { reader } = openReader(folder)
    await tellAll(journal, reader)
    reader.reached({ first: 1, head: 2 })
    expect(reader.readiness()).toMatchObject({ ready: false, detail: expect.stringMatching(/another one/) })
    expect(reader.head).toBe(5)
  })

  test('told of more than there is, it says so, and reads on when the writer speaks again', async () => {
    const folder = temporaryFolder()
    const journal = await writer(folder)
    await appendSome(journal, 0, 5)
    const { reader } = openReader(folder)
    reader.reached({ first: 1, head: 9 })
    await until(() => !reader.readiness().ready && reader.readiness().detail.includes('ends before position 9'))
    await appendSome(journal, 5, 4)
    await tellAll(journal, reader)
    expect(reader.readiness()).toMatchObject({ ready: true })
  })
})
