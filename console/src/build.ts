/**
 * Builds the pages into `dist/`: `npm run build -w console`. With `--if-stale`, only when something they are made of has changed,
 * so that a start after the first costs nothing.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const consoleFolder = fileURLToPath(new URL('..', import.meta.url))
const projectFolder = join(consoleFolder, '..')
const stampFile = join(consoleFolder, 'dist', '.sources.sha256')

/** All that the built pages depend on; tests are no part of them. */
const sources = [
  join(projectFolder, 'package-lock.json'),
  join(projectFolder, 'contracts/src'),
  join(consoleFolder, 'index.html'),
  join(consoleFolder, 'package.json'),
  join(consoleFolder, 'vite.config.ts'),
  join(consoleFolder, 'public'),
  join(consoleFolder, 'src'),
]

const filesOf = async (path: string): Promise<string[]> => {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTDIR') return null
      throw error
    },
  )
  if (entries === null) return [path]
  return entries
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name))
}

const hashSources = async (): Promise<string> => {
  const files = (await Promise.all(sources.map(filesOf))).flat().toSorted()
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(`${relative(projectFolder, file)}\0`)
      .update(await readFile(file))
      .update('\0')
  return hash.digest('hex')
}

const stamp = await hashSources()
const built = await readFile(stampFile, 'utf8').catch(() => null)
if (!process.argv.includes('--if-stale') || built !== stamp) {
  // Whoever starts the build (a test runner, say), what is built is for production.
  process.env.NODE_ENV = 'production'
  // Vite takes a second to load, which a start with nothing to build does not spend.
  const { build } = await import('vite')
  await build({ root: consoleFolder, logLevel: 'warn' })
  await writeFile(stampFile, stamp)
}
