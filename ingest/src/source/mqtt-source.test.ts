import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net'
import { join } from 'node:path'
import { type InboundMessage, topics } from '@fanari/contracts'
import mqtt from 'mqtt'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { createIntake } from '../intake/intake.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { openJournal, quiet, readAll, t0 } from '../testing/journal.ts'
import { until } from '../testing/until.ts'
import { createMqttSource, type MqttSourceOptions } from './mqtt-source.ts'

const mosquittoPath = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'].find(
  existsSync,
)

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await until(() => server.listening)
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTcp({ host: '127.0.0.1', port }, () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })

const startMosquitto = async (port?: number): Promise<{ url: string; port: number; kill: () => Promise<void> }> => {
  const own = port ?? (await freePort())
  const conf = join(temporaryFolder(), 'mosquitto.conf')
  writeFileSync(
    conf,
    `listener ${own} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 1000\nmax_queued_messages 0\npersistence false\n`,
  )
  const child: ChildProcess = spawn(mosquittoPath as string, ['-c', conf], { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const kill = (): Promise<void> => {
    child.kill('SIGKILL')
    return exited
  }
  onTestFinished(kill)
  await until(() => accepts(own))
  return { url: `mqtt://127.0.0.1:${own}`, port: own, kill }
}

const startSource = (options: Partial<MqttSourceOptions> & Pick<MqttSourceOptions, 'url' | 'intake'>) => {
  const source = createMqttSource({ clientId: 'fanari-test', log: quiet, reconnectMs: 20, ...options })
  onTestFinished(() => source.stop())
  source.start()
  return source
}

const startDevice = async (url: string): Promise<mqtt.MqttClient> => {
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 20 })
  onTestFinished(() => client.endAsync(true))
  return client
}

/** Takes messages and leaves it to the test when each is done. */
const holdingIntake = () => {
  const held: { message: InboundMessage; done: (error: Error | null) => void }[] = []
  return {
    held,
    intake: {
      accept: (message: InboundMessage, done: (error: Error | null) => void) => void held.push({ message, done }),
    },
  }
}

const telemetry = topics.device('m', 'd', 'telemetry')

describe.skipIf(mosquittoPath === undefined)('a source at Mosquitto', () => {
  test('hears all four channels of every device, and nothing else', async () => {
    const { url } = await startMosquitto()
    const { held, intake } = holdingIntake()
    const source = startSource({ url, intake })
    expect(source.hearing()).toBe(false)
    await until(source.hearing)
    const device = await startDevice(url)
    await device.publishAsync(topics.device('m', 'd', 'command'), '{}', { qos: 1 })
    await device.publishAsync(topics.incident('m', 'i'), '{}', { qos: 1 })
    for (const channel of ['telemetry', 'status', 'event', 'result'] as const) {
      await device.publishAsync(topics.device('m', 'd', channel), channel, { qos: channel === 'event' ? 0 : 1 })
    }
    await until(() => held.length === 4)
    expect(held.map(({ message }) => [message.topic, Buffer.from(message.payload).toString()])).toEqual(
      ['telemetry', 'status', 'event', 'result'].map((channel) => [`city/v1/m/devices/d/${channel}`, channel]),
    )
  })

  test('acknowledges what is durable, in any order, and gets the rest again after its restart', async () => {
    const { url } = await startMosquitto()
    const device = await startDevice(url)
    const { held, intake } = holdingIntake()
    const first = startSource({ url, intake })
    await until(first.hearing)
    for (let number = 0; number < 6; number += 1) await device.publishAsync(telemetry, String(number), { qos: 1 })
    await until(() => held.length === 6)
    for (const number of [4, 1, 2]) held[number]?.done(null)
    await first.stop()
    expect(first.hearing()).toBe(false)

    const second = holdingIntake()
    startSource({ url, intake: second.intake })
    await until(() => second.held.length === 3)
    expect(second.held.map(({ message }) => Buffer.from(message.payload).toString())).toEqual(['0', '3', '5'])
  })

  test('loses nothing and doubles nothing when it is cut off in mid-stream, again and again', async () => {
    const { url } = await startMosquitto()
    const journal = await openJournal()
    const intake = createIntake({ journal, directory: { isKnownDevice: () => true }, now: () => t0 })
    const device = await startDevice(url)
    let source = startSource({ url, intake, clientId: 'fanari-cut' })
    await until(source.hearing)
    const count = 3_000
    const published: Promise<unknown>[] = []
    for (let seq = 0; seq < count; seq += 1) {
      published.push(device.publishAsync(telemetry, JSON.stringify({ at: t0 - count + seq, seq }), { qos: 1 }))
      if (seq % 1_000 !== 500) continue
      await until(() => journal.head >= seq / 2)
      // The same client id: the broker drops the old connection without a word, in the middle of what it is sending.
      const next = startSource({ url, intake, clientId: 'fanari-cut' })
      await until(next.hearing)
      await source.stop()
      source = next
    }
    await Promise.all(published)
    await until(() => journal.head >= count)
    const seqs = (await readAll(journal)).map((entry) => (entry.kind === 'reading' ? entry.reading.seq : undefined))
    expect(seqs.length).toBe(count)
    expect(new Set(seqs).size).toBe(count)
  })

  test('is deaf while the broker is away, and hears again by itself', async () => {
    const broker = await startMosquitto()
    const { held, intake } = holdingIntake()
    const source = startSource({ url: broker.url, intake })
    await until(source.hearing)
    await broker.kill()
    await until(() => !source.hearing())
    const again = await startMosquitto(broker.port)
    await until(source.hearing)
    const device = await startDevice(again.url)
    await device.publishAsync(telemetry, 'hello', { qos: 1 })
    await until(() => held.length === 1)
  })

  test('connects anew when a message could not be kept, and gets it again', async () => {
    const { url } = await startMosquitto()
    const { held, intake } = holdingIntake()
    const source = startSource({ url, intake })
    await until(source.hearing)
    const device = await startDevice(url)
    await device.publishAsync(telemetry, 'precious', { qos: 1 })
    await until(() => held.length === 1)
    held[0]?.done(new Error('disk full'))
    await until(() => held.length === 2)
    expect(Buffer.from(held[1]?.message.payload as Uint8Array).toString()).toBe('precious')
    await until(source.hearing)
  })

  test('publishes at QoS 1, retained when asked, and what it could not hand over goes out over the next connection', async () => {
    const broker = await startMosquitto()
    const { intake } = holdingIntake()
    const { publisher, hearing } = startSource({ url: broker.url, intake })
    await publisher.publish(topics.incident('m', 'i1'), '{"state":"open"}', { retain: true })
    const subscriber = await startDevice(broker.url)
    const got: string[] = []
    subscriber.on('message', (topic, payload) => void got.push(`${topic} ${payload}`))
    await subscriber.subscribeAsync('city/v1/m/#', { qos: 1 })
    await until(() => got.length === 1)
    expect(got).toEqual(['city/v1/m/incidents/i1 {"state":"open"}'])

    await broker.kill()
    await until(() => !hearing())
    const waiting = publisher.publish(topics.ticket('m', 't1'), '{}', { retain: true })
    const again = await startMosquitto(broker.port)
    await waiting
    const late = await startDevice(again.url)
    late.on('message', (topic) => void got.push(`late ${topic}`))
    await late.subscribeAsync('city/v1/m/#', { qos: 1 })
    await until(() => got.includes('late city/v1/m/tickets/t1'))
  })
})

describe('a source at a broker that misbehaves', () => {
  const servers: ReturnType<typeof createServer>[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  /** Answers the first packet of each connection with these bytes. */
  const startServer = async (answer: number[]): Promise<{ url: string; connections: () => number }> => {
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      socket.on('error', () => {})
      socket.once('data', () => socket.write(Buffer.from(answer)))
    }).listen(0, '127.0.0.1')
    servers.push(server)
    await until(() => server.listening)
    return { url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections }
  }

  const cases = [
    { name: 'refuses it', answer: [0x20, 2, 0, 5], error: 'refused the connection (code 5)' },
    { name: 'speaks something else', answer: [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], error: '' },
    {
      name: 'refuses the subscription',
      answer: [0x20, 2, 0, 0, 0x90, 6, 0, 1, 1, 0x80, 1, 1],
      error: 'refused the subscription to status',
    },
  ]
  test.for(cases)('says so, does not hear, and tries again: one that $name', async ({ answer, error }) => {
    const { url, connections } = await startServer(answer)
    const errors: unknown[] = []
    const source = startSource({
      url,
      intake: holdingIntake().intake,
      log: (_level, _event, fields) => void errors.push(fields?.error),
    })
    await until(() => connections() >= 2)
    expect(String(errors[0])).toContain(error)
    expect(source.hearing()).toBe(false)
    await source.stop()
  })

  test('notices that it has gone silent by its pings', async () => {
    const { url, connections } = await startServer([0x20, 2, 0, 0, 0x90, 6, 0, 1, 1, 1, 1, 1])
    const source = startSource({ url, intake: holdingIntake().intake, keepaliveS: 1 })
    await until(source.hearing)
    await until(() => connections() >= 2)
  })

  test('an address of another protocol is refused at once', () => {
    const source = createMqttSource({
      url: 'http://127.0.0.1',
      clientId: 'c',
      intake: holdingIntake().intake,
      log: quiet,
    })
    expect(() => source.start()).toThrow('neither mqtt:// nor mqtts://')
  })
})
