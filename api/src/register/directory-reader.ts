import type { Clock, DeviceDirectory } from '@fanari/contracts'
import { matches } from '../access/secrets.ts'
import { createTokens } from '../access/tokens.ts'
import { createDatabase } from '../store/database.ts'
import { migrations } from '../store/migrations.ts'
import { createDirectory } from './directory.ts'

/** The register as the MQTT door sees it, from a process that does not keep it. */
export interface DirectoryReader extends DeviceDirectory {
  /** @throws while the database is not there, or has another release's schema. */
  open(): void
  close(): void
}

/** For so long what was found is believed without looking whether something has changed [ms of wall time]. */
const believedMs = 100

/**
 * Answers from the api's database, read only. What is found is remembered; what is not found is looked up each time, so that a device
 * counts as known from the moment the api has answered its import. Passwords are looked up at each sign-in. A device that is taken out
 * may be known for a tenth of a second longer.
 *
 * An error of the database is thrown on: it would be wrong to take a known device for an unknown one.
 */
export const createDirectoryReader = (options: {
  databaseFile: string
  clock: Clock
  /** Wall time, of any origin [ms]. */
  monotonicNow: () => number
  adminToken?: string | undefined
}): DirectoryReader => {
  const { databaseFile, clock, monotonicNow, adminToken } = options
  const database = createDatabase(databaseFile, migrations, { readOnly: true })
  const tokens = createTokens({ database, clock, adminToken })
  const known = new Map<string, Set<string>>()
  const speaking = new Map<string, Set<string>>()
  let version = Number.NaN
  let lookedAt = Number.NEGATIVE_INFINITY
  let tokensAreOf = Number.NaN

  /** Forgets what was found when another connection has written since. */
  const lookForChanges = (): void => {
    lookedAt = monotonicNow()
    const now = database.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? Number.NaN
    if (now === version) return
    version = now
    known.clear()
    speaking.clear()
  }

  const isRemembered = (memory: Map<string, Set<string>>, key: string, value: string): boolean => {
    if (monotonicNow() - lookedAt >= believedMs) lookForChanges()
    return memory.get(key)?.has(value) ?? false
  }
  const remember = (memory: Map<string, Set<string>>, key: string, value: string): true => {
    const values = memory.get(key) ?? new Set<string>()
    memory.set(key, values.add(value))
    return true
  }

  const passwordHashOf = (municipality: string, device: string): Uint8Array | null =>
    database.get<{ password_hash: Uint8Array }>(
      'SELECT password_hash FROM devices WHERE municipality = ? AND device = ?',
      municipality,
      device,
    )?.password_hash ?? null

  /** The device that speaks for a device: that of the gateway its asset names, or what bears the gateway's name. */
  const gatewayOf = (municipality: string, device: string): string | null =>
    database.get<{ gateway: string | null }>(
      `SELECT iif(gateway.id IS NULL, owner.feature ->> '$.properties.gateway', gateway.device) AS gateway
       FROM assets AS owner LEFT JOIN assets AS gateway
         ON gateway.municipality = owner.municipality AND gateway.kind = 'gateway'
           AND gateway.id = owner.feature ->> '$.properties.gateway'
       WHERE owner.municipality = ? AND owner.device = ?`,
      municipality,
      device,
    )?.gateway ?? null

  const directory = createDirectory({
    devices: {
      has: (municipality, device) =>
        isRemembered(known, municipality, device) ||
        (passwordHashOf(municipality, device) !== null && remember(known, municipality, device)),
      passwordMatches: (municipality, device, password) => {
        const hash = passwordHashOf(municipality, device)
        return hash !== null && matches(password, hash)
      },
    },
    tokens: {
      principalOf: (token) => {
        lookForChanges()
        if (tokensAreOf !== version) tokens.reread()
        tokensAreOf = version
        return tokens.principalOf(token)
      },
    },
    inventoryOf: (municipality) => ({
      speaksFor: (gateway, target) => {
        const key = `${municipality}/${gateway}`
        if (isRemembered(speaking, key, target)) return true
        return gatewayOf(municipality, target) === gateway && remember(speaking, key, target)
      },
    }),
  })

  return { ...directory, open: () => database.open(), close: () => database.close() }
}
