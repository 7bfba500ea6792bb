/** A token bucket that may go into debt: what has already arrived is taken, and the next has to wait for it. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #burst: number
  #tokens: number
  #at: number

  /** Starts full at `nowMs`, any clock that never goes back. */
  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#tokens = burst
    this.#at = nowMs
  }

  /** Takes `count` tokens; answers how long to wait before taking more [ms], 0 while there is no debt. */
  take(count: number, nowMs: number): number {
    const earned = ((nowMs - this.#at) * this.#perSecond) / 1_000
    this.#tokens = Math.min(this.#burst, this.#tokens + earned) - count
    this.#at = nowMs
    return this.#tokens >= 0 ? 0 : (-this.#tokens * 1_000) / this.#perSecond
  }
}
