import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hourMs } from '@fanari/contracts'

/** Photos as files, each named by the SHA-256 of what it holds: one that comes twice lies there once. */
export interface PhotoFiles {
  /** Durable when it answers. */
  write(bytes: Buffer): Promise<string>
  /** `null` when there is none. */
  read(sha256: string): Promise<Buffer | null>
  remove(sha256: string): Promise<void>
  /**
   * The hashes of files that have lain there for an hour: those that no document names were left by a crash, or by a document that
   * has been erased. `now` is wall time, as the file system's is.
   */
  settled(now: number): Promise<string[]>
}

export const createPhotoFiles = (folder: string): PhotoFiles => {
  const folderOf = (sha256: string) => join(folder, sha256.slice(0, 2))
  const fileOf = (sha256: string) => join(folderOf(sha256), `${sha256}.jpg`)
  const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'

  return {
    write: async (bytes) => {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      await mkdir(folderOf(sha256), { recursive: true })
      // A name of its own for each writer: two may bring the same photo at once.
      const draft = join(folderOf(sha256), `${sha256}.${process.hrtime.bigint()}.draft`)
      const handle = await open(draft, 'wx', 0o600)
      try {
        await handle.writeFile(bytes)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(draft, fileOf(sha256))
      return sha256
    },
    read: async (sha256) => {
      try {
        return await readFile(fileOf(sha256))
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    remove: (sha256) => rm(fileOf(sha256), { force: true }),
    settled: async (now) => {
      const found: string[] = []
      const entries = await readdir(folder, { recursive: true }).catch((error: unknown) => {
        if (isMissing(error)) return []
        throw error
      })
      for (const entry of entries) {
        const [, sha256] = /([0-9a-f]{64})\.jpg$/.exec(entry) ?? []
        if (sha256 === undefined) continue
        const { mtimeMs } = await stat(join(folder, entry))
        if (now - mtimeMs > hourMs) found.push(sha256)
      }
      return found
    },
  }
}
