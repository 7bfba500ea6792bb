import {
  type CommandResult,
  type DeviceCommand,
  dayMs,
  type Instant,
  maxReadingsPerPublish,
  type Reading,
  secondMs,
} from '@fanari/contracts'
import { between, createRandom, type Random } from '../random.ts'
import type { World } from '../world.ts'
import { parseCommand } from './commands.ts'
import { type Attached, type Connection, reserveMs } from './connection.ts'
import { createDeviceClock, type DeviceClock } from './device-clock.ts'
import { createRadioLink, type Medium, type RadioLink } from './radio.ts'
import type { DeviceTraits } from './traits.ts'

/** What a kind of device adds to the firmware that all share. */
export interface DeviceProfile {
  /** Adds what it measures now. In place: this runs for every reading of the town. */
  measure(reading: Reading): void
  /** Carries out a command other than `poll` and `reboot`; absent when there is nothing to command. */
  execute?(command: DeviceCommand): Omit<CommandResult, 'id'>
}

export interface ControllerOptions {
  device: string
  world: World
  /** Its own connection, or its gateway's. */
  connection: Connection
  medium: Medium
  reportIntervalS: number
  /** How many readings it keeps while it cannot deliver; the oldest go first. */
  bufferSize: number
  traits: DeviceTraits
  profile: DeviceProfile
}

const firstBoots = Date.UTC(2026, 0, 1)
/** Brokers commonly take packets up to 64 KiB. */
const maxPayloadBytes = 48 * 1_024

/** The firmware that every node shares: counters, reports, buffer, commands and the last gasp. */
export class Controller implements Attached {
  readonly device: string
  readonly radio: RadioLink
  readonly clock: DeviceClock
  readonly #options: ControllerOptions
  readonly #world: World
  readonly #random: Random
  readonly #intervalMs: number
  readonly #phaseMs: number
  readonly #hasUptime: boolean
  #isPowered = false
  #isHung = false
  /** Booted, and known to the network. */
  #isJoined = false
  /** Counts boots, so that what an earlier boot scheduled comes to nothing. */
  #boot = 0
  #bootedAt: Instant = 0
  #seq = 0
  #buffer: string[] = []
  #isFlushing = false
  /** What TCP delivers keeps its order. */
  #lastArrivalAt: Instant = 0

  constructor(options: ControllerOptions) {
    const { device, world, medium, reportIntervalS, traits } = options
    this.device = device
    this.#options = options
    this.#world = world
    this.#random = createRandom(world.seed, device, 'firmware')
    this.radio = createRadioLink(medium, world.radio, createRandom(world.seed, device, 'radio'))
    const runsForMs = createRandom(world.seed, device, 'clock')() * (traits.syncsClock ? 1 : 30) * dayMs
    this.clock = createDeviceClock({
      driftPpm: traits.clockDriftPpm,
      syncs: traits.syncsClock,
      setAt: Math.round(world.now() - runsForMs),
    })
    this.#intervalMs = reportIntervalS * secondMs
    this.#phaseMs = Math.floor(createRandom(world.seed, device, 'phase')() * this.#intervalMs)
    this.#hasUptime = !traits.omits.has('uptime')
    options.connection.attach(this)
  }

  get #ownsConnection(): boolean {
    return this.#options.connection.device === this.device
  }

  get #hasPath(): boolean {
    return this.#isJoined && !this.#isHung && this.#options.connection.isUp && this.#hasRadio
  }

  get #hasRadio(): boolean {
    return !this.#world.faults.has('radioLoss', this.device)
  }

  get isPowered(): boolean {
    return this.#isPowered
  }

  /**
   * Finds the controller running, as it has been since a day that does not depend on when the simulation begins; nor does it
   * count fewer reports than it can have sent.
   */
  resume(): void {
    const now = this.#world.now()
    const ageMs = Math.floor(createRandom(this.#world.seed, this.device, 'age')() * 60 * dayMs)
    this.#bootedAt = Math.min(now, firstBoots) - ageMs
    this.#seq = Math.ceil(((now - this.#bootedAt) / this.#intervalMs) * 1.05)
    this.#begin(between(this.#random, 0, 5) * secondMs)
  }

  /** The supply came (back): it boots at once and finds the network within a minute. */
  powerUp(): void {
    if (this.#isPowered) return
    if (this.#ownsConnection) this.#options.connection.cut()
    this.#restart()
    const joinMs = between(this.#random, 5, 60) * secondMs
    this.#begin(joinMs)
    this.reportSoon(joinMs, joinMs + 5 * secondMs)
    if (!this.#isHung) return
    this.#isHung = false
    this.#world.schedule(this.#world.now(), () => this.#world.repaired('controllerHang', this.device))
  }

  /** The supply went: memory and connection are lost, after a last word if the reserve allows. */
  powerDown(type: 'supplyLoss' | 'batteryEmpty', details: Record<string, number>): void {
    if (!this.#isPowered) return
    const gasps = this.#random() < this.#options.traits.lastGaspShare
    const at = this.#world.now()
    if (gasps) this.tell(type, details)
    this.#isPowered = false
    this.#isJoined = false
    this.#boot++
    this.#buffer = []
    const boot = this.#boot
    if (this.#ownsConnection)
      this.#world.schedule(at + reserveMs, () => {
        if (boot === this.#boot) this.#options.connection.cut()
      })
  }

  /** Tells of something that happened, within two seconds. */
  tell(type: string, details: Record<string, number>): void {
    const at = this.#world.now()
    if (this.#isHung) return
    const payload = JSON.stringify({ type, at: this.clock.shows(at), details })
    this.#world.schedule(at + between(this.#random, 0.3, 2) * secondMs, () => this.#send('event', payload))
  }

  /** Meets faults of the controller itself that have begun or ended. */
  meetFaults(): void {
    const { faults, now } = this.#world
    const isHung = faults.has('controllerHang', this.device)
    const lostMemory = this.clock.meet(faults.severity('clockWrong', this.device), now())
    if (isHung && !this.#isHung && this.#ownsConnection) this.#options.connection.cut()
    // Whoever mends it takes its supply away for a moment.
    const isMended = this.#isHung && !isHung
    this.#isHung = isHung
    if (isMended || lostMemory) this.reboot()
  }

  /** A radio that dies takes its own connection with it; behind a gateway nothing is told. */
  radioChanged(): void {
    if (this.#ownsConnection) {
      if (!this.#hasRadio) this.#options.connection.cut()
      else if (this.#isJoined) this.#options.connection.open()
    } else this.pathChanged()
  }

  /** Its mobile network has gone or is back. */
  providerChanged(): void {
    if (this.#ownsConnection) this.#options.connection.providerChanged()
  }

  pathChanged(): void {
    if (this.#hasPath) this.#flushSoon()
  }

  /** Reports within the given span from now [ms]. */
  reportSoon(fromMs: number, toMs: number): void {
    const boot = this.#boot
    this.#world.schedule(this.#world.now() + between(this.#random, fromMs, toMs), () => {
      if (boot === this.#boot) this.#report()
    })
  }

  keep(readings: string[]): void {
    if (!this.#isPowered) return
    this.#buffer.push(...readings)
    const surplus = this.#buffer.length - this.#options.bufferSize
    if (surplus > 0) this.#buffer.splice(0, surplus)
  }

  command(payload: string): void {
    const parsed = parseCommand(payload)
    if (parsed.id === null) return
    const answer = (result: Omit<CommandResult, 'id'>): void =>
      this.#send('result', JSON.stringify({ id: parsed.id, ...result }))
    // A gateway answers for a light that it cannot reach.
    if (!this.#hasPath) answer({ status: 'rejected', reason: 'unreachable' })
    else if (parsed.command === null) answer({ status: 'rejected', reason: parsed.reason })
    else answer(this.#execute(parsed.command))
  }

  #execute(command: DeviceCommand): Omit<CommandResult, 'id'> {
    switch (command.type) {
      case 'poll':
        this.#report()
        return { status: 'applied' }
      case 'reboot':
        this.#world.schedule(this.#world.now() + secondMs, () => this.reboot())
        return { status: 'applied' }
      case 'setLevel':
      case 'resume':
      case 'setProgram':
        return this.#options.profile.execute?.(command) ?? { status: 'rejected', reason: `no ${command.type} here` }
    }
  }

  /** Starts anew: counters from zero, memory lost, and a new connection if it has one of its own. */
  reboot(): void {
    if (!this.#isPowered) return
    this.#restart()
    if (this.#ownsConnection) this.#options.connection.cut()
    this.#begin(secondMs)
    this.reportSoon(2 * secondMs, 10 * secondMs)
  }

  #restart(): void {
    this.#bootedAt = this.#world.now()
    this.#seq = 0
    this.#buffer = []
    this.#isFlushing = false
  }

  #begin(joinMs: number): void {
    this.#isPowered = true
    this.#isJoined = false
    const boot = ++this.#boot
    this.#world.schedule(this.#world.now() + joinMs, () => {
      if (boot !== this.#boot) return
      this.#isJoined = true
      if (this.#ownsConnection && this.#hasRadio) this.#options.connection.open()
      this.pathChanged()
    })
    this.#scheduleReport(boot)
  }

  /** Reports keep a phase of their own on the absolute time scale, whenever the device was started. */
  #scheduleReport(boot: number): void {
    const now = this.#world.now()
    const sincePhase = (((now - this.#phaseMs) % this.#intervalMs) + this.#intervalMs) % this.#intervalMs
    this.#world.schedule(now + this.#intervalMs - sincePhase, () => {
      if (boot !== this.#boot) return
      this.#report()
      if (this.#buffer.length > 0 && this.#hasPath) this.#flushSoon()
      this.#scheduleReport(boot)
    })
  }

  #report(): void {
    if (this.#isHung) return
    const now = this.#world.now()
    const uptime = this.#hasUptime ? Math.floor((now - this.#bootedAt) / secondMs) : undefined
    const reading: Reading = { at: this.clock.shows(now), seq: this.#seq++, uptime }
    this.#options.profile.measure(reading)
    const text = JSON.stringify(reading)
    if (!this.#hasPath) return this.keep([text])
    const { delaysMs } = this.radio.transmit()
    for (let copy = 0; copy < delaysMs.length; copy++) {
      let arrivesAt = now + (delaysMs[copy] ?? 0)
      if (this.#options.medium === 'mobile') arrivesAt = this.#lastArrivalAt = Math.max(arrivesAt, this.#lastArrivalAt)
      this.#world.schedule(arrivesAt, () => {
        if (!this.#publishReadings([text]) && copy === 0) this.keep([text])
      })
    }
  }

  #flushSoon(): void {
    if (this.#isFlushing || this.#buffer.length === 0) return
    this.#isFlushing = true
    const boot = this.#boot
    // The lights of a gateway that comes back take their turns.
    const spreadS = this.#ownsConnection ? 3 : 45
    this.#world.schedule(this.#world.now() + between(this.#random, 1, spreadS) * secondMs, () => {
      if (boot !== this.#boot) return
      this.#isFlushing = false
      if (this.#hasPath) this.#flush()
    })
  }

  #flush(): void {
    while (this.#buffer.length > 0) {
      let count = 0
      let bytes = 2
      for (const text of this.#buffer.slice(0, maxReadingsPerPublish)) {
        bytes += text.length + 1
        if (count > 0 && bytes > maxPayloadBytes) break
        count++
      }
      if (!this.#publishReadings(this.#buffer.slice(0, count))) return
      this.#buffer.splice(0, count)
    }
  }

  #publishReadings(readings: string[]): boolean {
    const { connection } = this.#options
    return connection.publish({ connection: connection.device, device: this.device, channel: 'telemetry', readings })
  }

  #send(channel: 'event' | 'result', payload: string): void {
    const { connection } = this.#options
    connection.publish({ connection: connection.device, device: this.device, channel, payload })
  }
}
