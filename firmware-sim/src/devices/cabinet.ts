import { hourMs, type Instant, type Reading, secondMs } from '@fanari/contracts'
import { Controller, type ControllerOptions } from '../firmware/controller.ts'
import type { DeviceTraits } from '../firmware/traits.ts'
import { createRandom, type Random } from '../random.ts'
import type { Cabinet } from '../town/town.ts'
import type { World } from '../world.ts'
import { type CabinetSupply, contactorMarginMs, type Phase } from './cabinet-supply.ts'
import type { Device } from './device.ts'
import type { LuminaireDevice } from './luminaire.ts'
import { round } from './power-source.ts'

const meterPowerFactor = 0.95
const phases: readonly Phase[] = ['L1', 'L2', 'L3']

/** The contactor of a switched cabinet: tells its lights when they get their supply, and when it goes. */
export const followContactor = (cabinet: Cabinet, world: World, changed: () => void): void => {
  const now = world.now()
  const { dusk, dawn, nextNoon } = world.nightOf(cabinet.community, now)
  const moments = [dusk - contactorMarginMs, dawn + contactorMarginMs, nextNoon]
  world.schedule(moments.find((at) => at > now) ?? nextNoon, () => {
    changed()
    followContactor(cabinet, world, changed)
  })
}

/** A cabinet's meter: three phases, the contactor, the door and the residual current. */
export class CabinetDevice implements Device {
  readonly controller: Controller
  readonly #cabinet: Cabinet
  readonly #supply: CabinetSupply
  readonly #lights: readonly LuminaireDevice[]
  readonly #world: World
  readonly #mains: Record<Phase, (at: Instant) => number>
  readonly #meter: Random
  readonly #traits: DeviceTraits
  /** What a stranger has drawn so far, and draws now. */
  #tap = { kWh: 0, phase: 'L1' as Phase, watts: 0, since: 0 }

  constructor(options: {
    cabinet: Cabinet
    supply: CabinetSupply
    lights: readonly LuminaireDevice[]
    world: World
    controller: Omit<ControllerOptions, 'profile' | 'world' | 'device' | 'reportIntervalS'>
  }) {
    const { cabinet, supply, world } = options
    this.#cabinet = cabinet
    this.#supply = supply
    this.#lights = options.lights
    this.#world = world
    this.#mains = { L1: supply.voltage('L1'), L2: supply.voltage('L2'), L3: supply.voltage('L3') }
    this.#meter = createRandom(world.seed, cabinet.id, 'meter')
    this.#traits = options.controller.traits
    this.controller = new Controller({
      ...options.controller,
      world,
      device: cabinet.device ?? cabinet.id,
      reportIntervalS: cabinet.reportInterval ?? 300,
      profile: { measure: (reading) => this.#measure(reading) },
    })
  }

  start(): void {
    if (this.#supply.hasSupply()) this.controller.resume()
    this.#meetTap()
  }

  update(): void {
    this.#meetTap()
    if (!this.#supply.hasSupply()) this.controller.powerDown('supplyLoss', {})
    else if (!this.controller.isPowered) this.controller.powerUp()
    else if (this.#traits.reportsOnChange) this.controller.reportSoon(secondMs, 5 * secondMs)
  }

  /** A stranger's cable draws ahead of the contactor, by day too, as long as there is a supply. */
  #meetTap(): void {
    const now = this.#world.now()
    this.#tap.kWh += (this.#tap.watts * (now - this.#tap.since)) / hourMs / 1_000
    this.#tap.since = now
    const severity = this.#world.faults.severity('illegalTap', this.#cabinet.id)
    if (severity === undefined || !this.#supply.hasSupply()) this.#tap.watts = 0
    else {
      this.#tap.watts = 300 + 1_200 * severity
      this.#tap.phase = phases[Math.floor(severity * 1_000) % 3] ?? 'L1'
    }
  }

  #leakageMa(): number {
    const severity = this.#world.faults.severity('leakage', this.#cabinet.id)
    const usual = 2 + 3 * this.#meter()
    return severity === undefined ? usual : usual + 350 + 540 * severity
  }

  #measure(reading: Reading): void {
    const { now, faults, weather } = this.#world
    const { id } = this.#cabinet
    const at = now()
    const loss = this.#supply.loss()
    const volts = (phase: Phase): number =>
      faults.has('phaseLoss', `${id}:${phase}`) ? this.#meter() * 4 : this.#mains[phase](at)
    const watts = { L1: 0, L2: 0, L3: 0 }
    let energyKWh = 0
    for (const light of this.#lights) {
      if (light.phase !== undefined) watts[light.phase] += light.powerW
      energyKWh += light.energyKWh
    }
    this.#meetTap()
    watts[this.#tap.phase] += this.#tap.watts
    const { meterGain, meterNoise } = this.#traits
    const noise = () => meterGain * (1 + meterNoise * (2 * this.#meter() - 1))
    const [voltageL1, voltageL2, voltageL3] = [volts('L1'), volts('L2'), volts('L3')]
    const [powerL1, powerL2, powerL3] = [watts.L1 * noise(), watts.L2 * noise(), watts.L3 * noise()]
    const amperes = (powerW: number, voltageV: number): number =>
      voltageV < 50 ? 0 : round(powerW / (voltageV * meterPowerFactor), 2)
    reading.voltageL1 = round(voltageL1, 1)
    reading.voltageL2 = round(voltageL2, 1)
    reading.voltageL3 = round(voltageL3, 1)
    reading.currentL1 = amperes(powerL1, voltageL1)
    reading.currentL2 = amperes(powerL2, voltageL2)
    reading.currentL3 = amperes(powerL3, voltageL3)
    reading.powerL1 = round(powerL1, 1)
    reading.powerL2 = round(powerL2, 1)
    reading.powerL3 = round(powerL3, 1)
    reading.activePower = round(powerL1 + powerL2 + powerL3, 1)
    reading.activeEnergy = round(meterGain * (energyKWh + this.#tap.kWh), 2)
    reading.contactorClosed = loss !== 'contactorStuckOpen' && loss !== 'supplySwitchedOff'
    reading.doorOpen = faults.has('doorOpen', id)
    reading.leakageCurrent = round(this.#leakageMa(), 1)
    reading.temperature = round(weather.temperature(at) + 6, 1)
    reading.rssi = this.controller.radio.rssi()
  }
}
