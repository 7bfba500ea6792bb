import { z } from 'zod'
import { faultCatalogue } from './catalogue.ts'
import { type FaultName, faultNames } from './fault-names.ts'
import type { ownFaults } from './own-faults.ts'
import type { talqFaults } from './talq-faults.ts'

type Entries = typeof talqFaults & typeof ownFaults

/** The thresholds that faults are judged by, in the catalogue's units: `rules.lampFailure.powerShare`. */
export type Rules = { readonly [F in FaultName]: { readonly [T in keyof Entries[F]['thresholds']]: number } }

const changesOf = (fault: FaultName) =>
  z.strictObject(Object.fromEntries(Object.keys(faultCatalogue[fault].thresholds).map((name) => [name, z.number()])))

/** A user's own thresholds, by fault and name; what is left out stays as the catalogue has it. */
export const ruleChangesSchema = z
  .strictObject(Object.fromEntries(faultNames.map((fault) => [fault, changesOf(fault).partial()])))
  .partial()
export type RuleChanges = z.infer<typeof ruleChangesSchema>

/** The catalogue's thresholds with `changes` to them. */
export const rulesWith = (changes: RuleChanges): Rules =>
  Object.fromEntries(
    faultNames.map((fault) => {
      const shipped = Object.entries(faultCatalogue[fault].thresholds).map(([name, { value }]) => [name, value])
      return [fault, { ...Object.fromEntries(shipped), ...changes[fault] }]
    }),
  ) as Rules

/** The catalogue's thresholds as they are shipped. */
export const shippedRules: Rules = rulesWith({})
