/** Fields that not every controller measures or counts. */
export type OptionalField = 'activeEnergy' | 'operatingHours' | 'uptime' | 'lightLevel' | 'tilt'

/** In what a device differs from others of its kind. */
export interface DeviceTraits {
  /** Reports at once when its lamp is switched, and not only at its interval. */
  reportsOnChange: boolean
  /** Probability that a controller that loses its supply still says so. */
  lastGaspShare: number
  omits: ReadonlySet<OptionalField>
  /** How fast its clock runs away [ppm], and whether the network sets it right every day. */
  clockDriftPpm: number
  syncsClock: boolean
  /** Its power meter is wrong by so much at most, as a share of what it measures. */
  meterNoise: number
  /** What its power meter shows of what is really there: its error, and in a cabinet the losses of the cables behind it. */
  meterGain: number
  /** How much more it takes than when it was new, to give the same light (constant light output), as a share. */
  agePowerGain: number
  /** Loss of voltage along its feeder [V a pole]. */
  feederDropV: number
  /** What its battery gauge takes for the capacity, as a multiple of the nameplate's. */
  gaugeCapacity: number
  /** Drift of its battery gauge [share of the charge a day]. */
  gaugeDriftPerDay: number
}

export const standardTraits: DeviceTraits = {
  reportsOnChange: true,
  lastGaspShare: 0.6,
  omits: new Set(),
  clockDriftPpm: 0,
  syncsClock: true,
  meterNoise: 0.005,
  meterGain: 1,
  agePowerGain: 0,
  feederDropV: 0.05,
  gaugeCapacity: 1,
  gaugeDriftPerDay: 0.007,
}
