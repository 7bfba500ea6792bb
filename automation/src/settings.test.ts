import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

test('every variable has a text, set or not', () => {
  const settings = readSettings({ FANARI_AUTOMATION_PORT: '' })
  expect(settings.FANARI_AUTOMATION_PORT).toBe('1880')
  expect(settings.FANARI_AUTOMATION_SMS_URL).toBe('')
})

test.for([
  ['FANARI_AUTOMATION_PORT', '70000'],
  ['FANARI_AUTOMATION_MQTT_URL', 'http://broker'],
  ['FANARI_AUTOMATION_HTTP_URL', 'broker'],
  ['FANARI_AUTOMATION_MUNICIPALITY', 'a/b'],
  ['FANARI_AUTOMATION_TIME_ZONE', 'Europe/Orestiada'],
  ['FANARI_AUTOMATION_LEAST', 'urgent'],
  ['FANARI_AUTOMATION_QUIET_HOURS', 'minor=22-7'],
  ['FANARI_AUTOMATION_ESCALATE_MINUTES', 'major=soon'],
  ['FANARI_AUTOMATION_MORNING', '13:00'],
  ['FANARI_AUTOMATION_STORM_HOURS', '100'],
  ['FANARI_AUTOMATION_SMTP_TLS', 'yes'],
  ['FANARI_AUTOMATION_EDITOR', 'maybe'],
])('%s=%s is refused by name', ([name = '', value]) => {
  expect(() => readSettings({ [name]: value })).toThrow(name)
})

test('a secret may lie in a file, but not in both places', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-settings-'))
  const file = join(folder, 'token')
  writeFileSync(file, 'fanari_x\n')
  try {
    const environment = { FANARI_AUTOMATION_TOKEN_FILE: file }
    expect(readSettings(environment).FANARI_AUTOMATION_TOKEN).toBe('fanari_x')
    expect(() => readSettings({ ...environment, FANARI_AUTOMATION_TOKEN: 'y' })).toThrow('both')
    expect(() => readSettings({ FANARI_AUTOMATION_TOKEN_FILE: join(folder, 'none') })).toThrow(
      'FANARI_AUTOMATION_TOKEN_FILE',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
