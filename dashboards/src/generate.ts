/**
 * Writes `dashboards/generated/`: every dashboard as the JSON that Grafana's provisioning reads. With `--check` it writes nothing, and
 * exits 1 when a committed file differs from what the code says.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { dashboardFiles } from './dashboards.ts'

const folder = resolve(import.meta.dirname, '../generated')
const files = dashboardFiles()

const committed = (): string[] => {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json'))
  } catch {
    return []
  }
}

const differences = (): string[] => {
  const there = committed()
  return [
    ...[...files].flatMap(([path, text]) => {
      if (!there.includes(path)) return [`${path} is missing`]
      return readFileSync(join(folder, path), 'utf8') === text ? [] : [`${path} differs`]
    }),
    ...there.filter((path) => !files.has(path)).map((path) => `${path} is of no dashboard`),
  ]
}

if (process.argv.includes('--check')) {
  const lines = differences()
  for (const line of lines) console.error(`dashboards/generated/${line}; run npm run generate`)
  if (lines.length > 0) process.exitCode = 1
} else {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  console.log(`${files.size} files in ${folder}`)
}
