import type { DeviceDirectory } from '@fanari/contracts'

/** The register of the broker's tests: Orestiada has two lamps and a gateway that speaks for the second; Didymoteicho has a lamp of the same name as the first. */
export const directory: DeviceDirectory = {
  authenticate: (username, password) => {
    if (username === 'token') return password === 'operator-token' ? { kind: 'operator', name: 'control room' } : null
    if (password !== `secret of ${username}`) return null
    const [municipality = '', device = ''] = username.split('/')
    return { kind: 'device', municipality, device }
  },
  speaksFor: (municipality, device, target) =>
    device === target || (municipality === 'orestiada' && device === 'gateway-1' && target === 'lamp-2'),
  isKnownDevice: () => true,
}
