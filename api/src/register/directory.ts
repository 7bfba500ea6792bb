import { type DeviceDirectory, isId } from '@fanari/contracts'
import { judge } from '../access/permissions.ts'
import type { Tokens } from '../access/tokens.ts'
import type { Devices } from './devices.ts'
import type { Inventory } from './inventory.ts'

/** Longer than any secret of ours; whatever is longer is not worth hashing. */
const longestPassword = 256

/** The register as the MQTT door sees it: `{municipality}/{device}` with its password, or `token` with an API token. */
export const createDirectory = (options: {
  devices: Pick<Devices, 'has' | 'passwordMatches'>
  tokens: Pick<Tokens, 'principalOf'>
  inventoryOf: (municipality: string) => Pick<Inventory, 'speaksFor'> | null
}): DeviceDirectory => {
  const { devices, tokens, inventoryOf } = options
  return {
    authenticate: (username, password) => {
      if (password.length > longestPassword) return null
      if (username === 'token') {
        const principal = tokens.principalOf(password)
        // The MQTT identity reads every municipality and may send commands to devices: roles that only look do not get it, nor do
        // tokens limited to some municipalities.
        const mayCommand = principal !== null && judge(principal, 'device.command', null) === 'allowed'
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
