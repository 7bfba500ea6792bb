import type { Evidence, FaultName, Instant, Reason } from '@fanari/contracts'
import type { Light } from '../light.ts'
import type { World } from '../world.ts'
import { openTaking } from './taking-over.ts'

/** The key of a light's incident of this fault in the book. */
export const ruleKey = (light: Light, fault: FaultName): string => `rule:${fault}:${light.asset.id}`

/** The keys of all incidents that the rules may have opened for this light alone. */
export const ruleKeysOf = (light: Light): string[] => {
  const { runs } = light.memory
  return runs === null ? [] : (Object.keys(runs) as FaultName[]).map((fault) => ruleKey(light, fault))
}

/** Opens an incident of the light alone, which takes over those under the keys `takes`. */
export const openForLight = (
  world: World,
  light: Light,
  key: string,
  found: { fault: FaultName; reason: Reason; startedAt: Instant; evidence: Evidence[] },
  takes: readonly string[] = [],
): void => {
  const { id, community } = light.asset
  openTaking(world, key, { ...found, scope: { kind: 'luminaire', id }, community, members: [id] }, takes)
}
