import { readFileSync } from 'node:fs'
import type { Settings } from './settings.ts'

/** The certificate files named in the settings; `null` without them. Throws when one cannot be read. */
export const readTls = (settings: Settings): { cert: string; key: string; ca?: string } | null => {
  const { FANARI_TLS_CERT: cert, FANARI_TLS_KEY: key, FANARI_TLS_CA: ca } = settings
  if (cert === undefined || key === undefined) return null
  const read = (file: string): string => readFileSync(file, 'utf8')
  return { cert: read(cert), key: read(key), ...(ca === undefined ? {} : { ca: read(ca) }) }
}
