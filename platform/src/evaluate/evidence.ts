import { hourMs, type Instant, minuteMs } from '@fanari/contracts'
import type { Cause } from './causes.ts'
import { type Diagnosis, diagnoses } from './diagnoses.ts'
import type { Span, TownFacts } from './facts.ts'
import type { Heard, HeardDevice } from './heard.ts'
import { isEnergyDark, type Timelines } from './timeline.ts'

/** By what a cause could be seen first. */
export type Sign = 'reading' | 'meter' | 'gasp' | 'will' | 'silence' | 'days'

/** Why nobody could have seen a cause. */
export type Unseen = 'tooShort' | 'silentAlone' | 'noMeter' | 'notReported' | 'tooFewDays' | 'byNature'

/** Whether anybody could have seen a cause: from the truth, the town plan and what was received, never from what the detector said. */
export type Evidence =
  | { visible: true; sign: Sign /** From when [ms since 1970 UTC]. */; from: Instant }
  | { visible: false; why: Unseen }

export interface Observation {
  facts: TownFacts
  timelines: Timelines
  heard: Heard
  /** When the platform was down. */
  stops: readonly Span[]
  until: Instant
}

/** Near a planned switch, lamps warm up and clocks differ: on and off are both in order [ms]. */
const switchingMs = 10 * minuteMs
/** Between the sun's −6° and +6°, on and off are both in order; at 41° N it takes up to 75 minutes [ms]. */
const twilightMs = 75 * minuteMs
/** A group needs at least so many members (CONTRACT section 2). */
const groupSize = 3
/** A light dims when it is told to give less than this [%]. */
const dimmedBelow = 81

export const evidenceOf = (cause: Cause, observation: Observation): Evidence => {
  const diagnosis = diagnoses[cause.kind]
  switch (diagnosis.shows) {
    case 'supply':
      return ofSupply(cause, observation)
    case 'cabinet':
      return ofMeter(cause, diagnosis, observation)
    case 'link':
      return ofLink(cause, diagnosis, observation)
    case 'days':
      return ofDays(cause, diagnosis)
    case 'never':
      return { visible: false, why: 'byNature' }
    case 'lit':
    case 'unlit':
    case 'dimmed':
    case 'counted':
    case 'always':
    case 'dark':
      return ofReadings(cause, diagnosis, observation)
  }
}

/** Readings of one light that show it, enough of them and while it lasted. */
const ofReadings = (cause: Cause, { shows, needs, asksMinutes }: Diagnosis, observation: Observation): Evidence => {
  let first = Number.POSITIVE_INFINITY
  let why: 'tooShort' | 'notReported' = 'notReported'
  for (const light of cause.lights) {
    const heard = observation.heard.of(observation.facts.lights.get(light)?.device ?? light)
    if (heard === undefined || (shows === 'counted' && !heard.counts)) continue
    why = 'tooShort'
    for (const window of windowsOf(light, cause, shows, observation.timelines)) {
      const times = receivedWithin(heard, window, cause.to, shows === 'dimmed')
      if (times.length >= needs) first = Math.min(first, firstBehind(times, asksMinutes))
    }
  }
  return first === Number.POSITIVE_INFINITY ? { visible: false, why } : { visible: true, sign: 'reading', from: first }
}

/** The first reading at least so long after the one that shows it first. */
const firstBehind = (times: readonly Instant[], minutes: number): Instant => {
  const from = (times[0] ?? Number.POSITIVE_INFINITY) + minutes * minuteMs
  return times.find((at) => at >= from) ?? from
}

/** When a light's own readings can show the cause. */
const windowsOf = (light: string, cause: Cause, shows: Diagnosis['shows'], timelines: Timelines): Span[] => {
  switch (shows) {
    case 'always':
      return [cause]
    case 'unlit':
      return timelines.runs(light, ['off', 'unexpectedlyOn'], cause).map((run) => inner(run, twilightMs))
    case 'counted': {
      // It is what it is called from the third time on (catalogue: three pairs in an hour).
      const third = timelines.within(light, ['dark'], cause)[2]
      return third === undefined ? [] : nightsOf(light, { ...cause, from: third.to }, timelines)
    }
    case 'dark': {
      const dark = timelines.within(light, ['dark'], cause).filter(isEnergyDark)
      return nightsOf(light, cause, timelines).flatMap((night) => dark.flatMap((span) => overlapOf(night, span)))
    }
    default:
      return nightsOf(light, cause, timelines)
  }
}

/** When the light should be lit, without the minutes in which on and off are both in order. */
const nightsOf = (light: string, cause: Cause, timelines: Timelines): Span[] =>
  timelines.runs(light, ['lit', 'dark'], cause).map((run) => inner(run, switchingMs))

/** A run without so much of it after its beginning and before its end. */
const inner = ({ from, to, begins, ends }: Span & { begins: boolean; ends: boolean }, marginMs: number): Span => ({
  from: begins ? from + marginMs : from,
  to: ends ? to - marginMs : to,
})

const overlapOf = (a: Span, b: Span): Span[] => {
  const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)]
  return from < to ? [{ from, to }] : []
}

/** When the readings came that were made within `window`, received before `until`; of a dimming light only those that say so. */
const receivedWithin = (heard: HeardDevice, { from, to }: Span, until: Instant, onlyDimmed = false): Instant[] => {
  const times: Instant[] = []
  for (const [i, at] of heard.at.entries()) {
    const receivedAt = heard.receivedAt[i] ?? 0
    if (receivedAt > until) break
    if (onlyDimmed && !((heard.level[i] ?? 100) < dimmedBelow)) continue
    if (at >= from && at < to) times.push(receivedAt)
  }
  return times
}

/** A cabinet's own meter, as often as it takes. */
const ofMeter = (cause: Cause, { needs, asksMinutes }: Diagnosis, { facts, heard }: Observation): Evidence => {
  const device = facts.cabinetDevice(cause.scope.id)
  const meter = device === null ? undefined : heard.of(device)
  if (meter === undefined) return { visible: false, why: 'noMeter' }
  const times = receivedWithin(meter, cause, cause.to)
  return times.length < needs || times[0] === undefined
    ? { visible: false, why: 'tooShort' }
    : { visible: true, sign: 'reading', from: firstBehind(times, asksMinutes) }
}

/** A lost link: reports that do not come while the platform listens. */
const ofLink = (cause: Cause, { needs }: Diagnosis, { facts, stops }: Observation): Evidence => {
  const intervals = cause.lights.map((light) => facts.lights.get(light)?.intervalMs ?? 0)
  const neededMs = needs * Math.max(0, ...intervals)
  const heardOut = without(cause, stops).find(({ from, to }) => to - from >= neededMs)
  return heardOut === undefined || intervals.length === 0
    ? { visible: false, why: 'tooShort' }
    : { visible: true, sign: 'silence', from: heardOut.from }
}

/** What shows only over days: whole days from its beginning. */
const ofDays = ({ from, to }: Cause, { needs }: Diagnosis): Evidence =>
  // A day of light is whole when both its ends are seen, at any hour it began.
  to - from < (needs + 0.5) * 24 * hourMs
    ? { visible: false, why: 'tooFewDays' }
    : { visible: true, sign: 'days', from: from + needs * 24 * hourMs }

/** A lost supply: the lights are dark, and say so with their last breath, or say nothing any more. */
const ofSupply = (cause: Cause, observation: Observation): Evidence => {
  const { facts, heard, timelines } = observation
  const darkFrom = cause.lights.flatMap((light) => darkSinceOf(light, cause, observation) ?? [])
  const darkAt = Math.min(...darkFrom)
  if (darkAt === Number.POSITIVE_INFINITY) return { visible: false, why: 'tooShort' }
  const devices = cause.lights.flatMap((light) => heard.of(facts.lights.get(light)?.device ?? light) ?? [])
  const cabinets = facts.cabinetsOf(cause.lights).flatMap((cabinet) => facts.cabinetDevice(cabinet) ?? [])
  const meters = cabinets.flatMap((device) => heard.of(device) ?? [])
  // A cabinet that loses its supply says nothing of the fuse in one pole.
  const tellers = cause.scope.kind === 'luminaire' ? devices : [...devices, ...meters]
  const gaspAt = firstAfter(
    tellers.flatMap((it) => [...it.supplyLossAt, ...it.impactAt]),
    cause,
  )
  const metered = meters.some((meter) => receivedWithin(meter, { from: darkAt, to: cause.to }, cause.to).length > 0)
  if (gaspAt === null && !metered && darkFrom.length < groupSize) return { visible: false, why: 'silentAlone' }
  const willAt = firstAfter(
    devices.flatMap((it) => it.willAt),
    cause,
  )
  // What was said by day, when nothing was expected of the lamp, counts from when it should have come on.
  if (gaspAt !== null && gaspAt >= darkAt - minuteMs) return { visible: true, sign: 'gasp', from: gaspAt }
  if (willAt !== null && willAt >= darkAt - minuteMs) return { visible: true, sign: 'will', from: willAt }
  const cameOn = cause.lights.some((light) =>
    timelines.of(light).some(({ state, to }) => state === 'lit' && to === darkAt),
  )
  const missedAt = cameOn ? darkAt : darkAt + switchingMs
  if (gaspAt === null && darkFrom.length < groupSize) return { visible: true, sign: 'meter', from: missedAt }
  return { visible: true, sign: 'silence', from: missedAt }
}

const firstAfter = (times: readonly Instant[], { from, to }: Span): Instant | null => {
  const first = times.reduce((least, at) => (at >= from && at < to && at < least ? at : least), to)
  return first === to ? null : first
}

/** Since when a light was dark for long enough, while the platform ran; `null` when it never was. */
const darkSinceOf = (light: string, cause: Cause, { facts, timelines, stops }: Observation): Instant | null => {
  const intervalMs = facts.lights.get(light)?.intervalMs ?? 0
  // Dark behind a dead cabinet, a light shows nothing of a fault of its own.
  const dark =
    cause.scope.kind === 'luminaire'
      ? timelines.within(light, ['dark'], cause).filter((stretch) => stretch.cause === cause.kind)
      : timelines.runs(light, ['dark'], cause)
  const spans = dark.flatMap((span) => without(span, stops))
  return spans.find(({ from, to }) => to - from >= 3 * intervalMs + switchingMs)?.from ?? null
}

/** A span without the stops in it. */
const without = (span: Span, stops: readonly Span[]): Span[] =>
  stops.reduce<Span[]>(
    (parts, stop) =>
      parts.flatMap((part) =>
        stop.to <= part.from || stop.from >= part.to
          ? [part]
          : [
              { from: part.from, to: stop.from },
              { from: stop.to, to: part.to },
            ].filter(({ from, to }) => to > from),
      ),
    [span],
  )
