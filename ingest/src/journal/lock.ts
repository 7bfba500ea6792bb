import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another process has the folder. */
export class FolderInUseError extends Error {
  constructor(what: string, folder: string, cause: unknown) {
    super(`${what} in ${folder} is in use by another process`, { cause })
    this.name = 'FolderInUseError'
  }
}

/**
 * Keeps a second process out of the folder: a journal's recovery, for one, would take the write under way for a torn one and cut it off.
 * Node has no file locks of its own, SQLite has, and the system releases them however the process ends.
 *
 * @param what is in the folder, for the message
 * @returns the function that releases the lock
 * @throws {FolderInUseError} when another process, or another owner in this one, holds it
 */
export const lockFolder = (folder: string, what: string): (() => void) => {
  mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(join(folder, 'lock.sqlite'))
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    throw new FolderInUseError(what, folder, cause)
  }
  return () => database.close()
}
