import { hourMs, type Instant, minuteMs } from '@fanari/contracts'
import type { TruthEntry } from '@fanari/firmware-sim'
import type { ReplayOutput } from '../replay/playback.ts'
import type { Span, TownFacts } from './facts.ts'
import { isEnergyDark, type Timelines } from './timeline.ts'

/** One night of one solar light: what was foretold and what came. */
export interface ForecastSample {
  probability: number
  dark: boolean
}

export interface ForecastScore {
  /** As said at the planned switch-on of the night. */
  dusk: ForecastSample[]
  /** As said at the switch-on of the evening before, of the next night. */
  dayAhead: ForecastSample[]
  /** From the first word that a dark night was more likely than not, to the darkness [h]; one a night foretold. */
  leadHours: number[]
  /** Nights without a forecast: counted as if a lit night had been foretold. */
  missing: { dusk: number; dayAhead: number }
  /** Nights that were dark for another reason than energy: nobody can foretell them. */
  excluded: number
}

type SolarNight = Extract<TruthEntry, { event: 'solar.night' }>
type ForecastOutput = Extract<ReplayOutput, { type: 'forecast' }>

/** A forecast counts as that of the switch-on when it was made so near to it [ms]. */
const nearMs = 20 * minuteMs

export const scoreForecast = (
  truth: readonly TruthEntry[],
  outputs: readonly ReplayOutput[],
  { facts, timelines }: { facts: TownFacts; timelines: Timelines },
  scored: Span,
): ForecastScore => {
  const made = new Map<string, ForecastOutput[]>()
  for (const output of outputs) {
    if (output.type !== 'forecast') continue
    made.set(output.device, [...(made.get(output.device) ?? []), output])
  }
  const score: ForecastScore = {
    dusk: [],
    dayAhead: [],
    leadHours: [],
    missing: { dusk: 0, dayAhead: 0 },
    excluded: 0,
  }
  const switchOns = new Map<string, Instant>()
  for (const entry of truth) {
    if (entry.event !== 'solar.night') continue
    const switchOnAt = switchOnOf(entry, timelines)
    switchOns.set(`${entry.light} ${entry.night}`, switchOnAt)
    if (switchOnAt < scored.from || entry.at > scored.to) continue
    if (entry.dark && !isForWantOfEnergy(entry, switchOnAt, timelines)) {
      score.excluded++
      continue
    }
    const forecasts = made.get(facts.lights.get(entry.light)?.device ?? entry.light) ?? []
    const dusk = nearest(forecasts, switchOnAt, ({ night }) => night === entry.night)
    if (dusk === null) score.missing.dusk++
    score.dusk.push({ probability: dusk?.probabilityDark ?? 0, dark: entry.dark })

    const eveBefore = switchOns.get(`${entry.light} ${dayBefore(entry.night)}`)
    if (eveBefore !== undefined) {
      const ahead = nearest(forecasts, eveBefore, ({ next }) => next[0]?.night === entry.night)
      if (ahead === null) score.missing.dayAhead++
      score.dayAhead.push({ probability: ahead?.next[0]?.probabilityDark ?? 0, dark: entry.dark })
    }
    if (!entry.dark) continue
    const darkAt = entry.darkAt ?? switchOnAt
    const warned = forecasts.find((it) => it.at <= darkAt && probabilityOf(it, entry.night) >= 0.5)
    if (warned !== undefined) score.leadHours.push((darkAt - warned.at) / hourMs)
  }
  return score
}

/** When the light came on that night, or should have. */
const switchOnOf = ({ light, at, plannedHours }: SolarNight, timelines: Timelines): Instant => {
  const planned = at - plannedHours * hourMs
  const on = timelines
    .of(light)
    .find(({ state, from }) => (state === 'lit' || state === 'dark') && Math.abs(from - planned) <= hourMs)
  return on?.from ?? planned
}

const isForWantOfEnergy = ({ light, at }: SolarNight, switchOnAt: Instant, timelines: Timelines): boolean => {
  const dark = timelines.within(light, ['dark'], { from: switchOnAt, to: at })
  const hours = (spans: readonly Span[]) => spans.reduce((sum, { from, to }) => sum + to - from, 0)
  return hours(dark.filter(isEnergyDark)) * 2 >= hours(dark)
}

const nearest = (
  forecasts: readonly ForecastOutput[],
  to: Instant,
  suits: (forecast: ForecastOutput) => boolean,
): ForecastOutput | null => {
  let best: ForecastOutput | null = null
  for (const forecast of forecasts) {
    const distance = Math.abs(forecast.at - to)
    if (distance <= nearMs && suits(forecast) && (best === null || distance < Math.abs(best.at - to))) best = forecast
  }
  return best
}

const probabilityOf = ({ night, probabilityDark, next }: ForecastOutput, asked: string): number =>
  night === asked ? probabilityDark : (next.find((it) => it.night === asked)?.probabilityDark ?? 0)

/** `2026-03-01` → `2026-02-28` */
const dayBefore = (night: string): string =>
  new Date(Date.parse(`${night}T00:00:00Z`) - 24 * hourMs).toISOString().slice(0, 10)
