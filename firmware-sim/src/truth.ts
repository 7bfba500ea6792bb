import type { Instant } from '@fanari/contracts'
import type { FaultKind } from './scenario/faults.ts'
import type { FaultScope } from './scenario/targets.ts'

/** Why a lamp that should be lit gets no power or gives no light. */
export type DarkCause = FaultKind | 'lowVoltageDisconnect' | 'batteryEmpty'

/** What a light really does, whatever anybody hears of it. */
export type TrueState = 'lit' | 'dark' | 'off' | 'unexpectedlyOn'

/** Why it does so: its program, an override, a supply that is off by design, or what is broken. */
export type TrueCause = 'program' | 'override' | 'supplySwitchedOff' | DarkCause

/** The ground truth, kept apart from telemetry and read by scorers alone. */
export type TruthEntry =
  | {
      at: Instant
      event: 'fault.started' | 'fault.repaired'
      /** The same at the start and at the repair, and of no other fault of the run. */
      id: string
      fault: FaultKind
      target: string
      scope: FaultScope
      affected: string[]
    }
  | { at: Instant; event: 'light.changed'; light: string; from: TrueState | null; to: TrueState; cause: TrueCause }
  | SolarNight

/** How a solar light came through a night, told at its dawn. */
export interface SolarNight {
  at: Instant
  event: 'solar.night'
  light: string
  /** YYYY-MM-DD, the local date of the noon before. */
  night: string
  plannedHours: number
  litHours: number
  /** When it first went dark, or should have come on and did not; `null` when the night was not dark. */
  darkAt: Instant | null
  /** Lit for less than 90 % of the planned hours, or off for the last 30 minutes before dawn or longer. */
  dark: boolean
}

/** One line of the truth log. */
export const truthLine = (entry: TruthEntry): string => {
  const { at, ...rest } = entry
  const darkAt = 'darkAt' in rest && rest.darkAt !== null ? { darkAt: new Date(rest.darkAt).toISOString() } : {}
  return `${JSON.stringify({ at: new Date(at).toISOString(), ...rest, ...darkAt })}\n`
}
