import { secondMs } from '@fanari/contracts'
import { between, createRandom } from '../random.ts'
import type { Luminaire } from '../town/town.ts'
import type { World } from '../world.ts'
import { round } from './power-source.ts'

const steepestOrdinaryTilt = 1.9
const tiltNoise = 0.15

/** The pole under a light: it may lean, or be run down, which tears its cable a little later. */
export interface Pole {
  lampLoss(): 'knockdown' | null
  /** Run down, and the controller knows it. */
  isFelled(): boolean
  /** [degrees from upright]; `undefined` without a sensor for it. */
  tilt(): number | undefined
  /** Meets a knock-down that has begun or ended. */
  meetFaults(firmware: { tell(tilt: number): void; changed(): void }): void
}

export const createPole = (options: { light: Luminaire; world: World; isFelt: boolean }): Pole => {
  const { light, world, isFelt } = options
  const random = createRandom(world.seed, light.id, 'pole')
  const ordinary = between(random, 0.1, steepestOrdinaryTilt)
  let isDown = false
  let isTorn = false

  const tilt = (): number => {
    const felled = world.faults.severity('knockdown', light.id)
    const leaning = world.faults.severity('leaning', light.id)
    const angle = felled !== undefined ? 30 + 60 * felled : leaning !== undefined ? 12 + 13 * leaning : ordinary
    return round(Math.abs(angle + between(random, -tiltNoise, tiltNoise)), 1)
  }
  return {
    lampLoss: () => (isTorn ? 'knockdown' : null),
    isFelled: () => isFelt && isDown,
    tilt: () => (isFelt ? tilt() : undefined),
    meetFaults: ({ tell, changed }) => {
      const was = isDown
      isDown = world.faults.has('knockdown', light.id)
      if (!isDown) isTorn = false
      if (!isDown || was) return
      if (isFelt) tell(tilt())
      world.schedule(world.now() + between(random, 20, 120) * secondMs, () => {
        isTorn = isDown
        changed()
      })
    },
  }
}
