import { setImmediate } from 'node:timers/promises'
import { dayMs, hourMs, type Instant, type Metric, minuteMs, shippedRules, type Ticket, toIso } from '@fanari/contracts'
import { healthLines, infoLines, reportLines } from '@fanari/ingest/influx'
import { createInfluxReplay } from '@fanari/platform'
import { assetsOf, messagesOf } from './dashboards-town.ts'
import { municipality } from './load.ts'

export interface FillOptions {
  lights: number
  days: number
  /** Every device reports so often [ms]. */
  reportEveryMs: number
  progress: (line: string) => void
}

/** What was put into InfluxDB. */
export interface Filled {
  lights: number
  days: number
  reportEveryMs: number
  /** The last moment, in a night. */
  until: Instant
  points: number
  refused: number
  /** To put it all in, roll-ups included [s]. */
  fillSeconds: number
  /** CPU of this process meanwhile [s]. */
  fillCpuSeconds: number
}

/** A winter noon in Orestiada [UTC]. */
const noon = Date.parse('2026-01-15T10:00:00Z')
/** Of the last day: lights are on. */
const nightHour = 14
/** So much is sent at a time [ms]: the points of each light come together, which is less work for InfluxDB. */
const sentAtOnceMs = 4 * hourMs
/** The platform writes its health so often [ms]. */
const healthEveryMs = 15_000

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
export const fillTown = async (url: string, database: string, options: FillOptions): Promise<Filled> => {
  const { lights, days, reportEveryMs, progress } = options
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const replay = createInfluxReplay({
    connection: { url, database, login: { kind: 'none' } },
    municipality,
    timeZone: 'Europe/Athens',
    assets: assetsOf(lights, reportEveryMs),
    isInOrder: true,
    rules: shippedRules,
    prices: { eurPerKwh: 0.2, co2GramsPerKwh: 400 },
    log: () => {},
  })
  const { playback } = replay
  const until = noon + (days - 1) * dayMs + nightHour * hourMs
  /** Half an hour after telemetry somebody calls as well, and then somebody takes it. */
  const callIn = (ticket: Ticket): void => {
    const { id, category, location, createdAt, history } = ticket
    const assigned = { at: toIso(Date.parse(createdAt) + hourMs), event: 'assigned' as const, by: 'dispatcher' }
    replay.fill.tickets([{ ...ticket, status: 'assigned', history: [...history, assigned] }])
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
  }
  const addHealth = (from: Instant, to: Instant): void => {
    for (let at = from; at < to; at += healthEveryMs) {
      replay.fill.add(infoLines({ consoleUrl: 'https://fanari.example', version: '0.0.0' }, at))
      replay.fill.add(healthLines(metricsAfter((at - noon) / 1_000), 'platform', at))
    }
  }
  let sending = Promise.resolve()
  for (let at = noon; at < until; at += minuteMs) {
    for (const { at: receivedAt, device, payload } of messagesOf({ lights, reportEveryMs }, at - noon, at))
      playback.message(receivedAt, device, 'telemetry', payload)
    playback.tick(at + minuteMs)
    // Sending goes on meanwhile.
    await setImmediate()
    for (const output of playback.drain(0)) if (output.type === 'ticket.opened') callIn(output.ticket)
    addHealth(at, at + minuteMs)
    if ((at - noon) % sentAtOnceMs === 0) {
      // The next hours are played while these are sent.
      await sending
      sending = replay.flush()
    }
    if ((at - noon) % dayMs === 0) progress(`day ${(at - noon) / dayMs + 1} of ${days}`)
  }
  await sending
  await replay.flush()
  progress('rolling up')
  const points = await replay.finish()
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    lights,
    days,
    reportEveryMs,
    until,
    ...points,
    fillSeconds: (performance.now() - startedAt) / 1_000,
    fillCpuSeconds: (user + system) / 1e6,
  }
}
