/** Why a byte stream is not taken for MQTT. */
export type FramingFault = 'notMqtt' | 'connectTooLarge' | 'packetTooLarge' | 'malformedLength'

const connectHeader = 0x10
const publishType = 3

/**
 * Follows the packet boundaries of an MQTT stream, chunk by chunk, by fixed headers alone (MQTT 3.1.1 section 2.2). It keeps three
 * numbers and no bytes, so that a packet's size is judged before anything of it is buffered.
 */
export class Framing {
  /** Packets, and PUBLISH packets among them, whose fixed header has been seen. */
  packets = 0
  publishes = 0
  readonly #maxConnectBytes: number
  readonly #maxPacketBytes: number
  /** Bytes of the current packet still to come. */
  #rest = 0
  /** Packet type whose remaining length is being read; 0 between packets (type 0 is reserved). */
  #type = 0
  #length = 0
  #shift = 0

  constructor(limits: { maxConnectBytes: number; maxPacketBytes: number }) {
    this.#maxConnectBytes = limits.maxConnectBytes
    this.#maxPacketBytes = limits.maxPacketBytes
  }

  /** Whether the next byte begins a packet. */
  get isBetweenPackets(): boolean {
    return this.#type === 0 && this.#rest === 0
  }

  /** Takes the next bytes of the stream; answers what is wrong with them, or `null`. */
  scan(chunk: Uint8Array): FramingFault | null {
    let i = this.#rest
    for (; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0
      if (this.#type === 0) {
        this.#type = byte >> 4
        // [MQTT-3.1.0-1]: the first packet must be CONNECT. This turns away HTTP, TLS and noise at their first byte.
        if (this.#type === 0 || (this.packets === 0 && byte !== connectHeader)) return 'notMqtt'
        this.#length = 0
        this.#shift = 0
        continue
      }
      this.#length |= (byte & 0x7f) << this.#shift
      this.#shift += 7
      if (byte & 0x80) {
        // The remaining length has four bytes at most (section 2.2.3).
        if (this.#shift === 28) return 'malformedLength'
        continue
      }
      const bytes = 1 + this.#shift / 7 + this.#length
      if (this.packets === 0 && bytes > this.#maxConnectBytes) return 'connectTooLarge'
      if (bytes > this.#maxPacketBytes) return 'packetTooLarge'
      this.packets++
      if (this.#type === publishType) this.publishes++
      this.#type = 0
      i += this.#length
    }
    this.#rest = i - chunk.length
    return null
  }
}
