import type { Clock, Log } from '@fanari/contracts'
import { hashOf, matches, newSecret } from '../access/secrets.ts'
import type { Database } from '../store/database.ts'

/** MQTT credentials of a device, shown once. */
export interface DeviceCredentials {
  device: string
  username: string
  password: string
}

interface KnownDevice {
  passwordHash: Uint8Array
  /** Registered by itself and not through an asset, whose import would otherwise revoke it. */
  standalone: boolean
}

/** The devices' passwords: hashes in the database, and in memory for the MQTT door. */
export interface Devices {
  load(): void
  has(municipality: string, device: string): boolean
  /** All of a municipality, sorted. */
  list(municipality: string): string[]
  isStandalone(municipality: string, device: string): boolean
  passwordMatches(municipality: string, device: string, password: string): boolean
  /**
   * Writes new passwords and takes back those of devices nobody claims any more, inside the caller's transaction; the answered
   * function makes it known to the MQTT door and belongs after the commit.
   */
  write(
    municipality: string,
    change: { issue: string[]; revoke: string[]; standalone?: boolean },
  ): { credentials: DeviceCredentials[]; committed: () => void }
}

export const createDevices = (options: { database: Database; clock: Clock; log: Log }): Devices => {
  const { database, clock, log } = options
  const byMunicipality = new Map<string, Map<string, KnownDevice>>()
  const find = (municipality: string, device: string) => byMunicipality.get(municipality)?.get(device)
  const remember = (municipality: string, device: string, known: KnownDevice) => {
    const devices = byMunicipality.get(municipality) ?? new Map<string, KnownDevice>()
    byMunicipality.set(municipality, devices.set(device, known))
  }

  return {
    load: () => {
      byMunicipality.clear()
      const rows = database.all<{
        municipality: string
        device: string
        password_hash: Uint8Array
        standalone: number
      }>('SELECT municipality, device, password_hash, standalone FROM devices')
      for (const { municipality, device, password_hash: passwordHash, standalone } of rows) {
        remember(municipality, device, { passwordHash, standalone: standalone === 1 })
      }
      log('debug', 'register.devicesLoaded', { devices: rows.length })
    },
    has: (municipality, device) => find(municipality, device) !== undefined,
    list: (municipality) => [...(byMunicipality.get(municipality)?.keys() ?? [])].sort(),
    isStandalone: (municipality, device) => find(municipality, device)?.standalone ?? false,
    passwordMatches: (municipality, device, password) => {
      const known = find(municipality, device)
      return known !== undefined && matches(password, known.passwordHash)
    },
    write: (municipality, { issue, revoke, standalone = false }) => {
      const issued = issue.map((device) => {
        const password = newSecret()
        const known: KnownDevice = {
          passwordHash: hashOf(password),
          standalone: find(municipality, device)?.standalone ?? standalone,
        }
        database.run(
          `INSERT INTO devices (municipality, device, password_hash, standalone, created_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET password_hash = excluded.password_hash`,
          municipality,
          device,
          known.passwordHash,
          known.standalone ? 1 : 0,
          clock.now(),
        )
        return { known, credentials: { device, username: `${municipality}/${device}`, password } }
      })
      for (const device of revoke) {
        database.run('DELETE FROM devices WHERE municipality = ? AND device = ?', municipality, device)
      }
      return {
        credentials: issued.map(({ credentials }) => credentials),
        committed: () => {
          for (const device of revoke) byMunicipality.get(municipality)?.delete(device)
          for (const { known, credentials } of issued) remember(municipality, credentials.device, known)
        },
      }
    },
  }
}
