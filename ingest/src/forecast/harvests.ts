import type { Chemistry } from './chemistry.ts'
import { createDayAccount, type SolarMemory, type SolarUnit } from './memory.ts'

/*
 * A day's harvest is kept relative to what a cloudless sky would have given the panel, which removes the season. A battery that fills up
 * takes no more: such a day counts up to there, and when that was too little of the day it is not known.
 */

/** Days that are kept. */
const harvestDays = 30
/** Share of a day's clear-sky sum that must have been open to the battery before the day says anything. */
const leastOpenShare = 0.25

/** The harvest of the day so far [share of clear sky]; `null` while too little of it was open. `total` is the whole day's sum [Wh/m²]. */
export const harvestOfDay = (memory: SolarMemory, unit: SolarUnit, total: number): number | null => {
  const { takenClear, frozenClear, takenWh } = memory.day
  if (total <= 0 || takenClear + frozenClear < leastOpenShare * total) return null
  if (takenClear === 0) return 0
  const open = 1 - frozenClear / total
  return Math.min(1.2, Math.max(0, (open * takenWh) / ((takenClear / 1_000) * unit.panelPowerW)))
}

/** Ends the account of the day that belongs to `memory.night` and begins that of `night`. */
export const closeDay = (memory: SolarMemory, unit: SolarUnit, night: number, total: number): void => {
  if (memory.night > 0) {
    const missed = Math.min(harvestDays, Math.max(0, night - memory.night - 1))
    const harvest = harvestOfDay(memory, unit, total)
    const kept = memory.harvests.slice(0, harvestDays - 1 - missed)
    memory.harvests = [
      ...Array<number>(missed).fill(-1),
      harvest === null ? -1 : Math.round(harvest * 1_000),
      ...kept,
    ].slice(0, harvestDays)
    memory.harvestsUntil = night - 1
  }
  memory.day = { ...createDayAccount(), idleMs: memory.day.idleMs }
  memory.night = night
  memory.darkMs = 0
}

/** The light's harvest of a day, or `null`. */
export const harvestOn = (memory: SolarMemory, day: number): number | null => {
  const kept = memory.harvests[memory.harvestsUntil - day]
  return kept === undefined || kept < 0 ? null : kept / 1_000
}

/* ── What the neighbours harvested ──────────────────────────────────────────────────────────────────────────────────────────────── */

/**
 * Harvests of all solar lights of a municipality by day and kind of battery (frost stops the one and not the other), counted in twentieths
 * of clear sky. Counts add up in any order.
 */
export interface Sky {
  days: { day: number; chemistry: Chemistry; counts: number[] }[]
}

const bins = 21

export const createSky = (): Sky => ({ days: [] })

/** Adds one light's harvest of a day. */
export const noteNeighbour = (sky: Sky, chemistry: Chemistry, day: number, harvest: number): void => {
  let found = sky.days.find((it) => it.day === day && it.chemistry === chemistry)
  if (found === undefined) {
    found = { day, chemistry, counts: Array<number>(bins).fill(0) }
    sky.days.push(found)
    sky.days.sort((a, b) => b.day - a.day || (a.chemistry < b.chemistry ? -1 : 1))
    const newest = sky.days[0]?.day ?? day
    sky.days = sky.days.filter((it) => it.day > newest - harvestDays)
  }
  const bin = Math.min(bins - 1, Math.floor(harvest * 20))
  found.counts[bin] = (found.counts[bin] ?? 0) + 1
}

/** The median harvest of a day and of how many lights; `null` when none told. */
export const medianOn = (sky: Sky, chemistry: Chemistry, day: number): { harvest: number; lights: number } | null => {
  const counts = sky.days.find((it) => it.day === day && it.chemistry === chemistry)?.counts
  if (counts === undefined) return null
  const lights = counts.reduce((sum, count) => sum + count, 0)
  let below = 0
  for (const [bin, count] of counts.entries()) {
    if (below + count >= lights / 2 && count > 0) return { harvest: (bin + (lights / 2 - below) / count) / 20, lights }
    below += count
  }
  return null
}

/* ── What the next days may bring ───────────────────────────────────────────────────────────────────────────────────────────────── */

/** A light of which little is known is given these days: dull, mixed and clear ones as usual in a winter, with usual losses. */
const usualDays = [0.1, 0.16, 0.24, 0.36, 0.5, 0.6, 0.66, 0.7, 0.73, 0.76] as const
/** With this many days of its own or its neighbours' it speaks for itself. */
const enoughDays = 12

/** Days by how much light they bring: what follows what is known of these (see `dayChain` in later-nights.ts). */
export type DayKind = 0 | 1 | 2
/** Below these shares of a clear day a day is dull, and mixed: a clearness index of 0.25 and of 0.5 where 0.72 is clear. */
const dullShare = 0.35
const mixedShare = 0.69
/** A clear day is at least this [share of clear sky, after the charger's losses]. */
const leastClear = 0.55
/** What days of each kind bring [share of clear sky], where fewer of them were seen. */
const usualOfKind: readonly (readonly number[])[] = [
  [0.08, 0.13, 0.19],
  [0.28, 0.38, 0.48],
  [0.6, 0.68, 0.74],
]

/** The harvests of a coming day by its kind, how many days of each there were of late, and the kind of `today` [share of clear sky]. */
export const harvestsByKind = (
  memory: SolarMemory,
  unit: SolarUnit,
  sky: Sky,
  today: number | null,
): { kinds: number[][]; counts: number[]; todayKind: DayKind | null } => {
  const days: { harvest: number; light: number }[] = []
  const own: number[] = []
  const recent: number[] = []
  for (let day = memory.harvestsUntil; day > memory.harvestsUntil - harvestDays && memory.harvestsUntil > 0; day--) {
    const harvest = harvestOn(memory, day)
    const median = medianOn(sky, unit.chemistry, day)
    const neighbours = median !== null && median.lights >= 3 ? median.harvest : null
    if (harvest !== null && neighbours !== null && neighbours > 0.05) {
      own.push(harvest / neighbours)
      if (memory.harvestsUntil - day < 3) recent.push(harvest / neighbours)
    }
    const told = harvest ?? neighbours ?? median?.harvest
    if (told !== undefined) days.push({ harvest: told, light: neighbours ?? told })
  }
  const usual = medianOf(own)
  const now = medianOf(recent)
  const fallen = usual !== null && now !== null && now < 0.6 * usual ? now / usual : 1
  const clear = Math.max(leastClear, ...days.map(({ light }) => light))
  const kindOf = (light: number): DayKind => (light < dullShare * clear ? 0 : light < mixedShare * clear ? 1 : 2)
  const scale = days.length > 0 ? Math.min(1.2, Math.max(...days.map(({ harvest }) => harvest)) / 0.76) : 1
  const kinds = usualOfKind.map((harvests, kind) => {
    const seen = days.filter(({ light }) => kindOf(light) === kind).map(({ harvest }) => harvest)
    return [...seen, ...harvests.slice(0, Math.max(0, 3 - seen.length)).map((harvest) => harvest * scale)]
      .map((harvest) => harvest * fallen)
      .sort((a, b) => a - b)
  })
  const counts = kinds.map((_, kind) => days.filter(({ light }) => kindOf(light) === kind).length)
  return {
    kinds,
    counts,
    todayKind: today === null ? null : kindOf(usual === null || usual <= 0 ? today : today / usual),
  }
}

/** Equally likely harvests of a coming day [share of clear sky], least first. */
export const likelyHarvests = (memory: SolarMemory, unit: SolarUnit, sky: Sky): number[] => {
  const days: number[] = []
  const own: number[] = []
  const recent: number[] = []
  for (let day = memory.harvestsUntil; day > memory.harvestsUntil - harvestDays && memory.harvestsUntil > 0; day--) {
    const harvest = harvestOn(memory, day)
    const neighbours = medianOn(sky, unit.chemistry, day)
    if (harvest !== null && neighbours !== null && neighbours.lights >= 3 && neighbours.harvest > 0.05) {
      const share = harvest / neighbours.harvest
      own.push(share)
      if (memory.harvestsUntil - day < 3) recent.push(share)
    }
    const told = harvest ?? neighbours?.harvest
    if (told !== undefined) days.push(told)
  }
  // A panel that was disconnected or covered lately gives as little tomorrow, whatever it gave before.
  const usual = medianOf(own)
  const now = medianOf(recent)
  const fallen = usual !== null && now !== null && now < 0.6 * usual ? now / usual : 1
  const typical = days.length > 0 ? Math.max(...days) / 0.76 : 1
  for (let i = 0; days.length < enoughDays; i++) days.push((usualDays[(i * 7) % 10] ?? 0.5) * Math.min(1.2, typical))
  return days.map((harvest) => harvest * fallen).sort((a, b) => a - b)
}

export const medianOf = (values: readonly number[]): number | null => {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
