import type { Duplex } from 'node:stream'
import { Framing } from './framing.ts'
import type { BrokerLimits } from './limits.ts'
import type { Refusals } from './refusals.ts'
import { SilenceWatch } from './silence.ts'
import { TokenBucket } from './token-bucket.ts'
import type { LaneUse, UplinkLane } from './uplink-lane.ts'

/** What all guards of a broker have seen. */
export interface Traffic {
  packets: number
  bytes: number
  pauses: { inflight: number; rate: number }
}

/** What the guards of a broker share. */
export interface GuardOptions {
  limits: BrokerLimits
  traffic: Traffic
  refusals: Refusals
}

/**
 * Stands between a socket and Aedes. It puts limits, of which Aedes has none of its own: size and form of packets, rate, publishes in
 * flight. And it leads plain uplinks past Aedes, once their lane is open.
 *
 * It does so in place of two methods of the connection: `push`, by which the socket hands in bytes, and `read`, by which Aedes takes
 * them. A stream in between would cost each idle connection several kilobytes. A paused socket is simply not read: its buffer fills,
 * and TCP makes the sender wait.
 */
export class ConnectionGuard implements LaneUse {
  readonly remoteAddress: string
  readonly #conn: Duplex
  readonly #options: GuardOptions
  readonly #framing: Framing
  readonly #packetBucket: TokenBucket
  readonly #byteBucket: TokenBucket
  readonly #silence: SilenceWatch
  #lane: UplinkLane | null = null
  /** Publishes so far, and those of them that the intake has answered; what has gone to Aedes is in `#framing.publishes`. */
  #takenByLane = 0
  #answeredByLane = 0
  #answered = 0
  #inflightPaused = false
  #ratePaused = false

  constructor(conn: Duplex, remoteAddress: string, options: GuardOptions) {
    const { limits } = options
    const nowMs = performance.now()
    this.remoteAddress = remoteAddress
    this.#conn = conn
    this.#options = options
    this.#framing = new Framing(limits)
    this.#packetBucket = new TokenBucket(limits.packetsPerSecond, limits.packetBurst, nowMs)
    this.#byteBucket = new TokenBucket(limits.bytesPerSecond, limits.byteBurst, nowMs)
    this.#silence = new SilenceWatch(() => conn.destroy())
    conn.once('close', () => this.#silence.stop())
    const { read, push } = conn
    // read(0) is the stream's own way to fetch more from the socket.
    conn.read = (size) => {
      if (size === 0) return read.call(conn, 0)
      return this.#isPaused() ? null : this.#check(read.call(conn, size))
    }
    conn.push = (chunk: Buffer | null, encoding) => {
      const taken = chunk === null ? 0 : this.#takeByLane(chunk)
      if (chunk === null || taken === 0) return push.call(conn, chunk, encoding)
      return taken === chunk.length || push.call(conn, chunk.subarray(taken))
    }
  }

  /** The client has been let in: from now on its plain uplinks need not go through Aedes. */
  openLane(lane: UplinkLane): void {
    this.#lane = lane
  }

  publishTaken(): void {
    this.#takenByLane++
  }

  publishAnswered(): void {
    this.#answeredByLane++
    if (this.#inflightPaused) this.#offerAgain()
  }

  /** Ends the connection when no packet comes for one and a half times the keepalive [MQTT-3.1.2-24]. */
  keepAlive(keepaliveS: number): void {
    this.#silence.start(1_500 * keepaliveS)
  }

  /** Call once for each PUBLISH of Aedes that the intake has answered. */
  publishDone(): void {
    this.#answered++
  }

  /**
   * Only when Aedes has nothing of this connection: no bytes, no half packet, no publish. So packets and answers keep their order,
   * though there are two ways.
   */
  #takeByLane(chunk: Buffer): number {
    const framing = this.#framing
    if (this.#lane === null || this.#conn.readableLength > 0) return 0
    if (!framing.isBetweenPackets || framing.publishes > this.#answered || this.#isPaused()) return 0
    const takenBefore = this.#takenByLane
    const bytes = this.#lane(chunk)
    if (bytes > 0) this.#count(this.#takenByLane - takenBefore, bytes)
    return bytes
  }

  #isPaused(): boolean {
    if (this.#ratePaused) return true
    const { limits, traffic } = this.#options
    // No timer is needed: Aedes tries to read again after each publish that is answered, and the lane has it try.
    const inflight = this.#framing.publishes - this.#answered + this.#takenByLane - this.#answeredByLane
    const full = inflight > limits.maxInflightPerClient
    if (full && !this.#inflightPaused) traffic.pauses.inflight++
    this.#inflightPaused = full
    return full
  }

  #check(chunk: Buffer | null): Buffer | null {
    if (chunk === null) return null
    const packetsBefore = this.#framing.packets
    const fault = this.#framing.scan(chunk)
    this.#count(this.#framing.packets - packetsBefore, chunk.length)
    if (fault === null) return chunk
    this.#options.refusals.note(fault, { remoteAddress: this.remoteAddress })
    this.#conn.destroy()
    return null
  }

  #count(packets: number, bytes: number): void {
    const { traffic } = this.#options
    traffic.packets += packets
    traffic.bytes += bytes
    const nowMs = performance.now()
    if (packets > 0) this.#silence.heard(nowMs)
    const delayMs = Math.max(this.#packetBucket.take(packets, nowMs), this.#byteBucket.take(bytes, nowMs))
    if (delayMs === 0) return
    this.#ratePaused = true
    traffic.pauses.rate++
    setTimeout(() => {
      this.#ratePaused = false
      this.#offerAgain()
    }, delayMs).unref()
  }

  /** Aedes reads when it hears 'readable'; the stream itself sees no reason to say so again. */
  #offerAgain(): void {
    if (!this.#conn.destroyed) this.#conn.emit('readable')
  }
}
