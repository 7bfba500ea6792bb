import type { DeviceDirectory, Intake, Log, MetricsSource, Publisher, Readiness } from '@fanari/contracts'
import type { DoorName } from './doors.ts'
import type { TlsCredentials } from './entrances.ts'
import type { Traffic } from './guard.ts'
import { type BrokerLimits, defaultLimits } from './limits.ts'
import { brokerMetrics } from './metrics.ts'
import { type OpenBroker, openBroker } from './open-broker.ts'
import { createRefusals } from './refusals.ts'

export interface BrokerOptions {
  /** Sessions, retained messages and wills are kept in LevelDB below this folder. */
  folder: string
  /** Default 127.0.0.1. */
  host?: string
  /** 0 = any free port, null or missing = that door stays shut. */
  ports: { mqtt: number | null } & Partial<Record<DoorName, number | null>>
  /** Needed for `mqtts` and `wss`. */
  tls?: TlsCredentials
  /** `open` lets clients without credentials in from loopback addresses, without topic rules. */
  deviceAuth: 'closed' | 'open'
  directory: DeviceDirectory
  intake: Intake
  log: Log
  limits?: Partial<BrokerLimits>
}

export interface Broker {
  /** Opens the store, then the doors. Rejects when a port or the store is taken, and leaves nothing open then. */
  start(): Promise<void>
  /** Disconnects all clients and closes everything. What was not acknowledged comes again; wills are kept for the next start. */
  stop(): Promise<void>
  /** Rejects while the broker is stopped. */
  publisher: Publisher
  /** The ports in use. */
  addresses(): Partial<Record<DoorName, number>>
  metrics: MetricsSource
  readiness(): Readiness
}

/**
 * The platform's own MQTT broker: MQTT 3.1 and 3.1.1 over TCP, TLS and WebSocket. A device's QoS 1 publish is acknowledged when
 * `intake` has called back, and not before. Opens nothing until `start()`; may be started again after `stop()`.
 */
export const createBroker = (options: BrokerOptions): Broker => {
  const limits = { ...defaultLimits, ...options.limits }
  const refusals = createRefusals(options.log)
  const traffic: Traffic = { packets: 0, bytes: 0, pauses: { inflight: 0, rate: 0 } }
  let open: OpenBroker | null = null
  // Starts and stops take place one after the other, whoever calls them.
  let lastChange: Promise<void> = Promise.resolve()

  const change = (step: () => Promise<void>): Promise<void> => {
    const result = lastChange.then(step)
    lastChange = result.catch(() => {})
    return result
  }

  return {
    start: () =>
      change(async () => {
        open ??= await openBroker({ ...options, limits, refusals, traffic })
      }),
    stop: () =>
      change(async () => {
        const closing = open
        open = null
        await closing?.close()
      }),
    publisher: {
      publish: async (topic, payload, { retain }) => {
        if (open === null) throw new Error('the MQTT broker is not running')
        await open.publish(topic, payload, retain)
      },
    },
    addresses: () => open?.addresses() ?? {},
    metrics: () => brokerMetrics(open?.connections() ?? 0, traffic, refusals),
    readiness: () =>
      open === null
        ? { ready: false, detail: 'the MQTT broker is stopped' }
        : { ready: true, detail: 'MQTT is served' },
  }
}
