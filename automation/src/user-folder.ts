import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultCredentials, defaultFlows } from './flows.ts'

const text = (value: unknown): string => `${JSON.stringify(value, null, 4)}\n`

/**
 * Makes the folder of Node-RED ready. The flows in it belong to the municipality: they are written at the first start only. This
 * release's own lie beside them as `flows.default.json`, to be compared and imported by hand.
 */
export const prepareUserFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'flows.default.json'), text(defaultFlows()))
  const flows = join(folder, 'flows.json')
  if (existsSync(flows)) return
  // Credentials first: without them, flows of a start that broke off here would stay without.
  writeFileSync(join(folder, 'flows_cred.json'), text(defaultCredentials()), { mode: 0o600 })
  writeFileSync(flows, text(defaultFlows()))
}

/** A secret kept in the folder, made by `make` the first time. */
export const keptSecret = (folder: string, name: string, make: () => string): string => {
  const file = join(folder, name)
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const secret = make()
  writeFileSync(file, `${secret}\n`, { mode: 0o600 })
  return secret
}
