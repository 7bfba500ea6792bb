import type { DeviceDirectory } from '@fanari/contracts'
import type { Aedes, AedesOptions, Client } from 'aedes'
import type { Connections } from './connections.ts'
import type { BrokerLimits } from './limits.ts'
import { CountedError, type Refusals } from './refusals.ts'
import { sessionName, signIn } from './sign-in.ts'

export interface HookOptions {
  deviceAuth: 'closed' | 'open'
  directory: DeviceDirectory
  limits: BrokerLimits
  refusals: Refusals
  connections: Connections
  clientMayHear: (client: Client, filter: string) => boolean
}

/** What Aedes asks about a connection and its subscriptions; publishes are the publish gate's. */
export const connectionHooks = (options: HookOptions): AedesOptions => {
  const { deviceAuth, directory, limits, refusals, connections, clientMayHear } = options
  return {
    preConnect: (client, packet, callback) => {
      packet.clientId = sessionName(packet.username, packet.clientId)
      connections.get(client)?.guard.keepAlive(Math.min(packet.keepalive || limits.maxKeepaliveS, limits.maxKeepaliveS))
      // Aedes does not see all packets, so the guard keeps the time.
      packet.keepalive = 0
      callback(null, true)
    },

    authenticate: (client, username, password, callback) => {
      const connection = connections.get(client)
      if (connection === undefined) return
      const { remoteAddress } = connection.guard
      const presented = { username, password: password?.toString() ?? '', session: client.id, remoteAddress }
      const answer = signIn(presented, deviceAuth, directory)
      if (answer.ok) {
        connection.identity = answer.identity
        callback(null, true)
        return
      }
      refusals.note(answer.reason, { remoteAddress, username, session: client.id })
      callback(Object.assign(new CountedError(answer.reason), { returnCode: answer.returnCode }), null)
    },

    // null: SUBACK 128 for this filter alone. An error would end the connection.
    authorizeSubscribe: (client, subscription, callback) => {
      const filter = subscription.topic
      const isAllowed = filter.length <= limits.maxTopicLength && clientMayHear(client, filter)
      if (!isAllowed) {
        refusals.note('subscriptionForbidden', { client: client.id, filter: filter.slice(0, limits.maxTopicLength) })
      }
      callback(null, isAllowed ? subscription : null)
    },

    authorizeForward: (client, packet) => {
      if (client.conn.writableLength > limits.maxSubscriberBacklogBytes) {
        refusals.note('slowSubscriber', { client: client.id })
        client.conn.destroy()
        return null
      }
      // Rights may have changed since the subscription: a light may have moved to another gateway.
      return clientMayHear(client, packet.topic) ? packet : null
    },
  }
}

/** Counts what goes wrong on connections and has not been counted where it was found. */
export const countErrors = (aedes: Aedes, refusals: Refusals): void => {
  const count = (client: Client, error: Error & { code?: string; errorCode?: number }): void => {
    // Lost connections (ECONNRESET and the like) are the weather, not refusals.
    if (error instanceof CountedError || error.code !== undefined) return
    if (error.message === 'connect did not arrive in time') refusals.note('connectTimeout')
    else if (error.errorCode === 1) refusals.note('unacceptableProtocol')
    else refusals.note('protocolError', { client: client.id, error: error.message })
  }
  aedes.on('clientError', count)
  aedes.on('connectionError', count)
}
