import type { Light } from './light.ts'
import { plannedOn, type Stretch } from './planned-on.ts'
import type { World } from './world.ts'

/** A light, and when it is planned to be on. */
export interface PlannedLight {
  id: string
  community: string
  circuit: string | null
  stretches: readonly Stretch[]
}

/** Every light with the stretches of `range` in which it is planned to be on; lights of one place share them. */
export const plannedLights = (world: World, range: Stretch): PlannedLight[] => {
  const plans = new Map<string, readonly Stretch[]>()
  const planOf = ({ asset, program }: Light): readonly Stretch[] => {
    const key = `${asset.lat} ${asset.lon} ${asset.program}`
    const known = plans.get(key)
    if (known !== undefined) return known
    const plan = plannedOn(world.schedule, asset, program, range)
    plans.set(key, plan)
    return plan
  }
  return [...world.lights.values()].map((light) => ({
    id: light.asset.id,
    community: light.asset.community,
    circuit: light.asset.circuit,
    stretches: planOf(light),
  }))
}
