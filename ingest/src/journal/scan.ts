import { Buffer } from 'node:buffer'
import { type FileHandle, open } from 'node:fs/promises'
import { JournalDamagedError } from './damage.ts'
import { type FrameFault, type FrameHeader, frameBytes, readFrameHeader } from './frame.ts'

/** First bytes of a segment file; the digit is the format's version. */
export const segmentMagic = Buffer.from('FANJRN1\n', 'latin1')

const windowBytes = 1024 * 1024

/** Where sound frames end, and why. */
export interface ScanEnd {
  /** End of the last sound frame [bytes]. */
  offset: number
  /** `null`: the file ends there. `unwritten`: nothing but zeros follow, the room ahead of what was written. */
  fault: FrameFault | 'unwritten' | null
  fileBytes: number
}

/**
 * Reads every frame header of a segment file in order, checking each frame's checksum. Yields to the event loop between windows of
 * the file. Throws when the file is not a segment at all.
 */
export const scanSegment = async (
  path: string,
  visit: (header: FrameHeader, offset: number) => void,
): Promise<ScanEnd> => {
  const handle = await open(path, 'r')
  try {
    const fileBytes = (await handle.stat()).size
    const head = await readWindow(handle, 0, segmentMagic.length)
    if (!head.equals(segmentMagic)) throw new JournalDamagedError(`${path} is not a journal segment of this version`)
    let offset = segmentMagic.length
    let wanted = windowBytes
    while (offset < fileBytes) {
      const window = await readWindow(handle, offset, Math.min(wanted, fileBytes - offset))
      let used = 0
      let fault: FrameFault | null = null
      while (used < window.length && fault === null) {
        const header = readFrameHeader(window, used)
        if (typeof header === 'string') fault = header
        else {
          visit(header, offset + used)
          used += header.bytes
        }
      }
      offset += used
      if (fault === null) continue
      const atEndOfFile = offset - used + window.length >= fileBytes
      if (fault === 'corrupt' || atEndOfFile) {
        const isUnwritten = await hasOnlyZeros(handle, offset, fileBytes)
        return { offset, fault: isUnwritten ? 'unwritten' : fault, fileBytes }
      }
      // The frame goes on beyond the window: read on from its start, with a window that holds all of it.
      const claimed = frameBytes(window, used)
      wanted = Math.max(windowBytes, typeof claimed === 'number' ? claimed : 0)
    }
    return { offset, fault: null, fileBytes }
  } finally {
    await handle.close()
  }
}

const hasOnlyZeros = async (handle: FileHandle, from: number, to: number): Promise<boolean> => {
  for (let offset = from; offset < to; offset += windowBytes) {
    const window = await readWindow(handle, offset, Math.min(windowBytes, to - offset))
    if (window.some((byte) => byte !== 0)) return false
  }
  return true
}

/** Reads up to `length` bytes at `position`; fewer only at the end of the file. */
const readWindow = async (handle: FileHandle, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafeSlow(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
