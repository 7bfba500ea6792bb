import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JournalEntry, Log, MetricsSource, Readiness } from '@fanari/contracts'
import { JournalDamagedError } from './damage.ts'
import { openFrameReader } from './frame-reader.ts'
import { createHistory, type History } from './history.ts'
import { createIndexFiles } from './index-file.ts'
import type { Journal } from './journal.ts'
import {
  emptySegment,
  expectContinuity,
  firstPositionOf,
  type GrowingSegment,
  indexPath,
  openSealed,
  type Segment,
  scanIntoMemory,
  segmentPath,
} from './segments.ts'

/** How far a journal reaches: what its writer has made durable, and what retention has left. */
export interface JournalExtent {
  /** Position of the first entry. */
  first: number
  /** Position of the last durable entry; 0 when there is none. */
  head: number
}

/**
 * The journal as another process reads it while its writer appends. Files alone do not say what is durable: a write under way may be seen
 * and taken back. So nothing is read beyond what the writer has told by `reached`.
 */
export interface JournalReader extends Omit<History, 'has'>, Pick<Journal, 'head' | 'first' | 'onCommitted'> {
  /** The writer says how far the journal reaches; never less than it said before. */
  reached(extent: JournalExtent): void
  /** Resolves once it has been told for the first time, and has opened what is there. */
  opened(): Promise<void>
  /** Resolves once everything up to `position` was read; `false` when it was not within `withinMs` of wall time. */
  upTo(position: number, withinMs: number): Promise<boolean>
  /** Resolves when nothing is being read any more. */
  stop(): Promise<void>
  readiness(): Readiness
  metrics: MetricsSource
}

/** Entries decoded before others may run. */
const entriesAtATime = 500
const windowBytes = 256 * 1024

export const createJournalReader = (options: { folder: string; log: Log }): JournalReader => {
  const { folder, log } = options
  const indexFiles = createIndexFiles({ directories: 64, rows: 8 })
  const listeners = new Set<(entries: readonly JournalEntry[]) => void>()
  /** Looks again whether what somebody waits for was read. */
  const waiting = new Set<() => void>()
  const segments: Segment[] = []
  const { read, readings, quarantine } = createHistory(segments)
  const opened = Promise.withResolvers<void>()
  // Whoever waits for it is told; nobody has to.
  opened.promise.catch(() => {})
  /** The segment that is being read on; `null` until the journal is open, and while it has no entry. */
  let tail: GrowingSegment | null = null
  let head = 0
  let isOpen = false
  let told: JournalExtent | null = null
  let failure: Error | null = null
  let reading: Promise<void> | null = null
  let stopped = false

  const open = async (extent: JournalExtent): Promise<void> => {
    const paths = (await readdir(folder))
      .filter((name) => /^\d{16}\.journal$/.test(name))
      .sort()
      .map((name) => join(folder, name))
      .filter((path) => firstPositionOf(path) <= extent.head)
    const found: Segment[] = []
    for (const [i, path] of paths.entries()) {
      const firstPosition = firstPositionOf(path)
      expectContinuity(found.at(-1), firstPosition, path)
      const next = paths[i + 1]
      if (next !== undefined) {
        const indexed = openSealed(path, (await stat(path)).size, indexFiles)
        if (indexed !== null) {
          found.push(indexed)
          continue
        }
      }
      const count = (next === undefined ? extent.head + 1 : firstPositionOf(next)) - firstPosition
      const { segment } = await scanIntoMemory(path, { entriesAtMost: count })
      if (segment.count < count) throw new JournalDamagedError(`${path} ends before position ${extent.head}`)
      found.push(segment)
      tail = segment
    }
    segments.splice(0, segments.length, ...found)
    head = extent.head
    isOpen = true
    for (const look of waiting) look()
    log('info', 'journal.read', { folder, segments: segments.length, head })
    opened.resolve()
  }

  /** Reads on in the segment, or finds the next one where it ends. */
  const readOn = async (upTo: number): Promise<readonly JournalEntry[]> => {
    if (tail === null || (await stat(tail.path)).size <= tail.bytes) {
      const path = segmentPath(folder, head + 1)
      await stat(path)
      moveIntoFile()
      tail = emptySegment(folder, head + 1)
      segments.push(tail)
    }
    const segment = tail
    const reader = openFrameReader(segment.path, windowBytes)
    if (reader === null) throw new JournalDamagedError(`${segment.path} is gone`)
    const entries: JournalEntry[] = []
    try {
      const { size } = await stat(segment.path)
      while (entries.length < entriesAtATime && segment.bytes < size && head + entries.length < upTo) {
        const position = head + entries.length + 1
        const { header, entry } = reader.frame(segment.bytes, position)
        segment.index.add({ ...header, position, offset: segment.bytes })
        segment.bytes += header.bytes
        segment.count += 1
        entries.push(entry)
      }
    } finally {
      reader.close()
    }
    return entries
  }

  /** A segment's index leaves memory once the writer has put it into a file; the last one but one may have to wait for the next. */
  const moveIntoFile = (): void => {
    for (const [place, segment] of segments.entries()) {
      if (segment.sealed) continue
      const sealed = openSealed(segment.path, segment.bytes, indexFiles)
      if (sealed !== null && sealed.count === segment.count) segments[place] = sealed
    }
  }

  const forgetBefore = (first: number): void => {
    for (let oldest = segments[0]; oldest !== undefined && oldest !== tail; oldest = segments[0]) {
      if (oldest.firstPosition + oldest.count > first) return
      segments.shift()
      indexFiles.forget(indexPath(oldest.path))
    }
  }

  const catchUp = async (): Promise<void> => {
    while (told !== null && !stopped) {
      if (!isOpen) await open(told)
      forgetBefore(told.first)
      if (head >= told.head) return
      const entries = await readOn(told.head)
      head += entries.length
      for (const listener of listeners) listener(entries)
      for (const look of waiting) look()
      await nextTurn()
    }
  }

  const run = (): void => {
    reading ??= catchUp()
      .then(
        () => {
          failure = null
        },
        (error: unknown) => {
          failure = error instanceof Error ? error : new Error(String(error))
          log('error', 'journal.readFailed', { error: failure.message, head })
        },
      )
      .finally(() => {
        reading = null
        // What was told meanwhile; after a failure the next word from the writer is the next attempt.
        if (failure === null && !stopped && isOpen && told !== null && head < told.head) run()
      })
  }

  return {
    get head() {
      return head
    },
    get first() {
      return segments[0]?.firstPosition ?? 1
    },
    read,
    readings,
    quarantine,
    onCommitted(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    reached(extent) {
      if (told !== null && extent.head < told.head) {
        failure = new Error(`the journal ends at ${extent.head}, but had ended at ${told.head}: it is another one`)
        log('error', 'journal.wentBack', { head: extent.head, before: told.head })
        return
      }
      told = extent
      run()
    },
    opened: () => opened.promise,
    upTo: (position, withinMs) =>
      new Promise((resolve) => {
        const settle = (isRead: boolean): void => {
          waiting.delete(look)
          clearTimeout(timer)
          resolve(isRead)
        }
        const look = (): void => {
          if (head >= position) settle(true)
        }
        const timer = setTimeout(() => settle(false), withinMs)
        waiting.add(look)
        look()
      }),
    async stop() {
      stopped = true
      await reading
      opened.reject(new Error('the reading of the journal was stopped'))
    },
    readiness() {
      if (failure !== null) return { ready: false, detail: failure.message }
      return isOpen
        ? { ready: true, detail: `read up to ${head}` }
        : { ready: false, detail: 'the journal is not known yet' }
    },
    metrics: () => [
      {
        name: 'fanari_journal_read_head',
        help: 'Position up to which the journal was read',
        type: 'gauge',
        values: [{ value: head }],
      },
    ],
  }
}
