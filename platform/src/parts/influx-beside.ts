import type { Clock, JournalCommands, Log, NightQueries, RecordQueries } from '@fanari/contracts'
import { createInflux, type Influx, type Journal, type Judge, type ServiceHealth } from '@fanari/ingest'
import type { InfluxConnection } from '@fanari/ingest/influx'
import packageJson from '../../package.json' with { type: 'json' }
import type { Settings } from '../settings.ts'

/** How the settings say to reach InfluxDB; null when they name none. */
const influxConnection = (settings: Settings): InfluxConnection | null => {
  const { FANARI_INFLUX_URL: url, FANARI_INFLUX_TOKEN: token, FANARI_INFLUX_USERNAME: username } = settings
  if (url === undefined) return null
  return {
    url,
    database: settings.FANARI_INFLUX_DATABASE,
    org: settings.FANARI_INFLUX_ORG,
    login:
      token !== undefined
        ? { kind: 'token', token }
        : username !== undefined
          ? { kind: 'password', username, password: settings.FANARI_INFLUX_PASSWORD ?? '' }
          : { kind: 'none' },
  }
}

/** The InfluxDB follower of a process that judges; null when no InfluxDB is set. */
export const createInfluxBeside = (options: {
  settings: Settings
  dataFolder: string
  journal: Pick<Journal, 'first'>
  commands: JournalCommands
  jurisdictions: () => Judge['jurisdictions']
  records: RecordQueries
  nights: NightQueries
  health: () => Promise<ServiceHealth[]>
  clock: Clock
  log: Log
}): Influx | null => {
  const { settings, journal, commands, clock, log } = options
  const connection = influxConnection(settings)
  if (connection === null) return null
  const detectorOf = (municipality: string) => options.jurisdictions().get(municipality)?.detector
  return createInflux({
    connection,
    folder: options.dataFolder,
    log,
    now: () => clock.now(),
    wallNow: Date.now,
    journal,
    commands,
    stateOf: (municipality, luminaire) => detectorOf(municipality)?.light(luminaire)?.state ?? null,
    forecastOf: (municipality, luminaire) => detectorOf(municipality)?.forecast(luminaire) ?? null,
    records: options.records,
    nights: options.nights,
    health: options.health,
    info: {
      consoleUrl: settings.FANARI_PUBLIC_URL ?? `http://${settings.FANARI_HTTP_HOST}:${settings.FANARI_HTTP_PORT}`,
      version: packageJson.version,
    },
    prices: {
      eurPerKwh: settings.FANARI_ENERGY_EUR_PER_KWH ?? null,
      co2GramsPerKwh: settings.FANARI_CO2_G_PER_KWH ?? null,
    },
  })
}
