import type { Instant, JournalEntry, JournalRecord, Log } from '@fanari/contracts'
import type { CommitStats } from './commit-stats.ts'
import type { AppendFile, OpenAppendFile } from './file.ts'
import { createFrameWriter, type FrameWriter } from './frame.ts'
import type { JournalDevice, LatestAt } from './latest-at.ts'
import { createRoomAhead, type RoomAheadOptions } from './room-ahead.ts'
import { createSegmentFile, emptySegment, type GrowingSegment, type Segment } from './segments.ts'

/** Told once an entry is durable (`error` null), or once it is certain that it will not be. */
export type Committed = (error: Error | null, entry: JournalEntry | null) => void

/** Entries that are written and synced together. */
interface Batch {
  readonly segment: GrowingSegment
  /** Where it begins in the segment's file [bytes]. */
  readonly offset: number
  readonly writer: FrameWriter
  readonly entries: JournalEntry[]
  readonly waiting: { committed: Committed; entry: JournalEntry | null }[]
}

export interface Appender {
  /** Position of the last durable entry. */
  readonly head: number
  /** The disk's last refusal, until a write works again. */
  readonly failure: Error | null
  append(record: JournalRecord, committed?: Committed, received?: Uint8Array): void
  barrier(committed: (error: Error | null) => void): void
  /** Commits what is pending and closes the file. */
  close(): Promise<void>
}

/** A writer that grew beyond this is not kept for the next batch [bytes]. */
const spareWriterBytes = 1024 * 1024

/**
 * Group commit. While one batch is being written and synced, the next gathers: there is no timer, an idle journal commits at once and a
 * busy one commits more at a time.
 *
 * A failed write or sync fails everything appended up to then, in order; the file is cut back to its last durable byte before
 * anything else is written. So an entry is durable exactly when all before it are.
 */
export const createAppender = (options: {
  folder: string
  /** All segments, oldest first; the last is the one to append to. New ones are added here. */
  segments: Segment[]
  growing: GrowingSegment
  file: AppendFile
  latest: LatestAt
  segmentBytes: number
  maxBatchBytes: number
  roomAhead: RoomAheadOptions
  openFile: OpenAppendFile
  now: () => Instant
  onCommitted: (entries: readonly JournalEntry[]) => void
  onSealed: (segment: GrowingSegment) => void
  stats: CommitStats
  log: Log
}): Appender => {
  const { folder, segments, latest, segmentBytes, maxBatchBytes, openFile, now, onCommitted, onSealed, stats, log } =
    options
  const { bytes: roomBytes, afterBytes } = options.roomAhead
  const activate = (segment: GrowingSegment, file: AppendFile) => {
    const { path, bytes: end } = segment
    return { segment, file, room: createRoomAhead({ file, path, end, limit: segmentBytes, roomBytes, log }) }
  }
  /** The segment whose file is open: its `bytes` and `count` are what is durable. */
  let active = activate(options.growing, options.file)
  let bytesSinceOpened = 0
  /** The segment the next entry goes to; its file may have to be created first. */
  let tail = active.segment
  let tailBytes = tail.bytes
  let head = tail.firstPosition + tail.count - 1
  let tailPosition = head
  let lastReceivedAt = tail.index.lastReceivedAt

  const pending: Batch[] = []
  let inFlight: Batch | null = null
  let spareWriter: FrameWriter | null = null
  let committing: Promise<void> | null = null
  let failure: Error | null = null
  let cutBack = true

  const gathering = (): Batch => {
    const last = pending.at(-1)
    const full = tailBytes >= segmentBytes
    if (last !== undefined && last !== inFlight && !full && last.writer.length < maxBatchBytes) return last
    if (full) {
      tail = emptySegment(folder, tailPosition + 1)
      tailBytes = tail.bytes
      segments.push(tail)
    }
    const writer = spareWriter ?? createFrameWriter()
    spareWriter = null
    const batch: Batch = { segment: tail, offset: tailBytes, writer, entries: [], waiting: [] }
    pending.push(batch)
    // Not before the turn of the event loop is over: the messages that arrived with this one belong to the same batch.
    committing ??= new Promise((resolve) => setImmediate(() => resolve(commitPending())))
    return batch
  }

  const append: Appender['append'] = (record, committed, received) => {
    const batch = gathering()
    const receivedAt = Math.max(now(), lastReceivedAt)
    const device = deviceOf(record, latest)
    let bytes: number
    try {
      bytes = batch.writer.write(record, device.keyBytes, receivedAt, received)
    } catch (error) {
      committed?.(error as Error, null)
      return
    }
    lastReceivedAt = receivedAt
    tailPosition += 1
    const position = tailPosition
    const entry: JournalEntry = { ...record, position, receivedAt }
    const { kind } = record
    let at = Number.NaN
    let seq = Number.NaN
    if (kind === 'reading') {
      at = record.reading.at
      seq = record.reading.seq ?? Number.NaN
      if (at > device.latestAt) device.latestAt = at
    }
    tail.index.add({ kind, key: device.key, receivedAt, at, seq, position, offset: tailBytes })
    tailBytes += bytes
    batch.entries.push(entry)
    if (committed !== undefined) batch.waiting.push({ committed, entry })
  }

  const commitPending = async (): Promise<void> => {
    for (let batch = pending[0]; batch !== undefined; batch = pending[0]) {
      inFlight = batch
      const startedAt = performance.now()
      try {
        if (!cutBack) await cutBackToDurable()
        if (batch.segment !== active.segment) await roll(batch.segment)
        await active.room.reach(batch.offset + batch.writer.length)
        await active.file.write(batch.writer.bytes(), batch.offset)
      } catch (error) {
        await failPending(error as Error)
        continue
      }
      pending.shift()
      inFlight = null
      stats.committed(performance.now() - startedAt, batch.entries.length)
      settle(batch)
    }
    committing = null
  }

  const settle = ({ segment, offset, writer, entries, waiting }: Batch): void => {
    segment.bytes = offset + writer.length
    segment.count += entries.length
    head += entries.length
    bytesSinceOpened += writer.length
    if (bytesSinceOpened >= afterBytes) active.room.extend(segment.bytes)
    if (failure !== null) {
      log('info', 'journal.writingAgain', { head })
      failure = null
    }
    if (writer.length <= spareWriterBytes) {
      writer.clear()
      spareWriter = writer
    }
    if (entries.length > 0) onCommitted(entries)
    for (const { committed, entry } of waiting) tell(committed, null, entry)
  }

  const failPending = async (cause: Error): Promise<void> => {
    stats.failed()
    if (failure === null) log('error', 'journal.writeFailed', { error: cause.message, head })
    failure = new Error(`the journal cannot be written: ${cause.message}`, { cause })
    cutBack = false
    await cutBackToDurable().catch((error: Error) => log('error', 'journal.cutBackFailed', { error: error.message }))

    const failed = pending.splice(0)
    inFlight = null
    tail = active.segment
    tailBytes = tail.bytes
    tailPosition = head
    segments.length = segments.indexOf(tail) + 1
    tail.index.keepOnly(
      tail.count,
      tail.bytes,
      new Set(failed.flatMap(({ entries }) => entries.map((entry) => deviceOf(entry, latest).key))),
    )
    for (const { waiting } of failed) for (const { committed } of waiting) tell(committed, failure, null)
  }

  /** After a failed write nobody knows what is in the file beyond the last durable byte; it must not be found there later. */
  const cutBackToDurable = async (): Promise<void> => {
    await active.room.cutTo(active.segment.bytes)
    await active.file.datasync()
    cutBack = true
  }

  const roll = async (segment: GrowingSegment): Promise<void> => {
    const previous = active
    // A segment with another behind it has nothing after its last entry.
    await previous.room.giveBack(previous.segment.bytes)
    active = activate(segment, await createSegmentFile(folder, segment, openFile))
    onSealed(previous.segment)
    await previous.file.close().catch((error: Error) => log('warn', 'journal.closeFailed', { error: error.message }))
  }

  const tell = (committed: Committed, error: Error | null, entry: JournalEntry | null): void => {
    try {
      committed(error, entry)
    } catch (thrown) {
      log('error', 'journal.callbackThrew', { error: (thrown as Error).message })
    }
  }

  return {
    get head() {
      return head
    },
    get failure() {
      return failure
    },
    append,
    barrier(committed) {
      const last = pending.at(-1)
      if (last === undefined) committed(null)
      else last.waiting.push({ committed, entry: null })
    },
    async close() {
      await committing
      const { room, segment, file } = active
      await room
        .giveBack(segment.bytes)
        .catch((error: Error) => log('warn', 'journal.cutBackFailed', { error: error.message }))
      await file.close()
    },
  }
}

/** Whose record it is; what belongs to no device is kept under its municipality, or under none. */
const deviceOf = (record: JournalRecord, latest: LatestAt): JournalDevice => {
  switch (record.kind) {
    case 'reading':
    case 'status':
    case 'event':
    case 'result':
      return latest.obtain(record.municipality, record.device)
    case 'quarantine':
    case 'assets':
    case 'maintenance':
      return latest.obtain(record.municipality, '')
    case 'municipality':
      return latest.obtain(record.municipality.id, '')
    case 'tick':
    case 'platform':
      return latest.obtain('', '')
  }
}
