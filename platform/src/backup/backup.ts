import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

/** A backup that cannot be made, or cannot be trusted. */
export class BackupError extends Error {}

const manifestSchema = z.object({
  madeAt: z.iso.datetime(),
  files: z.array(z.object({ path: z.string(), bytes: z.int().min(0), sha256: z.string().length(64) })),
})
/** What a backup holds; written last, so that a folder without it is none. */
export type Manifest = z.infer<typeof manifestSchema>

const manifestName = 'manifest.json'

/**
 * Not copied: LevelDB cannot be while it is open (devices reconnect), the lock is made again, and Node-RED and the town have folders
 * of their own to rebuild from.
 */
const leftOut = new Set(['broker', 'lock.sqlite'])

/**
 * Copies a data folder, also one a platform is writing to. The order makes it consistent: followers' cursors and databases first, the
 * journal last, because a journal that is ahead of its followers is caught up with and one behind them is refused. Photos go between:
 * a row names only files that are there already.
 * @param to a folder that does not exist yet
 * @throws {BackupError} when `from` is no data folder, or `to` exists
 */
export const makeBackup = async (from: string, to: string, now: number): Promise<Manifest> => {
  if (!existsSync(join(from, 'journal'))) throw new BackupError(`${from} holds no journal: it is no data folder`)
  if (existsSync(to)) throw new BackupError(`${to} exists already`)
  // Whoever finds a half-made copy after a crash must not take it for a backup.
  const unfinished = `${to}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o700 })

  const paths = await filesToCopy(from)
  const files: Manifest['files'] = []
  for (const path of paths) {
    const copy = join(unfinished, path)
    await mkdir(dirname(copy), { recursive: true })
    if (!(await copyOne(join(from, path), copy))) continue
    files.push({ path, ...(await digest(copy)) })
  }
  const manifest: Manifest = { madeAt: new Date(now).toISOString(), files }
  await writeFile(join(unfinished, manifestName), JSON.stringify(manifest, null, 2))
  await rename(unfinished, to)
  return manifest
}

/** @throws {BackupError} naming every file that is missing or is not what was copied */
export const readBackup = async (folder: string): Promise<Manifest> => {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => null)
  if (text === null) throw new BackupError(`${folder} has no ${manifestName}: it is no backup, or an unfinished one`)
  const manifest = manifestSchema.parse(JSON.parse(text))
  const damaged: string[] = []
  for (const { path, bytes, sha256 } of manifest.files) {
    const found = await digest(join(folder, path)).catch(() => null)
    if (found === null || found.bytes !== bytes || found.sha256 !== sha256) damaged.push(path)
  }
  if (damaged.length > 0) throw new BackupError(`${folder} is damaged: ${damaged.join(', ')}`)
  return manifest
}

/**
 * Puts a backup in the place of a data folder.
 * @param to a folder that does not exist, or is empty: nothing is ever overwritten
 * @throws {BackupError} when the backup is damaged, before anything is written, or `to` holds something
 */
export const restoreBackup = async (folder: string, to: string): Promise<Manifest> => {
  const present = existsSync(to) ? await readdir(to) : []
  if (present.length > 0) throw new BackupError(`${to} is not empty: move it away first`)
  const manifest = await readBackup(folder)
  for (const { path } of manifest.files) {
    await mkdir(dirname(join(to, path)), { recursive: true })
    await copyFile(join(folder, path), join(to, path))
  }
  return manifest
}

/** In the order they are to be copied. */
const filesToCopy = async (from: string): Promise<string[]> => {
  const entries = await readdir(from, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(from.replace(/\/$/, '').length + 1))
    .filter((path) => !path.split('/').some((part) => leftOut.has(part)) && !/-(wal|shm)$/.test(path))
  const rank = (path: string): number => {
    if (path.startsWith('journal/')) return 3
    if (path.endsWith('.sqlite')) return 1
    return path.includes('/') ? 2 : 0
  }
  return paths.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** `false` when the file is gone meanwhile: a pruned segment, a photo past its time. */
const copyOne = async (from: string, to: string): Promise<boolean> => {
  try {
    if (from.endsWith('.sqlite')) copyDatabase(from, to)
    else await copyFile(from, to)
    return true
  } catch (error) {
    if (!existsSync(from)) return false
    throw error
  }
}

/** As of one moment, whoever writes to it. */
const copyDatabase = (from: string, to: string): void => {
  const database = new DatabaseSync(from, { readOnly: true, timeout: 30_000 })
  try {
    database.prepare('VACUUM INTO ?').run(to)
  } finally {
    database.close()
  }
}

const digest = async (file: string): Promise<{ bytes: number; sha256: string }> => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}
