import type { Evidence, FaultName, Instant, Reason } from '@fanari/contracts'
import type { Light } from '../light.ts'
import type { World } from '../world.ts'

/** The key of a light's incident of this fault in the book. */
export const ruleKey = (light: Light, fault: FaultName): string => `rule:${fault}:${light.asset.id}`

/** The keys of all incidents that the rules may have opened for this light alone. */
export const ruleKeysOf = (light: Light): string[] => {
  const { runs } = light.memory
  return runs === null ? [] : (Object.keys(runs) as FaultName[]).map((fault) => ruleKey(light, fault))
}

export const openForLight = (
  world: World,
  light: Light,
  key: string,
  found: { fault: FaultName; reason: Reason; startedAt: Instant; evidence: Evidence[]; absorbs?: string[] },
): void => {
  world.book.open(
    key,
    {
      ...found,
      scope: { kind: 'luminaire', id: light.asset.id },
      community: light.asset.community,
      members: [light.asset.id],
    },
    world.now,
  )
}
