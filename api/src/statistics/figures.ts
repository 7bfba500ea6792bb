import {
  backlogBandsDays,
  type DurationFigures,
  dayMs,
  type LineFigures,
  minuteMs,
  type ShareFigures,
} from '@fanari/contracts'
import { quantilesOf } from './quantile.ts'
import { type CountName, type DurationName, reasons, type Tallies } from './tallies.ts'

/** Figures of each group by its number, and of all together. */
export interface AllFigures {
  ofGroup(group: number): LineFigures
  /** To be asked last: it puts what the groups are made of in another order. */
  total(): LineFigures
}

/** @param isTime what is open belongs to no hour or day */
export const figuresOf = ({ counts, durations }: Tallies, isTime: boolean): AllFigures => {
  const ordered = perName(Object.keys(durations) as DurationName[], (name) => durations[name].inOrder())
  return {
    ofGroup: (group) =>
      lineFigures(
        {
          count: (name) => counts[name][group] ?? 0,
          values: (name) => {
            const { values, begins } = ordered[name]
            return values.subarray(begins[group], begins[group + 1])
          },
        },
        !isTime,
      ),
    total: () => {
      const sums = perName(Object.keys(counts) as CountName[], (name) =>
        counts[name].reduce((sum, count) => sum + count, 0),
      )
      return lineFigures({ count: (name) => sums[name], values: (name) => ordered[name].values }, true)
    },
  }
}

const perName = <Name extends string, Value>(names: readonly Name[], value: (name: Name) => Value) =>
  Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Value>

/** To a hundredth: more is noise. */
const rounded = (value: number): number => Math.round(value * 100) / 100

const shareOf = (count: number, of: number): ShareFigures => ({
  count,
  of,
  percent: of === 0 ? null : rounded((100 * count) / of),
})

const minutes = (valueMs: number | null | undefined): number | null =>
  valueMs == null ? null : rounded(valueMs / minuteMs)

const durationsOf = (valuesMs: Float64Array): DurationFigures => {
  if (valuesMs.length === 0) return { count: 0, medianMin: null, p90Min: null }
  const [median, p90] = quantilesOf(valuesMs, [0.5, 0.9])
  return { count: valuesMs.length, medianMin: minutes(median), p90Min: minutes(p90) }
}

/** What one group is made of, or all are. */
interface Counted {
  count(name: CountName): number
  values(name: DurationName): Float64Array
}

const lineFigures = ({ count, values }: Counted, withBacklog: boolean): LineFigures => {
  const share = (of: CountName, part: CountName) => shareOf(count(part), count(of))
  const figures = (name: DurationName) => durationsOf(values(name))
  const outcomes = {
    fixed: count('fixed'),
    unconfirmed: count('unconfirmed'),
    answered: count('answered'),
    superseded: count('superseded'),
    withdrawn: count('withdrawn'),
    notOurs: count('notOurs'),
  }
  const ratings = count('ratings')
  return {
    reports: {
      received: count('received'),
      questions: count('questions'),
      alreadyKnown: share('received', 'alreadyKnown'),
      joined: count('joined'),
      falselyJoined: share('joined', 'parted'),
    },
    firstResponse: {
      elapsed: figures('responseElapsed'),
      service: figures('responseService'),
      inTime: share('responsesDue', 'responsesInTime'),
      unanswered: count('unanswered'),
    },
    matters: {
      opened: count('opened'),
      closed: Object.values(outcomes).reduce((sum, closed) => sum + closed, 0),
      fixed: outcomes.fixed,
      outcomes,
      reopened: share('ended', 'reopened'),
    },
    detection: {
      beforeFirstCall: share('detectable', 'detectedFirst'),
      withoutCall: count('withoutCall'),
      leadMedianMin: minutes(quantilesOf(values('lead'), [0.5])[0]),
    },
    repair: {
      elapsed: figures('repairElapsed'),
      service: figures('repairService'),
      withoutThirdParties: figures('repairAlone'),
      inTime: share('repairsDue', 'repairsInTime'),
    },
    closing: { elapsed: figures('closingElapsed'), service: figures('closingService') },
    waiting: perName(reasons, figures),
    networkOperator: { held: figures('operatorHeld'), inTime: share('operatorDue', 'operatorInTime') },
    satisfaction: {
      mended: share('asked', 'mended'),
      ratings,
      ratingMean: ratings === 0 ? null : rounded(count('ratingSum') / ratings),
    },
    backlog: withBacklog ? backlogOf(values('age'), count('overdue')) : null,
  }
}

const backlogOf = (agesMs: Float64Array, overdue: number): LineFigures['backlog'] => {
  const bands = backlogBandsDays.map((fromDays, index) => ({
    fromDays,
    untilDays: backlogBandsDays[index + 1] ?? null,
    open: 0,
  }))
  for (const ageMs of agesMs) {
    let index = bands.length - 1
    while (index > 0 && ageMs < (backlogBandsDays[index] ?? 0) * dayMs) index--
    const band = bands[index]
    if (band !== undefined) band.open++
  }
  return { open: agesMs.length, overdue, bands, age: durationsOf(agesMs) }
}
