import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'fanari-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const start = Date.parse('2026-01-15T20:00:00Z')
const luminaire = (id: string) => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [26.53, 41.5] },
  properties: { kind: 'luminaire', id, community: 'v', supply: 'grid', ratedPower: 60, reportInterval: 60 },
})
/** A lamp that fails after five minutes, to a quarter of its power. */
const traffic = Array.from({ length: 8 }, (_, minute) => {
  const at = start + minute * 60_000
  const payload = { at, seq: minute, activePower: minute < 5 ? 58 : 14 }
  return JSON.stringify({ receivedAt: at, municipality: 'm', device: 'a1', channel: 'telemetry', payload })
})

let assets = ''
let input = ''
beforeAll(() => {
  assets = file('assets.geojson', JSON.stringify({ type: 'FeatureCollection', features: [luminaire('a1')] }))
  input = file(
    'traffic.ndjson',
    `${[...traffic, JSON.stringify({ receivedAt: start + 480_000, tick: true })].join('\n')}\n`,
  )
})

const replay = (...args: string[]) => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
  const lines = stdout.split('\n').filter((line) => line !== '')
  return { status, stdout, stderr, documents: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}
const ofHistory = (...args: string[]) => replay('--assets', assets, '--input', input, ...args)
const openedBy = (documents: readonly Record<string, unknown>[]) =>
  documents.filter(({ type }) => type === 'incident.opened' || type === 'ticket.opened').length

describe('npm run replay', () => {
  test('the same history gives the same bytes', () => {
    expect(ofHistory().stdout).toBe(ofHistory().stdout)
  })

  test('judges by changed rules', () => {
    const rules = file('rules.json', '{"lampFailure":{"powerShare":0.3}}')
    expect(ofHistory().documents.filter(({ type }) => type === 'ticket.opened')).toEqual([])
    const { documents, status } = ofHistory('--rules', rules)
    expect(documents.find(({ type }) => type === 'ticket.opened')).toMatchObject({ at: '2026-01-15T20:06:00.000Z' })
    expect(openedBy(documents)).toBe(2)
    expect(status).toBe(0)
  })

  test('tells what other rules would decide otherwise, in one pass', () => {
    const rules = file('rules.json', '{"lampFailure":{"powerShare":0.3}}')
    const { documents, status } = ofHistory('--diff', rules)
    expect(documents).toMatchObject([
      { at: '2026-01-15T20:06:00.000Z', type: 'incident.onlyInSecond', fault: 'lampFailure' },
      { at: '2026-01-15T20:06:00.000Z', type: 'ticket.onlyInSecond' },
      { type: 'diff.summary', first: { incidents: 0, tickets: 0 }, second: { incidents: 1, tickets: 1 } },
    ])
    expect(status).toBe(0)
  })

  test('adds the indices of its nights at the end when asked to', () => {
    const { documents, status } = ofHistory('--indices')
    expect(documents.slice(-3)).toMatchObject([
      {
        at: '2026-01-15T20:08:00.000Z',
        type: 'indices',
        by: 'municipality',
        items: [{ id: 'm', lights: 1, darkHours: 0 }],
      },
      { type: 'indices', by: 'community', items: [{ id: 'v' }] },
      { type: 'indices', by: 'circuit', items: [] },
    ])
    expect(status).toBe(0)
  })

  test('indices are those of one set of rules', () => {
    const { status, stderr } = ofHistory('--indices', '--diff', file('same.json', '{}'))
    expect(stderr).toMatch(/--indices/)
    expect(status).toBe(2)
  })

  test('rules that differ in nothing leave a summary alone', () => {
    const { documents } = ofHistory('--diff', file('same.json', '{}'))
    expect(documents).toMatchObject([{ type: 'diff.summary', different: {} }])
  })

  test.each([
    ['an unknown rule', () => ['--rules', file('bad.json', '{"lampFailed":{}}')], /lampFailed/],
    [
      'a threshold of the wrong type',
      () => ['--diff', file('bad.json', '{"lampFailure":{"samples":"two"}}')],
      /number/,
    ],
    ['no file of rules', () => ['--rules', join(folder, 'none.json')], /none\.json/],
    ['an unknown option', () => ['--rule', 'x'], /--rule/],
    ['an unknown zone', () => ['--time-zone', 'Europe/Orestiada'], /time zone|zone/],
  ])('%s ends with status 2 and says why', (_, args, message) => {
    const { status, stdout, stderr } = ofHistory(...args())
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
  })

  test.each([
    ['a line that is no JSON', '{', /line 2: not JSON/],
    ['a line of another kind', '{"receivedAt":1}', /line 2: not a line of traffic/],
    ['time that goes back', traffic[0] ?? '', /line 2: receivedAt lies before/],
  ])('%s ends with status 1 and names the line', (_, bad, message) => {
    const broken = file('broken.ndjson', [traffic[1], bad].join('\n'))
    const { status, stderr } = replay('--assets', assets, '--input', broken)
    expect(status).toBe(1)
    expect(stderr).toMatch(message)
  })

  test('assets that cannot be read end with status 1 and name the file', () => {
    const { status, stderr } = replay('--assets', file('assets.txt', 'no'), '--input', input)
    expect(status).toBe(1)
    expect(stderr).toMatch(/assets\.txt: not JSON/)
  })
})
