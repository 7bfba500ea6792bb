import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  futureLimitMs,
  type Instant,
  type JournalEntry,
  type QuarantineItem,
  type ReceivedReading,
  toIso,
} from '@fanari/contracts'
import { type FrameReader, openFrameReader } from './frame-reader.ts'
import { hasRow, lowerBound, type Rows } from './rows.ts'
import { entriesPerMark } from './segment-index.ts'
import type { Segment } from './segments.ts'

/** What was received, as far as it is durable. */
export interface History {
  /** Up to `limit` entries in order, beginning with `from` (or the first one kept); empty only beyond the end. */
  read(from: number, limit: number): Promise<JournalEntry[]>
  /** Readings of a device with `from` ≤ `at` < `to`, oldest first; of the same `at` by `seq`. */
  readings(
    municipality: string,
    device: string,
    range: { from: Instant; to: Instant; limit: number },
  ): Promise<ReceivedReading[]>
  /** Newest first; `before` is the `next` of the page before. */
  quarantine(
    municipality: string,
    page: { limit: number; before?: number },
  ): Promise<{ items: QuarantineItem[]; next: number | null }>
  /** Whether such a reading was appended, durable or not yet. `seq` is `noSeq` when it has none. */
  has(key: string, at: Instant, seq: number): boolean
}

/** One call of `read` decodes at most so much, however large the entries are [bytes]. */
const readBytesAtMost = 4 * 1024 * 1024
const sequentialWindowBytesAtMost = 256 * 1024
/** Of an entry, roughly: a window need not hold much more than what is asked for [bytes]. */
const usualEntryBytes = 256
/** So many readers that go on from where they were are remembered. */
const placesKept = 8
const scatteredWindowBytes = 16 * 1024

/** A query lets others run after so much work [ms]. */
const workAtATimeMs = 3

/** @param segments all segments, oldest first; the list changes while the journal grows and is pruned. */
export const createHistory = (segments: readonly Segment[]): History => {
  const segmentOf = (position: number): Segment | undefined =>
    segments.find(({ firstPosition, count }) => position < firstPosition + count)

  /** Where a read ended, by the position that comes next: the index knows the place of one entry in a thousand only. */
  const placesToGoOn = new Map<number, { path: string; offset: number }>()
  const rememberPlace = (position: number, path: string, offset: number): void => {
    placesToGoOn.set(position, { path, offset })
    const [oldest] = placesToGoOn.keys()
    if (placesToGoOn.size > placesKept && oldest !== undefined) placesToGoOn.delete(oldest)
  }
  /** The nearest entry not behind `first` whose place in the segment is known. */
  const placeBefore = (segment: Segment, first: number): { position: number; offset: number } => {
    const known = placesToGoOn.get(first)
    placesToGoOn.delete(first)
    if (known?.path === segment.path) return { position: first, offset: known.offset }
    const mark = Math.floor((first - segment.firstPosition) / entriesPerMark)
    return { position: segment.firstPosition + mark * entriesPerMark, offset: segment.index.markOffset(mark) }
  }

  return {
    async read(from, limit) {
      const segment = segmentOf(from)
      if (segment === undefined) return []
      const first = Math.max(from, segment.firstPosition)
      const end = segment.firstPosition + segment.count
      let { position, offset } = placeBefore(segment, first)
      const windowBytes = Math.max(scatteredWindowBytes, Math.min(sequentialWindowBytesAtMost, limit * usualEntryBytes))
      const breathe = createBreather()
      const entries: JournalEntry[] = []
      await usingReaders(windowBytes, async (readerOf) => {
        const reader = readerOf(segment)
        if (reader === null) return
        for (; position < first; position += 1) offset += reader.skip(offset)
        const stopAt = offset + readBytesAtMost
        for (; position < end && entries.length < limit && offset < stopAt; position += 1) {
          entries.push(reader.entry(offset, position))
          offset += reader.skip(offset)
          if (breathe.isDue()) await breathe.now()
        }
        rememberPlace(position, segment.path, offset)
      })
      return entries
    },

    async readings(municipality, device, { from, to, limit }) {
      const key = `${municipality}/${device}`
      const candidates = segments
        .filter(({ index }) => index.minAt < to && index.maxAt >= from)
        .sort((a, b) => a.index.minAt - b.index.minAt)
      const breathe = createBreather()
      let found: Place[] = []
      for (const segment of candidates) {
        const last = found.length >= limit ? found.at(-1) : undefined
        if (last !== undefined && segment.index.minAt > last.at) break
        found = merge(found, placesIn(segment, segment.index.rows(key), from, to, limit), limit)
        if (breathe.isDue()) await breathe.now()
      }

      const readings: ReceivedReading[] = []
      await usingReaders(scatteredWindowBytes, async (readerOf) => {
        for (const { segment, offset } of found) {
          const entry = readerOf(segment)?.entry(offset, 0)
          if (entry?.kind === 'reading') {
            readings.push({ ...entry.reading, at: toIso(entry.reading.at), receivedAt: toIso(entry.receivedAt) })
          }
          if (breathe.isDue()) await breathe.now()
        }
      })
      return readings
    },

    async quarantine(municipality, { limit, before = Number.POSITIVE_INFINITY }) {
      const items: QuarantineItem[] = []
      let next: number | null = null
      const breathe = createBreather()
      await usingReaders(scatteredWindowBytes, async (readerOf) => {
        let oldest: number | null = null
        for (const segment of segments.toReversed()) {
          if (segment.firstPosition >= before) continue
          const rows = segment.index.rows(`${municipality}/`)
          for (let row = rows.at.length - 1; row >= 0; row -= 1) {
            const position = rows.seq[row] as number
            const offset = rows.offset[row] as number
            if (position >= before || offset >= segment.bytes) continue
            if (items.length === limit) {
              next = oldest
              return
            }
            const entry = readerOf(segment)?.entry(offset, position)
            if (entry?.kind === 'quarantine') {
              const { topic, reason, payload, receivedAt } = entry
              items.push({ topic, reason, payload, receivedAt: toIso(receivedAt) })
              oldest = position
            }
            if (breathe.isDue()) await breathe.now()
          }
        }
      })
      return { items, next }
    },

    has(key, at, seq) {
      for (let place = segments.length - 1; place >= 0; place -= 1) {
        const { index } = segments[place] as Segment
        const { lastReceivedAt } = index
        // No reading is taken before its time but for the tolerance, so that earlier segments cannot hold it.
        if (lastReceivedAt > Number.NEGATIVE_INFINITY && lastReceivedAt + futureLimitMs < at) return false
        if (at >= index.minAt && at <= index.maxAt && hasRow(index.rows(key), at, seq)) return true
      }
      return false
    },
  }
}

/** Where a reading lies. */
interface Place {
  at: number
  seq: number
  segment: Segment
  offset: number
}

const placesIn = (segment: Segment, rows: Rows, from: Instant, to: Instant, limit: number): Place[] => {
  const places: Place[] = []
  for (let row = lowerBound(rows, from); row < rows.at.length && places.length < limit; row += 1) {
    const at = rows.at[row] as number
    if (at >= to) break
    const offset = rows.offset[row] as number
    // Rows beyond the durable end belong to a commit under way.
    if (offset < segment.bytes) places.push({ at, seq: rows.seq[row] as number, segment, offset })
  }
  return places
}

const merge = (found: Place[], more: Place[], limit: number): Place[] => {
  const last = found.at(-1)
  const first = more[0]
  const merged = [...found, ...more]
  if (last !== undefined && first !== undefined && order(last, first) > 0) merged.sort(order)
  return merged.slice(0, limit)
}

const order = (a: Place, b: Place): number => a.at - b.at || a.seq - b.seq

/** Keeps a query's readers and closes them in the end. */
const usingReaders = async (
  windowBytes: number,
  use: (readerOf: (segment: Segment) => FrameReader | null) => Promise<void>,
): Promise<void> => {
  const readers = new Map<Segment, FrameReader | null>()
  try {
    await use((segment) => {
      const known = readers.get(segment)
      if (known !== undefined) return known
      const reader = openFrameReader(segment.path, windowBytes)
      readers.set(segment, reader)
      return reader
    })
  } finally {
    for (const reader of readers.values()) reader?.close()
  }
}

const createBreather = () => {
  let since = performance.now()
  return {
    isDue: () => performance.now() - since > workAtATimeMs,
    async now() {
      await nextTurn()
      since = performance.now()
    },
  }
}
