import { type FaultName, faultNames } from '@fanari/contracts'
import { type CauseKind, diagnoses } from './diagnoses.ts'
import type { Sign, Unseen } from './evidence.ts'
import type { ForecastSample } from './forecast-score.ts'
import type { CauseScore, NameScore, TicketScore } from './score.ts'
import { quantile, ratio } from './statistics.ts'
import type { Season, WeekScore } from './week.ts'

/** 50th and 95th percentile and the longest; `null` when there is nothing to count. */
export interface Latency {
  count: number
  p50: number | null
  p95: number | null
  max: number | null
}

/** Figures over a set of causes. Shares are from 0 to 1; `null` when there is nothing to divide by. */
export interface CauseFigures {
  /** Those that anybody could have seen; recall is over these. */
  causes: number
  found: number
  recall: number | null
  /** Of those found, named and placed rightly. */
  causeRight: number | null
  tickets: number
  ticketsPerCause: number | null
  /** From the first reading that shows it to the decision, in the light's reporting intervals. */
  latency: Latency
  /** From the true beginning to the decision, in intervals; of all that were found. */
  sinceOnset: Latency
  unobservable: Partial<Record<Unseen, number>>
}

export interface DetectionFigures extends CauseFigures {
  precision: number | null
  falseTickets: number
  falsePer1000LightNights: number | null
  falseAfterRestart: number
  detectMedianIntervals: number | null
  detectP95Intervals: number | null
  /** From the last gasp or will of a light alone to the decision [s]. */
  gasp: Latency
  /** The same of several together, whose scope takes a report to tell. */
  gaspOfGroup: Latency
  /** From darkness to the decision where nothing but silence told of it, in intervals. */
  silence: Latency
}

export interface FaultFigures extends CauseFigures {
  /** Incidents told by this name, and the share of them that told of something that was so. */
  told: number
  precision: number | null
}

interface ForecastFigures {
  nights: number
  dark: number
  missing: number
  recall: number | null
  precision: number | null
  brierSkill: number | null
  /** Expected calibration error, over ten classes of probability. */
  ece: number | null
}

export interface Summary {
  seeds: number[]
  lights: number
  lightNights: number
  messages: number
  overall: DetectionFigures
  /** Of the causes that leave lights without light. */
  outages: CauseFigures
  faults: Partial<Record<FaultName, FaultFigures>>
  /** The same by what was broken. */
  causes: Partial<Record<CauseKind, CauseFigures>>
  forecast: {
    prevalence: number | null
    excluded: number
    dusk: ForecastFigures & { medianLeadHours: number | null }
    dayAhead: ForecastFigures
  }
  seasons: Partial<Record<Season, Pick<DetectionFigures, 'causes' | 'recall' | 'precision' | 'falseTickets'>>>
  weeks: ({ seed: number; season: Season } & Pick<DetectionFigures, 'causes' | 'found' | 'tickets' | 'falseTickets'>)[]
}

export const summarize = (weeks: readonly WeekScore[]): Summary => {
  const causes = weeks.flatMap(({ detection }) => detection.causes)
  const kinds = Map.groupBy(causes, ({ kind }) => kind)
  const seasons = Map.groupBy(weeks, ({ season }) => season)
  return {
    seeds: weeks.map(({ seed }) => seed),
    lights: weeks.reduce((sum, { lights }) => sum + lights, 0),
    lightNights: weeks.reduce((sum, { lightNights }) => sum + lightNights, 0),
    messages: weeks.reduce((sum, { messages }) => sum + messages, 0),
    overall: detectionFigures(weeks),
    outages: causeFigures(causes.filter(({ kind }) => diagnoses[kind].outage)),
    faults: faultFigures(weeks, causes),
    causes: Object.fromEntries([...kinds].sort().map(([kind, of]) => [kind, causeFigures(of)])),
    forecast: forecastFigures(weeks),
    seasons: Object.fromEntries(
      [...seasons].map(([season, of]) => {
        const { causes, recall, precision, falseTickets } = detectionFigures(of)
        return [season, { causes, recall, precision, falseTickets }]
      }),
    ),
    weeks: weeks.map((week) => {
      const { causes, found, tickets, falseTickets } = detectionFigures([week])
      return { seed: week.seed, season: week.season, causes, found, tickets, falseTickets }
    }),
  }
}

const detectionFigures = (weeks: readonly WeekScore[]): DetectionFigures => {
  const causes = weeks.flatMap(({ detection }) => detection.causes).filter(({ kind }) => diagnoses[kind].ticket)
  const tickets = weeks.flatMap(({ detection }) => detection.tickets)
  const wrong = tickets.filter(({ cause }) => cause === null)
  const lightNights = weeks.reduce((sum, week) => sum + week.lightNights, 0)
  const figures = causeFigures(causes)
  return {
    ...figures,
    tickets: tickets.length,
    precision: ratio(tickets.length - wrong.length, tickets.length),
    falseTickets: wrong.length,
    falsePer1000LightNights: ratio(wrong.length * 1_000, lightNights),
    falseAfterRestart: wrong.filter(({ afterRestart }: TicketScore) => afterRestart).length,
    detectMedianIntervals: figures.latency.p50,
    detectP95Intervals: figures.latency.p95,
    gasp: gaspLatency(causes.filter(({ lights }) => lights === 1)),
    gaspOfGroup: gaspLatency(causes.filter(({ lights }) => lights > 1)),
    silence: latency(delays(causes, ['silence']).map(({ ms, intervalMs }) => ms / intervalMs)),
  }
}

const gaspLatency = (causes: readonly CauseScore[]): Latency =>
  latency(delays(causes, ['gasp', 'will']).map(({ ms }) => ms / 1_000))

const causeFigures = (causes: readonly CauseScore[]): CauseFigures => {
  const visible = causes.filter(({ evidence }) => evidence.visible)
  const found = visible.filter((cause) => cause.found)
  const ticketed = causes.filter(({ tickets }) => tickets.length > 0)
  const tickets = ticketed.reduce((sum, { tickets }) => sum + tickets.length, 0)
  const unobservable: Partial<Record<Unseen, number>> = {}
  for (const { evidence } of causes)
    if (!evidence.visible) unobservable[evidence.why] = (unobservable[evidence.why] ?? 0) + 1
  return {
    causes: visible.length,
    found: found.length,
    recall: ratio(found.length, visible.length),
    causeRight: ratio(found.filter(({ right }) => right).length, found.length),
    tickets,
    ticketsPerCause: ratio(tickets, ticketed.length),
    latency: latency(delays(found, ['reading']).map(({ ms, intervalMs }) => ms / intervalMs)),
    sinceOnset: latency(found.flatMap((it) => (it.latency === null ? [] : it.latency.sinceOnsetMs / it.intervalMs))),
    unobservable,
  }
}

const delays = (causes: readonly CauseScore[], signs: readonly Sign[]): { ms: number; intervalMs: number }[] =>
  causes.flatMap(({ evidence, latency, intervalMs }) => {
    const ms = latency?.sinceEvidenceMs ?? null
    return evidence.visible && signs.includes(evidence.sign) && ms !== null ? [{ ms, intervalMs }] : []
  })

const latency = (values: readonly number[]): Latency => ({
  count: values.length,
  p50: quantile(values, 0.5),
  p95: quantile(values, 0.95),
  max: quantile(values, 1),
})

/** By the catalogue's names: recall of the causes that should be called so, precision of the incidents that were. */
const faultFigures = (weeks: readonly WeekScore[], causes: readonly CauseScore[]): Summary['faults'] => {
  const byName = Map.groupBy(causes, ({ kind }) => diagnoses[kind].faults[0])
  const figures: Summary['faults'] = {}
  for (const fault of faultNames) {
    const scores = weeks.map(({ detection }): NameScore => detection.names[fault] ?? { told: 0, true: 0 })
    const told = scores.reduce((sum, score) => sum + score.told, 0)
    const right = scores.reduce((sum, score) => sum + score.true, 0)
    const own = byName.get(fault) ?? []
    if (told > 0 || own.length > 0) figures[fault] = { ...causeFigures(own), told, precision: ratio(right, told) }
  }
  return figures
}

/** A night counts as foretold dark from this probability on. To miss one costs more than to look once too often, most of all a day ahead. */
const warnsFrom = { dusk: 0.3, dayAhead: 0.2 }

const forecastFigures = (weeks: readonly WeekScore[]): Summary['forecast'] => {
  const scores = weeks.map(({ forecast }) => forecast)
  const nights = scores.flatMap(({ dusk }) => dusk)
  const prevalence = ratio(nights.filter(({ dark }) => dark).length, nights.length)
  const sum = (of: 'dusk' | 'dayAhead') => scores.reduce((total, { missing }) => total + missing[of], 0)
  return {
    prevalence,
    excluded: scores.reduce((total, { excluded }) => total + excluded, 0),
    dusk: {
      ...probabilityFigures(nights, { prevalence, missing: sum('dusk'), warnsFrom: warnsFrom.dusk }),
      medianLeadHours: quantile(
        scores.flatMap(({ leadHours }) => leadHours),
        0.5,
      ),
    },
    dayAhead: probabilityFigures(
      scores.flatMap(({ dayAhead }) => dayAhead),
      { prevalence, missing: sum('dayAhead'), warnsFrom: warnsFrom.dayAhead },
    ),
  }
}

/** Skill is over foretelling `prevalence` every night. */
const probabilityFigures = (
  samples: readonly ForecastSample[],
  { prevalence, missing, warnsFrom }: { prevalence: number | null; missing: number; warnsFrom: number },
): ForecastFigures => {
  const dark = samples.filter((sample) => sample.dark).length
  const warned = samples.filter(({ probability }) => probability >= warnsFrom)
  const right = warned.filter((sample) => sample.dark).length
  const squared = (probabilityOf: (sample: ForecastSample) => number) =>
    samples.reduce((sum, sample) => sum + (probabilityOf(sample) - (sample.dark ? 1 : 0)) ** 2, 0)
  const brierShare = ratio(
    squared(({ probability }) => probability),
    squared(() => prevalence ?? 0),
  )
  return {
    nights: samples.length,
    dark,
    missing,
    recall: ratio(right, dark),
    precision: ratio(right, warned.length),
    brierSkill: brierShare === null ? null : 1 - brierShare,
    ece: calibrationError(samples),
  }
}

const calibrationError = (samples: readonly ForecastSample[]): number | null => {
  const classes = Map.groupBy(samples, ({ probability }) => Math.min(9, Math.floor(probability * 10)))
  const gaps = [...classes.values()].map((members) => {
    const said = members.reduce((sum, { probability }) => sum + probability, 0)
    return Math.abs(said - members.filter(({ dark }) => dark).length)
  })
  return ratio(
    gaps.reduce((sum, gap) => sum + gap, 0),
    samples.length,
  )
}
