/** The parts used of two dependencies that ship no types. */

declare module 'qlobber' {
  /** A set of topic filters that tells whether a topic matches any. Adding a filter twice is adding it once. */
  class QlobberTrue {
    constructor(options: {
      separator: string
      wildcard_one: string
      wildcard_some: string
      match_empty_levels: boolean
    })
    add(filter: string): void
    remove(filter: string): void
    test(topic: string): boolean
  }
  const qlobber: { QlobberTrue: typeof QlobberTrue }
  export default qlobber
}

declare module 'aedes-persistence-level/asyncPersistence.js' {
  import type { Readable } from 'node:stream'
  import type { Aedes, AedesPublishPacket, Client, PublishPacket, Subscription } from 'aedes'
  import type { ClassicLevel } from 'classic-level'

  export default class AsyncLevelPersistence {
    constructor(db: ClassicLevel)
    setup(broker: Aedes): Promise<void>
    addSubscriptions(client: Client, subscriptions: Subscription[]): Promise<void>
    removeSubscriptions(client: Client, filters: string[]): Promise<void>
    subscriptionsByClient(client: { id: string }): Promise<Subscription[]>
    cleanSubscriptions(client: Client): Promise<void>
    incomingStorePacket(client: Client, packet: PublishPacket): Promise<void>
    cleanIncoming(client: Client): Promise<void>
    outgoingStream(client: Client): Readable
    createRetainedStreamCombi(filters: string[]): Readable
    outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: AedesPublishPacket): Promise<void>
    outgoingClearMessageId(client: Client, packet: AedesPublishPacket): Promise<AedesPublishPacket | undefined>
    putWill(client: Client, will: PublishPacket): Promise<void>
    getWill(client: { id: string }): Promise<StoredWill | undefined>
    delWill(client: Client | { id: string; brokerId: string }): Promise<StoredWill | undefined>
    streamWill(exceptOfBrokers: Record<string, number>): AsyncIterable<StoredWill>
  }

  export type StoredWill = PublishPacket & { clientId: string; brokerId: string }
}
