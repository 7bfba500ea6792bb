import type { Instant, Reading } from '@fanari/contracts'
import type { TrueCause } from '../truth.ts'

/** Where a luminaire gets its power from: a circuit of a cabinet, or its own panel and battery. */
export interface PowerSource {
  /** Why the lamp has no supply now; `null` when it has. */
  lampLoss(): TrueCause | null
  controllerPowered(): boolean
  /** Lets time pass from `from` to `to` while the luminaire takes `loadW`. */
  advance(from: Instant, to: Instant, loadW: number): void
  /** Adds what the controller measures of it. */
  measure(loadW: number, reading: Reading): void
  /** What the last gasp says. */
  readonly gasp: 'supplyLoss' | 'batteryEmpty'
}

export const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits
