import { randomBytes } from 'node:crypto'
import type { Settings } from './settings.ts'
import { SettingsError } from './settings.ts'
import { keptSecret } from './user-folder.ts'

/** Shorter passwords of an editor that runs code are refused. */
const shortestPassword = 12
const isLoopback = (host: string): boolean => /^127\.|^::1$|^localhost$/.test(host)
const newSecret = (): string => randomBytes(24).toString('base64url')

export interface Access {
  password: string
  /** Made by this start, because none was set: to be shown once. */
  made: boolean
  credentialSecret: string
}

/**
 * The editor's password and what encrypts credentials. Off loopback both must be set: whoever edits flows runs code.
 * @throws {SettingsError} naming what is missing
 */
export const readAccess = (settings: Settings): Access => {
  const {
    FANARI_AUTOMATION_HOST: host,
    FANARI_AUTOMATION_EDITOR: editor,
    FANARI_AUTOMATION_EDITOR_PASSWORD: password,
    FANARI_AUTOMATION_CREDENTIAL_SECRET: secret,
    FANARI_AUTOMATION_DATA: folder,
  } = settings
  const problems: string[] = []
  const open = !isLoopback(host)
  if (open && editor === 'on' && password === '')
    problems.push(`FANARI_AUTOMATION_EDITOR_PASSWORD: needed to listen on ${host}; whoever edits flows runs code`)
  if (password !== '' && password.length < shortestPassword)
    problems.push(`FANARI_AUTOMATION_EDITOR_PASSWORD: at least ${shortestPassword} characters`)
  if (open && secret === '') problems.push(`FANARI_AUTOMATION_CREDENTIAL_SECRET: needed to listen on ${host}`)
  if (problems.length > 0) throw new SettingsError(problems)
  return {
    password: password === '' ? newSecret() : password,
    made: password === '' && editor === 'on',
    credentialSecret: secret === '' ? keptSecret(folder, 'credential-secret', newSecret) : secret,
  }
}
