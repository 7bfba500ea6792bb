import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type Settings, SettingsError } from './settings.ts'

/**
 * The certificate files named in the settings; `null` without them.
 * @throws {SettingsError} naming the file that cannot be read, or saying that certificate and key are no pair
 */
export const readTls = (settings: Settings): { cert: string; key: string; ca?: string } | null => {
  const { FANARI_TLS_CERT: certFile, FANARI_TLS_KEY: keyFile, FANARI_TLS_CA: caFile } = settings
  if (certFile === undefined || keyFile === undefined) return null
  const cert = read('FANARI_TLS_CERT', certFile)
  const key = read('FANARI_TLS_KEY', keyFile)
  const files = { cert, key, ...(caFile === undefined ? {} : { ca: read('FANARI_TLS_CA', caFile) }) }
  try {
    createSecureContext(files)
  } catch (error) {
    throw new SettingsError([`FANARI_TLS_CERT and FANARI_TLS_KEY: not a certificate and its key: ${messageOf(error)}`])
  }
  return files
}

const read = (variable: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new SettingsError([`${variable}: ${messageOf(error)}`])
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
