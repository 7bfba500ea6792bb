import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What the processes of one platform prove themselves to each other by. Unless one is configured, the first process to start makes it in
 * the data folder, which is all of theirs and nobody else's (mode 0600).
 */
export const linkSecret = (configured: string | undefined, dataFolder: string): string => {
  if (configured !== undefined) return configured
  mkdirSync(dataFolder, { recursive: true })
  const file = join(dataFolder, 'link.secret')
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: 0o600 })
  try {
    // Two that start together both draft one; a link takes the name only once, and never shows half a file.
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readFileSync(file, 'utf8').trim()
}
