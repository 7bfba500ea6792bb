import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { deviceOf, importAnswerSchema, type Log, secondMs } from '@fanari/contracts'
import { parseCredentials } from './credentials.ts'
import type { Credentials } from './edge/mqtt-transport.ts'
import type { Town } from './town/town.ts'

/** Between two attempts at a platform that is not there yet [ms]. */
const retryMs = 2 * secondMs

export interface RegisterOptions {
  /** Of the platform, such as `http://api:8080`. */
  platform: string
  /** Of an administrator. */
  token: string
  town: Town
  /** Where passwords are kept: the platform shows them once. */
  credentialsFile: string
  log: Log
  signal: AbortSignal
}

/**
 * Registers the town with a running platform as a municipality would its assets, over HTTP, and answers its devices' MQTT credentials.
 * Waits for a platform that is not there yet.
 * @throws Error with the platform's answer when it refuses
 */
export const registerTown = async (options: RegisterOptions): Promise<Map<string, Credentials>> => {
  const { platform, token, town, credentialsFile, log, signal } = options
  const { id, name, timeZone } = town.municipality
  const path = `/api/v1/municipalities/${id}`

  const call = async (method: string, address: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(address, platform), {
      method,
      signal,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${address} answered ${response.status}: ${text.slice(0, 500)}`)
    return JSON.parse(text)
  }

  for (;;) {
    // A refused connection is a TypeError; a refusal in words is not, and waiting would not change it.
    const there = await fetch(new URL('/healthz', platform), { signal }).catch((error: unknown) => {
      if (error instanceof TypeError) return null
      throw error
    })
    if (there?.ok === true) break
    log('info', 'sim.waitingForPlatform', { platform })
    await delay(retryMs, undefined, { signal })
  }

  await call('PUT', path, { name, timeZone })
  const assets = town.assets()
  const imported = importAnswerSchema.parse(await call('PUT', `${path}/assets`, assets))
  log('info', 'town.registered', { ...imported, credentials: undefined, rejected: imported.rejected.length })

  const known = existsSync(credentialsFile)
    ? parseCredentials(readFileSync(credentialsFile, 'utf8'))
    : new Map<string, Credentials>()
  for (const { device, username, password } of imported.credentials ?? []) known.set(device, { username, password })
  const devices = new Set(assets.features.flatMap((feature) => deviceOf(feature.properties) ?? []))
  // Registered earlier, by a simulator whose file is gone.
  for (const device of devices) {
    if (known.has(device)) continue
    const issued = JSON.stringify(await call('POST', `${path}/devices/${device}/credentials`))
    for (const [id, own] of parseCredentials(issued)) known.set(id, own)
  }
  const entries = [...known].filter(([device]) => devices.has(device)).map(([device, own]) => ({ device, ...own }))
  writeFileSync(credentialsFile, JSON.stringify(entries), { mode: 0o600 })
  return new Map(entries.map(({ device, ...own }) => [device, own]))
}
