import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Clock, createSimulatedClock, deviceOf, type Instant, type Log, minuteMs } from '@fanari/contracts'
import { createZone, loadOrestiada, nightAt } from '@fanari/firmware-sim'
import type { Platform } from './platform.ts'

/** The demonstration begins so long before dusk, so that the lights are seen coming on [ms of simulated time]. */
const beforeDuskMs = 6 * minuteMs
/** Orestiada's square, for the first dusk. */
const timeZone = 'Europe/Athens'
const place = { lat: 41.5037, lon: 26.5297 }

/** How long a town that is asked to end may take [ms of wall time]. */
const patienceMs = 10_000

export const townMunicipality = 'orestiada'

/**
 * The clock of a simulated town: it begins shortly before a dusk and, after a stop, goes on where it stood. What the town does while
 * nobody runs it is nothing.
 */
export const createTownClock = (options: {
  folder: string
  speed: number
}): { clock: Clock; epoch: Instant; wallEpoch: number; save: () => void } => {
  const { folder, speed } = options
  const file = join(folder, 'clock.json')
  const wallNow = Date.now()
  const stored = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { epoch: Instant; at: Instant }) : null
  const epoch = stored?.epoch ?? nightAt(wallNow, place, createZone(timeZone)).dusk - beforeDuskMs
  // As if it had run all the time since its epoch at this speed: the town then knows which of its faults are still unrepaired.
  const wallEpoch = Math.round(wallNow - ((stored?.at ?? epoch) - epoch) / speed)
  const clock = createSimulatedClock({ epoch, wallEpoch, speed, wallNow: Date.now })
  const save = (): void => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, JSON.stringify({ epoch, at: clock.now() }))
  }
  save()
  return { clock, epoch, wallEpoch, save }
}

export interface TownOptions {
  platform: Platform
  folder: string
  seed: number
  lights: number | undefined
  epoch: Instant
  wallEpoch: number
  speed: number
  log: Log
}

/** Registers the simulated town with the platform, as a municipality would its assets, and sets it going beside it. */
export const startTown = async (options: TownOptions): Promise<{ stop: () => Promise<void> }> => {
  const { platform, folder, log, lights } = options
  const { register } = platform.api
  const town = await loadOrestiada(options.seed, lights === undefined ? {} : { lights })
  const { features } = town.assets()
  const by = 'town'
  await register.putMunicipality({ id: townMunicipality, name: 'Δήμος Ορεστιάδας', timeZone }, { by })
  const imported = await register.importAssets(townMunicipality, features, { by })
  log('info', 'town.registered', { ...imported, rejected: imported.rejected.length, credentials: undefined })

  // Passwords are shown once; a town that comes back asks for new ones.
  const devices = [...new Set(features.flatMap((feature) => deviceOf(feature.properties) ?? []))]
  const credentials = register.rotateCredentials(townMunicipality, devices, { by })
  const credentialsFile = join(folder, 'credentials.json')
  writeFileSync(credentialsFile, JSON.stringify(credentials), { mode: 0o600 })

  const child = spawnTown(options, credentialsFile)
  child.on('exit', (code, signal) =>
    log(code === 0 || signal !== null ? 'info' : 'error', 'town.ended', { code, signal }),
  )
  return {
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve()
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
        setTimeout(() => child.kill('SIGKILL'), patienceMs).unref()
      }),
  }
}

const spawnTown = (options: TownOptions, credentialsFile: string): ChildProcess => {
  const program = fileURLToPath(import.meta.resolve('@fanari/firmware-sim/main'))
  const { mqtt } = options.platform.addresses()
  const parameters = {
    broker: `mqtt://127.0.0.1:${mqtt}`,
    credentials: credentialsFile,
    seed: options.seed,
    epoch: new Date(options.epoch).toISOString(),
    'wall-epoch': options.wallEpoch,
    speed: options.speed,
    scenario: 'demo',
    truth: join(options.folder, 'truth.ndjson'),
    ...(options.lights === undefined ? {} : { lights: options.lights }),
  }
  const args = Object.entries(parameters).flatMap(([name, value]) => [`--${name}`, String(value)])
  // The channel is never written to: it ends with this process, even with one that is killed, and takes the town along.
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.unref()
  child.channel?.unref()
  return child
}
