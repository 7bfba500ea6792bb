import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { catalogue } from '../catalogue.ts'
import { differences, generatedFiles, writeFiles } from './files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-contracts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the generated files', () => {
  test('are the same bytes every time, and end with a line break', () => {
    const files = generatedFiles()
    expect([...generatedFiles()]).toEqual([...files])
    for (const content of files.values()) expect(content).toMatch(/[^\n]\n$/)
  })

  test('are an AsyncAPI document, the catalogue with its page, and a schema a document', () => {
    const paths = [...generatedFiles().keys()]
    expect(paths).toContain('asyncapi.json')
    expect(paths.filter((path) => /^schemas\/[a-z-]+\.schema\.json$/.test(path))).toHaveLength(paths.length - 4)
    expect(JSON.parse(generatedFiles().get('catalogue.json') ?? '')).toEqual(catalogue)
    const page = generatedFiles().get('faults.md') ?? ''
    for (const { fault, thresholds } of catalogue.faults.filter((it) => it.detected)) {
      expect(page).toContain(`| \`${fault}\` |`)
      for (const [name, { value }] of Object.entries(thresholds))
        expect(page).toContain(`| \`${fault}.${name}\` | ${value} |`)
    }
  })

  test('are committed as the contract says', async () => {
    const script = resolve(import.meta.dirname, '../generate.ts')
    const { stderr } = await promisify(execFile)(process.execPath, [script, '--check'])
    expect(stderr).toBe('')
  })
})

describe('a folder of generated files', () => {
  const files = new Map([
    ['a.json', '1\n'],
    ['schemas/b.schema.json', '2\n'],
  ])

  test('is up to date once it is written', () => {
    writeFiles(folder, files)
    expect(differences(folder, files)).toEqual([])
  })

  test('that is not there lacks everything', () => {
    expect(differences(join(folder, 'nowhere'), files)).toEqual([
      'a.json is missing',
      'schemas/b.schema.json is missing',
    ])
  })

  test('tells each file that is changed, missing or left over', () => {
    writeFiles(folder, files)
    writeFileSync(join(folder, 'a.json'), '1')
    rmSync(join(folder, 'schemas/b.schema.json'))
    writeFileSync(join(folder, 'schemas/old.schema.json'), '3\n')
    expect(differences(folder, files)).toEqual([
      'a.json differs from the contract',
      'schemas/b.schema.json is missing',
      'schemas/old.schema.json is no longer generated',
    ])
  })

  test('loses what is no longer generated', () => {
    writeFiles(folder, new Map([...files, ['schemas/old.schema.json', '3\n']]))
    writeFiles(folder, files)
    expect(readdirSync(join(folder, 'schemas'))).toEqual(['b.schema.json'])
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('1\n')
  })
})
