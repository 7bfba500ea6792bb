import type { Instant } from '@fanari/contracts'
import type { RadioQuality } from './firmware/radio.ts'
import type { Zone } from './local-time.ts'
import type { Night } from './nights.ts'
import type { Weather } from './physics/weather.ts'
import type { ActiveFaults } from './scenario/faults.ts'
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
}
