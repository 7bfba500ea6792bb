import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createRealClock, type Log } from '@fanari/contracts'
import { createLog } from './log.ts'
import type { ServiceName } from './parts/ownership.ts'
import { createPlatform } from './platform.ts'
import { createApiService } from './services/api-service.ts'
import { createBrokerService } from './services/broker-service.ts'
import { createIngestService } from './services/ingest-service.ts'
import type { Service, ServiceOptions } from './services/service.ts'
import { describeVariables, readSettings, type Settings, SettingsError, unknownVariables } from './settings.ts'
import { describeStartFailure } from './start-failure.ts'
import { createTownClock, startTown, townMunicipality } from './town.ts'

const help = `Fanari: street lighting, from a controller's reading to the citizen line's ticket.

npm start                                the platform with a simulated town, Orestiada at dusk
FANARI_TOWN=none npm start               the bare platform in real time
npm start -- --service broker            one of its three processes (broker, ingest, api), over the same data folder

Environment variables, also from a file .env in the working folder; NAME_FILE names a file that holds the value of NAME:
${describeVariables()}
`

const run = async (service: string | undefined): Promise<void> => {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const settings = readSettings({ ...process.env, ...(service === undefined ? {} : { FANARI_SERVICE: service }) })
  const log = createLog({
    level: settings.FANARI_LOG_LEVEL,
    write: (line) => process.stdout.write(line),
    now: Date.now,
  })
  for (const name of unknownVariables(process.env)) log('warn', 'settings.unknownVariable', { name })

  const { FANARI_ADMIN_TOKEN: token, FANARI_SERVICE: name } = settings
  if (token !== undefined && token.length < shortestToken)
    log('warn', 'settings.weakToken', { note: `FANARI_ADMIN_TOKEN has fewer than ${shortestToken} characters` })
  const consoleFolder = fileURLToPath(new URL('../../console/dist', import.meta.url))
  const pages = existsSync(consoleFolder) ? consoleFolder : undefined
  if (name === 'all') await runWhole(settings, log, pages)
  else await runService(name, settings, log, pages)
}

/** The platform in one process, with its town if there is one. */
const runWhole = async (settings: Settings, log: Log, consoleFolder: string | undefined): Promise<void> => {
  const withTown = settings.FANARI_TOWN !== 'none'
  const dataFolder = settings.FANARI_DATA ?? (withTown ? 'data/town' : 'data/platform')
  const townClock = withTown ? createTownClock({ folder: dataFolder, speed: settings.FANARI_SPEED }) : null
  const platform = createPlatform({
    settings,
    dataFolder,
    clock: townClock?.clock ?? createRealClock(Date.now),
    log,
    ...(consoleFolder === undefined ? {} : { consoleFolder }),
    town: withTown ? { municipality: townMunicipality } : null,
  })
  await platform.start()

  const { http, ...mqtt } = platform.addresses()
  const page = `http://${settings.FANARI_HTTP_HOST}:${http}/`
  const firstToken = platform.api.firstAdminToken()
  log('info', 'ready', { console: page, openapi: `${page}api/v1/openapi.json`, http, ...mqtt })
  logFirstToken(firstToken, log)

  let town: { stop: () => Promise<void> } | null = null
  if (townClock !== null) {
    const { epoch, wallEpoch, clock, save } = townClock
    town = await startTown({
      platform,
      folder: dataFolder,
      seed: settings.FANARI_TOWN_SEED,
      lights: settings.FANARI_TOWN_LIGHTS,
      epoch,
      wallEpoch,
      speed: clock.speed,
      log,
    })
    setInterval(save, 1_000).unref()
  }
  if (process.stdout.isTTY) process.stderr.write(welcome(page, firstToken, withTown))

  stopOnSignals(log, async () => {
    await town?.stop()
    townClock?.save()
    await platform.stop()
  })
}

/** One of its three processes. */
const runService = async (
  name: ServiceName,
  settings: Settings,
  log: Log,
  consoleFolder: string | undefined,
): Promise<void> => {
  const dataFolder = settings.FANARI_DATA ?? 'data/platform'
  mkdirSync(dataFolder, { recursive: true })
  const service = makeService(name, { settings, dataFolder, clock: createRealClock(Date.now), log }, consoleFolder)
  let isStarted = false
  // A service may wait long for another; ended meanwhile, it has nothing to lose that a kill would not spare.
  stopOnSignals(log, async () => {
    if (isStarted) await service.stop()
  })
  await service.start()
  isStarted = true
  log('info', 'ready', { service: name, ...service.ports() })
  logFirstToken(service.firstAdminToken(), log)
}

const makeService = (name: ServiceName, options: ServiceOptions, consoleFolder: string | undefined): Service => {
  switch (name) {
    case 'broker':
      return createBrokerService(options)
    case 'ingest':
      return createIngestService(options)
    case 'api':
      return createApiService({ ...options, consoleFolder })
  }
}

const logFirstToken = (token: string | null, log: Log): void => {
  if (token !== null) log('info', 'administrator', { token, note: 'shown once; FANARI_ADMIN_TOKEN sets your own' })
}

const stopOnSignals = (log: Log, end: () => Promise<void>): void => {
  let stopping = false
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1)
    stopping = true
    log('info', 'stopping', { signal })
    await end()
    log('info', 'stopped')
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** Shorter tokens can be guessed: 16 characters of base64 are 96 bits. */
const shortestToken = 16

const welcome = (page: string, token: string | null, withTown: boolean): string => `
  Fanari is running.
  Look at   ${page}
  ${token === null ? 'Token     as shown at the first start, or FANARI_ADMIN_TOKEN' : `Token     ${token}   (administrator; shown once)`}
  ${withTown ? 'Dusk falls over Orestiada: lights come on, a circuit fails, its ticket opens, the repair closes it.' : 'Register assets with PUT /api/v1/municipalities/{id}/assets.'}
  Ctrl-C ends it.

`

const options = { help: { type: 'boolean', short: 'h' }, service: { type: 'string' } } as const
/** @throws {SettingsError} for an option there is not. */
const readArguments = (): { help?: boolean; service?: string } => {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    throw new SettingsError([error instanceof Error ? error.message : String(error)])
  }
}

const main = async (): Promise<void> => {
  const { help: isHelpAsked, service } = readArguments()
  if (isHelpAsked) process.stdout.write(help)
  else await run(service)
}

main().catch((error: unknown) => {
  const { message, status } = describeStartFailure(error)
  process.stderr.write(`fanari: ${message}\n`)
  process.exit(status)
})
