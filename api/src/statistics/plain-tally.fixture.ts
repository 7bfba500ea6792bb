import {
  backlogBandsDays,
  type DurationFigures,
  dayMs,
  type LineFigures,
  minuteMs,
  type PauseReason,
  pauseReasons,
  type ShareFigures,
  type TicketOutcome,
  ticketOutcomes,
} from '@fanari/contracts'

/* The figures of lists that are sorted: slow, and plain to see. What is counted fast is held against it. */

/** As a spreadsheet gives it, of values in order. */
const quantileOf = (valuesMs: readonly number[], share: number): number | null => {
  const sorted = valuesMs.toSorted((a, b) => a - b)
  const rank = share * (sorted.length - 1)
  const low = sorted[Math.floor(rank)]
  const high = sorted[Math.ceil(rank)]
  return low === undefined || high === undefined ? null : low + (rank - Math.floor(rank)) * (high - low)
}

/** So many of so many. */
type Part = {
  count: number
  of: number
}

/** Durations [ms], all around the clock and in service time. */
type Durations = {
  elapsed: number[]
  service: number[]
}

/** What is counted of one group, before it is made into figures. */
export type Tally = {
  received: number
  questions: number
  alreadyKnown: Part
  joined: number
  parted: number
  responses: Durations
  responsesInTime: Part
  unanswered: number
  opened: number
  outcomes: Record<TicketOutcome, number>
  reopened: Part
  detectedFirst: Part
  withoutCall: number
  leads: number[]
  repairs: Durations
  repairsAlone: number[]
  repairsInTime: Part
  closings: Durations
  waits: Record<PauseReason, number[]>
  operatorHeld: number[]
  operatorInTime: Part
  mended: Part
  ratings: number[]
  /** Ages of what is open at the end [ms]. */
  ages: number[]
  overdue: number
}

const none = (): Part => ({ count: 0, of: 0 })
const durations = (): Durations => ({ elapsed: [], service: [] })
const perReason = <Value>(value: (reason: PauseReason) => Value): Record<PauseReason, Value> => ({
  waitingForCitizen: value('waitingForCitizen'),
  waitingForNetworkOperator: value('waitingForNetworkOperator'),
  weather: value('weather'),
  forceMajeure: value('forceMajeure'),
})
export const reasons = Object.keys(pauseReasons) as PauseReason[]

export const newTally = (): Tally => ({
  received: 0,
  questions: 0,
  alreadyKnown: none(),
  joined: 0,
  parted: 0,
  responses: durations(),
  responsesInTime: none(),
  unanswered: 0,
  opened: 0,
  outcomes: { fixed: 0, unconfirmed: 0, answered: 0, superseded: 0, withdrawn: 0, notOurs: 0 },
  reopened: none(),
  detectedFirst: none(),
  withoutCall: 0,
  leads: [],
  repairs: durations(),
  repairsAlone: [],
  repairsInTime: none(),
  closings: durations(),
  waits: perReason(() => []),
  operatorHeld: [],
  operatorInTime: none(),
  mended: none(),
  ratings: [],
  ages: [],
  overdue: 0,
})

/** Numbers, lists of them, and records of both: what can be added up. */
type Countable = number | number[] | { [name: string]: Countable }

/** What several groups are together. Not to be changed: what one of them holds alone is not copied. */
export const sumOf = (tallies: Iterable<Tally>): Tally => added([newTally(), ...tallies]) as Tally

/** All are made alike. */
const added = (parts: readonly Countable[]): Countable => {
  const [first = 0] = parts
  if (typeof first === 'number') return (parts as number[]).reduce((sum, value) => sum + value, 0)
  if (Array.isArray(first)) {
    const [only = [], ...others] = (parts as number[][]).filter(({ length }) => length > 0)
    return others.length === 0 ? only : only.concat(...others)
  }
  return Object.fromEntries(
    Object.keys(first).map((name) => [
      name,
      added((parts as { [name: string]: Countable }[]).map((part) => part[name] ?? 0)),
    ]),
  )
}

export const countIn = (part: Part, isCounted: boolean): void => {
  part.of++
  if (isCounted) part.count++
}

/** To a hundredth: more is noise. */
const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 100) / 100)

const shareOf = ({ count, of }: Part): ShareFigures => ({
  count,
  of,
  percent: of === 0 ? null : rounded((100 * count) / of),
})

const minutes = (valueMs: number | null): number | null => rounded(valueMs === null ? null : valueMs / minuteMs)

const durationsOf = (valuesMs: readonly number[]): DurationFigures => {
  return {
    count: valuesMs.length,
    medianMin: minutes(quantileOf(valuesMs, 0.5)),
    p90Min: minutes(quantileOf(valuesMs, 0.9)),
  }
}

const both = ({ elapsed, service }: Durations) => ({ elapsed: durationsOf(elapsed), service: durationsOf(service) })

const backlogOf = ({ ages, overdue }: Tally): LineFigures['backlog'] => ({
  open: ages.length,
  overdue,
  bands: backlogBandsDays.map((fromDays, index) => {
    const untilDays = backlogBandsDays[index + 1] ?? null
    const isIn = (ageMs: number) => ageMs >= fromDays * dayMs && (untilDays === null || ageMs < untilDays * dayMs)
    return { fromDays, untilDays, open: ages.filter(isIn).length }
  }),
  age: durationsOf(ages),
})

/** @param withBacklog what is open belongs to no hour or day */
export const figuresOf = (tally: Tally, withBacklog: boolean): LineFigures => ({
  reports: {
    received: tally.received,
    questions: tally.questions,
    alreadyKnown: shareOf(tally.alreadyKnown),
    joined: tally.joined,
    falselyJoined: shareOf({ count: tally.parted, of: tally.joined }),
  },
  firstResponse: {
    ...both(tally.responses),
    inTime: shareOf(tally.responsesInTime),
    unanswered: tally.unanswered,
  },
  matters: {
    opened: tally.opened,
    closed: ticketOutcomes.reduce((sum, outcome) => sum + tally.outcomes[outcome], 0),
    fixed: tally.outcomes.fixed,
    outcomes: tally.outcomes,
    reopened: shareOf(tally.reopened),
  },
  detection: {
    beforeFirstCall: shareOf(tally.detectedFirst),
    withoutCall: tally.withoutCall,
    leadMedianMin: minutes(quantileOf(tally.leads, 0.5)),
  },
  repair: {
    ...both(tally.repairs),
    withoutThirdParties: durationsOf(tally.repairsAlone),
    inTime: shareOf(tally.repairsInTime),
  },
  closing: both(tally.closings),
  waiting: perReason((reason) => durationsOf(tally.waits[reason])),
  networkOperator: { held: durationsOf(tally.operatorHeld), inTime: shareOf(tally.operatorInTime) },
  satisfaction: {
    mended: shareOf(tally.mended),
    ratings: tally.ratings.length,
    ratingMean:
      tally.ratings.length === 0
        ? null
        : rounded(tally.ratings.reduce((sum, rating) => sum + rating, 0) / tally.ratings.length),
  },
  backlog: withBacklog ? backlogOf(tally) : null,
})
