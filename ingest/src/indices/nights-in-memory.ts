import type { AssetFeature, DetectorOutput, Instant, NightQueries } from '@fanari/contracts'
import type { Detector } from '../detection/index.ts'
import { createNightAccumulator } from './night-accumulator.ts'
import { createNightQueries } from './night-queries.ts'
import { createNightStore } from './night-store.ts'

/** Lighting nights of one municipality without a file: the same figures from recorded traffic as from live. */
export interface NightsInMemory {
  queries: NightQueries
  register(features: readonly AssetFeature[], at: Instant): void
  /** Takes what the detector said up to `now`, in order. */
  take(outputs: readonly DetectorOutput[], now: Instant): void
  close(): void
}

export const createNightsInMemory = (municipality: string, detector: Detector): NightsInMemory => {
  const store = createNightStore({ folder: null })
  const nights = createNightAccumulator(detector)
  store.start()
  return {
    queries: createNightQueries({ store, jurisdictionOf: () => ({ nights, detector }) }),
    register(features, at) {
      const luminaires = features.filter(({ properties }) => properties.kind === 'luminaire')
      nights.register(
        luminaires.map(({ properties }) => properties.id),
        at,
      )
    },
    take(outputs, now) {
      nights.apply(outputs)
      nights.advance(now)
      store.keep(municipality, nights.findings())
      nights.kept()
    },
    close: () => store.stop(),
  }
}
