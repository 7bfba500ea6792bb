import {
  type CommandResult,
  type DeviceCommand,
  hourMs,
  type Instant,
  type ProgramStep,
  programStepSchema,
  type Reading,
  secondMs,
} from '@fanari/contracts'
import { z } from 'zod'
import { Controller, type ControllerOptions } from '../firmware/controller.ts'
import { levelAt, type NightPlan, nextChangeAfter, planNight } from '../firmware/program.ts'
import { lampPowerW, openCircuitPowerW, standbyPowerW } from '../physics/lamp.ts'
import { createRandom, normal, type Random } from '../random.ts'
import type { Luminaire } from '../town/town.ts'
import type { TrueCause, TrueState } from '../truth.ts'
import type { World } from '../world.ts'
import type { Device } from './device.ts'
import { lampHistory } from './lamp-history.ts'
import { type PowerSource, round } from './power-source.ts'

const stepsSchema = z.array(programStepSchema).min(1).max(48)
/** A controller's clock finds dusk within some tens of seconds of its neighbours'. */
const clockSkewS = 40
const longestSkewS = 110

interface Override {
  level: number
  until: Instant | null
}

/** One street light: lamp, driver, and the firmware that switches it by its own astronomical clock. */
export class LuminaireDevice implements Device {
  readonly controller: Controller
  readonly #light: Luminaire
  readonly #world: World
  readonly #source: PowerSource
  readonly #skewMs: number
  readonly #tolerance: number
  readonly #meter: Random
  #steps: ProgramStep[]
  #plan: { noon: Instant; night: NightPlan } | null = null
  #override: Override | null = null
  #updatedAt: Instant
  #output = { level: 0, powerW: 0 }
  #state: { is: TrueState; cause: TrueCause } | null = null
  #energyKWh: number
  #operatingHours: number
  #switchOns: number
  #supplyLosses: number

  constructor(options: {
    light: Luminaire
    source: PowerSource
    steps: ProgramStep[]
    world: World
    controller: Omit<ControllerOptions, 'profile' | 'world' | 'device' | 'reportIntervalS'>
  }) {
    const { light, source, steps, world } = options
    this.#light = light
    this.#source = source
    this.#steps = steps
    this.#world = world
    const build = createRandom(world.seed, light.id, 'build')
    const skewS = Math.max(-longestSkewS, Math.min(longestSkewS, normal(build, 0, clockSkewS)))
    this.#skewMs = Math.round(skewS * secondMs)
    this.#tolerance = normal(build, 1, 0.02)
    this.#meter = createRandom(world.seed, light.id, 'meter')
    this.#updatedAt = world.now()
    const past = lampHistory(build, world.now(), light.ratedPower)
    this.#energyKWh = past.energyKWh
    this.#operatingHours = past.operatingHours
    this.#switchOns = past.switchOns
    this.#supplyLosses = past.supplyLosses
    this.controller = new Controller({
      ...options.controller,
      world,
      device: light.id,
      reportIntervalS: light.reportInterval,
      profile: { measure: () => this.#measure(), execute: (command) => this.#execute(command) },
    })
  }

  /** What it takes now, from the circuit or the battery [W]. */
  get powerW(): number {
    return this.#output.powerW
  }

  /** Lifetime energy up to now [kWh]. */
  get energyKWh(): number {
    this.#advance()
    return this.#energyKWh
  }

  get phase(): Luminaire['phase'] {
    return this.#light.phase
  }

  start(): void {
    if (this.#source.controllerPowered()) this.controller.resume()
    this.update()
    this.#followProgram()
    if (this.#light.supply === 'solar') this.#watchBattery()
  }

  /** Works out anew what the light does; called whenever anything that bears on it has changed. */
  update(): void {
    const { now, faults } = this.#world
    this.#advance()
    const isPowered = this.#source.controllerPowered()
    const wasPowered = this.controller.isPowered
    if (isPowered) this.controller.powerUp()
    else if (wasPowered) {
      this.#supplyLosses++
      this.#override = null
      this.controller.powerDown(this.#source.gasp, { supplyLossCount: this.#supplyLosses })
    }
    const loss = this.#source.lampLoss()
    const asked = this.#askedLevel(now())
    const isWelded = faults.has('dayBurner', this.#light.id)
    const driven = loss !== null ? 0 : isWelded ? 100 : asked
    const broken = faults.has('driver', this.#light.id) ? 'driver' : faults.has('lamp', this.#light.id) ? 'lamp' : null
    const before = this.#output
    this.#output = { level: broken === 'driver' ? 0 : driven, powerW: isPowered ? this.#powerFor(driven, broken) : 0 }
    if (driven > 0 && before.level === 0 && broken === null) this.#switchOns++
    if (wasPowered && isPowered && this.#output.level !== before.level)
      this.controller.reportSoon(secondMs, 5 * secondMs)

    const isLit = driven > 0 && broken === null
    const byWhom = this.#override === null ? 'program' : 'override'
    if (isLit) this.#settle(asked > 0 ? 'lit' : 'unexpectedlyOn', asked > 0 ? byWhom : 'dayBurner')
    else if (asked > 0) this.#settle('dark', loss ?? broken ?? byWhom)
    else this.#settle('off', loss === 'supplySwitchedOff' ? loss : byWhom)
  }

  #settle(is: TrueState, cause: TrueCause): void {
    if (this.#state?.is === is && this.#state.cause === cause) return
    const from = this.#state?.is ?? null
    this.#state = { is, cause }
    this.#world.record({ at: this.#world.now(), event: 'light.changed', light: this.#light.id, from, to: is, cause })
  }

  #advance(): void {
    const now = this.#world.now()
    const hours = (now - this.#updatedAt) / hourMs
    if (hours <= 0) return
    this.#source.advance(this.#updatedAt, now, this.#output.powerW)
    this.#energyKWh += (this.#output.powerW * hours) / 1_000
    if (this.#output.level > 0) this.#operatingHours += hours
    this.#updatedAt = now
  }

  #powerFor(driven: number, broken: 'lamp' | 'driver' | null): number {
    if (broken === 'driver' || driven === 0) return standbyPowerW
    if (broken === 'lamp') return openCircuitPowerW(this.#light.ratedPower)
    return lampPowerW(driven, this.#light.ratedPower) * this.#tolerance
  }

  #planAt(at: Instant): NightPlan {
    const night = this.#world.nightOf(this.#light.community, at)
    if (this.#plan?.noon !== night.noon)
      this.#plan = { noon: night.noon, night: planNight(this.#steps, night, this.#world.zone, this.#skewMs) }
    return this.#plan.night
  }

  #askedLevel(at: Instant): number {
    if (this.#override?.until != null && this.#override.until <= at) this.#override = null
    return this.#override?.level ?? levelAt(this.#planAt(at), at)
  }

  #followProgram(): void {
    const at = this.#world.now()
    const next = nextChangeAfter(this.#planAt(at), at, this.#world.nightOf(this.#light.community, at))
    const steps = this.#steps
    this.#world.schedule(next, () => {
      if (steps !== this.#steps) return
      this.update()
      this.#followProgram()
    })
  }

  /** Sun and load change a battery all the time; looking every five minutes finds the disconnect soon enough. */
  #watchBattery(): void {
    const stepMs = 300 * secondMs
    this.#world.schedule((Math.floor(this.#world.now() / stepMs) + 1) * stepMs, () => {
      this.update()
      this.#watchBattery()
    })
  }

  #measure(): Partial<Reading> {
    this.#advance()
    const { powerW, level } = this.#output
    const isBroken = this.#world.faults.has('driver', this.#light.id)
    const air = this.#world.weather.temperature(this.#world.now())
    return {
      lightLevel: level,
      activePower: round(powerW * (1 + 0.01 * (this.#meter() - 0.5)), 1),
      ...this.#source.measure(powerW),
      activeEnergy: round(this.#energyKWh, 3),
      operatingHours: round(this.#operatingHours, 2),
      switchOnCount: this.#switchOns,
      supplyLossCount: this.#supplyLosses,
      temperature: round(air + 4 + 0.15 * powerW, 1),
      rssi: this.controller.radio.rssi(),
      ...(isBroken ? { faults: ['controlGearFailure'] } : {}),
    }
  }

  #execute(command: DeviceCommand): Omit<CommandResult, 'id'> {
    const now = this.#world.now()
    switch (command.type) {
      case 'setLevel': {
        if (command.level === undefined) return { status: 'rejected', reason: 'level: missing' }
        const until = command.until ?? null
        if (until !== null && until <= now) return { status: 'expired', reason: 'until: has passed' }
        this.#override = { level: command.level, until }
        if (until !== null) this.#world.schedule(until, () => this.update())
        break
      }
      case 'resume':
        this.#override = null
        break
      default: {
        const steps = stepsSchema.safeParse(command.program)
        if (!steps.success) return { status: 'rejected', reason: 'program: must be an array of steps' }
        this.#steps = steps.data
        this.#plan = null
        this.#followProgram()
      }
    }
    this.update()
    return { status: 'applied' }
  }
}
