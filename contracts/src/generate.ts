/**
 * Writes `contracts/generated/`: the AsyncAPI document, the JSON Schemas, and the fault catalogue as JSON and as a page.
 * With `--check` it writes nothing, and exits 1 when a committed file differs from what the contract says.
 */
import { resolve } from 'node:path'
import { differences, generatedFiles, writeFiles } from './generate/files.ts'

const folder = resolve(import.meta.dirname, '../generated')
const files = generatedFiles()

if (process.argv.includes('--check')) {
  const lines = differences(folder, files)
  for (const line of lines) console.error(`contracts/generated/${line}; run npm run generate`)
  if (lines.length > 0) process.exitCode = 1
} else {
  writeFiles(folder, files)
  console.log(`${files.size} files in ${folder}`)
}
