import { dayMs, hourMs, type Instant, minuteMs } from '@fanari/contracts'
import { getPosition } from 'suncalc'
import { between, createRandom, normal } from '../random.ts'
import type { Place } from '../town/town.ts'

/** One sky for the whole municipality: neighbours share the weather, and that is what makes whole villages go dark together. */
export interface Weather {
  /** Global horizontal irradiance [W/m²]. */
  irradiance(at: Instant): number
  /** Irradiance on a panel that faces south, tilted for the winter [W/m²]. */
  panelIrradiance(at: Instant): number
  /** [°C] */
  temperature(at: Instant): number
  isSnowing(at: Instant): boolean
}

/** Some days of one kind of weather, whatever the chain of days would bring. */
export interface WeatherSpell {
  kind: 'dull' | 'storm' | 'snow' | 'heat'
  from: Instant
  to: Instant
}

const skies = ['dull', 'mixed', 'clear'] as const
type Sky = (typeof skies)[number]

/** Day-to-day transitions of the sky, fitted on November–February of a PVGIS series at 45° N. */
const transitions: Record<Sky, readonly [dull: number, mixed: number, clear: number]> = {
  dull: [0.46, 0.21, 0.33],
  mixed: [0.17, 0.3, 0.53],
  clear: [0.13, 0.15, 0.72],
}
/** Daily clearness index Kt = H/H0 of each sky. */
const clearness: Record<Sky, readonly [low: number, high: number]> = {
  dull: [0.08, 0.25],
  mixed: [0.25, 0.5],
  clear: [0.5, 0.72],
}
/** Kt of a cloudless day: what Haurwitz' clear sky reaches of the extraterrestrial irradiation. */
const cloudlessKt = 0.72
const panelTilt = (55 * Math.PI) / 180
/** How much colder or warmer than the season a spell is [°C], and how clear its days are (Kt). */
const spells: Record<WeatherSpell['kind'], { sky: Sky; clearness: readonly [number, number]; anomaly: number }> = {
  dull: { sky: 'dull', clearness: [0.15, 0.3], anomaly: 0 },
  storm: { sky: 'dull', clearness: [0.06, 0.2], anomaly: -2 },
  snow: { sky: 'dull', clearness: [0.15, 0.35], anomaly: -3.5 },
  heat: { sky: 'clear', clearness: [0.6, 0.7], anomaly: 7 },
}
/** Snow falls in the first part of its spell; the rest is cold. */
const snowfallShare = 0.4
const groundAlbedo = 0.2
const panelStepMs = 5 * minuteMs

/** What one day is like, the same for all its moments. */
interface Day {
  sky: Sky
  /** Kt */
  clearness: number
  /** How much warmer than the season its midnight is [°C]. */
  anomaly: number
  /** From the first of January. */
  ofYear: number
}

const dayOf = (at: Instant): number => Math.floor(at / dayMs)
const firstOfYear = (day: number): number => dayOf(Date.UTC(new Date(day * dayMs).getUTCFullYear(), 0, 1))

/** Share of diffuse light by the clearness of the moment (Erbs, Klein and Duffie 1982). */
const diffuseShare = (kt: number): number => {
  if (kt <= 0.22) return 1 - 0.09 * kt
  if (kt <= 0.8) return 0.9511 - 0.1604 * kt + 4.388 * kt ** 2 - 16.638 * kt ** 3 + 12.336 * kt ** 4
  return 0.165
}

/** The weather of a place: a first-order chain of dull, mixed and clear days from the first of January on, and perhaps a spell. */
export const createWeather = (options: { seed: number; place: Place; spell?: WeatherSpell }): Weather => {
  const { seed, place, spell } = options
  const spellOf = (day: number): WeatherSpell['kind'] | null =>
    spell !== undefined && day >= dayOf(spell.from) && day < dayOf(spell.to) ? spell.kind : null
  const chains = new Map<number, Sky[]>()
  const skyOf = (day: number): Sky => {
    const first = firstOfYear(day)
    const chain = chains.get(first) ?? ['clear']
    chains.set(first, chain)
    while (chain.length <= day - first) {
      const [dull, mixed] = transitions[chain.at(-1) ?? 'clear']
      const draw = createRandom(seed, 'sky', first + chain.length)()
      chain.push(draw < dull ? 'dull' : draw < dull + mixed ? 'mixed' : 'clear')
    }
    return chain[day - first] ?? 'clear'
  }
  const chained = (sky: Sky) => ({ sky, clearness: clearness[sky], anomaly: 0 })
  const days = new Map<number, Day>()
  const describe = (day: number): Day => {
    const kind = spellOf(day)
    const { sky, clearness: range, anomaly } = kind === null ? chained(skyOf(day)) : spells[kind]
    const [low, high] = range
    return {
      sky,
      clearness: between(createRandom(seed, 'clearness', day), low, high),
      anomaly: anomaly + normal(createRandom(seed, 'temperature', day), 0, 2),
      ofYear: day - firstOfYear(day),
    }
  }
  const dayAt = (at: Instant): Day => {
    const day = dayOf(at)
    const known = days.get(day) ?? describe(day)
    days.set(day, known)
    return known
  }

  const sun = (at: Instant) => {
    const { altitude, azimuth } = getPosition(new Date(at), place.lat, place.lon)
    return { elevation: (altitude * Math.PI) / 180, azimuth: (azimuth * Math.PI) / 180 }
  }
  /** Haurwitz' clear sky (1945), dimmed by the day's clearness and, between clouds, by the quarter of an hour. */
  const irradianceUnder = (at: Instant, elevation: number): number => {
    const cosZenith = Math.sin(elevation)
    if (cosZenith <= 0.01) return 0
    const { sky, clearness: kt } = dayAt(at)
    const passing =
      sky === 'mixed' ? between(createRandom(seed, 'cloud', Math.floor(at / (15 * minuteMs))), 0.5, 1.5) : 1
    const share = Math.min(1, (kt / cloudlessKt) * passing)
    return share * 1_098 * cosZenith * Math.exp(-0.059 / cosZenith)
  }
  const onPanel = (at: Instant): number => {
    const { elevation, azimuth } = sun(at)
    const global = irradianceUnder(at, elevation)
    if (global === 0) return 0
    const cosZenith = Math.sin(elevation)
    const extraterrestrial = 1_361 * (1 + 0.033 * Math.cos((2 * Math.PI * dayAt(at).ofYear) / 365)) * cosZenith
    const diffuse = global * diffuseShare(global / extraterrestrial)
    const cosIncidence =
      cosZenith * Math.cos(panelTilt) + Math.cos(elevation) * Math.sin(panelTilt) * Math.cos(azimuth - Math.PI)
    // Near the horizon the ratio of two small cosines runs away; 5 bounds it as PV tools do.
    const beamRatio = Math.min(5, Math.max(0, cosIncidence) / cosZenith)
    return (
      (global - diffuse) * beamRatio +
      (diffuse * (1 + Math.cos(panelTilt))) / 2 +
      (groundAlbedo * global * (1 - Math.cos(panelTilt))) / 2
    )
  }

  let panelMemo = { step: Number.NaN, value: 0 }
  return {
    irradiance: (at) => irradianceUnder(at, sun(at).elevation),
    panelIrradiance: (at) => {
      const step = Math.floor(at / panelStepMs)
      if (step !== panelMemo.step) panelMemo = { step, value: onPanel(step * panelStepMs) }
      return panelMemo.value
    },
    isSnowing: (at) =>
      spell?.kind === 'snow' && at >= spell.from && at < spell.from + snowfallShare * (spell.to - spell.from),
    temperature: (at) => {
      const { sky, anomaly, ofYear } = dayAt(at)
      const share = at / dayMs - dayOf(at)
      const drift = anomaly * (1 - share) + dayAt(at + dayMs).anomaly * share
      const season = 13.5 - 11.5 * Math.cos((2 * Math.PI * (ofYear + share - 20)) / 365)
      const swing = sky === 'dull' ? 2 : 5
      const solarHour = (at / hourMs + place.lon / 15) % 24
      return season + drift + swing * Math.cos((2 * Math.PI * (solarHour - 15)) / 24)
    },
  }
}
