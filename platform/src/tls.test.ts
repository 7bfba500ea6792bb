import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings, SettingsError } from './settings.ts'
import { readTls } from './tls.ts'

let folder = ''
const file = (name: string): string => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-tls-'))
  for (const name of ['one', 'other']) {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-subj',
        '/CN=localhost',
        '-keyout',
        file(`${name}.key`),
      ].concat(['-out', file(`${name}.pem`)]),
      { stdio: 'ignore' },
    )
  }
  writeFileSync(file('text.pem'), 'no certificate')
})
afterAll(() => rmSync(folder, { recursive: true }))

const tlsOf = (cert: string, key: string, more: Record<string, string> = {}) =>
  readTls(readSettings({ FANARI_TOWN: 'none', FANARI_TLS_CERT: file(cert), FANARI_TLS_KEY: file(key), ...more }))

describe('certificates', () => {
  test('are read when they are a pair', () => {
    expect(tlsOf('one.pem', 'one.key')?.cert).toContain('BEGIN CERTIFICATE')
  })

  test.each([
    ['a certificate that is not there', 'nothing.pem', 'one.key', {}, /FANARI_TLS_CERT: ENOENT/],
    ['a key that is not there', 'one.pem', 'nothing.key', {}, /FANARI_TLS_KEY: ENOENT/],
    ['a CA that is not there', 'one.pem', 'one.key', { FANARI_TLS_CA: '/nothing.pem' }, /FANARI_TLS_CA: ENOENT/],
    ['a key of another certificate', 'one.pem', 'other.key', {}, /not a certificate and its key/],
    ['a text that is no certificate', 'text.pem', 'one.key', {}, /not a certificate and its key/],
  ])('%s is told in one line', (_, cert, key, more, words) => {
    expect(() => tlsOf(cert, key, more)).toThrow(SettingsError)
    expect(() => tlsOf(cert, key, more)).toThrow(words)
  })
})
