import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { append, openJournal, readAll, reading, t0 } from '../testing/journal.ts'
import { JournalDamagedError } from './damage.ts'

const segmentFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.journal'))
    .sort()
    .map((name) => join(folder, name))

/** A journal of `count` readings, closed; `ends[n]` is where entry n+1 ends in the only segment. */
const closedJournal = async (count: number, segmentBytes = 1e6) => {
  const folder = temporaryFolder()
  const journal = await openJournal({ folder, segmentBytes })
  const ends: number[] = []
  for (let number = 1; number <= count; number += 1) {
    await append(journal, reading('d', t0 + number, number))
    ends.push(statSync(segmentFiles(folder).at(-1) as string).size)
  }
  await journal.stop()
  return { folder, ends }
}

const cutAt = async (folder: string, bytes: number, tail: Buffer) => {
  const copy = temporaryFolder()
  cpSync(folder, copy, { recursive: true })
  const file = segmentFiles(copy).at(-1) as string
  truncateSync(file, bytes)
  if (tail.length > 0) writeFileSync(file, Buffer.concat([readFileSync(file), tail]))
  const logged: string[] = []
  const journal = await openJournal({ folder: copy, log: (_level, event) => void logged.push(event) })
  return { journal, logged }
}

describe('a torn last record', () => {
  test('is cut off wherever it tore, and the next append takes its place', async () => {
    const { folder, ends } = await closedJournal(3)
    const [, secondEnd = 0, thirdEnd = 0] = ends
    for (let bytes = secondEnd; bytes < thirdEnd; bytes += 1) {
      const { journal, logged } = await cutAt(folder, bytes, Buffer.alloc(0))
      expect(journal.head).toBe(2)
      expect(logged.includes('journal.tornTailCut')).toBe(bytes > secondEnd)
      expect(journal.hasReading('m', 'd', t0 + 3, 3)).toBe(false)
      expect((await append(journal, reading('d', t0 + 9, 9))).position).toBe(3)
      await journal.stop()
      await journal.start()
      expect((await readAll(journal)).map((entry) => (entry.kind === 'reading' ? entry.reading.seq : null))).toEqual([
        1, 2, 9,
      ])
      await journal.stop()
    }
  })

  const tails = [
    { name: 'zeros with something behind them', tail: Buffer.concat([Buffer.alloc(4_096), Buffer.from('x')]) },
    { name: 'a length without end', tail: Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5]) },
    { name: 'text', tail: Buffer.from('{"at":1}'.repeat(40)) },
  ]
  test.for(tails)('is cut off when it is $name', async ({ tail }) => {
    const { folder, ends } = await closedJournal(3)
    const { journal, logged } = await cutAt(folder, ends[2] as number, tail)
    expect(journal.head).toBe(3)
    expect(logged).toContain('journal.tornTailCut')
    expect((await append(journal, reading('d', t0 + 9, 9))).position).toBe(4)
  })

  test('is none when it is zeros: room that was made ahead, or what a file system leaves after a power cut', async () => {
    const { folder, ends } = await closedJournal(3)
    const { journal, logged } = await cutAt(folder, ends[2] as number, Buffer.alloc(4_096))
    expect(journal.head).toBe(3)
    expect(logged).not.toContain('journal.tornTailCut')
    expect((await append(journal, reading('d', t0 + 9, 9))).position).toBe(4)
  })

  test('takes what was written after it along: it was one unacknowledged write', async () => {
    const { folder, ends } = await closedJournal(3)
    const file = segmentFiles(folder)[0] as string
    const bytes = readFileSync(file)
    bytes[(ends[0] as number) + 20] = (bytes[(ends[0] as number) + 20] as number) ^ 1
    writeFileSync(file, bytes)
    const journal = await openJournal({ folder })
    expect(journal.head).toBe(1)
  })
})

describe('an interrupted change of segments', () => {
  test.for([0, 3, 8])('leaves an empty file of %i bytes, which is no harm', async (bytes) => {
    const { folder } = await closedJournal(3)
    writeFileSync(join(folder, `${'4'.padStart(16, '0')}.journal`), Buffer.alloc(bytes))
    const journal = await openJournal({ folder })
    expect((await append(journal, reading('d', t0 + 4, 4))).position).toBe(4)
    expect(await readAll(journal)).toHaveLength(4)
  })

  test('keeps its place when everything before it was deleted', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, `${'777'.padStart(16, '0')}.journal`), '')
    const journal = await openJournal({ folder })
    expect(journal.head).toBe(776)
    expect((await append(journal, reading('d', t0, 1))).position).toBe(777)
  })
})

describe('a sealed segment', () => {
  test.for(['missing', 'cut short', 'of another version', 'overwritten'])(
    'whose index is %s gets it anew',
    async (damage) => {
      const { folder } = await closedJournal(30, 300)
      for (const name of readdirSync(folder)) {
        if (!name.endsWith('.index')) continue
        const path = join(folder, name)
        if (damage === 'missing') rmSync(path)
        if (damage === 'cut short') truncateSync(path, 40)
        if (damage === 'of another version')
          writeFileSync(path, `FANIDX9\n${readFileSync(path, 'latin1').slice(8)}`, 'latin1')
        if (damage === 'overwritten') writeFileSync(path, Buffer.alloc(500))
      }
      const journal = await openJournal({ folder, segmentBytes: 300 })
      expect(await readAll(journal)).toHaveLength(30)
      expect(await journal.readings('m', 'd', { from: t0, to: t0 + 100, limit: 100 })).toHaveLength(30)
      expect(journal.hasReading('m', 'd', t0 + 1, 1)).toBe(true)
    },
  )

  test('that is damaged and has no index stops the start, and the error names file, byte and position', async () => {
    const { folder } = await closedJournal(30, 300)
    const [file] = segmentFiles(folder) as [string]
    const bytes = readFileSync(file)
    bytes[60] = (bytes[60] as number) ^ 1
    writeFileSync(file, bytes)
    rmSync(file.replace('.journal', '.index'))
    await expect(openJournal({ folder })).rejects.toThrow(JournalDamagedError)
    await expect(openJournal({ folder })).rejects.toThrow(
      /0000000000000001\.journal: the frame at byte 8 \(position 1\) is damaged/,
    )
  })

  test('that was damaged later is reported by whoever reads it, and does not hide the rest', async () => {
    const { folder } = await closedJournal(30, 300)
    const [file] = segmentFiles(folder) as [string]
    const bytes = readFileSync(file)
    bytes[60] = (bytes[60] as number) ^ 1
    writeFileSync(file, bytes)
    const journal = await openJournal({ folder })
    await expect(journal.read(1, 10)).rejects.toThrow(/byte 8 \(position 1\) is corrupt/)
    expect((await journal.read(29, 10)).map(({ position }) => position)).toEqual([29, 30])
    expect((await append(journal, reading('d', t0 + 31, 31))).position).toBe(31)
  })

  test('that is gone is missed', async () => {
    const { folder } = await closedJournal(30, 300)
    const [first, second] = segmentFiles(folder) as [string, string]
    const next = Number(/(\d+)\.journal/.exec(second)?.[1])
    rmSync(second)
    await expect(openJournal({ folder })).rejects.toThrow(`positions ${next} to`)
    rmSync(first)
    expect((await openJournal({ folder })).first).toBeGreaterThan(next)
  })

  test('of a foreign format is not touched', async () => {
    const { folder } = await closedJournal(3)
    const [file] = segmentFiles(folder) as [string]
    copyFileSync(import.meta.filename, file)
    const before = readFileSync(file)
    await expect(openJournal({ folder })).rejects.toThrow('not a journal segment')
    expect(readFileSync(file).equals(before)).toBe(true)
  })
})
