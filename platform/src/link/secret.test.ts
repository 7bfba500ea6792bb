import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { linkSecret } from './secret.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-secret-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the first process makes the secret, for its owner alone, and the others find it', () => {
  const data = join(folder, 'data')
  const made = linkSecret(undefined, data)
  expect(made).toMatch(/^[\w-]{32}$/)
  expect(linkSecret(undefined, data)).toBe(made)
  expect(readdirSync(data)).toEqual(['link.secret'])
  expect(statSync(join(data, 'link.secret')).mode & 0o777).toBe(0o600)
})

test('another folder has another one', () => {
  expect(linkSecret(undefined, join(folder, 'a'))).not.toBe(linkSecret(undefined, join(folder, 'b')))
})

test('a configured one is taken, and nothing is written', () => {
  expect(linkSecret('sixteen characters', folder)).toBe('sixteen characters')
  expect(readdirSync(folder)).toEqual([])
})
