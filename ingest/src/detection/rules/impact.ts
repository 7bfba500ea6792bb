import type { Light } from '../light.ts'
import type { World } from '../world.ts'
import { ruleKey } from './light-incidents.ts'

/** Whether the light's pole has been hit and the incident goes on: what it does now, lean, dark or silent, follows from that. */
export const isHit = (light: Light): boolean => light.memory.runs?.impactDetected?.open === true

/** What was found at the light shortly before is the same incident. */
export const absorbIntoImpact = (world: World, light: Light): void => {
  const { id } = light.asset
  const impact = world.book.get(ruleKey(light, 'impactDetected'))
  if (impact === undefined) return
  for (const key of [`dark:${id}`, `silence:${id}`, ruleKey(light, 'orientationChanged')]) {
    const single = world.book.get(key)
    if (single !== undefined && single.startedAt >= impact.startedAt - togetherMs(light))
      world.book.resolve(key, 'absorbed', world.now, { parent: impact.id })
  }
}

/** How long before the word of an impact its consequences may have been seen: messages overtake each other. */
const togetherMs = (light: Light): number => 3 * light.asset.intervalMs
