import type { DeviceTraits } from '../firmware/traits.ts'
import { lampPowerFactor } from '../physics/lamp.ts'
import { createRandom } from '../random.ts'
import type { FaultKind } from '../scenario/faults.ts'
import type { Luminaire } from '../town/town.ts'
import type { World } from '../world.ts'
import type { CabinetSupply } from './cabinet-supply.ts'
import { type PowerSource, round } from './power-source.ts'

/** The way of the current to a grid light: cabinet, contactor, phase, breaker, cable, pole fuse. The first that is broken is the cause. */
export const createGridSource = (
  light: Luminaire,
  cabinet: CabinetSupply | undefined,
  world: World,
  traits: DeviceTraits,
): PowerSource => {
  const { id, circuit, phase = 'L1' } = light
  const feeder = light.cabinet ?? id
  const upstream: [FaultKind, string][] = [
    ['phaseLoss', `${feeder}:${phase}`],
    ['circuitTrip', `${circuit}`],
    ['dip', `${circuit}`],
    ['phaseLoss', `${circuit}:${phase}`],
    ['cableCut', id],
    ['cableTheft', id],
    ['poleFuse', id],
  ]
  const mains = cabinet?.voltage(phase) ?? world.mains(feeder, phase)
  const noise = createRandom(world.seed, id, 'voltmeter')
  /** Along the cable the voltage drops a little. */
  const dropV = traits.feederDropV * (light.position ?? 1)

  const lampLoss: PowerSource['lampLoss'] = () => {
    const loss = cabinet?.loss() ?? null
    if (loss !== null) return loss
    for (const [kind, target] of upstream) if (world.faults.has(kind, target)) return kind
    return null
  }
  return {
    lampLoss,
    controllerPowered: () => lampLoss() === null,
    advance: () => {},
    measure: (loadW, reading) => {
      const volts = mains(world.now()) - dropV + (noise() - 0.5)
      const capacitor = world.faults.severity('capacitor', id)
      const usual = lampPowerFactor(loadW, light.ratedPower)
      const powerFactor = capacitor === undefined ? usual : Math.min(usual, 0.35 + 0.25 * capacitor)
      reading.supplyVoltage = round(volts, 1)
      reading.supplyCurrent = round(loadW / (volts * powerFactor), 3)
      reading.powerFactor = round(powerFactor, 2)
    },
    gasp: 'supplyLoss',
  }
}
