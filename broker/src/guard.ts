import type { Duplex } from 'node:stream'
import { Framing } from './framing.ts'
import type { BrokerLimits } from './limits.ts'
import type { Refusals } from './refusals.ts'
import { TokenBucket } from './token-bucket.ts'

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
 * Puts limits between a socket and Aedes, which has none of its own: size and form of packets, rate, publishes in flight. It stands
 * in for the connection's `read`, the one door through which Aedes takes bytes, because a stream in between would cost each idle
 * connection several kilobytes. A paused socket is simply not read: its buffer fills, and TCP makes the sender wait.
 */
export class ConnectionGuard {
  readonly remoteAddress: string
  readonly #conn: Duplex
  readonly #options: GuardOptions
  readonly #framing: Framing
  readonly #packetBucket: TokenBucket
  readonly #byteBucket: TokenBucket
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
    const read = conn.read
    // read(0) is the stream's own way to fetch more from the socket.
    conn.read = (size) => {
      if (size === 0) return read.call(conn, 0)
      return this.#isPaused() ? null : this.#check(read.call(conn, size))
    }
  }

  /** Call once for each PUBLISH the intake has answered. */
  publishDone(): void {
    this.#answered++
  }

  #isPaused(): boolean {
    if (this.#ratePaused) return true
    const { limits, traffic } = this.#options
    // No timer is needed: Aedes tries to read again after each publish that is answered.
    const full = this.#framing.publishes - this.#answered > limits.maxInflightPerClient
    if (full && !this.#inflightPaused) traffic.pauses.inflight++
    this.#inflightPaused = full
    return full
  }

  #check(chunk: Buffer | null): Buffer | null {
    if (chunk === null) return null
    const { traffic, refusals } = this.#options
    const packetsBefore = this.#framing.packets
    const fault = this.#framing.scan(chunk)
    const packets = this.#framing.packets - packetsBefore
    traffic.packets += packets
    traffic.bytes += chunk.length
    if (fault !== null) {
      refusals.note(fault, { remoteAddress: this.remoteAddress })
      this.#conn.destroy()
      return null
    }
    const nowMs = performance.now()
    const delayMs = Math.max(this.#packetBucket.take(packets, nowMs), this.#byteBucket.take(chunk.length, nowMs))
    if (delayMs > 0) {
      this.#ratePaused = true
      traffic.pauses.rate++
      setTimeout(() => this.#resume(), delayMs).unref()
    }
    return chunk
  }

  #resume(): void {
    this.#ratePaused = false
    // Aedes reads when it hears 'readable'; the stream itself sees no reason to say so again.
    if (!this.#conn.destroyed) this.#conn.emit('readable')
  }
}
