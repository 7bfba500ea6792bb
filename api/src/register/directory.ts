import { type DeviceDirectory, isId } from '@fanari/contracts'
import type { Tokens } from '../access/tokens.ts'
import type { Devices } from './devices.ts'
import type { Inventory } from './inventory.ts'

/** Longer than any secret of ours; whatever is longer is not worth hashing. */
const longestPassword = 256

/** The register as the MQTT door sees it: `{municipality}/{device}` with its password, or `token` with an API token. */
export const createDirectory = (options: {
  devices: Devices
  tokens: Tokens
  inventoryOf: (municipality: string) => Inventory | null
}): DeviceDirectory => {
  const { devices, tokens, inventoryOf } = options
  return {
    authenticate: (username, password) => {
      if (password.length > longestPassword) return null
      if (username === 'token') {
        const principal = tokens.principalOf(password)
        // The MQTT identity may send commands to devices, so roles that only look do not get it.
        const mayCommand = principal?.role === 'admin' || principal?.role === 'operator'
        return mayCommand ? { kind: 'operator', name: principal.name } : null
      }
      const [municipality, device, ...rest] = username.split('/')
      if (municipality === undefined || device === undefined || rest.length > 0) return null
      if (!isId(municipality) || !isId(device)) return null
      return devices.passwordMatches(municipality, device, password) ? { kind: 'device', municipality, device } : null
    },
    speaksFor: (municipality, device, target) =>
      device === target || (inventoryOf(municipality)?.speaksFor(device, target) ?? false),
    isKnownDevice: (municipality, device) => devices.has(municipality, device),
  }
}
