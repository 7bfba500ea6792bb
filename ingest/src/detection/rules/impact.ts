import type { Light } from '../light.ts'
import type { World } from '../world.ts'
import { ruleKey } from './light-incidents.ts'
import type { Run } from './runs.ts'

/** Whether the light's pole has been hit and the incident goes on: what it does now, lean, dark or silent, follows from that. */
export const isHit = (light: Light): boolean => light.memory.runs?.impactDetected?.open === true

/** The keys of what was found at the light shortly before: it is the same incident. */
export const consequencesOf = (world: World, light: Light, run: Run): string[] => {
  const { id } = light.asset
  return [`dark:${id}`, `silence:${id}`, ruleKey(light, 'orientationChanged')].filter((key) => {
    const single = world.book.get(key)
    return single !== undefined && single.startedAt >= run.since - togetherMs(light)
  })
}

/** How long before the word of an impact its consequences may have been seen: messages overtake each other. */
const togetherMs = (light: Light): number => 3 * light.asset.intervalMs
