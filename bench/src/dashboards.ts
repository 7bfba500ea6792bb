import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dayMs, hourMs, minuteMs } from '@fanari/contracts'
import { allQueries, type PlacedQuery, readDashboards, substitute } from '@fanari/dashboards/queries'
import { type Filled, type FillOptions, fillTown } from './dashboards-fill.ts'
import { startInflux } from './influx-server.ts'
import { deviceName, municipality } from './load.ts'
import { quantile, table } from './statistics.ts'

export interface DashboardsOptions extends FillOptions {
  /** How often each query is asked. */
  repetitions: number
  /** A folder that InfluxDB's data stays in, so that they are filled once; one that goes away otherwise. */
  folder?: string
}

interface TimedQuery {
  /** The dashboard; `alerts` for all rules together. */
  owner: string
  title: string
  rows: number
  /** Median of the repetitions, with the span its dashboard opens with [ms]. */
  medianMs: number
  /** The same of all days there are [ms]. */
  allDaysMs: number
}

/** All queries of a dashboard asked at once, as a browser does: until the last has answered [ms]. */
interface TimedDashboard {
  owner: string
  queries: number
  medianMs: number
  allDaysMs: number
}

export interface DashboardsResult extends Filled {
  queries: TimedQuery[]
  dashboards: TimedDashboard[]
}

const database = 'fanari'
/** A query that takes longer is named [ms]. */
const targetMs = 1_000
/** So many of the slowest are named in any case. */
const slowestShown = 10
const unitsMs = { s: 1_000, m: minuteMs, h: hourMs, d: dayMs }
const spanMs = (span: string): number =>
  Number.parseInt(span, 10) * (unitsMs[span.at(-1) as keyof typeof unitsMs] ?? Number.NaN)

/** What is chosen above the panels of each dashboard when it is opened: everything where that can be chosen. */
const choices = (): Map<string, Record<string, string>> =>
  new Map(
    readDashboards().map(({ dashboard: { uid, templating } }) => {
      const one: Record<string, string> = {
        municipality,
        community: 'community-0',
        cabinet: 'cabinet-0',
        luminaire: deviceName(7),
      }
      return [
        uid,
        Object.fromEntries(
          templating.list.map(({ name, includeAll }) => [name, includeAll ? 'all' : (one[name] ?? '')]),
        ),
      ]
    }),
  )

/** Fills, or takes what a folder was filled with before. @throws for a folder that was filled with something else, or not to the end */
const filledWith = async (
  url: string,
  { folder, repetitions: _, ...options }: DashboardsOptions,
  isNew: boolean,
): Promise<Filled> => {
  const notes = folder === undefined ? null : join(folder, 'filled.json')
  if (isNew || notes === null) {
    const filled = await fillTown(url, database, options)
    if (notes !== null) writeFileSync(notes, JSON.stringify(filled))
    return filled
  }
  if (!existsSync(notes)) throw new Error(`${folder} was not filled to the end: remove it`)
  const filled = JSON.parse(readFileSync(notes, 'utf8')) as Filled
  for (const name of ['lights', 'days', 'reportEveryMs'] as const)
    if (filled[name] !== options[name]) throw new Error(`${folder} was filled with ${name} ${filled[name]}`)
  return filled
}

/** Every query of every dashboard and alert against a town's month in a real InfluxDB. */
export const benchDashboards = async (options: DashboardsOptions): Promise<DashboardsResult> => {
  const { repetitions, progress } = options
  const influx = await startInflux(database, options.folder)
  try {
    const filled = await filledWith(influx.url, options, influx.isNew)
    const chosen = choices()
    const textOf = ({ owner, query, interval, last, isFixed }: PlacedQuery, atLeastMs: number): string => {
      const lastMs = isFixed ? spanMs(last) : Math.max(spanMs(last), atLeastMs)
      const intervalMs = Math.max(spanMs(interval ?? '15s'), Math.ceil(lastMs / 1_000))
      const variables = chosen.get(owner) ?? {}
      return substitute(query, { from: filled.until - lastMs, to: filled.until, intervalMs, variables })
    }
    /** Statements asked at once: how many rows they give, and the median time until the last has answered [ms]. */
    const ask = async (texts: readonly string[]): Promise<{ rows: number; medianMs: number }> => {
      const times: number[] = []
      let rows = 0
      for (let i = 0; i < repetitions; i++) {
        const startedAt = performance.now()
        const counts = await Promise.all(texts.map((text) => influx.rowsOf(text)))
        times.push(performance.now() - startedAt)
        rows = counts.reduce((sum, count) => sum + count, 0)
      }
      return { rows, medianMs: quantile(times, 0.5) }
    }
    const allMs = options.days * dayMs
    const placed = allQueries().map((query) => ({ query, owner: query.kind === 'alert' ? 'alerts' : query.owner }))
    progress('asking one after the other')
    const queries: TimedQuery[] = []
    for (const { query, owner } of placed) {
      const opened = await ask([textOf(query, 0)])
      const allDays = await ask([textOf(query, allMs)])
      queries.push({ owner, title: query.title, ...opened, allDaysMs: allDays.medianMs })
    }
    progress('asking for whole dashboards')
    const dashboards: TimedDashboard[] = []
    for (const [owner, asked] of Map.groupBy(placed, (one) => one.owner)) {
      const opened = await ask(asked.map(({ query }) => textOf(query, 0)))
      const allDays = await ask(asked.map(({ query }) => textOf(query, allMs)))
      dashboards.push({ owner, queries: asked.length, medianMs: opened.medianMs, allDaysMs: allDays.medianMs })
    }
    return { ...filled, queries, dashboards }
  } finally {
    await influx.stop()
  }
}

const slowestOf = (query: TimedQuery): number => Math.max(query.medianMs, query.allDaysMs)

export const showDashboards = (result: DashboardsResult): string => {
  const { lights, days, reportEveryMs, points, refused, fillSeconds, fillCpuSeconds, queries } = result
  const rows = result.dashboards.map(({ owner, queries: count, medianMs, allDaysMs }) => {
    const asked = queries.filter((query) => query.owner === owner)
    const opened = asked.map((query) => query.medianMs)
    const allDays = asked.map((query) => query.allDaysMs)
    const empty = asked.filter((query) => query.rows === 0).length
    const numbers = [
      quantile(opened, 0.5),
      Math.max(...opened),
      medianMs,
      quantile(allDays, 0.5),
      Math.max(...allDays),
      allDaysMs,
    ]
    return [owner, String(count), String(empty), ...numbers.map((ms) => ms.toFixed(0))]
  })
  const slowest = queries.toSorted((one, other) => slowestOf(other) - slowestOf(one))
  const shown = slowest.filter((query, index) => index < slowestShown || slowestOf(query) > targetMs)
  const empty = queries.filter((query) => query.rows === 0)
  return [
    `${lights} lights, ${days} days, a report each ${reportEveryMs / minuteMs} minutes: ${points} points (${refused} refused) in ` +
      `${fillSeconds.toFixed(0)} s and ${fillCpuSeconds.toFixed(0)} CPU-s of ours. ` +
      `${slowest.filter((query) => slowestOf(query) > targetMs).length} of ${queries.length} queries take 1 000 ms or more (target: none).`,
    table(
      [
        'dashboard or alerts',
        'queries',
        'without rows',
        'as it opens: p50, ms',
        'slowest',
        'all at once',
        `${days} days: p50, ms`,
        'slowest',
        'all at once',
      ],
      rows,
    ),
    'The slowest, as it opens and of all days [ms]:',
    shown
      .map(
        ({ owner, title, medianMs, allDaysMs }) =>
          `- ${owner}: ${title}: ${medianMs.toFixed(0)} and ${allDaysMs.toFixed(0)}`,
      )
      .join('\n'),
    ...(empty.length === 0
      ? []
      : ['Without rows:', empty.map(({ owner, title }) => `- ${owner}: ${title}`).join('\n')]),
  ].join('\n\n')
}
