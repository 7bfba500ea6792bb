import { dayMs, type Rules, shippedRules } from '@fanari/contracts'
import { createWeek, playWeek, type TruthEntry, type Week } from '@fanari/firmware-sim'
import { createPlayback, type ReplayOutput } from '../replay/playback.ts'
import { causesOf } from './causes.ts'
import { decisionsOf } from './decisions.ts'
import { factsOf, type Span } from './facts.ts'
import { type ForecastScore, scoreForecast } from './forecast-score.ts'
import { createHeard } from './heard.ts'
import { type DetectionScore, scoreDetection } from './score.ts'
import { timelinesOf } from './timeline.ts'

export type Season = Week['season']

/** A simulated week and what became of it. */
export interface WeekScore {
  seed: number
  season: Season
  lights: number
  /** Lights × nights. */
  lightNights: number
  /** Messages played, and what the platform set aside of them. */
  messages: number
  quarantined: number
  stops: Span[]
  scored: Span
  detection: DetectionScore
  forecast: ForecastScore
}

export interface WeekOptions {
  lights?: number
  days?: number
  rules?: Rules
}

/**
 * Plays a week through the shipped intake, detector, forecast and ticket rules, then compares what was decided with the truth log.
 * What decides never sees the truth; what scores never touches what decides.
 */
export const scoreWeek = (seed: number, options: WeekOptions = {}): WeekScore => {
  const { rules = shippedRules, ...size } = options
  const week = createWeek(seed, size)
  const { municipality } = week.town
  const assets = week.town.assets().features
  const playback = createPlayback({
    municipality: municipality.id,
    timeZone: municipality.timeZone,
    assets,
    rules: [rules],
  })
  const heard = createHeard()
  const truth: TruthEntry[] = []
  const outputs: ReplayOutput[] = []
  const stops: Span[] = []
  let messages = 0
  playWeek(week, {
    message({ receivedAt, device, channel, payload }) {
      messages++
      const value: unknown = JSON.parse(payload)
      heard.take(receivedAt, device, channel, value)
      playback.message(receivedAt, device, channel, value)
    },
    platform(at, state) {
      playback.platform(at, state)
      const last = stops.at(-1)
      if (state === 'stop') stops.push({ from: at, to: week.until })
      else if (last !== undefined) last.to = at
    },
    tick(at) {
      playback.tick(at)
      for (const output of playback.drain(0)) outputs.push(output)
    },
    truth: (entry) => void truth.push(entry),
  })
  outputs.push(...playback.drain(0))

  const { until } = week
  const scored: Span = { from: week.scoredFrom, to: until }
  const facts = factsOf(assets)
  const timelines = timelinesOf(truth, until)
  const causes = causesOf(truth, timelines, scored)
  const observation = { facts, timelines, heard, stops, until }
  const days = Math.round((scored.to - scored.from) / dayMs)
  return {
    seed,
    season: week.season,
    lights: facts.lights.size,
    lightNights: facts.lights.size * days,
    messages,
    quarantined: [...playback.quarantined.values()].reduce((sum, count) => sum + count, 0),
    stops,
    scored,
    detection: scoreDetection(causes, decisionsOf(outputs, until), observation, scored),
    forecast: scoreForecast(truth, outputs, observation, scored),
  }
}
