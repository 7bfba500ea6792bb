import {
  type FaultName,
  hourMs,
  type Instant,
  minuteMs,
  type ProgramStep,
  type Reading,
  secondMs,
} from '@fanari/contracts'
import { Controller, type ControllerOptions } from '../firmware/controller.ts'
import { LightProgram } from '../firmware/light-program.ts'
import { standbyPowerW } from '../physics/lamp.ts'
import { between, createRandom, normal, type Random } from '../random.ts'
import type { Luminaire } from '../town/town.ts'
import type { TrueCause, TrueState } from '../truth.ts'
import type { World } from '../world.ts'
import type { Device } from './device.ts'
import { lampHistory } from './lamp-history.ts'
import { darkness, type LampOutput, lampOutput } from './lamp-output.ts'
import { createNightLog } from './night-log.ts'
import { createPole, type Pole } from './pole.ts'
import { type PowerSource, round } from './power-source.ts'

/** A controller's clock finds dusk within some tens of seconds of its neighbours'. */
const clockSkewS = 40
const longestSkewS = 110

/** One street light: lamp, driver, and the firmware that switches it by its own astronomical clock. */
export class LuminaireDevice implements Device {
  readonly controller: Controller
  readonly #light: Luminaire
  readonly #world: World
  readonly #source: PowerSource
  readonly #traits: ControllerOptions['traits']
  /** Of the fields that some lack, those that this one has. */
  readonly #tells: { lightLevel: boolean; activeEnergy: boolean; operatingHours: boolean }
  readonly #pole: Pole
  readonly #program: LightProgram
  readonly #build: number
  readonly #meter: Random
  readonly #nights = createNightLog()
  #updatedAt: Instant
  #output: LampOutput = darkness
  #isDue = false
  #isCycling = false
  #isResting = false
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
    this.#traits = options.controller.traits
    const { omits } = this.#traits
    this.#tells = {
      lightLevel: !omits.has('lightLevel'),
      activeEnergy: !omits.has('activeEnergy'),
      operatingHours: !omits.has('operatingHours'),
    }
    this.#world = world
    const build = createRandom(world.seed, light.id, 'build')
    const skewS = Math.max(-longestSkewS, Math.min(longestSkewS, normal(build, 0, clockSkewS)))
    this.#program = new LightProgram({
      world,
      community: light.community,
      steps,
      skewMs: Math.round(skewS * secondMs),
      changed: () => this.update(),
    })
    this.#build = normal(build, 1, 0.02) * (1 + this.#traits.agePowerGain)
    this.#meter = createRandom(world.seed, light.id, 'meter')
    this.#updatedAt = world.now()
    const past = lampHistory(build, world.now(), light.ratedPower)
    this.#energyKWh = past.energyKWh
    this.#operatingHours = past.operatingHours
    this.#switchOns = past.switchOns
    this.#supplyLosses = past.supplyLosses
    this.#pole = createPole({ light, world, isFelt: !omits.has('tilt') })
    this.controller = new Controller({
      ...options.controller,
      world,
      device: light.id,
      reportIntervalS: light.reportInterval,
      profile: { measure: (reading) => this.#measure(reading), execute: (command) => this.#program.execute(command) },
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
    // What is started later than the rest has no past to account for.
    this.#updatedAt = this.#world.now()
    if (this.#source.controllerPowered()) this.controller.resume()
    this.#program.follow(0)
    this.update()
    if (this.#light.supply === 'solar') {
      this.#watchBattery()
      this.#tellNights()
    }
  }

  /** Works out anew what the light does; called whenever anything that bears on it has changed. */
  update(): void {
    this.#advance()
    this.#meetFaults()
    const loss = this.#source.lampLoss() ?? this.#pole.lampLoss()
    const isPowered = this.#source.controllerPowered() && this.#pole.lampLoss() === null
    const wasPowered = this.controller.isPowered
    if (isPowered) this.controller.powerUp()
    else if (wasPowered) {
      this.#supplyLosses++
      this.#program.forgetOverride()
      this.controller.powerDown(this.#source.gasp, { supplyLossCount: this.#supplyLosses })
    }
    const before = this.#output
    if (!isPowered) this.#output = darkness
    else if (loss !== null) this.#output = { ...darkness, powerW: standbyPowerW }
    else
      this.#output = lampOutput(this.#light, this.#world.faults, {
        asked: this.#program.asked,
        build: this.#build,
        isResting: this.#isResting,
      })
    if (this.#output.isLit && !before.isLit) this.#switchOns++
    if (wasPowered && isPowered && this.#output.level !== before.level && this.#traits.reportsOnChange)
      this.controller.reportSoon(secondMs, 5 * secondMs)
    this.#settle(loss)
  }

  /** Says what is really so, by the true time. */
  #settle(loss: TrueCause | null): void {
    this.#isDue = this.#program.due > 0
    const byWhom = this.#program.isOverridden ? 'override' : 'program'
    const wrongClock = this.controller.clock.shiftMs === 0 ? null : 'clockWrong'
    const { isLit, cause } = this.#output
    if (isLit && this.#isDue) this.#become('lit', byWhom)
    else if (isLit) this.#become('unexpectedlyOn', cause ?? wrongClock ?? byWhom)
    else if (this.#isDue) this.#become('dark', loss ?? cause ?? wrongClock ?? byWhom)
    else this.#become('off', loss === 'supplySwitchedOff' ? loss : byWhom)
  }

  #become(is: TrueState, cause: TrueCause): void {
    if (this.#state?.is === is && this.#state.cause === cause) return
    const from = this.#state?.is ?? null
    this.#state = { is, cause }
    this.#world.record({ at: this.#world.now(), event: 'light.changed', light: this.#light.id, from, to: is, cause })
  }

  #advance(): void {
    const now = this.#world.now()
    const hours = (now - this.#updatedAt) / hourMs
    if (hours <= 0) return
    const { powerW, isLit } = this.#output
    this.#source.advance(this.#updatedAt, now, powerW)
    this.#nights.pass(this.#updatedAt, now, this.#isDue, isLit)
    this.#energyKWh += (powerW * hours) / 1_000
    if (isLit) this.#operatingHours += hours
    this.#updatedAt = now
  }

  #meetFaults(): void {
    const { faults } = this.#world
    const { clock } = this.controller
    const shiftedMs = clock.shiftMs
    this.controller.meetFaults()
    if (clock.shiftMs !== shiftedMs) this.#program.follow(clock.shiftMs)
    this.#pole.meetFaults({
      tell: (tilt) => {
        this.controller.tell('impactDetected', { tilt })
        this.controller.reportSoon(secondMs, 5 * secondMs)
      },
      changed: () => this.update(),
    })
    if (!faults.has('cycling', this.#light.id)) this.#isResting = false
    else if (!this.#isCycling) {
      this.#isCycling = true
      this.#cycle()
    }
  }

  /** A lamp that gets too hot, or whose contact is loose: off for a minute or so, several times an hour. */
  #cycle(): void {
    const pauseMs = this.#isResting ? between(this.#meter, 40, 110) * secondMs : between(this.#meter, 4, 14) * minuteMs
    this.#world.schedule(this.#world.now() + pauseMs, () => {
      this.#isCycling = this.#world.faults.has('cycling', this.#light.id)
      this.#isResting = this.#isCycling && !this.#isResting
      this.update()
      if (this.#isCycling) this.#cycle()
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

  #tellNights(): void {
    const { community, id } = this.#light
    const now = this.#world.now()
    // The plan of the light ends within two minutes of dawn.
    const endOf = (at: Instant): Instant => this.#world.nightOf(community, at).dawn + 2 * minuteMs
    const end = endOf(now) > now ? endOf(now) : endOf(this.#world.nightOf(community, now).nextNoon)
    this.#world.schedule(end, () => {
      this.#advance()
      const told = this.#nights.close()
      const night = this.#world.zone.date(this.#world.nightOf(community, end).noon)
      if (told !== null) this.#world.record({ at: end, event: 'solar.night', light: id, night, ...told })
      this.#tellNights()
    })
  }

  #measure(reading: Reading): void {
    this.#advance()
    const { powerW, level } = this.#output
    const { meterNoise, meterGain } = this.#traits
    const raised = this.#raised()
    reading.lightLevel = this.#tells.lightLevel ? level : undefined
    reading.activePower = round(powerW * meterGain * (1 + meterNoise * (2 * this.#meter() - 1)), 1)
    this.#source.measure(powerW, reading)
    reading.activeEnergy = this.#tells.activeEnergy ? round(this.#energyKWh * meterGain, 3) : undefined
    reading.operatingHours = this.#tells.operatingHours ? round(this.#operatingHours, 2) : undefined
    reading.switchOnCount = this.#switchOns
    reading.supplyLossCount = this.#supplyLosses
    reading.temperature = round(this.#temperature(powerW), 1)
    reading.tilt = this.#pole.tilt()
    reading.rssi = this.controller.radio.rssi()
    reading.faults = raised.length === 0 ? undefined : raised
  }

  #temperature(powerW: number): number {
    const { faults, weather, now } = this.#world
    const usual = weather.temperature(now()) + 4 + 0.15 * powerW
    const hot = faults.severity('overheating', this.#light.id)
    return hot === undefined ? usual : Math.max(usual, 73 + 12 * hot + this.#meter())
  }

  #raised(): FaultName[] {
    const { faults } = this.#world
    const raised: FaultName[] = []
    if (faults.has('driver', this.#light.id)) raised.push('controlGearFailure')
    if (this.#pole.isFelled()) raised.push('impactDetected')
    return raised
  }
}
