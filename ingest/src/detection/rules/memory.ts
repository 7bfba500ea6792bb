import type { Instant } from '@fanari/contracts'
import { createEnergyCounter, type EnergyCounter } from './energy-witness.ts'
import type { Bucket } from './power.ts'
import type { Runs } from './runs.ts'

/** What the rules remember of one light. Plain data; most of it stays empty while nothing is wrong. */
export interface LightMemory {
  runs: Runs | null
  /** The level last reported, or else planned [%], and since when it has held; −1 before the first reading. */
  level: number
  levelSince: Instant
  power: Bucket[]
  /** CUSUM of slow loss. */
  slump: number
  energy: EnergyCounter
  /** Switch-on count of the last reading; −1 before the first. */
  switchOns: number
  /** Operating hours [h] and supply losses of the last reading; −1 before the first. */
  operatingHours: number
  supplyLosses: number
  /** When it last went off and on again unasked, the newest last. */
  cycles: Instant[] | null
  /** Reports of the day under way, by sequence number. */
  delivery: { since: Instant; expected: number; received: number }
  /** How far the stamps of its last live report lay from their arrival [ms], and when it came; `null` while they fit. */
  clock: { offsetMs: number; at: Instant } | null
  /** When a command was last applied: its level is then not the planned one. */
  commandedAt: Instant
  /** Key of the open day-burning group it is a member of. */
  burningGroup: string | null
}

export const createMemory = (): LightMemory => ({
  runs: null,
  level: -1,
  levelSince: 0,
  power: [],
  slump: 0,
  energy: createEnergyCounter(),
  switchOns: -1,
  operatingHours: -1,
  supplyLosses: -1,
  cycles: null,
  delivery: { since: 0, expected: 0, received: 0 },
  clock: null,
  commandedAt: 0,
  burningGroup: null,
})
