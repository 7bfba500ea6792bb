import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JournalRecord } from '@fanari/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Api } from './api-options.ts'
import { createApi } from './create-api.ts'
import { incidentChange, luminaire } from './test-documents.ts'

let folder: string
let databaseFile: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-crash-'))
  databaseFile = join(folder, 'fanari.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Runs `script` with an API (`api`) whose journal and broker never answer, in a process of its own, and ends it with SIGKILL as soon
 * as the script has printed.
 */
const killedAfter = async (script: string): Promise<void> => {
  const program = `
    const { createApi } = await import(${JSON.stringify(new URL('./create-api.ts', import.meta.url).href)})
    const never = () => new Promise(() => {})
    const api = createApi({
      databaseFile: ${JSON.stringify(databaseFile)}, port: 0, clock: { now: () => 0, speed: 1 }, wallNow: () => 0, floodLimits: { intakePerAddress: null, intakeInAll: null }, log: () => {}, adminToken: 'x',
      journal: { append: never }, publisher: { publish: never }, lights: { onChange: () => () => {} },
      readiness: () => [], metrics: [],
    })
    await api.start()
    ${script}
    process.stdout.write('done')
    setInterval(() => {}, 1_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const reopened = (journal: JournalRecord[], topics: string[]): Api =>
  createApi({
    databaseFile,
    port: 0,
    clock: { now: () => 0, speed: 1 },
    wallNow: () => 0,
    floodLimits: { intakePerAddress: null, intakeInAll: null },
    log: () => {},
    adminToken: 'x',
    journal: {
      append: async (records) => {
        journal.push(...records)
        return { position: journal.length }
      },
    },
    publisher: {
      publish: async (topic) => {
        topics.push(topic)
      },
    },
    lights: {
      luminaire: async () => null,
      luminaires: async () => [],
      lastReadings: async () => [],
      forecast: async () => null,
      lights: async () => [],
      explainLight: async () => null,
      explainIncident: async () => null,
      communities: async () => [],
      readings: async () => [],
      history: async () => [],
      quarantine: async () => ({ items: [], next: null }),
      onChange: () => () => {},
    },
    nights: { night: async () => null, boundsOf: async () => null, sums: async () => [], rollCalls: async () => [] },
    readiness: () => [],
    metrics: [],
  })

test('creating an API touches no file', () => {
  reopened([], [])
  expect(existsSync(databaseFile)).toBe(false)
})

test('an import that was stored before a SIGKILL reaches the journal at the next start', async () => {
  await killedAfter(`api.register.importAssets('orestiada', [${JSON.stringify(luminaire('L-1'))}], { by: 'test' })`)
  const journal: JournalRecord[] = []
  const api = reopened(journal, [])
  await api.start()
  expect(journal.map(({ kind }) => kind)).toEqual(['municipality', 'assets'])
  expect(api.directory.isKnownDevice('orestiada', 'L-1')).toBe(true)
  await api.stop()
})

test('an incident that was stored before a SIGKILL is published at the next start, with its ticket', async () => {
  const change = incidentChange('incident.opened', 0, { id: 'i-1' })
  await killedAfter(`api.incidents.apply('orestiada', [${JSON.stringify(change)}])`)
  const topics: string[] = []
  const api = reopened([], topics)
  await api.start()
  api.incidents.apply('orestiada', [change])
  await api.stop()
  expect(topics.sort()).toEqual([
    'city/v1/orestiada/incidents/i-1',
    expect.stringMatching(/^city\/v1\/orestiada\/tickets\/t-[0-9a-f]{16}$/),
  ])
})
