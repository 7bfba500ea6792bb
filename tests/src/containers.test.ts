import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { topics } from '@fanari/contracts'
import mqtt from 'mqtt'
import { expect, test } from 'vitest'
import { createApiClient } from './api-client.ts'
import { communityAsset, idsOf, lampAssets } from './assets.ts'
import { debianBase, startDocker, whyNoDocker } from './docker-engine.ts'
import { eventually, freePort } from './eventually.ts'
import { litPowerW } from './lamp.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const minuteMs = 60_000
const municipality = 'town'
const lights = lampAssets('a', 3)

/** `docker-compose ps` in words: a service that is not healthy, and how it is. */
const unwell = (containers: { name: string; state: string; health: string }[]): string[] =>
  containers
    .filter(({ health }) => health !== 'healthy')
    .map(({ name, state, health }) => `${name}: ${state} ${health}`)

test('docker compose up: broker, ingest, api and InfluxDB become healthy, and a publish over TLS becomes a ticket, also after each was killed', {
  timeout: 12 * minuteMs,
}, async ({ onTestFinished, skip }) => {
  const reason = whyNoDocker()
  if (reason !== null) return skip(reason)
  const docker = await startDocker().catch((error: Error) => skip(error.message))
  onTestFinished(() => docker.dispose(), 3 * minuteMs)
  const folder = mkdtempSync(join(tmpdir(), 'fanari-containers-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))

  const secrets = join(folder, 'secrets')
  await promisify(execFile)(join(project, 'docker/make-secrets.sh'), ['localhost'], {
    env: { ...process.env, FANARI_SECRETS: secrets },
  })
  const secret = (name: string): string => readFileSync(join(secrets, name), 'utf8')
  const rootfs = join(folder, 'rootfs')
  await debianBase(rootfs).catch((error: Error) => skip(`no Debian to build on: ${error.message.slice(0, 300)}`))
  await docker.importBase(rootfs, 'fanari/test-base:1')
  // The image is built from npm's packages, by npm in a container.
  await docker
    .run('docker', ['run', '--rm', 'fanari/test-base:1', 'npm', 'ping'])
    .catch((error: Error) => skip(`no npm registry to be reached from a container: ${error.message.slice(0, 300)}`))

  const [httpPort, mqttsPort] = [await freePort(), await freePort()]
  const env = {
    FANARI_SECRETS: secrets,
    FANARI_HTTP_PORT: String(httpPort),
    FANARI_MQTTS_ADDRESS: '127.0.0.1',
    FANARI_MQTTS_PORT: String(mqttsPort),
    COMPOSE_PROJECT_NAME: 'fanaritest',
  }
  const files = ['docker-compose.yml', 'docker/test/docker-compose.yml'].flatMap((file) => ['-f', join(project, file)])
  const compose = (...args: string[]) =>
    docker.run('docker-compose', ['--project-directory', project, ...files, ...args], { env })
  const containers = async () => {
    const ids = (await compose('ps', '-q')).trim().split('\n')
    const format = '{{.Name}} {{.State.Status}} {{with .State.Health}}{{.Status}}{{end}}'
    const lines = (await docker.run('docker', ['inspect', '--format', format, ...ids])).trim().split('\n')
    return lines.map((line) => {
      const [name = '', state = '', health = ''] = line.split(' ')
      return { name, state, health }
    })
  }
  const allHealthy = () => eventually(async () => expect(unwell(await containers())).toEqual([]), 180)

  await compose('build', 'broker')
  onTestFinished(async () => void (await compose('down', '--volumes', '--timeout', '1')), 2 * minuteMs)
  await compose('up', '-d', 'broker', 'ingest', 'api', 'influxdb')
  await allHealthy()

  const api = createApiClient(`http://127.0.0.1:${httpPort}`, secret('admin-token'))
  const town = api.town(municipality)
  const { credentials = [] } = await town.importAssets([communityAsset(), ...lights])
  expect(credentials.map(({ device }) => device).sort()).toEqual(idsOf(lights))

  const lamps = await Promise.all(
    credentials.map(async ({ device, username, password }) => {
      const client = await mqtt.connectAsync(`mqtts://localhost:${mqttsPort}`, {
        clientId: username,
        username,
        password,
        ca: secret('ca.pem'),
        reconnectPeriod: 200,
      })
      onTestFinished(() => client.endAsync(true))
      const topic = topics.device(municipality, device, 'telemetry')
      const lamp = { device, powerW: litPowerW, seq: 0 }
      const timer = setInterval(() => {
        const reading = { at: Date.now(), seq: lamp.seq++, activePower: lamp.powerW, supplyVoltage: 231 }
        client.publish(topic, JSON.stringify(reading), { qos: 1 })
      }, 1_000)
      onTestFinished(() => clearInterval(timer))
      return lamp
    }),
  )
  const lit = (count: number) =>
    eventually(async () => expect((await town.communities())[0]).toMatchObject({ lit: count }), 90)
  const ticketsFor = (...devices: string[]) =>
    eventually(async () => {
      const open = (await town.tickets()).filter(({ status }) => status === 'open')
      expect(open.flatMap(({ members }) => members).sort()).toEqual(devices)
    }, 90)

  await lit(3)
  const [first, second] = lamps.sort((a, b) => (a.device < b.device ? -1 : 1))
  if (first === undefined || second === undefined) throw new Error('three lamps were registered')
  first.powerW = 0
  await ticketsFor(first.device)

  for (const service of ['broker', 'ingest', 'api', 'influxdb']) await compose('kill', '-s', 'KILL', service)
  await compose('up', '-d', 'broker', 'ingest', 'api', 'influxdb')
  await allHealthy()
  second.powerW = 0
  await ticketsFor(first.device, second.device)

  // What is written is read by Grafana's user, who may do nothing else.
  const question = `fetch('http://influxdb:8086/query?db=fanari&q=' + encodeURIComponent('SELECT last(active_power_w) FROM raw.luminaire_reading GROUP BY luminaire'), { headers: { authorization: 'Basic ' + Buffer.from('grafana:${secret('influx-read-password')}').toString('base64') } }).then((r) => r.text()).then(console.log)`
  await eventually(async () => {
    const answer = JSON.parse(await compose('exec', '-T', 'api', 'node', '-e', question)) as {
      results: { series?: { tags: { luminaire: string } }[] }[]
    }
    expect(answer.results[0]?.series?.map(({ tags }) => tags.luminaire)).toEqual(idsOf(lights))
  }, 60)
})
