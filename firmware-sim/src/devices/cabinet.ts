import { type Instant, minuteMs, type Reading, secondMs } from '@fanari/contracts'
import { Controller, type ControllerOptions } from '../firmware/controller.ts'
import { createMainsVoltage } from '../physics/mains.ts'
import { createRandom, type Random } from '../random.ts'
import type { Cabinet } from '../town/town.ts'
import type { TrueCause } from '../truth.ts'
import type { World } from '../world.ts'
import type { Device } from './device.ts'
import type { LuminaireDevice } from './luminaire.ts'
import { round } from './power-source.ts'

/** A switched cabinet feeds its lights a little longer than the night, so that each light keeps its own hours. */
const contactorMarginMs = 15 * minuteMs
const meterPowerFactor = 0.95

/** What a cabinet gives its circuits. */
export interface CabinetSupply {
  /** Why there is no current behind the contactor; `null` when there is. */
  loss(): TrueCause | null
}

export const createCabinetSupply = (cabinet: Cabinet, world: World): CabinetSupply => {
  const isNight = (at: Instant): boolean => {
    const { dusk, dawn } = world.nightOf(cabinet.community, at)
    return at >= dusk - contactorMarginMs && at < dawn + contactorMarginMs
  }
  return {
    loss: () => {
      if (world.faults.has('cabinetSupply', cabinet.id)) return 'cabinetSupply'
      if (world.faults.has('contactorStuckOpen', cabinet.id)) return 'contactorStuckOpen'
      return cabinet.feed === 'switched' && !isNight(world.now()) ? 'supplySwitchedOff' : null
    },
  }
}

/** A cabinet's meter: three phases, the contactor and the door; and the contactor of a switched cabinet. */
export class CabinetDevice implements Device {
  readonly controller: Controller
  readonly #cabinet: Cabinet
  readonly #supply: CabinetSupply
  readonly #lights: readonly LuminaireDevice[]
  readonly #world: World
  readonly #mains: Record<'L1' | 'L2' | 'L3', (at: Instant) => number>
  readonly #meter: Random

  constructor(options: {
    cabinet: Cabinet
    supply: CabinetSupply
    lights: readonly LuminaireDevice[]
    world: World
    controller: Omit<ControllerOptions, 'profile' | 'world' | 'device' | 'reportIntervalS'>
  }) {
    const { cabinet, world } = options
    this.#cabinet = cabinet
    this.#supply = options.supply
    this.#lights = options.lights
    this.#world = world
    const mains = (phase: string) => createMainsVoltage(world.seed, cabinet.id, phase)
    this.#mains = { L1: mains('L1'), L2: mains('L2'), L3: mains('L3') }
    this.#meter = createRandom(world.seed, cabinet.id, 'meter')
    this.controller = new Controller({
      ...options.controller,
      world,
      device: cabinet.device ?? cabinet.id,
      reportIntervalS: cabinet.reportInterval ?? 300,
      profile: { measure: () => this.#measure() },
    })
  }

  start(): void {
    if (!this.#world.faults.has('cabinetSupply', this.#cabinet.id)) this.controller.resume()
    if (this.#cabinet.feed === 'switched') this.#followContactor()
  }

  update(): void {
    if (this.#world.faults.has('cabinetSupply', this.#cabinet.id)) this.controller.powerDown('supplyLoss', {})
    else if (!this.controller.isPowered) this.controller.powerUp()
    else this.controller.reportSoon(secondMs, 5 * secondMs)
  }

  #followContactor(): void {
    const now = this.#world.now()
    const { dusk, dawn, nextNoon } = this.#world.nightOf(this.#cabinet.community, now)
    const moments = [dusk - contactorMarginMs, dawn + contactorMarginMs, nextNoon]
    this.#world.schedule(moments.find((at) => at > now) ?? nextNoon, () => {
      for (const light of this.#lights) light.update()
      this.update()
      this.#followContactor()
    })
  }

  #measure(): Partial<Reading> {
    const { now, faults, weather } = this.#world
    const at = now()
    const loss = this.#supply.loss()
    const volts = (phase: 'L1' | 'L2' | 'L3'): number =>
      faults.has('phaseLoss', `${this.#cabinet.id}:${phase}`) ? this.#meter() * 4 : this.#mains[phase](at)
    const watts = { L1: 0, L2: 0, L3: 0 }
    let energyKWh = 0
    for (const light of this.#lights) {
      if (light.phase !== undefined) watts[light.phase] += light.powerW
      energyKWh += light.energyKWh
    }
    const noise = () => 1 + 0.01 * (this.#meter() - 0.5)
    const [voltageL1, voltageL2, voltageL3] = [volts('L1'), volts('L2'), volts('L3')]
    const [powerL1, powerL2, powerL3] = [watts.L1 * noise(), watts.L2 * noise(), watts.L3 * noise()]
    const amperes = (powerW: number, voltageV: number): number =>
      voltageV < 50 ? 0 : round(powerW / (voltageV * meterPowerFactor), 2)
    return {
      voltageL1: round(voltageL1, 1),
      voltageL2: round(voltageL2, 1),
      voltageL3: round(voltageL3, 1),
      currentL1: amperes(powerL1, voltageL1),
      currentL2: amperes(powerL2, voltageL2),
      currentL3: amperes(powerL3, voltageL3),
      powerL1: round(powerL1, 1),
      powerL2: round(powerL2, 1),
      powerL3: round(powerL3, 1),
      activePower: round(powerL1 + powerL2 + powerL3, 1),
      activeEnergy: round(energyKWh, 2),
      contactorClosed: loss !== 'contactorStuckOpen' && loss !== 'supplySwitchedOff',
      doorOpen: false,
      leakageCurrent: round(2 + 3 * this.#meter(), 1),
      temperature: round(weather.temperature(at) + 6, 1),
      rssi: this.controller.radio.rssi(),
    }
  }
}
