import type { MqttIdentity } from '@fanari/contracts'
import type { Client } from 'aedes'
import type { ConnectionGuard } from './guard.ts'

/** What the broker knows of a connection beside Aedes. */
interface Connection {
  guard: ConnectionGuard
  /** `null` until CONNECT is accepted. */
  identity: MqttIdentity | null
}

export type Connections = WeakMap<Client, Connection>
