import { createRandom } from '../random.ts'

/** Mobile network providers and the share of connections that each carries. */
const providers = [
  ['mobile-a', 0.55],
  ['mobile-b', 0.3],
  ['mobile-c', 0.15],
] as const

export const providerNames: readonly string[] = providers.map(([name]) => name)

/** Whose SIM card a gateway or a directly connected device has; a matter of its id alone. */
export const providerOf = (device: string): string => {
  let draw = createRandom(0, device, 'provider')()
  for (const [name, share] of providers) {
    if (draw < share) return name
    draw -= share
  }
  return providers[0][0]
}
