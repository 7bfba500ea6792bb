/**
 * Tells when a peer has been silent for too long. Noting that it was heard costs nothing but a number: the timer asks when it rings,
 * instead of being set anew with every packet.
 */
export class SilenceWatch {
  #heardAtMs: number
  #timer: NodeJS.Timeout | null = null

  constructor(nowMs: number) {
    this.#heardAtMs = nowMs
  }

  heard(nowMs: number): void {
    this.#heardAtMs = nowMs
  }

  /** Calls `onSilence` once when nothing has been heard for `limitMs`; the silence begins to count now. */
  start(limitMs: number, onSilence: () => void): void {
    this.stop()
    this.#heardAtMs = performance.now()
    const wait = (ms: number): void => {
      this.#timer = setTimeout(() => {
        const leftMs = this.#heardAtMs + limitMs - performance.now()
        if (leftMs > 0) wait(leftMs)
        else onSilence()
      }, ms).unref()
    }
    wait(limitMs)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
