/** What the broker's tests share: an intake that can be held, real clients and raw sockets. */
import { mkdtempSync } from 'node:fs'
import { connect as connectSocket, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InboundMessage, Intake } from '@fanari/contracts'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { onTestFinished } from 'vitest'
import { type Broker, type BrokerOptions, createBroker } from './broker.ts'
import { directory } from './test-directory.ts'

export interface RecordingIntake extends Intake {
  accepted: InboundMessage[]
  quarantined: (InboundMessage & { reason: string })[]
  /** While true, messages wait for `release`. */
  held: boolean
  release(error?: Error): void
}

export const createIntake = (): RecordingIntake => {
  const waiting: ((error: Error | null) => void)[] = []
  const answer = (done: (error: Error | null) => void): void => {
    if (intake.held) waiting.push(done)
    else done(null)
  }
  const intake: RecordingIntake = {
    accepted: [],
    quarantined: [],
    held: false,
    accept: (message, done) => {
      intake.accepted.push(message)
      answer(done)
    },
    quarantine: (message, reason, done) => {
      intake.quarantined.push({ ...message, reason })
      answer(done)
    },
    release: (error) => {
      for (const done of waiting.splice(0)) done(error ?? null)
    },
  }
  return intake
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'fanari-broker-'))

export interface TestBroker {
  broker: Broker
  intake: RecordingIntake
  port: number
  logged: { event: string; fields: Record<string, unknown> }[]
  /** Value of a metric, of one label if it has any. */
  metric(name: string, label?: string): number
}

export const startBroker = async (overrides: Partial<BrokerOptions> = {}): Promise<TestBroker> => {
  const intake = createIntake()
  const logged: TestBroker['logged'] = []
  const broker = createBroker({
    folder: newFolder(),
    ports: { mqtt: 0 },
    deviceAuth: 'closed',
    directory,
    intake,
    log: (_level, event, fields = {}) => logged.push({ event, fields }),
    ...overrides,
  })
  await broker.start()
  const metric = (name: string, label?: string): number =>
    broker
      .metrics()
      .find((one) => one.name === `fanari_mqtt_${name}`)
      ?.values.find(({ labels }) => label === undefined || labels?.reason === label)?.value ?? 0
  return { broker, intake, logged, metric, port: broker.addresses().mqtt ?? 0 }
}

/** A broker that is stopped when the test is over. */
export const startForTest = async (overrides: Partial<BrokerOptions> = {}): Promise<TestBroker> => {
  const started = await startBroker(overrides)
  onTestFinished(() => started.broker.stop())
  return started
}

/** Waits until `condition` holds. */
export const until = async (condition: () => boolean, timeoutMs = 30_000): Promise<void> => {
  const deadline = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Connects once, without reconnecting; rejects when the broker refuses. */
export const connect = (port: number, options: IClientOptions = {}, url = `mqtt://127.0.0.1:${port}`) =>
  mqtt.connectAsync(url, { reconnectPeriod: 0, connectTimeout: 10_000, ...options }, false)

export const connectDevice = (port: number, username: string, options: IClientOptions = {}): Promise<MqttClient> =>
  connect(port, { username, password: `secret of ${username}`, clientId: username, ...options })

/** A device's kept session, resumed; what was queued for it is collected from the first moment. */
export const resumeDevice = async (
  port: number,
  username: string,
): Promise<{ client: MqttClient; messages: string[] }> => {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    username,
    password: `secret of ${username}`,
    clientId: username,
    clean: false,
    reconnectPeriod: 0,
  })
  const messages = collect(client)
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
  })
  return { client, messages }
}

export const connectOperator = (port: number, options: IClientOptions = {}): Promise<MqttClient> =>
  connect(port, { username: 'token', password: 'operator-token', ...options })

/** All messages a client receives, as `topic payload`, `(retained)` in front when they are. */
export const collect = (client: MqttClient): string[] => {
  const messages: string[] = []
  client.on('message', (topic, payload, packet) => {
    messages.push(`${packet.retain ? '(retained) ' : ''}${topic} ${payload}`)
  })
  return messages
}

/** A socket that speaks no MQTT of its own. */
export interface RawSocket {
  socket: Socket
  /** Everything received so far. */
  received: () => Buffer
  closed: () => boolean
}

export const openSocket = async (port: number): Promise<RawSocket> => {
  const socket = connectSocket(port, '127.0.0.1')
  const chunks: Buffer[] = []
  let closed = false
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, received: () => Buffer.concat(chunks), closed: () => closed }
}

const field = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

const withHeader = (firstByte: number, body: Buffer): Buffer => {
  const length: number[] = []
  let rest = body.length
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>= 7
  } while (rest > 0)
  return Buffer.concat([Buffer.from([firstByte, ...length]), body])
}

/** A CONNECT packet by the book (MQTT 3.1.1 section 3.1), clean session, keepalive 60 s. */
export const connectPacket = (username: string, clientId = username): Buffer =>
  withHeader(
    0x10,
    Buffer.concat([
      field('MQTT'),
      Buffer.from([4, 0xc2, 0, 60]),
      field(clientId),
      field(username),
      field(`secret of ${username}`),
    ]),
  )

/** A PUBLISH packet of QoS 1 (section 3.3). */
export const publishPacket = (topic: string, payload: string | Buffer, messageId: number): Buffer =>
  withHeader(0x32, Buffer.concat([field(topic), Buffer.from([messageId >> 8, messageId & 0xff]), Buffer.from(payload)]))
