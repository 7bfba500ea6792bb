import type { Instant } from '@fanari/contracts'
import type { FaultKind } from './scenario/faults.ts'

/** Why a lamp that should be lit gets no power or gives no light. */
export type DarkCause = FaultKind | 'lowVoltageDisconnect' | 'batteryEmpty' | 'contactorOpen'

/** What a light really does, whatever anybody hears of it. */
export type TrueState = 'lit' | 'dark' | 'off' | 'unexpectedlyOn'

/** Why it does so: its program, an override, a supply that is off by design, or what is broken. */
export type TrueCause = 'program' | 'override' | 'supplySwitchedOff' | DarkCause

/** The ground truth, kept apart from telemetry and read by scorers alone. */
export type TruthEntry =
  | { at: Instant; event: 'fault.started' | 'fault.repaired'; fault: FaultKind; target: string; affected: string[] }
  | { at: Instant; event: 'light.changed'; light: string; from: TrueState | null; to: TrueState; cause: TrueCause }

/** One line of the truth log. */
export const truthLine = (entry: TruthEntry): string => {
  const { at, ...rest } = entry
  return `${JSON.stringify({ at: new Date(at).toISOString(), ...rest })}\n`
}
