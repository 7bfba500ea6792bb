import type { Log } from '@fanari/contracts'
import type { AppendFile } from './file.ts'

/*
 * A write that makes its file longer is durable only once the file system has committed the new length, and with it whatever every other
 * program has changed on that disk: a database beside the platform that throws files away held up acknowledgements for a fifth of a
 * second. A write into room that was made before waits for its own bytes alone. The room is zeros, which no frame begins with.
 */

/** How the room ahead of a segment's entries is made. */
export interface RoomAheadOptions {
  /** Made at a time; the next begins when less than half of it is left [bytes]. None with 0. */
  bytes: number
  /** A journal that has written less since it was opened makes none: it may be a quiet one [bytes]. */
  afterBytes: number
}

/** The room ahead in the one file that is appended to. */
export interface RoomAhead {
  /** Resolves when bytes up to `end` may be written: not while zeros are on their way to the same place. */
  reach(end: number): Promise<void>
  /** More room, beside the writes, when what is left behind `written` is little. */
  extend(written: number): void
  /** Ends the file at `bytes`. Rejects when the disk refuses. */
  cutTo(bytes: number): Promise<void>
  /** Gives back the room that is left behind `bytes`. */
  giveBack(bytes: number): Promise<void>
}

/** @param end where the file ends; @param limit no room is made beyond it [bytes] */
export const createRoomAhead = (options: {
  file: AppendFile
  path: string
  end: number
  limit: number
  roomBytes: number
  log: Log
}): RoomAhead => {
  const { file, path, limit, roomBytes, log } = options
  /** The file is as long as that, durably, or a write under way makes it so. */
  let end = options.end
  let making: Promise<void> | null = null
  /** There may be zeros behind the last entry. */
  let isMade = false
  let isRefused = false

  const make = async (from: number, bytes: number): Promise<void> => {
    try {
      await file.write(Buffer.alloc(bytes), from)
      end = from + bytes
    } catch (error) {
      // A disk without room for zeros may have some for entries: those are written as they were before there was room ahead.
      isRefused = true
      log('warn', 'journal.noRoomAhead', { segment: path, error: String(error) })
    } finally {
      making = null
    }
  }

  const cutTo: RoomAhead['cutTo'] = async (bytes) => {
    await making
    await file.truncate(bytes)
    end = bytes
    isMade = false
  }

  return {
    async reach(wanted) {
      if (wanted <= end) return
      await making
      end = Math.max(end, wanted)
    },
    extend(written) {
      const bytes = Math.min(roomBytes, limit - end)
      if (making !== null || isRefused || bytes <= 0 || end - written >= roomBytes / 2) return
      isMade = true
      making = make(end, bytes)
    },
    cutTo,
    async giveBack(bytes) {
      await making
      if (isMade) await cutTo(bytes)
    },
  }
}
