import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Api, createApi } from '@fanari/api'
import type { Broker } from '@fanari/broker'
import type { Clock, Log, Publisher } from '@fanari/contracts'
import { createJournal } from '@fanari/ingest'
import { createJudgement } from './parts/judgement.ts'
import { ownership, serviceNames } from './parts/ownership.ts'
import { createSteps } from './parts/steps.ts'
import { createTelemetryDoor } from './parts/telemetry-door.ts'
import { processMetrics } from './process-metrics.ts'
import type { Settings } from './settings.ts'
import { webOptions } from './web-options.ts'

/*
 *   broker ──► intake ──► JOURNAL ──► judge ──► incidents, tickets ──► MQTT, pages
 *     ▲                      │  └───► roll-ups
 *     └── identities ── api ─┘ register
 *
 * Sinks start first and stop last: nothing is taken that nobody could keep.
 */

export interface Platform {
  /** Starts all services; rejects, with everything closed again, when one cannot start. */
  start(): Promise<void>
  stop(): Promise<void>
  api: Api
  /** Ports in use; `mqtt` is missing with an outside broker. */
  addresses(): { http: number } & ReturnType<Broker['addresses']>
}

export interface PlatformOptions {
  settings: Settings
  dataFolder: string
  clock: Clock
  log: Log
  consoleFolder?: string
  town: { municipality: string } | null
}

/** The whole platform in one process. */
export const createPlatform = (options: PlatformOptions): Platform => {
  const { settings, dataFolder, clock, log, consoleFolder, town } = options
  const journal = createJournal({ folder: join(dataFolder, 'journal'), now: () => clock.now(), log })

  // The door is made last, because it needs what the others make; until it is open nothing is published.
  const publisher: Publisher = { publish: (topic, payload, how) => door.publisher.publish(topic, payload, how) }
  const judgement = createJudgement({
    settings,
    dataFolder,
    journal,
    history: journal,
    incidents: { apply: (municipality, changes) => api.incidents.apply(municipality, changes) },
    publisher,
    records: {
      changedAfter: (change, limit) => api.records.changedAfter(change, limit),
      municipalities: () => api.records.municipalities(),
      assets: (municipality) => api.records.assets(municipality),
      nightIndices: (municipality, night, by) => api.records.nightIndices(municipality, night, by),
    },
    health: async () => [{ service: 'platform', metrics: api.metrics() }],
    commands: journal.commands,
    prune: (olderThan, keepFrom) => journal.prune(olderThan, keepFrom),
    clock,
    log,
  })
  const api = createApi({
    databaseFile: join(dataFolder, 'fanari.sqlite'),
    ...webOptions(settings),
    clock,
    log,
    journal: journal.commands,
    lights: judgement.lights,
    nights: judgement.nights,
    publisher,
    consoleFolder,
    readiness: () => [journal.readiness(), ...judgement.readiness(), ...door.readiness()],
    metrics: [processMetrics, journal.metrics, judgement.metrics, () => door.metrics()],
    town,
  })
  const door = createTelemetryDoor({ settings, dataFolder, journal, directory: api.directory, clock, log })

  const { start, stop } = createSteps(
    [
      { start: () => void mkdirSync(dataFolder, { recursive: true }), stop: () => {} },
      ownership(dataFolder, serviceNames),
      { start: () => journal.start(), stop: () => journal.stop() },
      // The api closes its database after the follower that writes to it has stopped.
      { start: () => api.open(), stop: () => api.stop() },
      ...judgement.steps,
      ...door.steps,
      { start: () => api.start(), stop: () => {} },
    ],
    log,
  )
  return { api, start, stop, addresses: () => ({ http: api.address()?.port ?? 0, ...door.addresses() }) }
}
