import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createRealClock } from '@fanari/contracts'
import { createLog } from './log.ts'
import { createPlatform } from './platform.ts'
import { RulesFileError } from './rules-file.ts'
import { describeVariables, readSettings, SettingsError, unknownVariables } from './settings.ts'
import { createTownClock, startTown, townMunicipality } from './town.ts'

const help = `Fanari: street lighting, from a controller's reading to the citizen line's ticket.

npm start                                the platform with a simulated town, Orestiada at dusk
FANARI_TOWN=none npm start               the bare platform in real time

Environment variables, also from a file .env in the working folder; NAME_FILE names a file that holds the value of NAME:
${describeVariables()}
`

const run = async (): Promise<void> => {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const settings = readSettings(process.env)
  const log = createLog({
    level: settings.FANARI_LOG_LEVEL,
    write: (line) => process.stdout.write(line),
    now: Date.now,
  })
  const withTown = settings.FANARI_TOWN !== 'none'
  const dataFolder = settings.FANARI_DATA ?? (withTown ? 'data/town' : 'data/platform')
  for (const name of unknownVariables(process.env)) log('warn', 'settings.unknownVariable', { name })

  const { FANARI_ADMIN_TOKEN: token } = settings
  if (token !== undefined && token.length < shortestToken)
    log('warn', 'settings.weakToken', { note: `FANARI_ADMIN_TOKEN has fewer than ${shortestToken} characters` })
  const townClock = withTown ? createTownClock({ folder: dataFolder, speed: settings.FANARI_SPEED }) : null
  const consoleFolder = fileURLToPath(new URL('../../console/dist', import.meta.url))
  const platform = createPlatform({
    settings,
    dataFolder,
    clock: townClock?.clock ?? createRealClock(Date.now),
    log,
    ...(existsSync(consoleFolder) ? { consoleFolder } : {}),
    town: withTown ? { municipality: townMunicipality } : null,
  })
  await platform.start()

  const { http, ...mqtt } = platform.addresses()
  const page = `http://${settings.FANARI_HTTP_HOST}:${http}/`
  const firstToken = platform.api.firstAdminToken()
  log('info', 'ready', { console: page, openapi: `${page}api/v1/openapi.json`, http, ...mqtt })
  if (firstToken !== null)
    log('info', 'administrator', { token: firstToken, note: 'shown once; FANARI_ADMIN_TOKEN sets your own' })

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

  let stopping = false
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1)
    stopping = true
    log('info', 'stopping', { signal })
    await town?.stop()
    townClock?.save()
    await platform.stop()
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

if (process.argv.includes('--help') || process.argv.includes('-h')) process.stdout.write(help)
else
  run().catch((error: unknown) => {
    const isTheirs = error instanceof SettingsError || error instanceof RulesFileError
    const message = isTheirs ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`fanari: ${message}\n`)
    process.exit(isTheirs ? 2 : 1)
  })
