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
  /** The stretches in one of `states` within `span`, cut to it; `isWhole` says whether the beginning is the true one. */
  within(light: string, states: readonly TrueState[], span: Span): (Stretch & { isWhole: boolean })[]
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
  return {
    of,
    within: (light, states, span) =>
      of(light)
        .filter(({ state, from, to }) => states.includes(state) && from < span.to && to > span.from)
        .map((stretch) => ({
          ...stretch,
          from: Math.max(stretch.from, span.from),
          to: Math.min(stretch.to, span.to),
          isWhole: stretch.from >= span.from,
        })),
  }
}

/** Whether a light gives no light for want of energy in its battery. */
export const isEnergyDark = ({ state, cause }: Pick<Stretch, 'state' | 'cause'>): boolean =>
  state === 'dark' && (cause === 'lowVoltageDisconnect' || cause === 'batteryEmpty' || cause === 'drainedBattery')
