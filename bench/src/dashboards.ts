import { setImmediate } from 'node:timers/promises'
import { dayMs, hourMs, type Metric, minuteMs, shippedRules, type Ticket, toIso } from '@fanari/contracts'
import { allQueries, type PlacedQuery, readDashboards, substitute } from '@fanari/dashboards/queries'
import { healthLines, infoLines, reportLines } from '@fanari/ingest/influx'
import { createInfluxReplay } from '@fanari/platform'
import { assetsOf, messagesOf } from './dashboards-town.ts'
import { startInflux } from './influx-server.ts'
import { deviceName, municipality } from './load.ts'
import { quantile, table } from './statistics.ts'

export interface DashboardsOptions {
  lights: number
  days: number
  /** How often each query is asked. */
  repetitions: number
  progress: (line: string) => void
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

export interface DashboardsResult {
  lights: number
  days: number
  points: number
  refused: number
  /** To put it all in, roll-ups included [s]. */
  fillSeconds: number
  rollUpSeconds: number
  queries: TimedQuery[]
}

const database = 'fanari'
/** A query that takes longer is named [ms]. */
const targetMs = 1_000
/** A winter noon in Orestiada [UTC]. */
const noon = Date.parse('2026-01-15T10:00:00Z')
/** Of the last day: lights are on. */
const nightHour = 14
const unitsMs = { s: 1_000, m: minuteMs, h: hourMs, d: dayMs }
const spanMs = (span: string): number =>
  Number.parseInt(span, 10) * (unitsMs[span.at(-1) as keyof typeof unitsMs] ?? Number.NaN)

/** Counters of a platform that has run for so long, one unit of everything a second. */
const metricsAfter = (seconds: number): Metric[] =>
  [
    ['process_uptime_seconds', 'gauge'],
    ['process_cpu_seconds_total', 'counter'],
    ['process_resident_memory_bytes', 'gauge'],
    ['fanari_intake_readings_total', 'counter'],
    ['fanari_intake_messages_total', 'counter'],
    ['fanari_intake_duplicates_total', 'counter'],
    ['fanari_intake_quarantined_total', 'counter'],
    ['fanari_journal_bytes', 'gauge'],
    ['fanari_disk_free_bytes', 'gauge'],
    ['fanari_disk_total_bytes', 'gauge'],
    ['fanari_journal_commit_failures_total', 'counter'],
    ['fanari_journal_commits_total', 'counter'],
    ['fanari_journal_commit_milliseconds_total', 'counter'],
    ['fanari_mqtt_connections', 'gauge'],
    ['fanari_mqtt_received_packets_total', 'counter'],
    ['fanari_mqtt_refused_total', 'counter'],
    ['fanari_mqtt_socket_pauses_total', 'counter'],
    ['fanari_platform_blind', 'gauge'],
    ['fanari_announcements_pending', 'gauge'],
    ['fanari_tickets_open', 'gauge'],
    ['fanari_influx_points_total', 'counter'],
    ['fanari_influx_refused_total', 'counter'],
    ['fanari_influx_spooled', 'gauge'],
    ['fanari_influx_reachable', 'gauge'],
    ['fanari_follower_lag_entries', 'gauge'],
  ].map(([name = '', type]) => ({
    name,
    help: '',
    type: type === 'counter' ? 'counter' : 'gauge',
    values: [{ labels: { follower: 'judge', reason: 'malformed' }, value: type === 'counter' ? seconds : 1 }],
  }))

/** Plays the days through the shipped intake, detector and ticket rules into InfluxDB, and rolls them up. */
const fill = async (url: string, { lights, days, progress }: DashboardsOptions) => {
  const startedAt = performance.now()
  const replay = createInfluxReplay({
    connection: { url, database, login: { kind: 'none' } },
    municipality,
    timeZone: 'Europe/Athens',
    assets: assetsOf(lights),
    isInOrder: true,
    rules: shippedRules,
    prices: { eurPerKwh: 0.2, co2GramsPerKwh: 400 },
    log: () => {},
  })
  const { playback } = replay
  const until = noon + (days - 1) * dayMs + nightHour * hourMs
  /** Half an hour after telemetry somebody calls as well. */
  const callIn = ({ id, category, location, createdAt }: Ticket): void =>
    replay.fill.add(
      reportLines({
        id: `r-${id}`,
        municipality,
        ticket: id,
        category,
        channel: 'phone',
        ...(location.community === undefined ? {} : { community: location.community }),
        alreadyKnown: true,
        createdAt: toIso(Date.parse(createdAt) + hourMs / 2),
      }),
    )
  let sending = Promise.resolve()
  for (let at = noon; at < until; at += minuteMs) {
    for (const { at: receivedAt, device, payload } of messagesOf(lights, at - noon, at))
      playback.message(receivedAt, device, 'telemetry', payload)
    playback.tick(at + minuteMs)
    // Sending goes on meanwhile.
    await setImmediate()
    for (const output of playback.drain(0)) if (output.type === 'ticket.opened') callIn(output.ticket)
    if ((at - noon) % hourMs === 0) {
      // The next hour is played while this one is sent.
      await sending
      sending = replay.flush()
    }
    if ((at - noon) % dayMs === 0) progress(`day ${(at - noon) / dayMs + 1} of ${days}`)
  }
  for (let at = until - dayMs; at <= until; at += 15_000) {
    replay.fill.add(infoLines({ consoleUrl: 'https://fanari.example', version: '0.0.0' }, at))
    replay.fill.add(healthLines(metricsAfter((at - until + dayMs) / 1_000), 'platform', at))
  }
  await sending
  await replay.flush()
  const filledAt = performance.now()
  progress('rolling up')
  const points = await replay.finish()
  const now = performance.now()
  return { until, ...points, fillSeconds: (now - startedAt) / 1_000, rollUpSeconds: (now - filledAt) / 1_000 }
}

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

/** Every query of every dashboard and alert against a town's month in a real InfluxDB. */
export const benchDashboards = async (options: DashboardsOptions): Promise<DashboardsResult> => {
  const influx = await startInflux(database)
  try {
    const { until, ...filled } = await fill(influx.url, options)
    const chosen = choices()
    const textOf = ({ owner, query, interval }: PlacedQuery, lastMs: number): string => {
      const intervalMs = Math.max(spanMs(interval ?? '15s'), Math.ceil(lastMs / 1_000))
      const variables = chosen.get(owner) ?? {}
      return substitute(query, { from: until - lastMs, to: until, intervalMs, variables })
    }
    const ask = async (text: string): Promise<{ rows: number; medianMs: number }> => {
      const times: number[] = []
      let rows = 0
      for (let i = 0; i < options.repetitions; i++) {
        const startedAt = performance.now()
        rows = await influx.rowsOf(text)
        times.push(performance.now() - startedAt)
      }
      return { rows, medianMs: quantile(times, 0.5) }
    }
    const queries: TimedQuery[] = []
    options.progress('asking')
    for (const query of allQueries()) {
      const opened = await ask(textOf(query, spanMs(query.last)))
      const allDays = await ask(textOf(query, Math.max(spanMs(query.last), options.days * dayMs)))
      const owner = query.kind === 'alert' ? 'alerts' : query.owner
      queries.push({ owner, title: query.title, ...opened, allDaysMs: allDays.medianMs })
    }
    return { lights: options.lights, days: options.days, ...filled, queries }
  } finally {
    await influx.stop()
  }
}

export const showDashboards = (result: DashboardsResult): string => {
  const { lights, days, points, refused, fillSeconds, rollUpSeconds, queries } = result
  const byOwner = Map.groupBy(queries, ({ owner }) => owner)
  const rows = [...byOwner].map(([owner, asked]) => {
    const slowest = asked.reduce((worst, query) => (query.medianMs > worst.medianMs ? query : worst))
    const all = asked.reduce((sum, { medianMs }) => sum + medianMs, 0)
    const empty = asked.filter((query) => query.rows === 0).length
    const longest = asked.reduce((worst, query) => (query.allDaysMs > worst.allDaysMs ? query : worst))
    return [
      owner,
      String(asked.length),
      String(empty),
      all.toFixed(0),
      slowest.medianMs.toFixed(0),
      slowest.title,
      longest.allDaysMs.toFixed(0),
      longest.title,
    ]
  })
  const slow = queries
    .filter(({ medianMs, allDaysMs }) => Math.max(medianMs, allDaysMs) > targetMs)
    .map(
      ({ owner, title, medianMs, allDaysMs }) =>
        `- ${owner}: ${title}: ${medianMs.toFixed(0)} ms; of all days ${allDaysMs.toFixed(0)} ms`,
    )
  return [
    `${lights} lights, ${days} days, a report each quarter of an hour: ${points} points (${refused} refused) in ${fillSeconds.toFixed(0)} s, ` +
      `${rollUpSeconds.toFixed(0)} s of them roll-ups. One query after the other; target: < 1 000 ms each.`,
    table(
      ['dashboard or alert', 'queries', 'without rows', 'all, ms', 'slowest, ms', 'which', 'of all days, ms', 'which'],
      rows,
    ),
    ...(slow.length === 0 ? [] : [`Over ${targetMs} ms:`, slow.join('\n')]),
  ].join('\n\n')
}
