import { Readable } from 'node:stream'
import { parseDeviceFilter } from '@fanari/contracts'
import type { Aedes, AedesPublishPacket, Client, PublishPacket, Subscription } from 'aedes'
import AsyncLevelPersistence, { type StoredWill } from 'aedes-persistence-level/asyncPersistence.js'
import type { ClassicLevel } from 'classic-level'
import type { Audience } from './audience.ts'

export interface SessionStoreOptions {
  db: ClassicLevel
  audience: Audience
  maxQueuedPerSession: number
  mayHear(client: Client, filter: string): boolean
  mayStoreWill(client: Client, topic: string): boolean
  onQueueFull(session: string): void
}

/**
 * Sessions, retained messages and wills in LevelDB, with what aedes-persistence-level 9.2 and Aedes 1.2 leave open: refused
 * subscriptions, endless queues, wills lost on a take-over, and seven look-ups for each CONNECT, most of them for what is not there.
 * Keys are that package's: `{kind}:{session, URI-encoded}:…`, subscriptions ending in the filter.
 */
export class SessionStore extends AsyncLevelPersistence {
  readonly #options: SessionStoreOptions
  // What the store may hold of a session; when in doubt, it is looked up.
  readonly #subscribed = new Set<string>()
  readonly #receiving = new Set<string>()
  readonly #queued = new Map<string, number>()
  readonly #willing = new Set<string>()
  /** The connections that left the stored wills; a will of a previous process has none. */
  readonly #willOwners = new Map<string, Client>()
  #willsFrozen = false

  constructor(options: SessionStoreOptions) {
    super(options.db)
    this.#options = options
  }

  override async setup(broker: Aedes): Promise<void> {
    await super.setup(broker)
    for await (const { session, rest } of this.#stored('subscriptions')) {
      this.#subscribed.add(session)
      this.#options.audience.add(rest, session)
    }
    for await (const { session } of this.#stored('incoming')) this.#receiving.add(session)
    for await (const { session } of this.#stored('outgoing')) this.#countQueued(session, 1)
    for await (const { session } of this.#stored('will')) this.#willing.add(session)
  }

  async *#stored(kind: string): AsyncIterable<{ session: string; rest: string }> {
    for await (const key of this.#options.db.keys({ gte: `${kind}:`, lt: `${kind};` })) {
      const [, session = '', ...rest] = key.split(':')
      yield { session: decodeURIComponent(session), rest: rest.join(':') }
    }
  }

  override async subscriptionsByClient(client: { id: string }): Promise<Subscription[]> {
    return this.#subscribed.has(client.id) ? super.subscriptionsByClient(client) : []
  }

  override async cleanSubscriptions(client: Client): Promise<void> {
    await super.cleanSubscriptions(client)
    this.#subscribed.delete(client.id)
  }

  // Aedes hands over all subscriptions of a SUBSCRIBE once one of them is granted: the refused ones would be queued for, too.
  override async addSubscriptions(client: Client, subscriptions: Subscription[]): Promise<void> {
    const granted = subscriptions.filter(({ topic }) => this.#options.mayHear(client, topic))
    this.#subscribed.add(client.id)
    await super.addSubscriptions(client, granted)
    for (const { topic } of granted) this.#options.audience.add(topic, client.id)
  }

  override async removeSubscriptions(client: Client, filters: string[]): Promise<void> {
    await super.removeSubscriptions(client, filters)
    for (const filter of filters) this.#options.audience.remove(filter, client.id)
  }

  override async incomingStorePacket(client: Client, packet: PublishPacket): Promise<void> {
    this.#receiving.add(client.id)
    await super.incomingStorePacket(client, packet)
  }

  override async cleanIncoming(client: Client): Promise<void> {
    if (this.#receiving.delete(client.id)) await super.cleanIncoming(client)
  }

  override outgoingStream(client: Client): Readable {
    return this.#queued.has(client.id) ? super.outgoingStream(client) : Readable.from([])
  }

  // Nothing in a device's branch is retained, and the lookup behind this decodes every retained message there is.
  override createRetainedStreamCombi(filters: string[]): Readable {
    const stream = super.createRetainedStreamCombi(filters.filter((filter) => parseDeviceFilter(filter) === null))
    // Aedes only pipes it: an error, as when the store closes under it, would end the process.
    return stream.on('error', () => {})
  }

  override async outgoingEnqueueCombi(
    subscriptions: { clientId: string }[],
    packet: AedesPublishPacket,
  ): Promise<void> {
    if (subscriptions.length === 0) return
    const { maxQueuedPerSession, onQueueFull } = this.#options
    const withRoom = subscriptions.filter(({ clientId }) => {
      const hasRoom = (this.#queued.get(clientId) ?? 0) < maxQueuedPerSession
      if (hasRoom) this.#countQueued(clientId, 1)
      else onQueueFull(clientId)
      return hasRoom
    })
    await super.outgoingEnqueueCombi(withRoom, packet)
  }

  override async outgoingClearMessageId(
    client: Client,
    packet: AedesPublishPacket,
  ): Promise<AedesPublishPacket | undefined> {
    const cleared = await super.outgoingClearMessageId(client, packet)
    if (cleared !== undefined) this.#countQueued(client.id, -1)
    return cleared
  }

  // A stored will may be published by a later process, which no longer knows who left it: it is judged now.
  override async putWill(client: Client, will: PublishPacket): Promise<void> {
    if (!this.#options.mayStoreWill(client, will.topic)) return
    this.#willing.add(client.id)
    this.#willOwners.set(client.id, client)
    await super.putWill(client, will)
  }

  /**
   * Aedes asks for this when a connection ends, by the session's name alone. On a take-over the next connection of that session has
   * left its own will by then, and that one stays.
   */
  override async delWill(client: Client | { id: string; brokerId: string }): Promise<StoredWill | undefined> {
    if (this.#willsFrozen || !this.#willing.has(client.id)) return undefined
    const owner = this.#willOwners.get(client.id)
    if (owner !== undefined && owner !== client && !owner.closed) return undefined
    this.#willing.delete(client.id)
    this.#willOwners.delete(client.id)
    return super.delWill(client)
  }

  /** From now on wills stay as they are: those of clients that the broker itself disconnects, for the next process to judge. */
  freezeWills(): void {
    this.#willsFrozen = true
  }

  #countQueued(session: string, change: 1 | -1): void {
    const count = (this.#queued.get(session) ?? 0) + change
    if (count > 0) this.#queued.set(session, count)
    else this.#queued.delete(session)
  }
}
