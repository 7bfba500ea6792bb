import {
  createLocalTime,
  dayMs,
  type Instant,
  type LocalTime,
  minuteMs,
  type ProgramStep,
  shiftDate,
  stepTimePattern,
} from '@fanari/contracts'
import { getTimes } from 'suncalc'
import type { NightPlan } from '../forecast/index.ts'

/** What is asked of a light: `either` while on and off are both in order (twilight, and just after a switch). */
export type Mode = 'on' | 'off' | 'either'

/** A stretch of time with one expectation. */
export interface Segment {
  from: Instant
  until: Instant
  mode: Mode
  /** When the unbroken run of this mode began; a change of level does not break it. */
  modeSince: Instant
  /** Light level planned [%]; just after a change the lower of the two. */
  level: number
}

/** Warm-up of the lamp and scatter of clocks and photocells around a planned switch. */
const switchGraceMs = 10 * minuteMs

const always = (mode: Mode, level: number): Segment => ({
  from: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
  mode,
  modeSince: Number.NEGATIVE_INFINITY,
  level,
})
const alwaysOn = always('on', 100)
const alwaysOff = always('off', 0)

const duskToDawn: readonly ProgramStep[] = [
  { at: 'dusk', level: 100 },
  { at: 'dawn', level: 0 },
]

interface Switch {
  at: Instant
  level: number
  sun: 'dusk' | 'dawn' | null
}
interface Night {
  from: Instant
  until: Instant
  /** Civil dusk and dawn (sun at −6°), and the sun at +6° on the daylight side of each. */
  dusk: Instant
  dawn: Instant
  eveningLow: Instant
  morningHigh: Instant
}

/** Steps that never switch off would burn through the day: then dawn switches off, as everywhere. */
const withDawn = (steps: readonly ProgramStep[]): readonly ProgramStep[] =>
  steps.some((step) => step.level === 0) ? steps : [...steps, { at: 'dawn', level: 0 }]

/** Local date of the noon before the night of `number`: its key. */
export const dateOfNight = (number: number): string => new Date(number * dayMs).toISOString().slice(0, 10)

/**
 * What is expected of lights, for one time zone. A lighting night is keyed by the local date of the noon before it: `getTimes` answers
 * for the solar day that holds its argument, whose border lies at about 22:15 UTC in Greece, so it is only ever asked about noons.
 */
export interface Schedule {
  /** The clock and calendar of the zone. */
  local: LocalTime
  /** The expectation at `at`. Under a program that is not known nothing is judged. */
  segmentAt(place: { lat: number; lon: number }, program: Program, at: Instant): Segment
  /** The lighting night that is not over at `at`, and the day before it; `null` where none is planned. */
  nightAt(place: { lat: number; lon: number }, program: Program, at: Instant): NightPlan | null
  /** The night of `number`, or `null`. */
  nightOf(place: { lat: number; lon: number }, program: Program, number: number): NightPlan | null
}
export type Program =
  | { kind: 'duskToDawn' | 'alwaysOn' | 'off' | 'unknown' }
  | { kind: 'steps'; steps: readonly ProgramStep[] }

/** How many plans are kept; a town has a few hundred places × programs, of which two nights are in use. */
const planCacheSize = 20_000

export const createSchedule = (timeZone: string): Schedule => {
  const local = createLocalTime(timeZone)
  const plans = new Map<string, Segment[]>()
  const nights = new Map<string, NightPlan | null>()
  /** The key of each program: written once, for it is asked for with every plan. */
  const programKeys = new WeakMap<Program, string>()
  let lastNight = { from: 0, until: 0, key: '' }

  const nightKey = (at: Instant): string => {
    if (at < lastNight.from || at >= lastNight.until) {
      const key = local.nightOf(at)
      const noon = (date: string): Instant => local.instantOf(date, 12 * 60)
      lastNight = { key, from: noon(key), until: noon(shiftDate(key, 1)) }
    }
    return lastNight.key
  }

  const programKeyOf = (program: Program): string => {
    const known = programKeys.get(program)
    if (known !== undefined) return known
    const key = program.kind === 'steps' ? JSON.stringify(program.steps) : program.kind
    programKeys.set(program, key)
    return key
  }

  const sunNightAt = (place: { lat: number; lon: number }, key: string): Night | null => {
    const from = local.instantOf(key, 12 * 60)
    const until = local.instantOf(shiftDate(key, 1), 12 * 60)
    const evening = getTimes(new Date(from), place.lat, place.lon)
    const morning = getTimes(new Date(until), place.lat, place.lon)
    // Far north in summer the sun never sinks to −6°: no lighting night.
    if (evening.dusk === null || morning.dawn === null) return null
    const dusk = evening.dusk.getTime()
    const dawn = morning.dawn.getTime()
    return {
      from,
      until,
      dusk,
      dawn,
      // Far north in winter the sun never climbs to +6°: twilight has no daylight side.
      eveningLow: evening.goldenHour?.getTime() ?? dusk,
      morningHigh: morning.goldenHourEnd?.getTime() ?? dawn,
    }
  }

  const switchAt = (step: ProgramStep, night: Night, key: string): Switch | null => {
    const match = stepTimePattern.exec(step.at)
    if (match === null) return null
    const [, hours, minutes, sun, sign, offsetHours, offsetMinutes] = match
    if (sun === 'dusk' || sun === 'dawn') {
      const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * minuteMs * (sign === '-' ? -1 : 1)
      const at = (sun === 'dusk' ? night.dusk : night.dawn) + offset
      return { at, level: step.level, sun: offset === 0 ? sun : null }
    }
    const minute = Number(hours) * 60 + Number(minutes)
    // Clock times before noon belong to the morning after.
    const date = minute >= 12 * 60 ? key : shiftDate(key, 1)
    return { at: local.instantOf(date, minute), level: step.level, sun: null }
  }

  const switchesOf = (steps: readonly ProgramStep[], night: Night, key: string): Switch[] =>
    withDawn(steps)
      .map((step) => switchAt(step, night, key))
      .filter((it) => it !== null)
      .sort((a, b) => a.at - b.at)

  const plan = (steps: readonly ProgramStep[], night: Night, key: string): Segment[] => {
    const switches = switchesOf(steps, night, key)
    const first = switches.at(-1)?.level ?? 0

    const twilights: { from: Instant; until: Instant }[] = []
    const edges = new Set<Instant>([night.from, night.until])
    let before = first
    for (const it of switches) {
      edges.add(it.at)
      edges.add(it.at + switchGraceMs)
      if (before > 0 !== it.level > 0) {
        const from = Math.min(it.at - switchGraceMs, it.sun === 'dusk' ? night.eveningLow : it.at)
        const until = Math.max(it.at + switchGraceMs, it.sun === 'dawn' ? night.morningHigh : it.at)
        twilights.push({ from, until })
        edges.add(from)
        edges.add(until)
      }
      before = it.level
    }

    const levelAt = (at: Instant): number => switches.findLast((it) => it.at <= at)?.level ?? first
    const ordered = [...edges].filter((at) => at >= night.from && at <= night.until).sort((a, b) => a - b)
    const segments: Segment[] = []
    for (let i = 0; i + 1 < ordered.length; i++) {
      const from = ordered[i] as Instant
      const until = ordered[i + 1] as Instant
      const level = Math.min(levelAt(from), levelAt(from - switchGraceMs) || 100)
      const twilight = twilights.some((it) => from >= it.from && from < it.until)
      const mode: Mode = twilight ? 'either' : level > 0 ? 'on' : 'off'
      const last = segments.at(-1)
      if (last?.mode === mode && last.level === level) last.until = until
      else segments.push({ from, until, mode, level, modeSince: last?.mode === mode ? last.modeSince : from })
    }
    return segments
  }

  /** The times of light between a noon and the next. */
  const litSteps = (steps: readonly ProgramStep[], night: Night, key: string): NightPlan['steps'] => {
    const switches = switchesOf(steps, night, key)
    const lit: { from: Instant; until: Instant; level: number }[] = []
    let [from, level] = [night.from, switches.at(-1)?.level ?? 0]
    for (const next of [...switches, { at: night.until, level: 0 }]) {
      const until = Math.min(Math.max(next.at, night.from), night.until)
      if (level > 0 && until > from) lit.push({ from, until, level })
      from = until
      level = next.level
    }
    return lit
  }

  const litNight = (
    place: { lat: number; lon: number },
    program: Program,
    key: string,
  ): Omit<NightPlan, 'startAt'> | null => {
    if (program.kind === 'off' || program.kind === 'unknown') return null
    const night = sunNightAt(place, key)
    if (night === null) return null
    // Light by day comes out of the day's harvest: the night of a light that is always on is that of the sun.
    const steps = litSteps(program.kind === 'steps' ? program.steps : duskToDawn, night, key)
    const [first, last] = [steps[0], steps.at(-1)]
    if (first === undefined || last === undefined) return null
    return { number: Date.parse(key) / dayMs, onAt: first.from, offAt: last.until, steps }
  }

  const cachedNight = (place: { lat: number; lon: number }, program: Program, key: string): NightPlan | null => {
    const cacheKey = `${key} ${place.lat} ${place.lon} ${programKeyOf(program)}`
    const known = nights.get(cacheKey)
    if (known !== undefined) return known
    const night = litNight(place, program, key)
    const eve = litNight(place, program, shiftDate(key, -1))
    const planned = night === null ? null : { ...night, startAt: eve?.offAt ?? local.instantOf(key, 0) }
    if (nights.size >= planCacheSize) nights.clear()
    nights.set(cacheKey, planned)
    return planned
  }

  /** Whole days of one mode meet at noon: there the run of the mode goes on, it does not begin anew. */
  const joinAtNoon = (
    segments: Segment[],
    key: string,
    place: { lat: number; lon: number },
    program: Program,
  ): void => {
    const first = segments[0]
    if (first === undefined) return
    const eve = cached(place, program, shiftDate(key, -1), false).at(-1)
    if (eve?.mode !== first.mode) return
    for (const segment of segments) {
      if (segment.modeSince !== first.from) break
      segment.modeSince = eve.modeSince
    }
  }

  const cached = (place: { lat: number; lon: number }, program: Program, key: string, joined: boolean): Segment[] => {
    const cacheKey = `${joined ? '' : 'eve '}${key} ${place.lat} ${place.lon} ${programKeyOf(program)}`
    const known = plans.get(cacheKey)
    if (known !== undefined) return known
    const night = sunNightAt(place, key)
    const steps = program.kind === 'steps' ? program.steps : duskToDawn
    const segments =
      night === null
        ? [
            {
              ...always('either', 100),
              from: local.instantOf(key, 720),
              until: local.instantOf(shiftDate(key, 1), 720),
            },
          ]
        : plan(steps, night, key)
    if (joined) joinAtNoon(segments, key, place, program)
    if (plans.size >= planCacheSize) plans.clear()
    plans.set(cacheKey, segments)
    return segments
  }

  return {
    local,
    nightAt(place, program, at) {
      const key = nightKey(at)
      const night = cachedNight(place, program, key)
      return night !== null && at < night.offAt ? night : cachedNight(place, program, shiftDate(key, 1))
    },
    nightOf: (place, program, number) => cachedNight(place, program, dateOfNight(number)),
    segmentAt(place, program, at) {
      switch (program.kind) {
        case 'alwaysOn':
          return alwaysOn
        case 'off':
          return alwaysOff
        case 'unknown':
          return unknownProgram
        case 'duskToDawn':
        case 'steps': {
          const segments = cached(place, program, nightKey(at), true)
          return segments.find((segment) => at < segment.until) ?? (segments.at(-1) as Segment)
        }
      }
    },
  }
}

const unknownProgram = always('either', 100)
