import type { Instant } from '@fanari/contracts'
import { type Chemistry, chemistries } from './chemistry.ts'

/** A solar light as the register has it. */
export interface SolarUnit {
  lat: number
  lon: number
  ratedPowerW: number
  /** Peak power of the panel [Wp]. */
  panelPowerW: number
  /** Nameplate capacity of the battery [Wh]: the commonest gross error of a register. */
  capacityWh: number
  chemistry: Chemistry
  nominalV: number | null
}

/**
 * One lighting night and the day before it: from the planned end of the last night (`startAt`) over switch-on (`onAt`) to its own planned
 * end (`offAt`). `number` counts days: it is that of the local date of the noon before the night.
 */
export interface NightPlan {
  number: number
  startAt: Instant
  onAt: Instant
  offAt: Instant
  /** The times of light and their levels [%], in order. */
  steps: readonly { from: Instant; until: Instant; level: number }[]
}

/** How a day's harvest came about: see `harvests.ts`. */
export interface DayAccount {
  /** Clear-sky sum from the first reading of the day until switch-on [Wh/m²]. */
  total: number
  /** Clear-sky sum so far, and the part of it that was open to the battery: it was neither full nor frozen [Wh/m²]. */
  clear: number
  takenClear: number
  /** The part in which frost let the battery take nothing [Wh/m²]. */
  frozenClear: number
  /** Net charge in the open part [Wh]. */
  takenWh: number
  /** Whether the battery was full at some time. */
  full: boolean
  /** Time under a strong sun in which next to nothing was charged, since the last charge [ms]. */
  idleMs: number
}

/** What is known of the battery and the panel of one solar light. Plain data; its snapshot is a copy. */
export interface SolarMemory {
  /** Event time of the last reading that told of the battery; 0 before the first. */
  at: Instant
  /** Net power into the battery then [W]; `null` when it was not told. */
  powerW: number | null
  /** Clear-sky irradiance on the panel then [W/m²]. */
  irradiance: number
  /** State of charge, share of the real capacity. */
  charge: number
  /** Real capacity, share of the nameplate. */
  capacity: number
  /** Variances of charge and capacity, and the covariance of the charge with the inverse of the capacity. */
  chargeVariance: number
  covariance: number
  capacityVariance: number
  /** State of charge at which the controller cuts the load. */
  floor: number
  floorVariance: number
  /** How far the reported battery level was off, squared. */
  levelVariance: number
  /** Energy taken from the battery relative to what the plan says, at full, middle and low levels; 0 when not known. */
  powerRatios: [full: number, middle: number, low: number]
  /** Battery temperature by night [°C]. */
  nightCelsius: number | null
  chargedAt: Instant
  /** Since when the controller has kept the load cut off; 0 when it has not. */
  latchedAt: Instant
  /** Readings in a row that show no light while the plan says on. */
  unlit: number
  /** Times at which the load was cut: evidence for the capacity. */
  disconnects: number
  /** The night, by number, that the accounts below belong to; 0 before the first. */
  night: number
  /** Planned time of that night seen without light [ms]. */
  darkMs: number
  day: DayAccount
  /** What the panel gives before and after noon while the battery takes it, over the last days [share of clear sky]; 0: not known. */
  morning: number
  afternoon: number
  /** Last harvests, newest first, in thousandths of what a clear sky would have given; −1: not known. */
  harvests: number[]
  /** Number of the day that `harvests[0]` is of. */
  harvestsUntil: number
}

/** New batteries measure below their nameplate more often than above, and old ones more so. */
const firstCapacity = 0.85
const firstCapacityError = 0.14
/** Of reported levels it is only known that they can be badly wrong. */
const firstLevelError = 0.18

export const createDayAccount = (): DayAccount => ({
  total: 0,
  clear: 0,
  takenClear: 0,
  frozenClear: 0,
  takenWh: 0,
  full: false,
  idleMs: 0,
})

export const createSolarMemory = (unit: SolarUnit): SolarMemory => {
  const { floor, floorError } = chemistries[unit.chemistry]
  return {
    at: 0,
    powerW: null,
    irradiance: 0,
    charge: 0.6,
    capacity: firstCapacity,
    chargeVariance: 0.3 ** 2,
    covariance: 0,
    capacityVariance: firstCapacityError ** 2,
    floor,
    floorVariance: floorError ** 2,
    levelVariance: firstLevelError ** 2,
    powerRatios: [0, 0, 0],
    nightCelsius: null,
    chargedAt: 0,
    latchedAt: 0,
    unlit: 0,
    disconnects: 0,
    night: 0,
    darkMs: 0,
    day: createDayAccount(),
    morning: 0,
    afternoon: 0,
    harvests: [],
    harvestsUntil: 0,
  }
}
