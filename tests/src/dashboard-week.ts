import {
  hourMs,
  type Instant,
  type Metric,
  minuteMs,
  retentionPolicies,
  shippedRules,
  type Ticket,
  toIso,
} from '@fanari/contracts'
import { createWeek, playWeek } from '@fanari/firmware-sim'
import { healthLines, infoLines, reportLines } from '@fanari/ingest/influx'
import { createInfluxReplay } from '@fanari/platform'
import type { Influxd } from './influxd.ts'

/** The platform writes its health so often [ms]. */
const healthEveryMs = 15_000
/** So much of it is put in. */
const healthForMs = 6 * hourMs
/** From four in the morning to the noon at which a week ends. */
const fromFourToNoonMs = 8 * hourMs

/** Where in an InfluxDB one looks that holds a simulated week. */
export interface FilledWeek {
  /** Four o'clock in the last night, which stands for now: something is lit, and something dark. */
  now: Instant
  municipality: string
  points: { points: number; refused: number }
}

/** Storage without an end, because the week lies where its season does, and not in the last 90 days. */
const createStorage = async (server: Pick<Influxd, 'query'>): Promise<void> => {
  await server.query('CREATE DATABASE "fanari" WITH DURATION INF REPLICATION 1 SHARD DURATION 1d NAME "raw"')
  for (const [policy, { shardDays }] of Object.entries(retentionPolicies))
    if (policy !== 'raw')
      await server.query(
        `CREATE RETENTION POLICY "${policy}" ON "fanari" DURATION INF REPLICATION 1 SHARD DURATION ${shardDays}d`,
      )
}

/** Metrics as they would be some time later: what counts has counted on. */
const later = (metrics: readonly Metric[], seconds: number): Metric[] =>
  metrics.map((metric) => ({
    ...metric,
    values: metric.values.map(({ value, ...labels }) => ({
      ...labels,
      value: metric.type === 'counter' ? value + seconds : value,
    })),
  }))

/**
 * Fills an empty influxd with a simulated week: devices' messages through the shipped intake, detector, forecast and ticket rules, the
 * follower's encoders and roll-ups. What a simulation has not is added: reports of citizens, steps of staff on every third ticket, and
 * the platform's health, which `metrics` says as a running platform does.
 */
export const fillWeek = async (options: {
  server: Pick<Influxd, 'url' | 'query'>
  seed: number
  lights: number
  metrics: readonly Metric[]
}): Promise<FilledWeek> => {
  const week = createWeek(options.seed, { lights: options.lights })
  const { id: municipality, timeZone } = week.town.municipality
  const { server } = options
  await createStorage(server)
  const { playback, fill, flush, finish } = createInfluxReplay({
    connection: { url: server.url, database: 'fanari', login: { kind: 'none' } },
    municipality,
    timeZone,
    assets: week.town.assets().features,
    rules: shippedRules,
    prices: { eurPerKwh: 0.2, co2GramsPerKwh: 400 },
    log: () => {},
  })
  let opened = 0
  /** Every third matter is called in as well, and somebody takes it. */
  const afterOpening = (ticket: Ticket): void => {
    opened++
    if (opened % 3 !== 0) return
    const openedAt = Date.parse(ticket.createdAt)
    fill.tickets([
      {
        ...ticket,
        status: 'assigned',
        history: [...ticket.history, { at: toIso(openedAt + hourMs), event: 'assigned', by: 'dispatcher' }],
      },
    ])
    fill.add(
      reportLines({
        id: `r-${ticket.id}`,
        municipality,
        ticket: ticket.id,
        category: ticket.category,
        channel: opened % 2 === 0 ? 'phone' : 'web',
        ...(ticket.members[0] === undefined ? {} : { luminaire: ticket.members[0] }),
        ...(ticket.location.community === undefined ? {} : { community: ticket.location.community }),
        alreadyKnown: true,
        createdAt: toIso(openedAt + 20 * minuteMs),
      }),
    )
  }
  playWeek(week, {
    // Solar lights have a past of weeks, for their forecast; a day of it will do for pictures.
    message({ receivedAt, device, channel, payload }) {
      if (receivedAt >= week.gridFrom) playback.message(receivedAt, device, channel, JSON.parse(payload))
    },
    platform: (at, state) => playback.platform(at, state),
    tick(at) {
      playback.tick(at)
      for (const output of playback.drain(0)) if (output.type === 'ticket.opened') afterOpening(output.ticket)
    },
    truth: () => {},
  })
  await flush()
  const now = week.until - fromFourToNoonMs
  for (let at = now - healthForMs; at <= now; at += healthEveryMs) {
    fill.add(infoLines({ consoleUrl: 'https://fanari.dimos.example', version: '0.1.0' }, at))
    fill.add(healthLines(later(options.metrics, (at - now + healthForMs) / 1_000), 'platform', at))
  }
  return { now, municipality, points: await finish() }
}
