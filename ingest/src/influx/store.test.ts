import { copyFileSync, mkdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { createInfluxStore } from './store.ts'

const open = (folder: string) => {
  const store = createInfluxStore({ folder })
  store.start()
  onTestFinished(() => store.stop())
  return store
}
const wal = (folder: string): string => join(folder, 'influx.sqlite-wal')

/** The folder after a power cut: of the write-ahead log the disk has what was synced, its first `bytes`. */
const afterPowerCut = (folder: string, bytes: number): string => {
  const copy = temporaryFolder()
  mkdirSync(copy, { recursive: true })
  copyFileSync(join(folder, 'influx.sqlite'), join(copy, 'influx.sqlite'))
  copyFileSync(wal(folder), wal(copy))
  truncateSync(wal(copy), bytes)
  return copy
}

describe('the cursor of the journal', () => {
  test('is never taken back by a power cut to before what the journal was told it may forget', () => {
    const folder = temporaryFolder()
    const store = open(folder)
    let synced = statSync(wal(folder)).size
    for (let to = 10; to <= 300; to += 10) {
      const isDurable = to % 70 === 0
      store.advance('journal', to, [{ municipality: 'town', hour: to * 3_600_000 }], isDurable)
      if (isDurable) synced = statSync(wal(folder)).size
      expect(store.cursor('journal')).toBe(to)
      expect(store.durableCursor('journal')).toBe(to - (to % 70))
      const after = createInfluxStore({ folder: afterPowerCut(folder, synced) })
      after.start()
      expect(after.cursor('journal')).toBe(to - (to % 70))
      expect(after.staleHours().at(-1)?.hour ?? 0).toBe(after.cursor('journal') * 3_600_000)
      after.stop()
    }
  })

  test('is made durable by whatever else waits for the disk, and by a start', () => {
    const folder = temporaryFolder()
    const store = open(folder)
    store.advance('journal', 5)
    expect(store.durableCursor('journal')).toBe(0)
    store.spool([{ policy: 'raw', text: 'a b=1 1' }])
    expect(store.durableCursor('journal')).toBe(5)
    store.advance('journal', 9)
    store.stop()
    store.start()
    expect(store.durableCursor('journal')).toBe(9)
  })
})
