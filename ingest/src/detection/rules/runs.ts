import type { FaultName, Instant, Reason, Rules } from '@fanari/contracts'
import { type Rule, type RuleTable, wordSamples } from './rule.ts'

/** A fault that is being seen: how often, by whose word, and how often not any more. */
export interface Run {
  since: Instant
  /** Readings in a row whose measurements show it. */
  seen: number
  /** Messages in a row in which the device itself names it. */
  named: number
  /** Readings in a row without it. */
  absent: number
  reason: Reason
  detail: string
  confirmed: boolean
  /** Its incident has been opened. */
  open: boolean
}

/** The faults that one device shows now. `null` instead when there are none: a healthy device costs nothing. */
export type Runs = Partial<Record<FaultName, Run>>

const begin = (since: Instant): Run => ({
  since,
  seen: 0,
  named: 0,
  absent: 0,
  reason: 'raisedByDevice',
  detail: '',
  confirmed: false,
  open: false,
})

/** What one reading or event says of one fault. */
interface Finding<S> {
  fault: FaultName
  at: Instant
  /** `undefined` for a fault that only devices tell. */
  rule: Rule<S> | undefined
  shown: boolean | undefined
  named: boolean
  sample: S
  rules: Rules
}

/** Counts one finding and gives the runs that follow from it. */
export const countFinding = <S>(runs: Runs | null, finding: Finding<S>): Runs | null => {
  const { fault, at, rule, shown, named, sample, rules } = finding
  const known = runs?.[fault]
  const showsIt = shown === true && (rule?.needsWord !== true || known !== undefined || named)
  if (!showsIt && !named) return known === undefined ? runs : countAbsence(runs, fault, known, finding)
  const run = known ?? begin(at)
  run.absent = 0
  if (showsIt) {
    run.seen++
    run.detail = rule?.describe(sample, rules) ?? ''
    run.reason = typeof rule?.reason === 'function' ? rule.reason(sample) : (rule?.reason ?? 'raisedByDevice')
  }
  if (named) run.named++
  if (!run.confirmed) run.confirmed = isConfirmed(run, finding)
  const next = runs ?? {}
  next[fault] = run
  return next
}

/** The device's word and a measurement together confirm at once; either alone must come again. */
const isConfirmed = <S>(run: Run, { rule, at, shown, sample, rules }: Finding<S>): boolean => {
  if (rule === undefined) return run.named >= wordSamples
  if (at - run.since < (rule.holdMs?.(rules) ?? 0)) return false
  if (run.named >= (rule.wordSamples ?? wordSamples) || (run.seen > 0 && run.named > 0)) return true
  return shown === true && rule.needsWord !== true && run.seen >= rule.samples(rules, sample)
}

/** Counts an event in which the device names a fault; no measurement comes with it. */
export const countWord = (runs: Runs | null, fault: FaultName, at: Instant, needed: number): Runs => {
  const next = runs ?? {}
  const run = next[fault] ?? begin(at)
  run.named++
  run.absent = 0
  run.confirmed ||= run.seen > 0 || run.named >= needed
  next[fault] = run
  return next
}

const countAbsence = <S>(runs: Runs | null, fault: FaultName, run: Run, { shown }: Finding<S>): Runs | null => {
  // Measurements that say nothing leave a measured fault as it is; a device that is silent about its own withdraws it.
  if (shown === undefined && run.seen > 0) return runs
  run.absent++
  // A row of readings that is broken off before it was enough begins anew.
  if (!run.open && (run.seen > 0 || run.absent >= wordSamples)) return without(runs, fault)
  return runs
}

/** Readings in a row without it that end an open fault. */
export const absenceThatEnds = (
  rule: Pick<Rule<never>, 'needsWord' | 'clearSamples'> | undefined,
  run: Run,
  rules: Rules,
): number =>
  rule === undefined || (run.seen === 0 && rule.needsWord !== true) ? wordSamples : rule.clearSamples(rules)

export const without = (runs: Runs | null, fault: FaultName): Runs | null => {
  if (runs === null) return null
  delete runs[fault]
  for (const _ in runs) return runs
  return null
}

/** Counts what one reading says of every rule, and of every fault that the device names without a rule for it. */
export const countReadingByRules = <S>(
  runs: Runs | null,
  table: RuleTable<S>,
  reading: { at: Instant; faults?: readonly FaultName[] | undefined },
  options: {
    sample: S
    rules: Rules
    /** Whether this device may raise the fault. */
    accepts: (fault: FaultName) => boolean
    /** Whether the fault is counted by other means than readings. */
    isApart: (fault: FaultName) => boolean
  },
): Runs | null => {
  const { sample, rules, accepts, isApart } = options
  const { at, faults } = reading
  let next = runs
  for (const rule of table.values()) {
    const shown = rule.shows(sample, rules)
    const named = faults?.includes(rule.fault) === true
    // The way of nearly every reading.
    if (shown !== true && !named && next === null) continue
    next = countFinding(next, { fault: rule.fault, at, rule, shown, named, sample, rules })
  }
  if (next === null && faults === undefined) return null
  const onlyTold = new Set<FaultName>([...(faults ?? []), ...(Object.keys(next ?? {}) as FaultName[])])
  for (const fault of onlyTold) {
    const named = faults?.includes(fault) === true
    if (table.has(fault) || isApart(fault) || (named && !accepts(fault))) continue
    next = countFinding(next, { fault, at, rule: undefined, shown: undefined, named, sample, rules })
  }
  return next
}
