import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Api, createApi } from '@fanari/api'
import { type Broker, createBroker } from '@fanari/broker'
import {
  type Clock,
  dayMs,
  hourMs,
  type Log,
  type MetricsSource,
  type Publisher,
  type Readiness,
} from '@fanari/contracts'
import {
  createFollowers,
  createHeartbeat,
  createIntake,
  createJournal,
  createJudge,
  createLightQueries,
  createMqttSource,
  createNightQueries,
  createNightStore,
  createRollups,
  type MqttSource,
} from '@fanari/ingest'
import { processMetrics } from './process-metrics.ts'
import { readRules } from './rules-file.ts'
import type { Settings } from './settings.ts'
import { readTls } from './tls.ts'

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
  const now = (): number => clock.now()
  const journal = createJournal({ folder: join(dataFolder, 'journal'), now, log })
  const followers = createFollowers({ journal, log })

  // The door is made last, because it needs what the others make; until it is open nothing is published.
  let door: Broker | MqttSource
  const publisher: Publisher = { publish: (topic, payload, how) => door.publisher.publish(topic, payload, how) }
  const metrics: MetricsSource[] = [processMetrics, journal.metrics, followers.metrics]
  const readiness: (() => Readiness)[] = [() => journal.readiness()]
  let caughtUp = false
  readiness.push(() => ({ ready: caughtUp, detail: caughtUp ? 'judging live' : 'catching up with the journal' }))

  const incidents = { apply: (...args: Parameters<Api['incidents']['apply']>) => api.incidents.apply(...args) }
  const nightStore = createNightStore({ folder: dataFolder })
  const judge = createJudge({
    folder: dataFolder,
    incidents,
    publisher,
    nights: nightStore,
    rules: readRules(settings.FANARI_RULES),
  })
  const rollups = createRollups({ folder: dataFolder })
  metrics.push(judge.metrics)

  const api = createApi({
    databaseFile: join(dataFolder, 'fanari.sqlite'),
    host: settings.FANARI_HTTP_HOST,
    port: settings.FANARI_HTTP_PORT,
    clock,
    log,
    adminToken: settings.FANARI_ADMIN_TOKEN,
    journal: journal.commands,
    lights: createLightQueries({ judge, journal }),
    nights: createNightQueries({
      store: nightStore,
      jurisdictionOf: (municipality) => judge.jurisdictions.get(municipality),
    }),
    publisher,
    consoleFolder,
    readiness: () => readiness.map((check) => check()),
    metrics,
    town,
  })

  const intake = createIntake({ journal, directory: api.directory, now })
  metrics.push(intake.metrics)

  let hearing: () => boolean
  if (settings.FANARI_BROKER_URL === undefined) {
    const tls = readTls(settings)
    const broker = createBroker({
      folder: join(dataFolder, 'broker'),
      host: settings.FANARI_MQTT_HOST,
      ports: {
        mqtt: settings.FANARI_MQTT_PORT,
        mqtts: settings.FANARI_MQTTS_PORT,
        ws: settings.FANARI_WS_PORT ?? null,
        wss: settings.FANARI_WSS_PORT,
      },
      ...(tls === null ? {} : { tls }),
      deviceAuth: settings.FANARI_DEVICE_AUTH,
      directory: api.directory,
      intake,
      log,
    })
    readiness.push(() => broker.readiness())
    hearing = () => true
    door = broker
  } else {
    const source = createMqttSource({
      url: settings.FANARI_BROKER_URL,
      ...(settings.FANARI_BROKER_USERNAME === undefined ? {} : { username: settings.FANARI_BROKER_USERNAME }),
      ...(settings.FANARI_BROKER_PASSWORD === undefined ? {} : { password: settings.FANARI_BROKER_PASSWORD }),
      clientId: 'fanari-ingest',
      intake,
      log,
    })
    readiness.push(() => ({ ready: source.hearing(), detail: 'outside broker' }))
    hearing = () => source.hearing()
    door = source
  }
  metrics.push(door.metrics)
  const heartbeat = createHeartbeat({ journal, clock, hearing })

  const prune = (): void => {
    const olderThan = now() - settings.FANARI_RETENTION_DAYS * dayMs
    journal.prune(olderThan, followers.slowestCursor() + 1).then(
      (segments) => segments > 0 && log('info', 'journal.pruned', { segments }),
      (error: unknown) => log('error', 'journal.pruneFailed', { error: String(error) }),
    )
  }

  /** Every step with its undoing, in starting order. */
  let pruning: NodeJS.Timeout | undefined
  const steps: { start: () => void | Promise<void>; stop: () => void | Promise<void> }[] = [
    { start: () => void mkdirSync(dataFolder, { recursive: true }), stop: () => {} },
    { start: () => journal.start(), stop: () => journal.stop() },
    // The api closes its database after the follower that writes to it has stopped.
    { start: () => api.open(), stop: () => api.stop() },
    { start: () => nightStore.start(), stop: () => nightStore.stop() },
    { start: () => judge.start(), stop: () => judge.stop() },
    { start: () => rollups.start(), stop: () => rollups.stop() },
    {
      start: async () => {
        followers.add(judge.follower)
        followers.add(rollups)
        followers.start()
        await followers.caughtUp('judge')
        caughtUp = true
      },
      stop: () => followers.stop(),
    },
    { start: () => heartbeat.start(), stop: () => heartbeat.stop() },
    { start: () => door.start(), stop: () => door.stop() },
    { start: () => api.start(), stop: () => {} },
    {
      start: () => {
        prune()
        pruning = setInterval(prune, hourMs).unref()
      },
      stop: () => clearInterval(pruning),
    },
  ]

  let started = 0
  const stop = async (): Promise<void> => {
    while (started > 0) {
      const step = steps[--started]
      try {
        await step?.stop()
      } catch (error) {
        log('error', 'platform.stopFailed', { error: String(error) })
      }
    }
    caughtUp = false
  }

  return {
    api,
    async start() {
      try {
        while (started < steps.length) {
          const step = steps[started]
          started++
          await step?.start()
        }
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
    addresses: () => ({ http: api.address()?.port ?? 0, ...('addresses' in door ? door.addresses() : {}) }),
  }
}
