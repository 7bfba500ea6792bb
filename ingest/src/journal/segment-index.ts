import type { JournalRecord } from '@fanari/contracts'
import { dropRowsFrom, emptyRows, insertRow, noSeq, type Rows } from './rows.ts'

/** Every so many entries the index notes the offset, so that reading from a position skips at most as many. */
export const entriesPerMark = 1_024

/** Finds a segment's entries without scanning it: in memory while the segment grows, in a file once it is sealed. */
export interface SegmentIndex {
  /** Earliest and latest `at` of its readings [ms]; +∞ and −∞ when it has none. */
  readonly minAt: number
  readonly maxAt: number
  /** `receivedAt` of its last entry [ms]; −∞ when it is empty. */
  readonly lastReceivedAt: number
  /** Readings of `municipality/device`; under `municipality/` its quarantine, with `receivedAt` as `at` and the position as `seq`. */
  rows(key: string): Rows
  /** File offset of the entry with the ordinal `mark × entriesPerMark`. */
  markOffset(mark: number): number
}

interface IndexedFrame {
  kind: JournalRecord['kind']
  key: string
  receivedAt: number
  at: number
  /** NaN when there is none. */
  seq: number
  position: number
  offset: number
}

export interface GrowingIndex extends SegmentIndex {
  readonly marks: readonly number[]
  entries(): Iterable<[key: string, rows: Rows]>
  add(frame: IndexedFrame): void
  /** Forgets a failed write: all but the first `count` entries, which end at `offset`; `keys` are those it touched. */
  keepOnly(count: number, offset: number, keys: Iterable<string>): void
}

const none: Rows = emptyRows()

export const createGrowingIndex = (): GrowingIndex => {
  const byKey = new Map<string, Rows>()
  const marks: number[] = []
  let count = 0
  let minAt = Number.POSITIVE_INFINITY
  let maxAt = Number.NEGATIVE_INFINITY
  let lastReceivedAt = Number.NEGATIVE_INFINITY

  const rowsToFill = (key: string): Rows => {
    let rows = byKey.get(key)
    if (rows === undefined) {
      rows = emptyRows()
      byKey.set(key, rows)
    }
    return rows
  }

  return {
    get minAt() {
      return minAt
    },
    get maxAt() {
      return maxAt
    },
    get lastReceivedAt() {
      return lastReceivedAt
    },
    marks,
    rows: (key) => byKey.get(key) ?? none,
    markOffset: (mark) => marks[mark] as number,
    entries: () => byKey.entries(),
    add({ kind, key, receivedAt, at, seq, position, offset }) {
      if (count % entriesPerMark === 0) marks.push(offset)
      count += 1
      lastReceivedAt = receivedAt
      if (kind === 'reading') {
        insertRow(rowsToFill(key), at, Number.isNaN(seq) ? noSeq : seq, offset)
        if (at < minAt) minAt = at
        if (at > maxAt) maxAt = at
      } else if (kind === 'quarantine') {
        insertRow(rowsToFill(key), receivedAt, position, offset)
      }
    },
    keepOnly(keptCount, offset, keys) {
      count = keptCount
      // minAt and maxAt stay: too wide a span only makes a search look here in vain.
      for (const key of keys) {
        const rows = byKey.get(key)
        if (rows !== undefined) dropRowsFrom(rows, offset)
      }
      while ((marks.at(-1) ?? -1) >= offset) marks.pop()
    },
  }
}
