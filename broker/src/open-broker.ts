import { randomUUID } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { Aedes, Client, PublishPacket } from 'aedes'
import { ClassicLevel } from 'classic-level'
import { Audience } from './audience.ts'
import type { BrokerOptions } from './broker.ts'
import type { Connections } from './connections.ts'
import { createDoors, type Doors, type TakeStream } from './doors.ts'
import { createEmitter } from './emitter.ts'
import { ConnectionGuard, type GuardOptions } from './guard.ts'
import { connectionHooks, countErrors } from './hooks.ts'
import { createPublishGate } from './publish-gate.ts'
import { SelectiveAedes } from './selective-aedes.ts'
import { SessionStore } from './session-store.ts'
import { judgePublish, mayHear } from './topic-rules.ts'
import { createUplinkLanes } from './uplink-lane.ts'
import { publishOrphanedWills } from './wills.ts'

export interface OpenBroker extends Pick<Doors, 'addresses' | 'connections'> {
  /** Resolves when the message is stored (if retained), queued for absent sessions and handed out. */
  publish(topic: string, payload: string, retain: boolean): Promise<void>
  close(): Promise<void>
}

type Context = Omit<BrokerOptions, 'limits'> & GuardOptions

/** Opens the store and the doors; resolves when clients may connect. */
export const openBroker = async (context: Context): Promise<OpenBroker> => {
  const { folder, directory, limits, refusals, log } = context
  const connections: Connections = new WeakMap()
  const audience = new Audience()
  let stopping = false

  const identityOf = (client: Client) => connections.get(client)?.identity ?? null
  const clientMayHear = (client: Client, filter: string): boolean => {
    const identity = identityOf(client)
    return identity !== null && mayHear(identity, filter, directory)
  }

  const db = new ClassicLevel(join(folder, 'mqtt-sessions'))
  const store = new SessionStore({
    db,
    audience,
    maxQueuedPerSession: limits.maxQueuedPerSession,
    mayHear: clientMayHear,
    mayStoreWill: (client, topic) => {
      const identity = identityOf(client)
      return identity !== null && judgePublish(identity, topic, directory).kind !== 'refused'
    },
    onQueueFull: (session) => refusals.note('sessionQueueFull', { session }),
  })
  const uplinks = {
    ...context,
    ...limits,
    connections,
    hears: (topic: string) => audience.hears(topic),
    isStopping: () => stopping,
  }
  const gate = createPublishGate(uplinks)
  const openLane = createUplinkLanes(uplinks)
  const aedes = new SelectiveAedes(
    {
      ...connectionHooks({ ...context, connections, clientMayHear }),
      authorizePublish: gate.authorize,
      // A fresh id each time: Aedes takes wills under its own id for those of connected clients. It begins with the time so that
      // messages queued before a restart sort before those queued after it.
      id: `${Date.now().toString(16).padStart(12, '0')}-${randomUUID()}`,
      persistence: store,
      mq: createEmitter(),
      connectTimeout: limits.connectTimeoutS * 1_000,
      // For brokers that share a store. Here `publishOrphanedWills` does what Aedes would do after four of them.
      heartbeatInterval: 3_600_000,
      // Packets sent along with CONNECT, without waiting for its answer: legal, and bounded by one read of the socket.
      queueLimit: limits.maxInflightPerClient,
      // MQTT 3.1 ends client ids at 23 characters; session names may be longer.
      maxClientsIdLength: limits.maxConnectBytes,
    },
    audience,
    gate.isForwarded,
  )
  aedes.on('clientReady', (client) => {
    const { guard, identity } = connections.get(client) ?? {}
    if (guard && identity) guard.openLane(openLane(client.conn, identity, guard))
  })
  countErrors(aedes, refusals)
  const errors: EventEmitter = aedes
  errors.on('error', (error: Error) => log('error', 'mqtt.storeFailed', { error: error.message }))

  const take: TakeStream = (stream, remoteAddress, request) => {
    const guard = new ConnectionGuard(stream, remoteAddress, context)
    connections.set(aedes.handle(stream, request), { guard, identity: null })
  }
  const doors = createDoors({
    host: context.host ?? '127.0.0.1',
    ports: context.ports,
    tls: context.tls,
    limits,
    refusals,
    take,
  })

  await db.open()
  try {
    await aedes.listen()
    await doors.open()
  } catch (error) {
    await closeAedes(aedes)
    await db.close()
    throw error
  }

  let sweep: Promise<void> = Promise.resolve()
  const sweepTimer = setTimeout(() => {
    sweep = publishOrphanedWills(aedes, store, gate).then(
      (count) => log('info', 'mqtt.orphanedWills', { published: count }),
      (error: Error) => log('error', 'mqtt.orphanedWillsFailed', { error: error.message }),
    )
  }, limits.orphanedWillDelayS * 1_000)
  log('info', 'mqtt.listening', doors.addresses())

  return {
    addresses: doors.addresses,
    connections: doors.connections,
    publish: (topic, payload, retain) =>
      new Promise((resolve, reject) => {
        const packet: PublishPacket = {
          cmd: 'publish',
          topic,
          payload: Buffer.from(payload),
          qos: 1,
          retain,
          dup: false,
        }
        aedes.publish(packet, (error) => (error ? reject(error) : resolve()))
      }),
    close: async () => {
      stopping = true
      clearTimeout(sweepTimer)
      store.freezeWills()
      await doors.close()
      await closeAedes(aedes)
      await sweep
      await db.close()
    },
  }
}

const closeAedes = (aedes: Aedes): Promise<void> => new Promise((resolve) => aedes.close(() => resolve()))
