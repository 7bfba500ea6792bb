import { setImmediate as nextTurn } from 'node:timers/promises'
import { dayMs, type HeatMap, type Instant, type LineStatistics, type StatisticsGroup, toIso } from '@fanari/contracts'
import type { Point } from '../reports/place.ts'
import type { Dispatch } from '../routing/dispatch.ts'
import type { Database } from '../store/database.ts'
import { countLine } from './count-line.ts'
import { createFactFollower } from './fact-follower.ts'
import type { FactTable } from './fact-table.ts'
import { heatCells } from './heat-cells.ts'
import { type HeatQuestion, pointsOf } from './heat-points.ts'
import { createLocalCalendar, type LocalCalendar } from './local-calendar.ts'
import { createRecentAnswers } from './recent-answers.ts'
import { createScratch } from './scratch.ts'
import { createServiceTime, type ServiceTime } from './service-time.ts'
import type { Period } from './tallies.ts'

export interface StatisticsQuery extends Period {
  group: StatisticsGroup
}

export interface HeatMapQuery extends HeatQuestion {
  precision: number
  threshold: number
}

/** What the citizen line did in any period, up to now. */
export interface Statistics {
  of(municipality: string, query: StatisticsQuery): Promise<LineStatistics>
  heatMap(municipality: string, query: HeatMapQuery): Promise<HeatMap>
  calendarOf(municipality: string): LocalCalendar
  /** Keeps up with what happens, so that no question has to wait for it. */
  start(): void
  stop(): Promise<void>
}

export const createStatistics = (options: {
  database: Database
  now: () => Instant
  timeZoneOf: (municipality: string) => string
  dispatchOf: (municipality: string) => Dispatch
  /** Where lights stand, by their ids. */
  placesOf: (municipality: string) => (luminaire: string) => Point | null
  /** Brings the clocks of reports up to what has happened. */
  followClocks: () => void
}): Statistics => {
  const { database, now, timeZoneOf, dispatchOf, placesOf } = options
  const calendars = new Map<string, LocalCalendar>()
  const times = new WeakMap<Dispatch, ServiceTime>()
  // Counts are made one after the other, so that one is enough.
  const scratch = createScratch()
  const answers = createRecentAnswers<LineStatistics>()

  const calendarOf = (municipality: string): LocalCalendar => {
    const timeZone = timeZoneOf(municipality)
    const known = calendars.get(timeZone) ?? createLocalCalendar(timeZone)
    calendars.set(timeZone, known)
    return known
  }

  /** As the calendar is now: what it was when a report came is in the due times that were promised. */
  const timeOf = (municipality: string): ServiceTime => {
    const dispatch = dispatchOf(municipality)
    const known = times.get(dispatch) ?? createServiceTime(dispatch.days)
    times.set(dispatch, known)
    return known
  }

  const facts = createFactFollower({
    database,
    followClocks: options.followClocks,
    basisOf: (municipality) => ({ calendar: calendarOf(municipality), time: timeOf(municipality) }),
  })

  const count = async (
    municipality: string,
    table: FactTable,
    { period, group, at }: { period: Period; group: StatisticsGroup; at: Instant },
  ): Promise<LineStatistics> => {
    const calendar = calendarOf(municipality)
    const figures = await countLine(table, { period, group, now: at, calendar }, { breathe: createBreath(), scratch })
    return {
      from: toIso(period.from),
      to: toIso(period.until),
      at: toIso(at),
      timeZone: timeZoneOf(municipality),
      group,
      ...figures,
    }
  }

  return {
    calendarOf,
    start: facts.start,
    stop: facts.stop,

    of: (municipality, { from, until, group }) =>
      facts.look(municipality, (table) => {
        const at = now()
        const of = { version: table.version }
        return answers.of(JSON.stringify([municipality, from, until, group]), of, at, () =>
          count(municipality, table, { period: { from, until }, group, at }),
        )
      }),

    heatMap: (municipality, { from, until, categories, precision, threshold }) =>
      facts.look(municipality, (table) => {
        const points = pointsOf(table, { from, until, categories }, placesOf(municipality))
        const cells = heatCells(points, { precision, threshold })
        return { from: toIso(from), to: toIso(until), at: toIso(now()), precision, threshold, ...cells }
      }),
  }
}

/** Others have a turn after so much work [ms]. */
const turnMs = 5

/** Lets others have their turn when this work has had its own. */
const createBreath = () => {
  let begunAt = performance.now()
  return async (): Promise<void> => {
    if (performance.now() - begunAt < turnMs) return
    await nextTurn()
    begunAt = performance.now()
  }
}

/** The most days that are told apart. */
export const longestByDayMs = 800 * dayMs
