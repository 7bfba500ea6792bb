import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeVariables, readSettings, SettingsError, unknownVariables, variables } from './settings.ts'

describe('settings', () => {
  test('with nothing set: the simulated town, closed to unknown devices, everything on loopback', () => {
    expect(readSettings({})).toMatchObject({
      FANARI_TOWN: 'orestiada',
      FANARI_SPEED: 60,
      FANARI_HTTP_HOST: '127.0.0.1',
      FANARI_HTTP_PORT: 8080,
      FANARI_MQTT_HOST: '127.0.0.1',
      FANARI_MQTT_PORT: 1883,
      FANARI_MQTTS_PORT: null,
      FANARI_DEVICE_AUTH: 'closed',
      FANARI_RETENTION_DAYS: 90,
    })
  })

  test('MQTT over WebSocket has its usual port only beside the usual MQTT port', () => {
    expect(readSettings({}).FANARI_WS_PORT).toBe(8083)
    expect(readSettings({ FANARI_MQTT_PORT: '2883' }).FANARI_WS_PORT).toBeNull()
    expect(readSettings({ FANARI_MQTT_PORT: '2883', FANARI_WS_PORT: '9083' }).FANARI_WS_PORT).toBe(9083)
    expect(readSettings({ FANARI_WS_PORT: 'off' }).FANARI_WS_PORT).toBeNull()
  })

  test('one of three services takes real time, and its inner door is on loopback', () => {
    const settings = readSettings({ FANARI_SERVICE: 'ingest', FANARI_LINK_API: 'http://api:8093/' })
    expect(settings).toMatchObject({
      FANARI_TOWN: 'none',
      FANARI_LINK_HOST: '127.0.0.1',
      FANARI_LINK_INGEST: 'http://127.0.0.1:8092',
      FANARI_LINK_API: 'http://api:8093',
    })
    expect(() => readSettings({ FANARI_SERVICE: 'api', FANARI_TOWN: 'orestiada' })).toThrow(/FANARI_TOWN.*one process/)
  })

  test('an empty variable counts as not set', () => {
    expect(readSettings({ FANARI_ADMIN_TOKEN: '', FANARI_HTTP_PORT: '' })).toMatchObject({ FANARI_HTTP_PORT: 8080 })
  })

  test.each([
    [{ FANARI_TOWN: 'athens' }, 'FANARI_TOWN'],
    [{ FANARI_SERVICE: 'detector' }, 'FANARI_SERVICE'],
    [{ FANARI_LINK_BROKER: 'http://broker' }, 'FANARI_LINK_BROKER'],
    [{ FANARI_LINK_BROKER: 'mqtt://broker:1883' }, 'FANARI_LINK_BROKER'],
    [{ FANARI_LINK_INGEST: 'http://ingest:8092/path' }, 'FANARI_LINK_INGEST'],
    [{ FANARI_LINK_SECRET: 'short' }, 'FANARI_LINK_SECRET'],
    [{ FANARI_SPEED: 'fast' }, 'FANARI_SPEED'],
    [{ FANARI_HTTP_PORT: '70000' }, 'FANARI_HTTP_PORT'],
    [{ FANARI_MQTT_PORT: '-1' }, 'FANARI_MQTT_PORT'],
    [{ FANARI_DEVICE_AUTH: 'maybe' }, 'FANARI_DEVICE_AUTH'],
    [{ FANARI_BROKER_URL: 'http://broker' }, 'FANARI_BROKER_URL'],
    [{ FANARI_MQTTS_PORT: '8883' }, 'FANARI_TLS_CERT'],
    [{ FANARI_PUBLIC_URL: 'fanari.dimos.example' }, 'FANARI_PUBLIC_URL'],
    [{ FANARI_OIDC_ISSUER: 'https://id.dimos.example' }, 'FANARI_OIDC_CLIENT_SECRET'],
    [{ FANARI_OIDC_ROLES: 'call-centre=mayor' }, 'call-centre=mayor'],
    [{ FANARI_SMTP_URL: 'smtp://mail.dimos.example' }, 'needs FANARI_MAIL_FROM and FANARI_PUBLIC_URL'],
    [{ FANARI_SMTP_URL: 'https://mail.dimos.example' }, 'FANARI_SMTP_URL'],
    [{ FANARI_MAIL_FROM: 'Δήμος\r\nBcc: all@example.org <a@b.gr>' }, 'FANARI_MAIL_FROM'],
    [{ FANARI_SMS_BODY: '{"to":"{{to}}"}' }, 'FANARI_SMS_BODY'],
    [{ FANARI_WEBHOOK_URL: 'https://hook.dimos.example' }, 'FANARI_WEBHOOK_SECRET'],
    [{ FANARI_INTAKE_PER_MINUTE: '0' }, 'FANARI_INTAKE_PER_MINUTE'],
  ])('%j is refused by name', (environment, name) => {
    expect(() => readSettings(environment)).toThrow(SettingsError)
    expect(() => readSettings(environment)).toThrow(name)
  })

  test('everything wrong is named at once', () => {
    expect(() => readSettings({ FANARI_TOWN: 'x', FANARI_SPEED: 'y' })).toThrow(/FANARI_TOWN[\s\S]*FANARI_SPEED/)
  })

  test('groups of the identity provider have roles, in their order', () => {
    const settings = readSettings({ FANARI_OIDC_ROLES: 'lighting admins=admin, call-centre=operator,' })
    expect(settings.FANARI_OIDC_ROLES).toEqual([
      { group: 'lighting admins', role: 'admin' },
      { group: 'call-centre', role: 'operator' },
    ])
  })

  test('a slip of the pen is found', () => {
    expect(unknownVariables({ FANARI_HTPP_PORT: '1', FANARI_TOWN: 'none', HOME: '/' })).toEqual(['FANARI_HTPP_PORT'])
  })

  test('the help lists every variable', () => {
    for (const name of Object.keys(variables)) expect(describeVariables()).toContain(name)
  })
})

describe('a secret in a file', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fanari-settings-'))
    file = join(folder, 'admin-token')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('is the value of the variable, without the line end an editor leaves', () => {
    writeFileSync(file, 'a-long-enough-token\n')
    expect(readSettings({ FANARI_ADMIN_TOKEN_FILE: file }).FANARI_ADMIN_TOKEN).toBe('a-long-enough-token')
    expect(unknownVariables({ FANARI_ADMIN_TOKEN_FILE: file, FANARI_ADMIN_TOKN_FILE: file })).toEqual([
      'FANARI_ADMIN_TOKN_FILE',
    ])
  })

  test('is refused by name when it is missing, empty, or given twice', () => {
    expect(() => readSettings({ FANARI_ADMIN_TOKEN_FILE: file })).toThrow(/FANARI_ADMIN_TOKEN_FILE: ENOENT/)
    writeFileSync(file, ' \n')
    expect(() => readSettings({ FANARI_ADMIN_TOKEN_FILE: file })).toThrow(/FANARI_ADMIN_TOKEN_FILE: .* is empty/)
    expect(() => readSettings({ FANARI_ADMIN_TOKEN_FILE: file, FANARI_ADMIN_TOKEN: 'other' })).toThrow(/both/)
  })
})
