import { lampPowerFactor } from '../physics/lamp.ts'
import { createMainsVoltage } from '../physics/mains.ts'
import { createRandom } from '../random.ts'
import type { FaultKind } from '../scenario/faults.ts'
import type { Luminaire } from '../town/town.ts'
import type { World } from '../world.ts'
import type { CabinetSupply } from './cabinet.ts'
import { type PowerSource, round } from './power-source.ts'

/** The way of the current to a grid light: cabinet, contactor, phase, breaker, pole fuse. The first that is broken is the cause. */
export const createGridSource = (light: Luminaire, cabinet: CabinetSupply | undefined, world: World): PowerSource => {
  const { id, circuit, phase } = light
  const feeder = light.cabinet ?? id
  const upstream: [FaultKind, string][] = [
    ['phaseLoss', `${feeder}:${phase}`],
    ['circuitTrip', `${circuit}`],
    ['phaseLoss', `${circuit}:${phase}`],
    ['poleFuse', id],
  ]
  const mains = createMainsVoltage(world.seed, feeder, phase ?? 'L1')
  const noise = createRandom(world.seed, id, 'voltmeter')
  /** Along the cable the voltage drops a little. */
  const dropV = 0.05 * (light.position ?? 1)

  const lampLoss: PowerSource['lampLoss'] = () =>
    cabinet?.loss() ?? upstream.find(([kind, target]) => world.faults.has(kind, target))?.[0] ?? null
  return {
    lampLoss,
    controllerPowered: () => lampLoss() === null,
    advance: () => {},
    measure: (loadW) => {
      const volts = mains(world.now()) - dropV + (noise() - 0.5)
      const powerFactor = lampPowerFactor(loadW, light.ratedPower)
      return {
        supplyVoltage: round(volts, 1),
        supplyCurrent: round(loadW / (volts * powerFactor), 3),
        powerFactor: round(powerFactor, 2),
      }
    },
    gasp: 'supplyLoss',
  }
}
