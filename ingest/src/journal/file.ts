import { open } from 'node:fs/promises'

/** The file a segment is appended to. Tests stand in a disk that is full or broken. */
export interface AppendFile {
  /** Writes all of `bytes` at `position`. A rejection may leave a part of them behind. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Returns once everything written is on the medium. */
  datasync(): Promise<void>
  truncate(length: number): Promise<void>
  close(): Promise<void>
}

/** Opens a file for writing in place; creates it when it is missing. */
export type OpenAppendFile = (path: string) => Promise<AppendFile>

export const openAppendFile: OpenAppendFile = async (path) => {
  const handle = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return open(path, 'wx+')
    throw error
  })
  return {
    async write(bytes, position) {
      // A full disk writes what still fits and says so by a short count; the next write fails with ENOSPC.
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
        done += bytesWritten
      }
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
