import { cpSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { append, openJournal, quiet, readAll, reading, t0 } from '../testing/journal.ts'
import { type OpenAppendFile, openAppendFile } from './file.ts'
import type { Journal } from './journal.ts'
import { createJournalReader } from './journal-reader.ts'

const roomAhead = { bytes: 2_000, afterBytes: 200 }
const segmentBytes = 5_000

const sizes = (folder: string): number[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.journal'))
    .sort()
    .map((name) => statSync(join(folder, name)).size)

const fill = async (journal: Journal, from: number, to: number): Promise<void> => {
  for (let seq = from; seq <= to; seq += 1) await append(journal, reading('d', t0 + seq, seq))
}
const seqs = async (journal: Journal) =>
  (await readAll(journal)).map((entry) => (entry.kind === 'reading' ? entry.reading.seq : entry.kind))
const oneTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1)

/** The folder as a machine that stops now would leave it. */
const asCrashed = (folder: string): string => {
  const copy = temporaryFolder()
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.includes('lock.sqlite') })
  return copy
}

describe('the room ahead', () => {
  test('is made once the journal is busy, and entries go into it, not behind it', async () => {
    const folder = temporaryFolder()
    const journal = await openJournal({ folder, segmentBytes, roomAhead })
    await fill(journal, 1, 2)
    const [quietSize = 0] = sizes(folder)
    await fill(journal, 3, 4)
    await vi.waitFor(() => expect(sizes(folder)[0]).toBeGreaterThanOrEqual(quietSize + 2_000))
    const [before] = sizes(folder)
    await fill(journal, 5, 6)
    expect(sizes(folder)).toEqual([before])
    expect(await seqs(journal)).toEqual(oneTo(6))
  })

  test('is given back by a stop and at the end of a segment', async () => {
    const folder = temporaryFolder()
    const journal = await openJournal({ folder, segmentBytes, roomAhead })
    await fill(journal, 1, 200)
    const bytes = (): number | undefined =>
      journal.metrics().find(({ name }) => name === 'fanari_journal_bytes')?.values[0]?.value
    const held = bytes()
    await journal.stop()
    expect(sizes(folder).length).toBeGreaterThan(2)
    expect(sizes(folder).reduce((sum, size) => sum + size, 0)).toBe(held)
    await journal.start()
    expect(await seqs(journal)).toEqual(oneTo(200))
  })

  test('is nothing to a start after a crash, and is told from a torn entry', async () => {
    const folder = temporaryFolder()
    const journal = await openJournal({ folder, segmentBytes, roomAhead })
    await fill(journal, 1, 130)
    const logged: string[] = []
    const log = (_level: string, event: string) => void logged.push(event)
    const after = await openJournal({ folder: asCrashed(folder), segmentBytes, roomAhead, log })
    expect(await seqs(after)).toEqual(oneTo(130))
    await fill(after, 131, 260)
    expect(await seqs(after)).toEqual(oneTo(260))
    expect(logged).not.toContain('journal.tornTailCut')
  })

  test('that a crash has left in an earlier segment is cut off, entries of it that are missing are missed', async () => {
    const folder = temporaryFolder()
    const journal = await openJournal({ folder, segmentBytes, roomAhead })
    await fill(journal, 1, 120)
    await journal.stop()
    const [first = ''] = readdirSync(folder).filter((name) => name.endsWith('.journal'))
    const path = join(folder, first)
    rmSync(path.replace('.journal', '.index'))
    const { size } = statSync(path)
    truncateSync(path, size + 700)
    await journal.start()
    expect(await seqs(journal)).toEqual(oneTo(120))
    expect(statSync(path).size).toBe(size)
    await journal.stop()

    rmSync(path.replace('.journal', '.index'))
    truncateSync(path, size - 200)
    truncateSync(path, size)
    await expect(journal.start()).rejects.toThrow()
  })

  test('that the disk refuses is done without', async () => {
    const logged: string[] = []
    const openFile: OpenAppendFile = async (path) => {
      const file = await openAppendFile(path)
      return {
        ...file,
        async write(bytes, position) {
          const isRoom = bytes.every((byte) => byte === 0)
          await file.write(isRoom ? bytes.subarray(0, 50) : bytes, position)
          if (isRoom) throw new Error('ENOSPC')
        },
      }
    }
    const folder = temporaryFolder()
    const log = (_level: string, event: string) => void logged.push(event)
    const journal = await openJournal({ folder, segmentBytes, roomAhead, openFile, log })
    await fill(journal, 1, 130)
    expect(await seqs(journal)).toEqual(oneTo(130))
    expect(journal.readiness()).toMatchObject({ ready: true })
    await journal.stop()
    await journal.start()
    expect(await seqs(journal)).toEqual(oneTo(130))
    expect(logged).toContain('journal.noRoomAhead')
    expect(logged).not.toContain('journal.tornTailCut')
  })

  test('is waited for by a write that goes beyond it: zeros on their way never land on entries', async () => {
    const arrived: { bytes: number; isRoom: boolean }[] = []
    const gate = Promise.withResolvers<void>()
    const openFile: OpenAppendFile = async (path) => {
      const file = await openAppendFile(path)
      return {
        ...file,
        async write(bytes, position) {
          const isRoom = bytes.every((byte) => byte === 0)
          if (isRoom) await gate.promise
          await file.write(bytes, position)
          arrived.push({ bytes: bytes.length, isRoom })
        },
      }
    }
    const journal = await openJournal({ folder: temporaryFolder(), segmentBytes: 50_000, roomAhead, openFile })
    await fill(journal, 1, 4)
    const more = Promise.all([5, 6, 7].map((seq) => append(journal, reading('d', t0 + seq, seq))))
    const stopped = journal.stop()
    gate.resolve()
    await more
    await stopped
    await journal.start()
    expect(await seqs(journal)).toEqual(oneTo(7))
    const room = arrived.findIndex(({ isRoom }) => isRoom)
    expect(room).toBeGreaterThan(0)
    expect(arrived.slice(room + 1).some(({ isRoom }) => !isRoom)).toBe(true)
  })

  test('is no entry to a process that reads along, from one segment to the next', async () => {
    const folder = temporaryFolder()
    const journal = await openJournal({ folder, segmentBytes, roomAhead })
    const reader = createJournalReader({ folder, log: quiet })
    for (let round = 0; round < 10; round += 1) {
      await fill(journal, round * 25 + 1, round * 25 + 25)
      reader.reached({ first: 1, head: journal.head })
      expect(await reader.upTo(journal.head, 10_000)).toBe(true)
    }
    expect(sizes(folder).length).toBeGreaterThan(2)
    const read = (await reader.read(1, 1_000)).length
    expect(read).toBeGreaterThan(0)
    expect(reader.readiness()).toMatchObject({ ready: true })
    await reader.stop()
  })
})
