import { rm } from 'node:fs/promises'
import type {
  Instant,
  JournalCommands,
  JournalEntry,
  JournalRecord,
  Log,
  MetricsSource,
  Readiness,
} from '@fanari/contracts'
import { type Appender, type Committed, createAppender } from './appender.ts'
import { createCommitStats } from './commit-stats.ts'
import { diskSpaceMetrics } from './disk-space.ts'
import { type OpenAppendFile, openAppendFile } from './file.ts'
import { createHistory, type History } from './history.ts'
import { createIndexFiles, writeIndexFile } from './index-file.ts'
import { createLatestAt, type LatestAt } from './latest-at.ts'
import { lockFolder } from './lock.ts'
import type { RoomAheadOptions } from './room-ahead.ts'
import { noSeq } from './rows.ts'
import { type GrowingSegment, indexPath, openSealed, recoverSegments, type Segment } from './segments.ts'

export interface JournalOptions {
  /** Created when it is missing. One journal at a time may use it. */
  folder: string
  /** The platform clock, for `receivedAt`. */
  now: () => Instant
  log: Log
  /** A segment is sealed once it is this large [bytes]. */
  segmentBytes?: number
  /** One write is at most this large, but for one entry [bytes]. */
  maxBatchBytes?: number
  roomAhead?: RoomAheadOptions
  openFile?: OpenAppendFile
}

/** At two thousand readings a second it lasts a quarter of a minute, and is made in some ten milliseconds. */
const roomAheadByDefault: RoomAheadOptions = { bytes: 8 * 1024 * 1024, afterBytes: 1024 * 1024 }

/** The durable record of everything received: append-only, group-committed, read by position or by device. */
export interface Journal extends Omit<History, 'has'> {
  /** Opens the folder and recovers it. Rejects when it is in use, and with a JournalDamagedError for damage that a crash cannot explain. */
  start(): Promise<void>
  /** Commits what is pending; entries appended later fail. */
  stop(): Promise<void>
  /**
   * Appends one entry; `receivedAt` never goes back. `committed` is called after the fdatasync, in the order of the appends; when the
   * disk refuses, it gets the error and nothing was kept. `received`: the reading's JSON as it came, when it holds known fields only.
   */
  append(record: JournalRecord, committed?: Committed, received?: Uint8Array): void
  /** Calls back once all that was appended before is durable, or with the error that took part of it back. */
  barrier(committed: (error: Error | null) => void): void
  /** Appends in order; resolves with the last position once all are durable. */
  readonly commands: JournalCommands
  /** Position of the last durable entry; 0 when there is none. */
  readonly head: number
  /** Position of the first entry that retention has left. */
  readonly first: number
  /** Whether a reading with the same device, `at` and `seq` was appended, durable or not yet. Cheap when `at` is news. */
  hasReading(municipality: string, device: string, at: Instant, seq: number | undefined): boolean
  /** Tells of entries as they become durable, in order; returns the function that ends it. */
  onCommitted(listener: (entries: readonly JournalEntry[]) => void): () => void
  /** Deletes the sealed segments received wholly before `olderThan` and wholly below position `keepFrom`; returns how many. */
  prune(olderThan: Instant, keepFrom: number): Promise<number>
  readiness(): Readiness
  metrics: MetricsSource
}

export const createJournal = (options: JournalOptions): Journal => {
  const { folder, now, log, segmentBytes = 64 * 1024 * 1024, maxBatchBytes = 4 * 1024 * 1024 } = options
  const roomAhead = options.roomAhead ?? roomAheadByDefault
  const openFile = options.openFile ?? openAppendFile
  const indexFiles = createIndexFiles({ directories: 64, rows: 8 })
  const stats = createCommitStats()
  const listeners = new Set<(entries: readonly JournalEntry[]) => void>()
  const segments: Segment[] = []
  const { has, read, readings, quarantine } = createHistory(segments)
  let latest: LatestAt = createLatestAt()
  let appender: Appender | null = null
  let opening: Promise<void> | null = null
  let stopping: Promise<void> | null = null
  let sealing: Promise<void> = Promise.resolve()
  let release = (): void => {}

  const notOpen = (): Error => new Error('the journal is not open')

  const onCommitted = (entries: readonly JournalEntry[]): void => {
    for (const listener of listeners) {
      try {
        listener(entries)
      } catch (error) {
        log('error', 'journal.listenerThrew', { error: (error as Error).message })
      }
    }
  }

  /** Moves the index of a full segment from memory into its file. When that fails it stays in memory, until the next start. */
  const seal = async (segment: GrowingSegment): Promise<void> => {
    try {
      await writeIndexFile(indexPath(segment.path), segment, segment.index, latest)
      const sealed = openSealed(segment.path, segment.bytes, indexFiles)
      const place = segments.indexOf(segment)
      if (sealed !== null && place !== -1) segments[place] = sealed
    } catch (error) {
      log('warn', 'journal.sealFailed', { segment: segment.path, error: (error as Error).message })
    }
  }

  const append: Journal['append'] = (record, committed, received) => {
    if (appender === null) committed?.(notOpen(), null)
    else appender.append(record, committed, received)
  }

  const barrier: Journal['barrier'] = (committed) => {
    if (appender === null) committed(notOpen())
    else appender.barrier(committed)
  }

  const open = async (): Promise<void> => {
    const unlock = lockFolder(folder, 'the journal')
    try {
      latest = createLatestAt()
      const { sealed, growing, file } = await recoverSegments({ folder, openFile, indexFiles, latest, log })
      segments.splice(0, segments.length, ...sealed, growing)
      appender = createAppender({
        folder,
        segments,
        growing,
        file,
        latest,
        segmentBytes,
        maxBatchBytes,
        roomAhead,
        openFile,
        now,
        onCommitted,
        onSealed: (segment) => {
          sealing = sealing.then(() => seal(segment))
        },
        stats,
        log,
      })
    } catch (error) {
      unlock()
      throw error
    }
    release = unlock
    log('info', 'journal.opened', { folder, segments: segments.length, head: appender.head })
  }

  const close = async (): Promise<void> => {
    const opened = opening
    opening = null
    await opened?.catch(() => {})
    const closing = appender
    appender = null
    await closing?.close()
    await sealing
    release()
    release = () => {}
  }

  return {
    start() {
      opening ??= (stopping ?? Promise.resolve()).then(open).catch((error) => {
        opening = null
        throw error
      })
      return opening
    },
    stop() {
      stopping ??= close().finally(() => {
        stopping = null
      })
      return stopping
    },
    append,
    barrier,
    commands: {
      append: (records) =>
        new Promise((resolve, reject) => {
          let position = 0
          for (const record of records) {
            append(record, (error, entry) => {
              if (error !== null) reject(error)
              else position = entry?.position ?? position
            })
          }
          barrier((error) => (error === null ? resolve({ position }) : reject(error)))
        }),
    },
    get head() {
      return appender?.head ?? 0
    },
    get first() {
      return segments[0]?.firstPosition ?? 1
    },
    read,
    readings,
    quarantine,
    hasReading(municipality, device, at, seq) {
      const known = latest.find(municipality, device)
      if (known === undefined || at > known.latestAt) return false
      return has(known.key, at, seq ?? noSeq)
    },
    onCommitted(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async prune(olderThan, keepFrom) {
      await sealing
      let pruned = 0
      for (const segment of segments.filter(({ sealed }) => sealed)) {
        const end = segment.firstPosition + segment.count
        if (segment.index.lastReceivedAt >= olderThan || end > keepFrom) break
        segments.splice(segments.indexOf(segment), 1)
        await rm(indexPath(segment.path), { force: true })
        await rm(segment.path, { force: true })
        indexFiles.forget(indexPath(segment.path))
        pruned += 1
      }
      if (pruned > 0) log('info', 'journal.pruned', { segments: pruned })
      return pruned
    },
    readiness() {
      if (appender === null) return { ready: false, detail: 'the journal is not open' }
      const { failure, head } = appender
      return failure === null ? { ready: true, detail: `at ${head}` } : { ready: false, detail: failure.message }
    },
    metrics: () => [
      ...stats.metrics(),
      ...diskSpaceMetrics(folder),
      gauge('fanari_journal_head', 'Position of the last durable entry', appender?.head ?? 0),
      gauge('fanari_journal_segments', 'Segment files', segments.length),
      gauge(
        'fanari_journal_bytes',
        'Size of the segment files [bytes]',
        segments.reduce((sum, { bytes }) => sum + bytes, 0),
      ),
    ],
  }
}

const gauge = (name: string, help: string, value: number) => ({
  name,
  help,
  type: 'gauge' as const,
  values: [{ value }],
})
