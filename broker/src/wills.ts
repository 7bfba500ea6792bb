import type { Aedes } from 'aedes'
import type { PublishGate } from './publish-gate.ts'
import type { SessionStore } from './session-store.ts'

/** Wills judged at once: enough to share the intake's group commits, few enough to leave room for the devices that return. */
const batchSize = 64

/**
 * Publishes the wills that a previous process left, killed or stopped with its devices connected. A device that has come back has
 * replaced or deleted its will by then. Aedes does the same only after four of its heartbeats, for broker ids other than its own.
 */
export const publishOrphanedWills = async (aedes: Aedes, store: SessionStore, gate: PublishGate): Promise<number> => {
  let published = 0

  const publishOne = async (session: string): Promise<void> => {
    // The stream is a snapshot; the device may have returned since.
    const will = await store.getWill({ id: session })
    if (will === undefined || will.brokerId === aedes.id) return
    const { topic, payload, qos } = will
    const packet = { cmd: 'publish', topic, payload, qos, retain: false, dup: false } as const
    await new Promise<void>((resolve, reject) => {
      gate.authorize(null, packet, (refused) => {
        if (refused) reject(refused)
        else aedes.publish(packet, (error) => (error ? reject(error) : resolve()))
      })
    })
    await store.delWill({ id: session, brokerId: will.brokerId })
    published++
  }

  let batch: Promise<void>[] = []
  for await (const { clientId } of store.streamWill({ [aedes.id]: 0 })) {
    batch.push(publishOne(clientId))
    if (batch.length < batchSize) continue
    await Promise.all(batch)
    batch = []
  }
  await Promise.all(batch)
  return published
}
