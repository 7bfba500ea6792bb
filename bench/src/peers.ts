import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { deviceName, municipality } from './load.ts'
import { end, until } from './processes.ts'
import { openClient } from './sockets.ts'

/** A broker under load. */
export interface Peer {
  pid: number
  mqttPort: number
  /** Resolves when it has done everything that follows from what it has acknowledged. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export interface Platform extends Peer {
  /** Value of a metric, summed over its labels. */
  metric(name: string): Promise<number>
  /** `seq` of every reading that the history holds of a device. */
  history(device: string): Promise<number[]>
}

export const adminToken = 'bench-administrator'
const main = fileURLToPath(new URL('../../platform/src/main.ts', import.meta.url))

/** A platform that runs; its data are in `folder`, which stays when it ends. */
export interface PlatformProcess {
  pid: number
  /** Where it answers. */
  base: string
  mqttPort: number
  end(): Promise<void>
}

/** Starts the platform as its users do, in real time and without a town. */
export const launchPlatform = async (
  folder: string,
  nodeFlags: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<PlatformProcess> => {
  const child = spawn(process.execPath, [...nodeFlags, main], {
    cwd: folder,
    env: {
      ...process.env,
      FANARI_TOWN: 'none',
      FANARI_DATA: join(folder, 'data'),
      FANARI_DEVICE_AUTH: 'open',
      FANARI_HTTP_PORT: '0',
      FANARI_MQTT_PORT: '0',
      FANARI_ADMIN_TOKEN: adminToken,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ports = await readyLine(child)
  return {
    pid: child.pid as number,
    base: `http://127.0.0.1:${ports.http}`,
    mqttPort: ports.mqtt,
    end: () => end(child),
  }
}

/**
 * Starts the platform with plain MQTT without credentials, and registers `lights` luminaires that should always be lit, so that every
 * reading is judged.
 */
export const startPlatform = async (
  lights: number,
  nodeFlags: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Platform> => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-bench-'))
  const { pid, base, mqttPort, end: stop } = await launchPlatform(folder, nodeFlags, environment)

  const metric = async (name: string): Promise<number> => {
    const lines = (await (await fetch(`${base}/metrics`)).text()).split('\n')
    const values = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    if (values.length === 0) throw new Error(`/metrics has no ${name}`)
    return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }
  const platform: Platform = {
    pid,
    mqttPort,
    metric,
    settled: () => until('the followers', 120, async () => (await metric('fanari_follower_lag_entries')) === 0),
    async history(device) {
      const range = `from=${Date.now() - 86_400_000}&to=${Date.now() + 86_400_000}&limit=100000`
      const response = await fetch(
        `${base}/api/v1/municipalities/${municipality}/luminaires/${device}/readings?${range}`,
      )
      const { items } = (await response.json()) as { items: { seq: number }[] }
      return items.map(({ seq }) => seq)
    },
    async stop() {
      await stop()
      rmSync(folder, { recursive: true })
    },
  }
  await register(base, lights)
  await platform.settled()
  return platform
}

const readyLine = async (child: ChildProcess): Promise<{ http: number; mqtt: number }> => {
  if (child.stdout === null) throw new TypeError('the output of the platform is not piped')
  // The rest of its log is read too, or the pipe would fill and hold it up.
  const lines = createInterface({ input: child.stdout })
  const ready = Promise.withResolvers<{ http: number; mqtt: number }>()
  lines.on('line', (line) => {
    const { event, ...fields } = JSON.parse(line)
    if (event === 'ready') ready.resolve(fields)
  })
  child.once('exit', (code) => ready.reject(new Error(`the platform ended with ${code}`)))
  return ready.promise
}

const lightsPerCircuit = 40

const register = async (base: string, lights: number): Promise<void> => {
  const place = { type: 'Point', coordinates: [26.53, 41.5] }
  const community = { kind: 'community', id: 'village', name: 'Village' }
  const features: object[] = [{ type: 'Feature', geometry: place, properties: community }]
  for (let number = 0; number < lights; number++) {
    const properties = {
      kind: 'luminaire',
      id: deviceName(number),
      community: 'village',
      circuit: `circuit-${Math.floor(number / lightsPerCircuit)}`,
      supply: 'grid',
      ratedPower: 60,
      program: 'alwaysOn',
    }
    features.push({ type: 'Feature', geometry: place, properties })
  }
  const response = await fetch(`${base}/api/v1/municipalities/${municipality}/assets`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ type: 'FeatureCollection', features }),
  })
  const text = await response.text()
  const { rejected } = response.ok ? (JSON.parse(text) as { rejected: unknown[] }) : { rejected: [text] }
  if (rejected.length > 0) throw new Error(`the assets were not taken: ${JSON.stringify(rejected[0])}`)
}

/** Starts Mosquitto, which keeps nothing on disk, with queues as long as they need to be. */
export const startMosquitto = async (): Promise<Peer> => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-bench-mosquitto-'))
  const mqttPort = await freePort()
  const file = join(folder, 'mosquitto.conf')
  writeFileSync(
    file,
    `listener ${mqttPort} 127.0.0.1
allow_anonymous true
persistence false
max_inflight_messages 0
max_queued_messages 0
set_tcp_nodelay true
log_type error
`,
  )
  const child = spawn('mosquitto', ['-c', file], {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await once(child, 'spawn')
  await until('mosquitto', 10, () =>
    openClient(mqttPort, 'bench-probe').then(
      (socket) => {
        socket.destroy()
        return true
      },
      () => false,
    ),
  )
  return {
    pid: child.pid as number,
    mqttPort,
    // It has nothing left to do once its subscriber has everything, which the generator waits for.
    settled: async () => {},
    async stop() {
      await end(child)
      rmSync(folder, { recursive: true })
    },
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new TypeError('a TCP server has a port')
  return address.port
}
