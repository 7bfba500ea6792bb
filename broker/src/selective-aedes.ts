import { Aedes, type AedesOptions, type AedesPublishPacket, type Client, type PublishPacket } from 'aedes'
import type { Audience } from './audience.ts'

type Done = (error?: Error) => void
type Deliver = (packet: AedesPublishPacket, done: () => void) => void

/**
 * Aedes that spares a message nobody could hear its machinery of packet copies, queue look-ups and emitters, the larger part of
 * its work for telemetry; and that passes on nothing the publish gate has set aside.
 */
export class SelectiveAedes extends Aedes {
  readonly #audience: Audience
  readonly #isForwarded: (packet: object) => boolean
  /** Settled when the last message so far has been handed out. */
  #handedOut: Promise<void> = Promise.resolve()

  constructor(options: AedesOptions, audience: Audience, isForwarded: (packet: object) => boolean) {
    super(options)
    this.#audience = audience
    this.#isForwarded = isForwarded
  }

  // Aedes itself calls this with the client in between, which its types do not tell.
  override publish(packet: PublishPacket, clientOrDone: Client | null | Done, done?: Done): void {
    const [client, finished] = typeof clientOrDone === 'function' ? [null, clientOrDone] : [clientOrDone, done]
    if (this.#isDropped(packet)) {
      finished?.()
      return
    }
    // One after the other. Aedes numbers a message when it comes and hands it out when it is stored, and a subscriber takes whatever a
    // later number has overtaken for a repeat: incidents, which are retained, would be lost to all who also follow telemetry.
    this.#handedOut = this.#handedOut.then(
      () =>
        new Promise((resolve) => {
          const handedOut: Done = (error) => {
            resolve()
            finished?.(error)
          }
          Reflect.apply(super.publish, this, [packet, client, handedOut])
        }),
    )
  }

  override subscribe(filter: string, deliver: Deliver, done: () => void): void {
    this.#audience.add(filter, deliver)
    super.subscribe(filter, deliver, done)
  }

  override unsubscribe(filter: string, deliver: Deliver, done: () => void): void {
    this.#audience.remove(filter, deliver)
    super.unsubscribe(filter, deliver, done)
  }

  #isDropped(packet: PublishPacket): boolean {
    if (!this.#isForwarded(packet)) return true
    // Retained messages must be stored, and `$SYS` carries Aedes' own affairs.
    return !packet.retain && !packet.topic.startsWith('$SYS/') && !this.#audience.hears(packet.topic)
  }
}
