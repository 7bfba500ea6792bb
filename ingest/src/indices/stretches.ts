import type { Instant, LightState } from '@fanari/contracts'

/** What a stretch of a lighting night counts as. */
export type Counted = 'lit' | 'dark' | 'unknown' | 'maintenance'

/** A stretch of time that counts as one thing, its end not included. Stretches of one light stand in order and do not overlap. */
export type CountedStretch = [from: Instant, until: Instant, counted: Counted]

/** While it is planned to be on. A light that is off then has not been confirmed dark: unknown. */
export const countedOf = {
  lit: 'lit',
  unexpectedlyOn: 'lit',
  dark: 'dark',
  off: 'unknown',
  unknown: 'unknown',
  maintenance: 'maintenance',
} as const satisfies Record<LightState, Counted>

/** The parts of `stretches` that lie within `plan`. */
export const clip = (
  stretches: readonly CountedStretch[],
  plan: readonly { from: Instant; until: Instant }[],
): CountedStretch[] => {
  const clipped: CountedStretch[] = []
  for (const on of plan)
    for (const [from, until, counted] of stretches)
      if (from < on.until && until > on.from)
        append(clipped, Math.max(from, on.from), Math.min(until, on.until), counted)
  return clipped
}

/** Adds a stretch at the end; one that goes on as the last one did is joined with it. */
export const append = (stretches: CountedStretch[], from: Instant, until: Instant, counted: Counted): void => {
  if (until <= from) return
  const last = stretches.at(-1)
  if (last !== undefined && last[1] === from && last[2] === counted) last[1] = until
  else stretches.push([from, until, counted])
}

/** Something learned later: between `from` and `until` a light was `counted`, where it had been taken for one of `over`. */
export interface Correction {
  from: Instant
  until: Instant
  counted: Counted
  over: readonly Counted[]
}

export const correct = (stretches: readonly CountedStretch[], correction: Correction): CountedStretch[] => {
  const corrected: CountedStretch[] = []
  for (const [from, until, counted] of stretches) {
    const begin = Math.max(from, correction.from)
    const end = Math.min(until, correction.until)
    if (begin >= end || !correction.over.includes(counted)) {
      append(corrected, from, until, counted)
      continue
    }
    append(corrected, from, begin, counted)
    append(corrected, begin, end, correction.counted)
    append(corrected, end, until, counted)
  }
  return corrected
}

/** Times of one light in one night [ms], and how many dark episodes began. */
export interface Tally {
  lit: number
  dark: number
  unknown: number
  maintenance: number
  episodes: number
  endsDark: boolean
}

/**
 * Adds up. An episode ends with light and not with silence: dark, unknown and dark again is one; and one that goes on from the night
 * before (`darkBefore`) began there.
 */
export const tally = (stretches: readonly CountedStretch[], darkBefore: boolean): Tally => {
  const sums = { lit: 0, dark: 0, unknown: 0, maintenance: 0 }
  let episodes = 0
  let isDark = darkBefore
  for (const [from, until, counted] of stretches) {
    sums[counted] += until - from
    if (counted === 'dark' && !isDark) episodes++
    if (counted === 'dark') isDark = true
    if (counted === 'lit') isDark = false
  }
  return { ...sums, episodes, endsDark: isDark }
}
