/**
 * Tells when a peer has been silent for too long. Noting that it was heard costs nothing but a number: the timer asks when it rings,
 * instead of being set anew with every packet.
 */
export class SilenceWatch {
  readonly #onSilence: () => void
  #limitMs = 0
  #heardAtMs = 0
  #timer: NodeJS.Timeout | null = null

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence
  }

  /** Notes that the peer was heard, by `performance.now()`. */
  heard(nowMs: number): void {
    this.#heardAtMs = nowMs
  }

  /** Calls `onSilence` once, when nothing has been heard for `limitMs`; the silence begins to count now. */
  start(limitMs: number): void {
    this.stop()
    this.#limitMs = limitMs
    this.#heardAtMs = performance.now()
    this.#wait(limitMs)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      const leftMs = this.#heardAtMs + this.#limitMs - performance.now()
      if (leftMs > 0) this.#wait(leftMs)
      else this.#onSilence()
    }, ms).unref()
  }
}
