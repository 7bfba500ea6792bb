import { Buffer } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'
import type { JournalEntry } from '@fanari/contracts'
import { JournalDamagedError } from './damage.ts'
import { decodeEntry, type FrameHeader, frameBytes, readFrameHeader } from './frame.ts'

/** Reads frames of one segment at known offsets. */
export interface FrameReader {
  /** The entry at `offset`; `position` is only passed on to it. Throws a JournalDamagedError when there is no sound frame. */
  entry(offset: number, position: number): JournalEntry
  /** The same, with what its header says. */
  frame(offset: number, position: number): { header: FrameHeader; entry: JournalEntry }
  /** Size of the frame at `offset` [bytes], its content unseen. */
  skip(offset: number): number
  close(): void
}

/**
 * Opens a segment for reading; `null` when it has been pruned meanwhile. Reads synchronously, a window at a time: from the page cache
 * that takes microseconds, where a turn through the thread pool takes tens. Who reads much yields between entries.
 */
export const openFrameReader = (path: string, windowBytes: number): FrameReader | null => {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  let window = Buffer.allocUnsafe(windowBytes)
  let start = 0
  let length = 0

  const load = (offset: number, bytes: number): void => {
    if (bytes > window.length) window = Buffer.allocUnsafe(bytes)
    start = offset
    length = readSync(descriptor, window, 0, window.length, offset)
  }

  /** Makes the window hold the whole frame at `offset` if the file does; returns where it begins in the window. */
  const find = (offset: number): number => {
    if (offset < start || offset >= start + length) load(offset, 0)
    let claimed = frameBytes(window.subarray(0, length), offset - start)
    if (claimed === 'incomplete') {
      load(offset, 0)
      claimed = frameBytes(window.subarray(0, length), 0)
    }
    if (typeof claimed === 'number' && offset - start + claimed > length) load(offset, claimed)
    return offset - start
  }

  const frame: FrameReader['frame'] = (offset, position) => {
    const place = find(offset)
    const bytes = window.subarray(0, length)
    const header = readFrameHeader(bytes, place)
    if (typeof header === 'string') {
      throw new JournalDamagedError(`${path}: the frame at byte ${offset} (position ${position}) is ${header}`)
    }
    return { header, entry: decodeEntry(bytes, place, header, position) }
  }

  return {
    frame,
    entry: (offset, position) => frame(offset, position).entry,
    skip(offset) {
      const place = find(offset)
      const claimed = frameBytes(window.subarray(0, length), place)
      if (typeof claimed === 'number') return claimed
      throw new JournalDamagedError(`${path}: the frame at byte ${offset} is ${claimed}`)
    },
    close: () => closeSync(descriptor),
  }
}
