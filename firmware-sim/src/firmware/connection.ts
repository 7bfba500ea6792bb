import { secondMs } from '@fanari/contracts'
import { createRandom } from '../random.ts'
import { providerOf } from '../scenario/providers.ts'
import type { World } from '../world.ts'

/** What travels up: readings as the JSON texts they were written in, or one other document. */
export type Uplink =
  | { connection: string; device: string; channel: 'telemetry'; readings: string[] }
  | { connection: string; device: string; channel: 'status' | 'event' | 'result'; payload: string }

/** One reading goes alone, several as an array. */
export const payloadOf = (message: Uplink): string => {
  if (message.channel !== 'telemetry') return message.payload
  const [first = '', ...more] = message.readings
  return more.length === 0 ? first : `[${message.readings.join(',')}]`
}

/** One connection as the transport sees it: who it is, what it says on arriving, and what becomes of it. */
export interface Link {
  readonly device: string
  /** The devices this connection speaks for: its own, and a gateway's lights. */
  readonly speaksFor: readonly string[]
  /** The will of the next attempt, with a session of its own. */
  newSession(): { session: string; will: string }
  connected(): void
  disconnected(): void
  /** Readings that were handed over and never acknowledged. */
  undelivered(device: string, readings: string[]): void
  command(device: string, payload: string): void
}

/** Carries links to a broker, or into a file. Keeps trying to open what it was told to open until it is cut. */
export interface Transport {
  open(link: Link): void
  /** Tears the connection without a goodbye, so that the will speaks. */
  cut(device: string): void
  /** Returns false when it can take no more at present. */
  publish(message: Uplink): boolean
}

/** A device on a connection, its own or its gateway's. */
export interface Attached {
  readonly device: string
  /** The way to the platform has opened or closed. */
  pathChanged(): void
  keep(readings: string[]): void
  command(payload: string): void
}

const firmware = 'fanari-node 1.4.2'
/** Devices that find their mobile network again do so within so long. */
const reattachMs = 60 * secondMs

/** The firmware's end of one MQTT connection: sessions, birth and will, and the devices that share it. */
export class Connection implements Link {
  readonly device: string
  readonly #world: World
  readonly #transport: Transport
  readonly #attached = new Map<string, Attached>()
  readonly #provider: string
  #session = ''
  #attempts = 0
  #wanted = false
  /** Asked of the transport, and not cut since. */
  #isOpening = false
  #isUp = false

  constructor(device: string, world: World, transport: Transport) {
    this.device = device
    this.#world = world
    this.#transport = transport
    this.#provider = providerOf(device)
  }

  get isUp(): boolean {
    return this.#isUp
  }

  get speaksFor(): readonly string[] {
    return [...this.#attached.keys()]
  }

  attach(attached: Attached): void {
    this.#attached.set(attached.device, attached)
  }

  open(): void {
    this.#wanted = true
    this.#pursue()
  }

  cut(): void {
    this.#wanted = false
    this.#pursue()
  }

  /** Its mobile network has gone or is back; when it is back, not everybody returns in the same second. */
  providerChanged(): void {
    if (this.#hasProvider) {
      const random = createRandom(this.#world.seed, this.device, 'reattach', this.#world.now())
      this.#world.schedule(this.#world.now() + random() * reattachMs, () => this.#pursue())
    } else this.#pursue()
  }

  get #hasProvider(): boolean {
    return !this.#world.faults.has('providerOutage', this.#provider)
  }

  #pursue(): void {
    const opens = this.#wanted && this.#hasProvider
    if (opens === this.#isOpening) return
    this.#isOpening = opens
    if (opens) return this.#transport.open(this)
    this.#transport.cut(this.device)
    this.disconnected()
  }

  newSession(): { session: string; will: string } {
    const at = this.#world.now()
    const random = createRandom(this.#world.seed, this.device, 'session', this.#attempts++, at)
    this.#session = Array.from({ length: 4 }, () =>
      Math.floor(random() * 36 ** 4)
        .toString(36)
        .padStart(4, '0'),
    ).join('')
    return { session: this.#session, will: JSON.stringify({ state: 'offline', session: this.#session }) }
  }

  connected(): void {
    if (!this.#isOpening || this.#isUp) return
    this.#isUp = true
    const birth = { state: 'online', session: this.#session, firmware, at: this.#world.now() }
    this.publish({
      connection: this.device,
      device: this.device,
      channel: 'status',
      payload: JSON.stringify(birth),
    })
    this.#tellPath()
  }

  disconnected(): void {
    if (!this.#isUp) return
    this.#isUp = false
    this.#tellPath()
  }

  undelivered(device: string, readings: string[]): void {
    this.#attached.get(device)?.keep(readings)
  }

  command(device: string, payload: string): void {
    this.#attached.get(device)?.command(payload)
  }

  publish(message: Uplink): boolean {
    return this.#isUp && this.#transport.publish(message)
  }

  #tellPath(): void {
    for (const attached of this.#attached.values()) attached.pathChanged()
  }
}

/** How long a controller's reserve carries it after the supply is gone: long enough for a last gasp. */
export const reserveMs = 3 * secondMs
