import {
  type AssetFeature,
  type DetectorOutput,
  dayMs,
  defaultTimeZone,
  type Forecast,
  type Instant,
  type JournalCommands,
  type LightState,
  type Log,
  type Metric,
  type NightQueries,
  type RecordQueries,
} from '@fanari/contracts'
import type { Follower } from '../followers/followers.ts'
import type { DecisionSink } from '../judge.ts'
import { createInfluxArchive, type InfluxArchive } from './archive.ts'
import { createChores } from './chores.ts'
import { createSpooledDecisions } from './decisions.ts'
import { createInfluxDoor, type SetAside } from './door.ts'
import { createDecisionEncoder } from './encode-decisions.ts'
import { healthLines, infoLines } from './encode-health.ts'
import type { EnergyPrices } from './energy.ts'
import { createInfluxFollower } from './follower.ts'
import { createPlaces } from './places.ts'
import { copyNightIndices, copyRecords } from './records.ts'
import { createRollupJob } from './rollup.ts'
import { createInfluxServer, type InfluxConnection } from './server.ts'
import { writeSolarOutcomes } from './solar-outcomes.ts'
import { createInfluxStore } from './store.ts'
import { createWriter } from './writer.ts'

/** InfluxDB beside the platform: everything that is written there, and how to ask it. It may be away for days. */
export interface Influx {
  /** Feeds readings, events and states of devices; starts after `start()` and is stopped by `stop()`. */
  follower: Follower
  /** Takes what the judge decides. */
  decisions: DecisionSink
  /** What it remembers of lights. */
  archive: InfluxArchive
  /** Opens what must not be forgotten. Asks the server for nothing: it may be away. */
  start(): void
  /** Begins to send. */
  run(): void
  /** Ends what is under way; it is done again after the next start. */
  stop(): Promise<void>
  close(): void
  metrics(): Metric[]
}

/** The metrics of one process. */
export interface ServiceHealth {
  service: string
  metrics: Metric[]
}

export interface InfluxOptions {
  connection: InfluxConnection
  folder: string
  log: Log
  /** The platform clock. */
  now: () => Instant
  /** The wall clock: the platform's own health has no other. */
  wallNow: () => Instant
  journal: { readonly first: number }
  /** Where refused points are set aside. */
  commands: JournalCommands
  stateOf: (municipality: string, luminaire: string) => LightState | null
  forecastOf: (municipality: string, luminaire: string) => Forecast | null
  records: RecordQueries
  nights: Pick<NightQueries, 'night' | 'boundsOf'>
  health: () => Promise<ServiceHealth[]>
  info: { consoleUrl: string; version: string }
  prices: EnergyPrices
  /** Pauses between rounds [ms of wall time]. */
  everyMs?: { decisions: number; records: number; health: number; rollups: number; nights: number }
}

const everyMsByDefault = { decisions: 1_000, records: 1_000, health: 15_000, rollups: 300_000, nights: 300_000 }
/** Refused points are kept in the quarantine, so many an hour; the rest are counted. */
const keptAnHour = 200
const hourOfWallMs = 3_600_000

export const createInflux = (options: InfluxOptions): Influx => {
  const { connection, log, now, wallNow, journal, records, nights, everyMs = everyMsByDefault } = options
  const store = createInfluxStore({ folder: options.folder })
  const server = createInfluxServer(connection)
  const writer = createWriter(connection)
  const places = createPlaces()
  const setAside = createSetAside(options.commands, log, wallNow)
  const door = createInfluxDoor({ server, writer, connection, log, setAside })
  const follower = createInfluxFollower({ store, places, door })
  const decisions = createSpooledDecisions({
    store,
    door,
    encoder: createDecisionEncoder({ places, stateOf: options.stateOf, forecastOf: options.forecastOf }),
  })
  let isOpen = false
  const rollups = createRollupJob({
    server,
    door,
    store,
    places,
    timeZoneOf: (municipality) => store.timeZones().get(municipality) ?? defaultTimeZone,
    now,
    prices: options.prices,
  })

  /** Where the journal no longer tells of assets, the register does. */
  const learnRegister = async (): Promise<void> => {
    for (const { id, timeZone } of await records.municipalities()) {
      const features = await records.assets(id)
      for (const feature of features) places.put(id, feature)
      store.keepAssets(id, features)
      store.keepTimeZone(id, timeZone)
    }
  }

  /** The present night and the one before it, which may have got late news. */
  const nightsToCopy = async () => {
    const found = await Promise.all(
      [...places.municipalities()].map(async (municipality) => {
        const present = await nights.night(municipality)
        if (present === null) return []
        const keys = [new Date(Date.parse(present) - dayMs).toISOString().slice(0, 10), present]
        return Promise.all(
          keys.map(async (night) => {
            const bounds = await nights.boundsOf(municipality, night)
            return bounds === null ? [] : [{ municipality, night, ...bounds, live: night === present }]
          }),
        )
      }),
    )
    return found.flat(2)
  }

  const chores = createChores(
    [
      { name: 'decisions', everyMs: everyMs.decisions, run: (signal) => decisions.send(signal) },
      {
        name: 'health',
        everyMs: everyMs.health,
        run: async () => {
          decisions.add(infoLines(options.info, wallNow()))
          for (const { service, metrics } of await options.health())
            decisions.add(healthLines(metrics, service, wallNow()))
        },
      },
      { name: 'rollups', everyMs: everyMs.rollups, run: (signal) => rollups.run(signal) },
      {
        name: 'records',
        everyMs: everyMs.records,
        run: (signal) => copyRecords({ store, server, door, records }, signal),
      },
      {
        name: 'nights',
        everyMs: everyMs.nights,
        run: async (signal) => {
          const present = await nightsToCopy()
          await copyNightIndices({ door, records }, present, signal)
          for (const night of present) if (!night.live) await writeSolarOutcomes({ server, door }, night, signal)
        },
      },
    ],
    log,
  )

  return {
    follower,
    archive: createInfluxArchive({ server, store, places }),
    decisions: {
      // The follower, which learns them too, may be days behind.
      learn: (municipality: string, features: readonly AssetFeature[]) => {
        for (const feature of features) places.put(municipality, feature)
        store.keepAssets(municipality, features)
      },
      take: (municipality: string, outputs: readonly DetectorOutput[]) => decisions.take(municipality, outputs),
      keep: () => decisions.keep(),
    },
    start() {
      store.start()
      follower.start(journal.first, learnRegister)
      isOpen = true
    },
    run: () => chores.start(),
    async stop() {
      await Promise.all([chores.stop(), follower.stop()])
    },
    close() {
      if (!isOpen) return
      isOpen = false
      decisions.keep()
      writer.close()
      store.stop()
    },
    metrics: () => [
      ...door.metrics(),
      {
        name: 'fanari_influx_pending_entries',
        help: 'Entries of the journal taken and not in InfluxDB yet',
        type: 'gauge',
        values: [{ value: follower.pendingEntries() }],
      },
      {
        name: 'fanari_influx_skipped_total',
        help: 'Entries of the journal that make no point, by reason',
        type: 'counter',
        values: [...follower.skipped()].map(([reason, value]) => ({ labels: { reason }, value })),
      },
      {
        name: 'fanari_influx_spooled',
        help: 'Derived points that wait for InfluxDB',
        type: 'gauge',
        values: [{ value: isOpen ? store.spooledCount() : 0 }],
      },
    ],
  }
}

const municipalityIn = /,municipality=([A-Za-z0-9_-]+)/

/** Refused points go where refused messages go, for people to look at: `GET …/quarantine`. */
const createSetAside = (journal: JournalCommands, log: Log, wallNow: () => Instant) => {
  let hour = 0
  let kept = 0
  return (points: readonly SetAside[]): void => {
    const present = Math.floor(wallNow() / hourOfWallMs)
    if (present !== hour) kept = 0
    hour = present
    const some = points.slice(0, Math.max(0, keptAnHour - kept))
    kept += some.length
    if (some.length === 0) return
    const items = some.map(({ policy, line, reason }) => ({
      kind: 'quarantine' as const,
      municipality: municipalityIn.exec(line)?.[1] ?? '',
      topic: `influxdb/${policy}`,
      reason: `refusedByInflux: ${reason}`,
      payload: line,
    }))
    journal
      .append(items)
      .catch((error: unknown) => log('error', 'influx.notSetAside', { count: items.length, error: String(error) }))
  }
}
