import type { ConnectionOptions } from 'node:tls'
import {
  type InboundMessage,
  type Intake,
  type Log,
  type Metric,
  type MetricsSource,
  type Publisher,
  topics,
  uplinkChannels,
} from '@fanari/contracts'
import type { IPublishPacket, ISubackPacket, Packet } from 'mqtt-packet'
import { type MqttConnection, openMqttConnection } from './mqtt-connection.ts'
import { createOutbox } from './outbox.ts'

export interface MqttSourceOptions {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  url: string
  username?: string
  password?: string
  tls?: ConnectionOptions
  /** Names the session that the broker keeps while the platform is away; one platform one id. */
  clientId: string
  intake: Pick<Intake, 'accept'>
  log: Log
  keepaliveS?: number
  /** First pause before connecting again; doubles up to half a minute, with jitter [ms]. */
  reconnectMs?: number
}

/** Telemetry from any MQTT broker instead of the platform's own. */
export interface MqttSource {
  start(): void
  /** Leaves politely; what is not acknowledged comes again after the next start. */
  stop(): Promise<void>
  /** Whether devices' messages can reach us now. */
  hearing(): boolean
  readonly publisher: Publisher
  metrics: MetricsSource
}

/** Messages taken but not yet durable; more are left in the socket. */
const inFlightLimit = 10_000
const reconnectMsAtMost = 30_000

/**
 * Subscribes with a lasting session at QoS 1 and acknowledges each message when it is durable: many are under way at a time, and a
 * commit acknowledges them by the hundred. What was not acknowledged the broker sends again, and the intake knows it.
 *
 * The broker must be allowed to keep enough for us while we are away (Mosquitto: `max_queued_messages 0`, `persistence true`), and to
 * send ahead of our acknowledgements (`max_inflight_messages`, at least some hundreds).
 */
export const createMqttSource = (options: MqttSourceOptions): MqttSource => {
  const { url, username, password, clientId, intake, log, keepaliveS = 30, reconnectMs = 500 } = options
  const outbox = createOutbox()
  let running = false
  let connection: MqttConnection | null = null
  let closed = Promise.withResolvers<void>()
  let reconnectTimer: NodeJS.Timeout | null = null
  let attempt = 0
  let hearing = false
  /** Whether this process has subscribed: an older one may have left a session with other filters. */
  let subscribed = false
  let received = 0
  let connections = 0

  const connect = (): void => {
    reconnectTimer = null
    let inFlight = 0
    let paused = false
    const own: MqttConnection = openMqttConnection({
      url,
      keepaliveS,
      ...(options.tls && { tls: options.tls }),
      connect: {
        clientId,
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password: Buffer.from(password) }),
      },
      onAccepted(sessionPresent) {
        connections += 1
        outbox.connected(own.send)
        // Subscribing again would only bring all retained messages again.
        if (sessionPresent && subscribed) nowHearing()
        else own.send(subscription)
      },
      onPacket(packet) {
        switch (packet.cmd) {
          case 'publish':
            take(packet)
            break
          case 'puback':
            outbox.acknowledged(packet.messageId ?? 0)
            break
          case 'suback':
            subscriptionAnswered(packet)
            break
          default:
        }
      },
      onClosed: (reason) => lost(reason),
    })
    connection = own
    closed = Promise.withResolvers()

    const take = ({ topic, payload, qos, messageId }: IPublishPacket): void => {
      received += 1
      inFlight += 1
      if (inFlight >= inFlightLimit && !paused) {
        paused = true
        own.pause()
      }
      const message: InboundMessage = { topic, payload: typeof payload === 'string' ? Buffer.from(payload) : payload }
      intake.accept(message, (error) => {
        inFlight -= 1
        if (paused && inFlight <= inFlightLimit / 2) {
          paused = false
          own.resume()
        }
        // MQTT 3.1.1 sends again only over a new connection (§4.4). An id belongs to the connection it came over: after a
        // lost session the same id may mean another message.
        if (error !== null) own.destroy(error)
        else if (qos > 0 && messageId !== undefined) own.send({ cmd: 'puback', messageId })
      })
    }

    const subscriptionAnswered = ({ granted }: ISubackPacket): void => {
      const refused = uplinkChannels.filter((_, index) => Number(granted[index]) > 1)
      if (refused.length > 0) {
        own.destroy(new Error(`the broker refused the subscription to ${refused.join(', ')}`))
        return
      }
      subscribed = true
      nowHearing()
    }
  }

  const nowHearing = (): void => {
    attempt = 0
    hearing = true
    log('info', 'source.hearing', { url })
  }

  const lost = (reason: Error): void => {
    connection = null
    hearing = false
    outbox.disconnected()
    closed.resolve()
    if (!running) return
    const pauseMs = Math.min(reconnectMs * 2 ** attempt, reconnectMsAtMost) * (0.5 + Math.random() / 2)
    attempt += 1
    log('warn', 'source.disconnected', { url, error: reason.message, reconnectMs: Math.round(pauseMs) })
    reconnectTimer = setTimeout(connect, pauseMs)
  }

  return {
    start() {
      if (running) return
      running = true
      connect()
    },
    async stop() {
      if (!running) return
      running = false
      if (reconnectTimer !== null) clearTimeout(reconnectTimer)
      hearing = false
      if (connection !== null) {
        connection.end()
        await closed.promise
      }
      outbox.close(new Error('the source was stopped'))
    },
    hearing: () => hearing,
    publisher: outbox,
    metrics: () => [
      metric('fanari_source_hearing', 'Whether the outside broker can be heard', 'gauge', hearing ? 1 : 0),
      metric('fanari_source_connections_total', 'Connections to the outside broker', 'counter', connections),
      metric('fanari_source_messages_total', 'Messages received, repeats included', 'counter', received),
    ],
  }
}

const subscription: Packet = {
  cmd: 'subscribe',
  messageId: 1,
  subscriptions: uplinkChannels.map((channel) => ({ topic: topics.uplinkFilter(channel), qos: 1 })),
}

const metric = (name: string, help: string, type: 'counter' | 'gauge', value: number): Metric => ({
  name,
  help,
  type,
  values: [{ value }],
})
