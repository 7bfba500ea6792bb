import {
  type Category,
  dayMs,
  type HeatMap,
  type Instant,
  type LineStatistics,
  type StatisticsGroup,
  shiftDate,
  toIso,
} from '@fanari/contracts'
import type { Point } from '../reports/place.ts'
import type { Dispatch } from '../routing/dispatch.ts'
import type { Database } from '../store/database.ts'
import { countReports, countTickets } from './count.ts'
import { createFactFollower } from './fact-follower.ts'
import { createLocalCalendar, fixedKeys, groupingBy, type LocalCalendar } from './grouping.ts'
import { heatCells } from './heat-cells.ts'
import { createRecentAnswers } from './recent-answers.ts'
import { createServiceTime, type ServiceTime } from './service-time.ts'
import { figuresOf, newTally, type Period, sumOf, type Tally } from './tally.ts'

export interface StatisticsQuery extends Period {
  group: StatisticsGroup
}

export interface HeatMapQuery extends Period {
  /** `null`: all. */
  categories: ReadonlySet<Category> | null
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
  const facts = createFactFollower({ database, followClocks: options.followClocks })
  const calendars = new Map<string, LocalCalendar>()
  const times = new WeakMap<Dispatch, ServiceTime>()
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

  const count = (municipality: string, { from, until, group }: StatisticsQuery, at: Instant): LineStatistics => {
    const local = calendarOf(municipality)
    const rest = newTally()
    const groups = new Map<string, Tally>()
    const tallyOf = (key: string | null): Tally => {
      if (key === null) return rest
      const known = groups.get(key)
      if (known !== undefined) return known
      const fresh = newTally()
      groups.set(key, fresh)
      return fresh
    }
    for (const key of keysOf(group, { from, until }, local)) tallyOf(key)
    const { reports, tickets } = facts.of(municipality)
    const grouping = groupingBy(group, local)
    const counting = {
      period: { from, until },
      now: at,
      grouping,
      tallyOf,
      time: timeOf(municipality),
    }
    countReports(reports.values(), (id) => tickets.get(id), counting)
    countTickets(tickets.values(), counting)
    return {
      from: toIso(from),
      to: toIso(until),
      at: toIso(at),
      timeZone: timeZoneOf(municipality),
      group,
      total: figuresOf(sumOf([rest, ...groups.values()]), true),
      items: [...groups]
        .sort(([a], [b]) => (grouping.isTime ? 0 : a < b ? -1 : 1))
        .map(([key, tally]) => ({ key, figures: figuresOf(tally, !grouping.isTime) })),
    }
  }

  return {
    calendarOf,
    start: facts.start,
    stop: facts.stop,

    of: async (municipality, query) => {
      await facts.upToDate()
      const at = now()
      const of = {
        version: facts.of(municipality).version,
        dispatch: dispatchOf(municipality),
        zone: timeZoneOf(municipality),
      }
      return answers.of(JSON.stringify([municipality, query.from, query.until, query.group]), of, at, () =>
        count(municipality, query, at),
      )
    },

    heatMap: async (municipality, { from, until, categories, precision, threshold }) => {
      await facts.upToDate()
      const { reports, tickets } = facts.of(municipality)
      const places = placesOf(municipality)
      const points: (Point | null)[] = []
      for (const { at, category, isQuestion, luminaire, point, ticket } of reports.values()) {
        if (at < from || at >= until || isQuestion || !(categories?.has(category) ?? true)) continue
        points.push((luminaire === null ? null : places(luminaire)) ?? point ?? tickets.get(ticket)?.point ?? null)
      }
      const cells = heatCells(points, { precision, threshold })
      return { from: toIso(from), to: toIso(until), at: toIso(now()), precision, threshold, ...cells }
    },
  }
}

/** The groups that are listed even when they are empty: a chart has no gaps. */
const keysOf = (group: StatisticsGroup, { from, until }: Period, local: LocalCalendar): readonly string[] => {
  if (group !== 'day' && group !== 'month') return fixedKeys[group] ?? []
  const keys = new Set<string>()
  const last = local.dateOf(until - 1)
  for (let date = local.dateOf(from); date <= last; date = shiftDate(date, 1)) {
    keys.add(group === 'day' ? date : date.slice(0, 7))
  }
  return [...keys]
}

/** The most days that are told apart. */
export const longestByDayMs = 800 * dayMs
