import { constants, open } from 'node:fs/promises'

/** The file a segment is appended to. Tests stand in a disk that is full or broken. */
export interface AppendFile {
  /** Writes all of `bytes` at `position`; resolves once they are on the medium. A rejection may leave a part of them behind. */
  write(bytes: Uint8Array, position: number): Promise<void>
  truncate(length: number): Promise<void>
  /** Resolves once the file as it stands, whoever wrote it, is on the medium. */
  datasync(): Promise<void>
  close(): Promise<void>
}

/** Opens a file for writing in place; creates it when it is missing. */
export type OpenAppendFile = (path: string) => Promise<AppendFile>

/**
 * With O_DSYNC each write is followed by its own `fdatasync` in one system call, and so in one trip to the thread pool instead of two.
 * Windows does not know it, and on macOS it leaves the data in the drive's cache.
 */
const writesThrough = process.platform === 'linux'
const flags = constants.O_RDWR | constants.O_CREAT | (writesThrough ? constants.O_DSYNC : 0)

export const openAppendFile: OpenAppendFile = async (path) => {
  const handle = await open(path, flags)
  return {
    async write(bytes, position) {
      // A full disk writes what still fits and says so by a short count; the next write fails with ENOSPC.
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
        done += bytesWritten
      }
      if (!writesThrough) await handle.datasync()
    },
    datasync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
  }
}

/** Makes the names in a folder durable: a new file survives a power cut only once its folder is synced too. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
