import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '@fanari/contracts'
import { JournalDamagedError } from './damage.ts'
import { type AppendFile, type OpenAppendFile, syncFolder } from './file.ts'
import { type IndexFiles, readIndexHeader, writeIndexFile } from './index-file.ts'
import type { LatestAt } from './latest-at.ts'
import { type ScanEnd, scanSegment, segmentMagic } from './scan.ts'
import { createGrowingIndex, type GrowingIndex, type SegmentIndex } from './segment-index.ts'

/** One file of the journal. */
export interface Segment {
  readonly firstPosition: number
  readonly path: string
  /** The durable part: size [bytes] and number of entries. */
  bytes: number
  count: number
  /** Complete, and indexed in a file. */
  readonly sealed: boolean
  index: SegmentIndex
}

/** The last segment: the one that grows. */
export interface GrowingSegment extends Segment {
  index: GrowingIndex
}

/** Positions in file names are padded, so that names sort as positions do. */
export const segmentPath = (folder: string, firstPosition: number): string =>
  join(folder, `${String(firstPosition).padStart(16, '0')}.journal`)
export const indexPath = (path: string): string => path.replace(/\.journal$/, '.index')

export const emptySegment = (folder: string, firstPosition: number): GrowingSegment => ({
  firstPosition,
  path: segmentPath(folder, firstPosition),
  bytes: segmentMagic.length,
  count: 0,
  sealed: false,
  index: createGrowingIndex(),
})

/** Creates the segment's file, durable under its name. */
export const createSegmentFile = async (
  folder: string,
  segment: Segment,
  openFile: OpenAppendFile,
): Promise<AppendFile> => {
  const file = await openFile(segment.path)
  try {
    await file.truncate(0)
    await file.write(segmentMagic, 0)
    await syncFolder(folder)
    return file
  } catch (error) {
    await file.close()
    await rm(segment.path, { force: true })
    throw error
  }
}

/**
 * Opens what is in the folder. In the last segment the first unsound frame ends the journal: it is what a crash leaves of the last,
 * never acknowledged write, and is cut off. Everywhere else it is damage, and a JournalDamagedError.
 */
export const recoverSegments = async (options: {
  folder: string
  openFile: OpenAppendFile
  indexFiles: IndexFiles
  latest: LatestAt
  log: Log
}): Promise<{ sealed: Segment[]; growing: GrowingSegment; file: AppendFile }> => {
  const { folder, openFile, indexFiles, latest, log } = options
  const { paths, firstPosition: startPosition } = await segmentPaths(folder)
  const last = paths.pop()
  if (last === undefined) {
    const growing = emptySegment(folder, startPosition)
    return { sealed: [], growing, file: await createSegmentFile(folder, growing, openFile) }
  }

  const sealed: Segment[] = []
  let latestReadFrom: string | null = null
  for (const path of paths) {
    const firstPosition = firstPositionOf(path)
    expectContinuity(sealed.at(-1), firstPosition, path)
    const indexed = openSealed(path, (await stat(path)).size, indexFiles)
    if (indexed !== null) {
      sealed.push(indexed)
      latestReadFrom = indexPath(path)
      continue
    }
    const { segment, end } = await scanIntoMemory(path, { latest })
    if (end.fault === 'unwritten') await cutFile(path, end.offset, openFile)
    else if (end.fault !== null) {
      throw new JournalDamagedError(
        `${path}: the frame at byte ${end.offset} (position ${segment.firstPosition + segment.count}) is damaged, and ` +
          `${end.fileBytes - end.offset} bytes follow; restore the file from a copy, or move it and all later ones away`,
      )
    }
    if (latestReadFrom !== null) raiseAll(latest, indexFiles.latestAt(latestReadFrom))
    await writeIndexFile(indexPath(path), segment, segment.index, latest)
    log('info', 'journal.indexRebuilt', { segment: path, entries: segment.count })
    sealed.push(openSealed(path, segment.bytes, indexFiles) ?? segment)
  }
  if (latestReadFrom !== null) raiseAll(latest, indexFiles.latestAt(latestReadFrom))

  expectContinuity(sealed.at(-1), firstPositionOf(last), last)
  const { segment, end } = await scanIntoMemory(last, { latest })
  const file = await openFile(last)
  if (end.fault !== null) {
    if (end.fault !== 'unwritten')
      log('warn', 'journal.tornTailCut', { segment: last, keptBytes: end.offset, cutBytes: end.fileBytes - end.offset })
    await file.truncate(end.offset)
  }
  // Frames that a killed process wrote but did not sync are sound yet may still be in the page cache alone.
  await file.datasync()
  return { sealed, growing: segment, file }
}

const cutFile = async (path: string, bytes: number, openFile: OpenAppendFile): Promise<void> => {
  const file = await openFile(path)
  try {
    await file.truncate(bytes)
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** The segment files that hold entries, oldest first, and where a journal without any begins. */
const segmentPaths = async (folder: string): Promise<{ paths: string[]; firstPosition: number }> => {
  const paths: string[] = []
  let firstPosition = 1
  for (const name of (await readdir(folder)).sort()) {
    if (!/^\d{16}\.journal$/.test(name)) continue
    const path = join(folder, name)
    if ((await stat(path)).size > segmentMagic.length) {
      paths.push(path)
      continue
    }
    // A crash while a segment was being created leaves it without an entry.
    await rm(path)
    firstPosition = firstPositionOf(path)
  }
  return { paths, firstPosition }
}

/** A segment by its index file; `null` when that is missing, damaged, or of a segment of another size. */
export const openSealed = (path: string, segmentBytes: number, indexFiles: IndexFiles): Segment | null => {
  const header = readIndexHeader(indexPath(path))
  if (header === null || header.segmentBytes !== segmentBytes) return null
  const index = indexFiles.open(indexPath(path), header)
  return { firstPosition: firstPositionOf(path), path, bytes: segmentBytes, count: header.count, sealed: true, index }
}

export const firstPositionOf = (path: string): number => Number(/(\d{16})\.journal$/.exec(path)?.[1])

export const expectContinuity = (previous: Segment | undefined, firstPosition: number, path: string): void => {
  if (previous === undefined) return
  const expected = previous.firstPosition + previous.count
  if (firstPosition === expected) return
  throw new JournalDamagedError(`${path}: positions ${expected} to ${firstPosition - 1} are missing from the journal`)
}

/** A segment by reading all of it, or its first `entriesAtMost` entries. */
export const scanIntoMemory = async (
  path: string,
  { latest, entriesAtMost = Number.POSITIVE_INFINITY }: { latest?: LatestAt; entriesAtMost?: number },
): Promise<{ segment: GrowingSegment; end: ScanEnd }> => {
  const index = createGrowingIndex()
  const firstPosition = firstPositionOf(path)
  let count = 0
  let bytes = segmentMagic.length
  const end = await scanSegment(path, ({ kind, key, receivedAt, at, seq, bytes: frame }, offset) => {
    if (count >= entriesAtMost) return
    index.add({ kind, key, receivedAt, at, seq, position: firstPosition + count, offset })
    count += 1
    bytes = offset + frame
    if (kind === 'reading') latest?.raise(key, at)
  })
  return { segment: { firstPosition, path, bytes, count, sealed: false, index }, end }
}

const raiseAll = (latest: LatestAt, devices: Iterable<[key: string, at: number]>): void => {
  for (const [key, at] of devices) latest.raise(key, at)
}
