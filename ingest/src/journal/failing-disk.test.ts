import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { append, openJournal, readAll, reading, t0 } from '../testing/journal.ts'
import { type OpenAppendFile, openAppendFile } from './file.ts'

type Operation = 'open' | 'write' | 'sync' | 'truncate'

/**
 * A disk on which chosen operations fail; a failing write leaves half of its bytes behind, as a full disk does, and a failing sync
 * all of them.
 */
const createDisk = () => {
  const broken = new Set<Operation>()
  const check = (operation: Operation): void => {
    if (broken.has(operation)) throw Object.assign(new Error(`EIO: ${operation}`), { code: 'EIO' })
  }
  const openFile: OpenAppendFile = async (path) => {
    check('open')
    const file = await openAppendFile(path)
    return {
      async write(bytes, position) {
        if (broken.has('write')) await file.write(bytes.subarray(0, bytes.length / 2), position)
        check('write')
        await file.write(bytes, position)
        check('sync')
      },
      async datasync() {
        check('sync')
        await file.datasync()
      },
      async truncate(length) {
        check('truncate')
        await file.truncate(length)
      },
      close: () => file.close(),
    }
  }
  return { broken, openFile }
}

const seqs = async (journal: Parameters<typeof readAll>[0]) =>
  (await readAll(journal)).map((entry) => (entry.kind === 'reading' ? entry.reading.seq : entry.kind))

describe('a disk that refuses', () => {
  const failures: { name: string; operations: Operation[] }[] = [
    { name: 'writes', operations: ['write'] },
    { name: 'syncs', operations: ['sync'] },
    { name: 'writes and cutting back', operations: ['write', 'truncate'] },
    { name: 'everything', operations: ['open', 'write', 'sync', 'truncate'] },
  ]

  test.for(failures)(
    '$name fails all that is pending, keeps none of it, and is written again when it recovers',
    async ({ operations }) => {
      const disk = createDisk()
      const folder = temporaryFolder()
      const journal = await openJournal({ folder, openFile: disk.openFile, maxBatchBytes: 100 })
      await append(journal, reading('d', t0 + 1, 1))

      for (const operation of operations) disk.broken.add(operation)
      const failed = [2, 3, 4, 5].map((seq) => append(journal, reading('d', t0 + seq, seq)))
      const barrier = new Promise<Error | null>((resolve) => journal.barrier(resolve))
      for (const one of failed) await expect(one).rejects.toThrow('the journal cannot be written: EIO')
      expect(await barrier).toBeInstanceOf(Error)
      expect(journal.readiness()).toMatchObject({ ready: false })
      expect(journal.head).toBe(1)
      expect(journal.hasReading('m', 'd', t0 + 2, 2)).toBe(false)
      await expect(append(journal, reading('d', t0 + 2, 2))).rejects.toThrow('EIO')

      disk.broken.clear()
      expect((await append(journal, reading('d', t0 + 3, 3))).position).toBe(2)
      expect(journal.readiness()).toMatchObject({ ready: true })
      expect(await seqs(journal)).toEqual([1, 3])
      expect((await journal.readings('m', 'd', { from: t0, to: t0 + 100, limit: 10 })).map(({ seq }) => seq)).toEqual([
        1, 3,
      ])

      await journal.stop()
      await journal.start()
      expect(await seqs(journal)).toEqual([1, 3])
      expect(journal.hasReading('m', 'd', t0 + 2, 2)).toBe(false)
    },
  )

  test('a duplicate that waits for its original fails with it', async () => {
    const disk = createDisk()
    const journal = await openJournal({ openFile: disk.openFile })
    disk.broken.add('sync')
    const original = append(journal, reading('d', t0, 1))
    expect(journal.hasReading('m', 'd', t0, 1)).toBe(true)
    const duplicate = new Promise<Error | null>((resolve) => journal.barrier(resolve))
    await expect(original).rejects.toThrow('EIO')
    expect(await duplicate).toBeInstanceOf(Error)
  })

  test('a new segment is asked for it again, and nothing is lost meanwhile', async () => {
    const disk = createDisk()
    const folder = temporaryFolder()
    const journal = await openJournal({ folder, openFile: disk.openFile, segmentBytes: 150 })
    for (const seq of [1, 2, 3]) await append(journal, reading('d', t0 + seq, seq))
    disk.broken.add('open')
    const failed: number[] = []
    for (const seq of [4, 5, 6, 7]) await append(journal, reading('d', t0 + seq, seq)).catch(() => failed.push(seq))
    expect(failed.length).toBeGreaterThan(0)
    disk.broken.clear()
    for (const seq of failed) await append(journal, reading('d', t0 + seq, seq))
    expect(await seqs(journal)).toEqual([1, 2, 3, 4, 5, 6, 7])
    await journal.stop()
    await journal.start()
    expect(await seqs(journal)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('keeps working for a journal that is stopped while it fails', async () => {
    const disk = createDisk()
    const journal = await openJournal({ openFile: disk.openFile })
    await append(journal, reading('d', t0 + 1, 1))
    disk.broken.add('write')
    const failed = append(journal, reading('d', t0 + 2, 2))
    await Promise.all([expect(failed).rejects.toThrow('EIO'), journal.stop()])
    disk.broken.clear()
    await journal.start()
    expect(await seqs(journal)).toEqual([1])
  })
})
