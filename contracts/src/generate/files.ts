import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { catalogue } from '../catalogue.ts'
import { asyncApiDocument } from './asyncapi.ts'
import { type DocumentName, documents } from './documents.ts'
import { faultsPage } from './faults-page.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { measurementsPage } from './measurements-page.ts'

/** Relative path (with `/`) → content. */
type Files = ReadonlyMap<string, string>

const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Everything that is generated from the contract, the same bytes every time. */
export const generatedFiles = (): Files =>
  new Map([
    ['asyncapi.json', jsonText(asyncApiDocument())],
    ['catalogue.json', jsonText(catalogue)],
    ['faults.md', faultsPage()],
    ['measurements.md', measurementsPage()],
    ...(Object.keys(documents) as DocumentName[]).map((name): [string, string] => [
      `schemas/${name}.schema.json`,
      jsonText(jsonSchemaOf(name, { dialect: 'draft-2020-12' })),
    ]),
  ])

const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll(sep, '/'),
      )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** How the folder differs from what the contract says now: one line a file, none when it is up to date. */
export const differences = (folder: string, files: Files): string[] => {
  const present = new Set(filesIn(folder))
  const missingOrChanged = [...files].flatMap(([path, content]) => {
    if (!present.has(path)) return [`${path} is missing`]
    return readFileSync(join(folder, path), 'utf8') === content ? [] : [`${path} differs from the contract`]
  })
  const leftOver = [...present].filter((path) => !files.has(path)).map((path) => `${path} is no longer generated`)
  return [...missingOrChanged, ...leftOver].sort()
}

/** Makes the folder hold these files and no others. */
export const writeFiles = (folder: string, files: Files): void => {
  for (const path of filesIn(folder)) if (!files.has(path)) rmSync(join(folder, path))
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
