import type { FaultName, Reason, Rules } from '@fanari/contracts'
import type { Runs } from './runs.ts'

/**
 * One fault as data and small pure functions. `S` is what is known at one reading: of a light, or of a cabinet. A rule says what a
 * reading shows; counting, opening and resolving are the same for all (`runs.ts`, `judge-runs.ts`).
 */
export interface Rule<S> {
  fault: FaultName
  reason: Reason | ((sample: S) => Reason)
  /** Whether the reading shows the fault, shows that all is well, or (`undefined`) says nothing of it. */
  shows(sample: S, rules: Rules): boolean | undefined
  /** Readings in a row that confirm it. Before the first is counted it holds, however many follow, until this many have shown it. */
  samples(rules: Rules, sample: S): number
  /** Readings in a row without it that end it. */
  clearSamples(rules: Rules): number
  /** The measurement in words and numbers, with units. */
  describe(sample: S, rules: Rules): string
  /** How long it must have been seen as well [ms]. */
  holdMs?(rules: Rules): number
  /** What it shows keeps an incident open but begins none: that takes the device's own word. */
  needsWord?: boolean
  /** The device's word alone confirms it so often; twice unless given. */
  wordSamples?: number
}

/** Readings that confirm a fault which only the device itself tells, and its end. */
export const wordSamples = 2

/** The rule of each fault, to find it by the fault's name. */
export type RuleTable<S> = ReadonlyMap<FaultName, Rule<S>>

export const tableOf = <S>(rules: readonly Rule<S>[]): RuleTable<S> => new Map(rules.map((rule) => [rule.fault, rule]))

/** Whether any fault of `faults` is being counted or open. */
export const isRunning = (runs: Runs | null, fault: FaultName): boolean => runs !== null && runs[fault] !== undefined
