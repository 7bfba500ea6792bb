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

/** The processes a platform is made of. */
export const shapes = {
  'one process': ['all'],
  'three processes': ['broker', 'ingest', 'api'],
} as const
export type Shape = keyof typeof shapes
export type ServiceName = (typeof shapes)[Shape][number]

/** One of them, to be ended and started again while the others run. */
export interface ServiceProcess {
  /** Resolves once it says that it is ready, which may take another's help; rejects when it ends before that. */
  start(): Promise<void>
  /** `kill -9`, at once. */
  kill(): Promise<void>
  /** Asks it to end, as Ctrl-C does. */
  stop(): Promise<number | null>
}

/** The whole platform as its users start it: processes of its own, with a data folder and ports that outlive them. */
export interface PlatformProcess {
  readonly folder: string
  readonly origin: string
  readonly mqttUrl: string
  readonly api: ApiClient
  /** All lines of all its lives so far. */
  readonly log: readonly LogLine[]
  /** Inner addresses, by service; of three processes only. */
  readonly links: Readonly<Record<'broker' | 'ingest' | 'api', string>>
  service(name: ServiceName): ServiceProcess
  /** Starts a process beside those there are, on free ports and over the same folder. */
  startAnother(name: ServiceName): Promise<void>
  /** Starts it, also again; resolves once `/readyz` says that it takes telemetry, rejects when it ends before that. */
  start(): Promise<void>
  /** `kill -9` of all that runs, at once. */
  kill(): Promise<void>
  /** Asks it to end, as Ctrl-C does. `code`: of the process that ended worst. */
  stop(): Promise<{ code: number | null }>
  /** Ends it, however it is, and removes its folder. Rejects when a process that was ready has ended by itself. */
  dispose(): Promise<void>
}

interface Life {
  child: ChildProcess
  complaints: string[]
  ready: Promise<void>
  exited: Promise<number | null>
}

/** The shape that a run of the stories asks for: `vitest.config.ts` runs some of them in both. */
const askedShape = (): Shape =>
  process.env.FANARI_TEST_SHAPE === 'three processes' ? 'three processes' : 'one process'

/**
 * @param environment on top of: no town, open to unregistered devices, free ports, a folder of its own
 */
export const createPlatformProcess = async (
  environment: Record<string, string> = {},
  shape: Shape = askedShape(),
): Promise<PlatformProcess> => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-story-'))
  const origin = `http://127.0.0.1:${await freePort()}`
  const mqttPort = await freePort()
  const inner = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`
  const links = { broker: await inner(), ingest: await inner(), api: await inner() }
  const log: LogLine[] = []
  const api = createApiClient(origin, adminToken)

  const settings = {
    FANARI_TOWN: 'none',
    FANARI_DEVICE_AUTH: 'open',
    FANARI_ADMIN_TOKEN: adminToken,
    FANARI_DATA: join(folder, 'data'),
    FANARI_HTTP_PORT: new URL(origin).port,
    FANARI_MQTT_PORT: String(mqttPort),
    FANARI_WS_PORT: 'off',
    FANARI_LINK_BROKER: links.broker,
    FANARI_LINK_INGEST: links.ingest,
    FANARI_LINK_API: links.api,
    ...environment,
  }

  const spawnProgram = (name: ServiceName, more: Record<string, string> = {}): Life => {
    const inherited = Object.entries(process.env).filter(([variable]) => !variable.startsWith('FANARI_'))
    const env = { ...Object.fromEntries(inherited), ...settings, ...more }
    const args = name === 'all' ? [program] : [program, '--service', name]
    // Its own working folder: a `.env` of whoever runs the tests is not ours.
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const complaints: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
    const ready = Promise.withResolvers<void>()
    createInterface({ input: child.stdout }).on('line', (text) => {
      if (!text.startsWith('{')) return
      const line = JSON.parse(text) as LogLine
      log.push(line)
      if (line.event === 'ready') ready.resolve()
    })
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
    // It will end one day, whoever waits for it.
    ready.promise.catch(() => {})
    exited.then((code) => ready.reject(new Error(`${name} ended with ${code}: ${complaints.join('')}`)))
    return { child, complaints, ready: ready.promise, exited }
  }

  const died: string[] = []
  const createService = (name: ServiceName): ServiceProcess => {
    let life: Life | null = null
    const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
      if (life === null) return null
      const { child, exited } = life
      life = null
      child.kill(signal)
      return exited
    }
    return {
      start() {
        if (life !== null) return life.ready
        const own = spawnProgram(name)
        life = own
        own.exited.then(async (code) => {
          if (life !== own) return
          life = null
          const wasReady = await own.ready.then(() => true).catch(() => false)
          if (wasReady) died.push(`${name} ended by itself with ${code}: ${own.complaints.join('')}`)
        })
        return own.ready
      },
      kill: async () => void (await end('SIGKILL')),
      stop: () => end('SIGTERM'),
    }
  }

  const services = new Map(shapes[shape].map((name) => [name as ServiceName, createService(name)]))
  const each = <Result>(act: (service: ServiceProcess) => Promise<Result>): Promise<Result[]> =>
    Promise.all([...services.values()].map(act))
  const kill = async (): Promise<void> => void (await each((service) => service.kill()))

  return {
    folder,
    origin,
    mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
    api,
    log,
    links,
    service(name) {
      const service = services.get(name)
      if (service === undefined) throw new Error(`a platform of ${shape} has no process ${name}`)
      return service
    },
    async startAnother(name) {
      const link = name === 'all' ? {} : { [`FANARI_LINK_${name.toUpperCase()}`]: await inner() }
      const { child, ready, exited } = spawnProgram(name, { FANARI_HTTP_PORT: '0', FANARI_MQTT_PORT: '0', ...link })
      try {
        await ready
      } finally {
        child.kill('SIGKILL')
        await exited
      }
    },
    async start() {
      await each((service) => service.start())
      await eventually(async () => {
        if ((await api.call('GET', '/readyz')).status !== 200) throw new Error('the platform is not ready')
      }, 60)
    },
    kill,
    async stop() {
      const codes = await each((service) => service.stop())
      return { code: codes.reduce((worst, code) => (code === 0 ? worst : code), 0) }
    },
    async dispose() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
      if (died.length > 0) throw new Error(died.join('\n'))
    },
  }
}
