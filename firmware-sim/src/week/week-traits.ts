import type { DeviceTraits, OptionalField } from '../firmware/traits.ts'
import { between, createRandom, normal } from '../random.ts'
import type { TownPlan } from '../town/town.ts'

/** Share of the controllers that lack a field. */
const lacks: readonly (readonly [field: OptionalField, share: number])[] = [
  ['activeEnergy', 0.15],
  ['operatingHours', 0.3],
  ['uptime', 0.15],
  ['lightLevel', 0.12],
  ['tilt', 0.35],
]
const onChangeShare = 0.7
const speechlessShare = 0.35
const gaspsOfTheRest = 0.9
const unsyncedShare = 0.06
const clockPpm = 20
const wrongGaugeShare = 0.2

/** Devices of several makes and years: what each can tell, and how well. */
export const createWeekTraits = (seed: number, town: TownPlan): ((device: string) => DeviceTraits) => {
  const cabinets = new Set(town.cabinets.map(({ id }) => id))
  const circuitOf = new Map(town.luminaires.map(({ id, circuit }) => [id, circuit ?? id]))
  return (device) => {
    const random = createRandom(seed, device, 'traits')
    const feeder = createRandom(seed, circuitOf.get(device) ?? device, 'feeder')
    return {
      reportsOnChange: random() < onChangeShare,
      lastGaspShare: random() < speechlessShare ? 0 : gaspsOfTheRest,
      omits: new Set(lacks.flatMap(([field, share]) => (random() < share ? [field] : []))),
      clockDriftPpm: Math.max(-clockPpm, Math.min(clockPpm, normal(random, 0, clockPpm / 2))),
      syncsClock: random() >= unsyncedShare,
      meterNoise: between(random, 0.004, 0.01),
      meterGain: cabinets.has(device) ? between(random, 1.005, 1.035) : between(random, 0.99, 1.01),
      agePowerGain: between(random, 0, 0.1),
      feederDropV: between(feeder, 0.03, 0.2),
      gaugeCapacity: random() < wrongGaugeShare ? between(random, 1.3, 3) : between(random, 0.95, 1.1),
      gaugeDriftPerDay: between(random, 0.005, 0.02) * (random() < 0.7 ? 1 : -1),
    }
  }
}
