import { type Instant, type Log, parseTopic, type Topic, topics } from '@fanari/contracts'
import mqtt, { type MqttClient } from 'mqtt'
import { z } from 'zod'

export type DocumentKind = 'incident' | 'ticket' | 'communityLight'
/** What is heard: an empty text when a retained document was taken away. */
export type Hear = (topic: Topic, text: string, retained: boolean) => void

/** One connection to the platform, which all nodes of a configuration share. */
export interface Link {
  readonly municipality: string
  /** Hears documents of a kind from now on, what is retained first. Answers how to stop. */
  listen(kind: DocumentKind, hear: Hear): () => void
  /** Says at once and at each change whether the broker is connected. Answers how to stop. */
  watch(changed: (connected: boolean) => void): () => void
  /** Resolves once the broker has acknowledged it. @throws Error when it is not connected */
  publish(topic: string, payload: unknown): Promise<void>
  /** Asks the HTTP API. `path` begins after `/api/v1`. @throws Error with the status and the problem's words */
  http(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>
  /** The same below the municipality. */
  town(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>
  /** The platform's time, which is also that of its lights. @throws Error as `http` */
  clock(): Promise<PlatformClock>
  close(): Promise<void>
}

/** Beside a simulated town it is another time than ours, and runs faster. */
export interface PlatformClock {
  now: Instant
  /** Its seconds a second of ours. */
  speed: number
}
const clockSchema = z.object({ time: z.iso.datetime(), speed: z.number().positive().default(1) })

export interface LinkOptions {
  mqttUrl: string
  httpUrl: string
  municipality: string
  /** An API token; empty: none. */
  token: string
  log: Log
}

/** Longest that an HTTP answer is waited for [ms]. */
const httpTimeoutMs = 20_000
/** Between two tries to reach the broker [ms]. */
const reconnectMs = 2_000

const filterOf = (kind: DocumentKind, municipality: string): string => {
  switch (kind) {
    case 'incident':
      return topics.incident(municipality, '+')
    case 'ticket':
      return topics.ticket(municipality, '+')
    case 'communityLight':
      return topics.communityLight(municipality, '+')
  }
}

/** Connects at once and for as long as it is not closed, through restarts of the broker. */
export const createLink = ({ mqttUrl, httpUrl, municipality, token, log }: LinkOptions): Link => {
  const ears = new Map<DocumentKind, Set<Hear>>()
  const watchers = new Set<(connected: boolean) => void>()
  const client: MqttClient = mqtt.connect(mqttUrl, {
    ...(token === '' ? {} : { username: 'token', password: token }),
    reconnectPeriod: reconnectMs,
    // Subscribed anew at each connection below: what is retained is then heard again, and nothing is missed.
    resubscribe: false,
  })
  const subscribe = (kind: DocumentKind): void => {
    client.subscribe(filterOf(kind, municipality), { qos: 1 }, (error) => {
      if (error) log('warn', 'automation.subscribeFailed', { kind, reason: error.message })
    })
  }
  const tell = (connected: boolean): void => {
    for (const changed of watchers) changed(connected)
  }
  client.on('connect', () => {
    for (const kind of ears.keys()) subscribe(kind)
    tell(true)
  })
  client.on('close', () => tell(false))
  // Said once a connection: it tries again for ever.
  client.on('error', (error) => log('warn', 'automation.brokerUnreachable', { reason: error.message }))
  client.on('message', (name, payload, { retain }) => {
    const topic = parseTopic(name)
    if (topic === null || topic.kind === 'device') return
    for (const hear of ears.get(topic.kind) ?? []) hear(topic, payload.toString(), retain)
  })

  const http: Link['http'] = async (method, path, body) => {
    const response = await fetch(`${httpUrl.replace(/\/+$/, '')}/api/v1${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(httpTimeoutMs),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`)
    return JSON.parse(text) as unknown
  }

  return {
    municipality,
    listen: (kind, hear) => {
      const some = ears.get(kind) ?? new Set()
      ears.set(kind, some.add(hear))
      if (client.connected) subscribe(kind)
      return () => void some.delete(hear)
    },
    watch: (changed) => {
      watchers.add(changed)
      changed(client.connected)
      return () => void watchers.delete(changed)
    },
    publish: async (topic, payload) => {
      if (!client.connected) throw new Error('the broker is not connected')
      await client.publishAsync(topic, JSON.stringify(payload), { qos: 1 })
    },
    http,
    town: (method, path, body) => http(method, `/municipalities/${municipality}${path}`, body),
    clock: async () => {
      const { time, speed } = clockSchema.parse(await http('GET', '/platform'))
      return { now: Date.parse(time), speed }
    },
    close: () => client.endAsync(true),
  }
}
