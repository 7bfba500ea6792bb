import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ApiClient, createApiClient } from './api-client.ts'
import { eventually, freePort } from './eventually.ts'

const program = fileURLToPath(new URL('../../platform/src/main.ts', import.meta.url))
export const adminToken = 'administrator-of-the-stories'

/** A line of the platform's log. */
export interface LogLine {
  time: string
  level: string
  event: string
  [field: string]: unknown
}

/** The whole platform as its users start it: a process of its own, with a data folder and ports that outlive it. */
export interface PlatformProcess {
  readonly folder: string
  readonly origin: string
  readonly mqttUrl: string
  readonly api: ApiClient
  /** All lines of all its lives so far. */
  readonly log: readonly LogLine[]
  /** Starts it, also again; resolves once `/readyz` says that it takes telemetry, rejects when it ends before that. */
  start(): Promise<void>
  /** `kill -9`, at once. */
  kill(): Promise<void>
  /** Asks it to end, as Ctrl-C does. */
  stop(): Promise<{ code: number | null }>
  /** Ends it, however it is, and removes its folder. */
  dispose(): Promise<void>
}

interface Life {
  child: ChildProcess
  exited: Promise<number | null>
  /** What it wrote to stderr. */
  complaints: string[]
}

/**
 * @param environment on top of: no town, open to unregistered devices, free ports, a folder of its own
 */
export const createPlatformProcess = async (environment: Record<string, string> = {}): Promise<PlatformProcess> => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-story-'))
  const httpPort = await freePort()
  const mqttPort = await freePort()
  const origin = `http://127.0.0.1:${httpPort}`
  const log: LogLine[] = []
  const api = createApiClient(origin, adminToken)
  let life: Life | null = null

  const settings = {
    FANARI_TOWN: 'none',
    FANARI_DEVICE_AUTH: 'open',
    FANARI_ADMIN_TOKEN: adminToken,
    FANARI_DATA: join(folder, 'data'),
    FANARI_HTTP_PORT: String(httpPort),
    FANARI_MQTT_PORT: String(mqttPort),
    FANARI_WS_PORT: 'off',
    ...environment,
  }

  const spawnProgram = (): Life => {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('FANARI_'))
    const env = { ...Object.fromEntries(inherited), ...settings }
    // Its own working folder: a `.env` of whoever runs the tests is not ours.
    const child = spawn(process.execPath, [program], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const complaints: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) log.push(JSON.parse(line) as LogLine)
    })
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
    return { child, exited, complaints }
  }

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    if (life === null) return null
    const { child, exited } = life
    life = null
    child.kill(signal)
    return exited
  }

  return {
    folder,
    origin,
    mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
    api,
    log,
    async start() {
      if (life !== null) return
      const own = spawnProgram()
      life = own
      const ready = eventually(async () => {
        if ((await api.call('GET', '/readyz')).status !== 200) throw new Error('the platform is not ready')
      }, 60)
      const ended = own.exited.then((code) => {
        if (life === own) life = null
        throw new Error(`the platform ended with ${code}: ${own.complaints.join('')}`)
      })
      // It will end one day, whoever waits for it.
      ended.catch(() => {})
      ready.catch(() => {})
      await Promise.race([ready, ended])
    },
    kill: async () => void (await end('SIGKILL')),
    stop: async () => ({ code: await end('SIGTERM') }),
    async dispose() {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
