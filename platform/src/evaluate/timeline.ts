import type { Instant } from '@fanari/contracts'
import type { TruthEntry } from '@fanari/firmware-sim'
import type { Span } from './facts.ts'

type LightChanged = Extract<TruthEntry, { event: 'light.changed' }>
export type TrueState = LightChanged['to']
type TrueCause = LightChanged['cause']

/** A stretch in which a light did one thing for one cause. */
export interface Stretch extends Span {
  state: TrueState
  cause: TrueCause
}

/** What each light really did, from the truth log. */
export interface Timelines {
  of(light: string): readonly Stretch[]
  /** The stretches in one of `states` within `span`, cut to it. */
  within(light: string, states: readonly TrueState[], span: Span): Stretch[]
  /** The same with those that follow one another made one. */
  runs(light: string, states: readonly TrueState[], span: Span): Run[]
}

/** A stretch in some states, cut to what was asked for unless it `begins` or `ends` within it. */
interface Run extends Span {
  begins: boolean
  ends: boolean
}

/** @param until when the log ends [ms since 1970 UTC] */
export const timelinesOf = (truth: readonly TruthEntry[], until: Instant): Timelines => {
  const byLight = new Map<string, Stretch[]>()
  for (const entry of truth) {
    if (entry.event !== 'light.changed') continue
    const stretches = byLight.get(entry.light) ?? []
    byLight.set(entry.light, stretches)
    const last = stretches.at(-1)
    if (last !== undefined) last.to = entry.at
    stretches.push({ from: entry.at, to: until, state: entry.to, cause: entry.cause })
  }
  const of = (light: string): readonly Stretch[] => byLight.get(light) ?? []
  const overlaps = (it: Span, span: Span): boolean => it.from < span.to && it.to > span.from
  const cut = (it: Span, span: Span): Span => ({ from: Math.max(it.from, span.from), to: Math.min(it.to, span.to) })
  return {
    of,
    within: (light, states, span) =>
      of(light)
        .filter((stretch) => states.includes(stretch.state) && overlaps(stretch, span))
        .map((stretch) => ({ ...stretch, ...cut(stretch, span) })),
    runs: (light, states, span) =>
      joined(of(light).filter(({ state }) => states.includes(state)))
        .filter((run) => overlaps(run, span))
        .map((run) => ({ ...cut(run, span), begins: run.from >= span.from, ends: run.to <= span.to })),
  }
}

const joined = (stretches: readonly Span[]): Span[] => {
  const runs: Span[] = []
  for (const { from, to } of stretches) {
    const last = runs.at(-1)
    if (last !== undefined && last.to === from) last.to = to
    else runs.push({ from, to })
  }
  return runs
}

/** Whether a light gives no light for want of energy in its battery. */
export const isEnergyDark = ({ state, cause }: Pick<Stretch, 'state' | 'cause'>): boolean =>
  state === 'dark' && (cause === 'lowVoltageDisconnect' || cause === 'batteryEmpty' || cause === 'drainedBattery')
