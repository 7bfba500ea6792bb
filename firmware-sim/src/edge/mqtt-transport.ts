import { type Log, parseTopic, secondMs, topics } from '@fanari/contracts'
import { connect, type MqttClient } from 'mqtt'
import { type Link, payloadOf, type Transport, type Uplink } from '../firmware/connection.ts'

export interface Credentials {
  username: string
  password: string
}

export interface MqttTransportOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  broker: string
  municipality: string
  /** By device; a device without any connects anonymously. */
  credentials: ReadonlyMap<string, Credentials>
  /** Brokers have better things to do than to greet a whole town at once. */
  connectsPerSecond: number
  /** Lets the simulation catch up before anything comes in from outside. */
  beforeInput: () => void
  log: Log
}

export interface MqttTransport extends Transport {
  stats(): { connections: number; published: number; acknowledged: number; refused: number }
  /** Says goodbye everywhere, so that no will speaks. Idempotent. */
  stop(): Promise<void>
}

const keepAliveS = 60
const connectTimeoutMs = 10 * secondMs
const pacerMs = 50
const firstBackOffMs = 500
const longestBackOffMs = 30 * secondMs
/** On one connection; beyond it devices keep their readings. */
const maxUnacknowledged = 1_000
const goodbyeMs = 3 * secondMs
const errorLogMs = 5 * secondMs

/** One device's line to the broker. A client serves one connection: the next one has a session and a will of its own. */
interface Line {
  link: Link
  client: MqttClient | null
  retry: NodeJS.Timeout | null
  failures: number
  unacknowledged: Set<Uplink>
}

/** A client that ends waits for its acknowledgements, and cannot be ended again: what does not come in time is not waited for. */
const sayGoodbye = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => {
    const limit = setTimeout(() => client.stream.destroy(), goodbyeMs)
    const done = (): void => {
      clearTimeout(limit)
      resolve()
    }
    client.once('close', done)
    client.end(false, done)
  })

/** Carries each link over its own MQTT 3.1.1 connection, QoS 1, and dials again with jittered back-off in wall time. */
export const createMqttTransport = (options: MqttTransportOptions): MqttTransport => {
  const { broker, municipality, credentials, connectsPerSecond, beforeInput, log } = options
  const lines = new Map<string, Line>()
  const toDial: Line[] = []
  const counts = { published: 0, acknowledged: 0, refused: 0 }
  let pacer: NodeJS.Timeout | null = null
  let allowance = 0
  let lastErrorAt = Number.NEGATIVE_INFINITY
  let stopped: Promise<void> | null = null

  const isCurrent = (line: Line, client: MqttClient | null = line.client): boolean =>
    lines.get(line.link.device) === line && line.client === client

  const giveBack = (line: Line): void => {
    const messages = [...line.unacknowledged]
    line.unacknowledged.clear()
    for (const message of messages)
      if (message.channel === 'telemetry') line.link.undelivered(message.device, message.readings)
  }

  const report = (device: string, error: Error): void => {
    counts.refused++
    if (performance.now() - lastErrorAt < errorLogMs) return
    lastErrorAt = performance.now()
    log('warn', 'mqtt.failed', { device, error: error.message || ('code' in error ? String(error.code) : error.name) })
  }

  const dialLater = (line: Line): void => {
    const backOffMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** line.failures++)
    line.retry = setTimeout(() => enqueue(line), backOffMs * (0.5 + Math.random()))
  }

  const dial = (line: Line): void => {
    if (!isCurrent(line, null) || stopped !== null) return
    beforeInput()
    if (!isCurrent(line, null)) return
    const { link } = line
    const client = connect(broker, {
      clientId: `${municipality}/${link.device}`,
      protocolVersion: 4,
      clean: true,
      keepalive: keepAliveS,
      connectTimeout: connectTimeoutMs,
      reconnectPeriod: 0,
      will: {
        topic: topics.device(municipality, link.device, 'status'),
        payload: Buffer.from(link.newSession().will),
        qos: 1,
        retain: false,
      },
      ...credentials.get(link.device),
    })
    line.client = client
    client.on('connect', () => {
      if (!isCurrent(line, client)) return
      line.failures = 0
      const filters = link.speaksFor.map((device) => topics.device(municipality, device, 'command'))
      client.subscribe(filters, { qos: 1 }, (error) => {
        if (error !== null && isCurrent(line, client)) report(link.device, error)
      })
      beforeInput()
      if (isCurrent(line, client)) link.connected()
    })
    client.on('message', (name, payload) => {
      const topic = parseTopic(name)
      if (!isCurrent(line, client) || topic?.kind !== 'device' || topic.channel !== 'command') return
      beforeInput()
      if (isCurrent(line, client)) link.command(topic.device, payload.toString())
    })
    client.on('error', (error) => {
      if (isCurrent(line, client)) report(link.device, error)
    })
    client.on('close', () => {
      client.end(true)
      if (!isCurrent(line, client) || stopped !== null) return
      line.client = null
      beforeInput()
      if (!isCurrent(line, null)) return
      link.disconnected()
      giveBack(line)
      dialLater(line)
    })
  }

  const enqueue = (line: Line): void => {
    line.retry = null
    toDial.push(line)
    pacer ??= setInterval(() => {
      allowance = Math.min(connectsPerSecond, allowance + (connectsPerSecond * pacerMs) / secondMs)
      for (; allowance >= 1 && toDial.length > 0; allowance--) {
        const next = toDial.shift()
        if (next !== undefined) dial(next)
      }
      if (toDial.length > 0 || pacer === null) return
      clearInterval(pacer)
      pacer = null
    }, pacerMs)
  }

  const hangUp = (line: Line): void => {
    if (line.retry !== null) clearTimeout(line.retry)
    line.client?.end(true)
  }

  return {
    open: (link) => {
      const line: Line = { link, client: null, retry: null, failures: 0, unacknowledged: new Set() }
      lines.set(link.device, line)
      if (stopped === null) enqueue(line)
    },
    cut: (device) => {
      const line = lines.get(device)
      if (line === undefined) return
      lines.delete(device)
      hangUp(line)
      giveBack(line)
    },
    publish: (message) => {
      const line = lines.get(message.connection)
      if (line?.client?.connected !== true || line.unacknowledged.size >= maxUnacknowledged) return false
      line.unacknowledged.add(message)
      counts.published++
      const topic = topics.device(municipality, message.device, message.channel)
      line.client.publish(topic, payloadOf(message), { qos: 1 }, (error) => {
        if (error != null) return
        line.unacknowledged.delete(message)
        counts.acknowledged++
      })
      return true
    },
    stats: () => ({
      connections: lines.values().reduce((count, { client }) => count + (client?.connected === true ? 1 : 0), 0),
      ...counts,
    }),
    stop: () => {
      stopped ??= (async () => {
        if (pacer !== null) clearInterval(pacer)
        const goodbyes = [...lines.values()].map((line) =>
          line.client?.connected === true ? sayGoodbye(line.client) : hangUp(line),
        )
        await Promise.all(goodbyes)
      })()
      return stopped
    },
  }
}
