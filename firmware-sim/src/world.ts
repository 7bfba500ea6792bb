import type { Instant } from '@fanari/contracts'
import type { RadioQuality } from './firmware/radio.ts'
import type { Zone } from './local-time.ts'
import type { Night } from './nights.ts'
import type { Weather } from './physics/weather.ts'
import type { ActiveFaults, FaultKind } from './scenario/faults.ts'
import type { TruthEntry } from './truth.ts'

/** What every simulated thing lives in: time, sky, what is broken, and the book of what is really so. */
export interface World {
  readonly seed: number
  readonly zone: Zone
  readonly weather: Weather
  readonly faults: ActiveFaults
  readonly radio: RadioQuality
  now(): Instant
  schedule(at: Instant, action: () => void): void
  /** The lighting night at a community. */
  nightOf(community: string, at: Instant): Night
  record(entry: TruthEntry): void
  /** The voltage of a phase of a cabinet [V]. */
  mains(cabinet: string, phase: string): (at: Instant) => number
  /** A fault that comes of the weather has begun. */
  befell(fault: FaultKind, target: string): void
  /** A fault has ended by what happened, without anybody's plan. */
  repaired(fault: FaultKind, target: string): void
}
