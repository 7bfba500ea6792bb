/*
 * MQTT 3.1.1 by hand: a load generator that encodes with a library spends its time in the library. Only what the benchmarks send.
 */

/** Packet types as the first byte of a fixed header, with the flags they must carry (MQTT 3.1.1 table 2.2). */
export const packetTypes = { connack: 0x20, publish: 0x30, puback: 0x40, suback: 0x90 } as const

const remainingLength = (length: number): Buffer => {
  const bytes: number[] = []
  let rest = length
  do {
    const low = rest & 0x7f
    rest >>>= 7
    bytes.push(rest > 0 ? low | 0x80 : low)
  } while (rest > 0)
  return Buffer.from(bytes)
}

const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint16(bytes.length), bytes])
}

const frame = (firstByte: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([firstByte]), remainingLength(body.length), body])
}

/** A CONNECT with a clean session and 60 s keepalive; the will is of QoS 1. */
export const connectFrame = (clientId: string, will?: { topic: string; payload: string }): Buffer => {
  const cleanSession = 0x02
  const willAtQos1 = 0x0c
  const flags = will === undefined ? cleanSession : cleanSession | willAtQos1
  const header = Buffer.concat([text('MQTT'), Buffer.from([4, flags]), uint16(60)])
  const willParts = will === undefined ? [] : [text(will.topic), text(will.payload)]
  return frame(0x10, header, text(clientId), ...willParts)
}

export const subscribeFrame = (messageId: number, filter: string): Buffer =>
  frame(0x82, uint16(messageId), text(filter), Buffer.from([1]))

export const pubackFrame = (messageId: number): Buffer => frame(packetTypes.puback, uint16(messageId))

/** A reading that is sent over and over: its `at`, `seq` and `uptime` are digits of fixed width, overwritten in place. */
export interface ReadingFrame {
  readonly bytes: Buffer
  /** `at` in ms since 1970, 13 digits until the year 2286; `seq` of 9 digits, at least `firstSeq`. */
  stamp(at: number, seq: number): void
}

/** JSON allows no leading zeros, so counters begin where their width does. */
export const firstSeq = 100_000_000

/** A QoS 1 PUBLISH of one luminaire reading of about 224 bytes. */
export const readingFrame = (topic: string, messageId: number): ReadingFrame => {
  const payload =
    `{"at":1000000000000,"seq":${firstSeq},"uptime":${firstSeq},"lightLevel":100,"supplyVoltage":231.4,"supplyCurrent":0.262,` +
    '"activePower":58.3,"powerFactor":0.96,"activeEnergy":1423.512,"operatingHours":4120.5,"switchOnCount":812,"temperature":31.5,' +
    '"rssi":-87}'
  const bytes = frame(0x32, text(topic), uint16(messageId), Buffer.from(payload))
  const atStart = bytes.indexOf('"at":') + '"at":'.length
  const seqStart = bytes.indexOf('"seq":') + '"seq":'.length
  const uptimeStart = bytes.indexOf('"uptime":') + '"uptime":'.length
  return {
    bytes,
    stamp(at, seq) {
      writeDigits(bytes, atStart, at, 13)
      writeDigits(bytes, seqStart, seq, 9)
      writeDigits(bytes, uptimeStart, seq, 9)
    },
  }
}

const writeDigits = (bytes: Buffer, start: number, value: number, width: number): void => {
  let rest = value
  for (let place = start + width - 1; place >= start; place--) {
    const next = Math.floor(rest / 10)
    bytes[place] = 48 + rest - next * 10
    rest = next
  }
}

const nothing = Buffer.alloc(0)

/**
 * Cuts a byte stream into packets and tells of each its first byte and its message id: the two bytes behind the fixed header, or
 * behind the topic of a PUBLISH (QoS 1). Meaningless for packets that have none.
 */
export const createPacketReader = (
  onPacket: (firstByte: number, messageId: number) => void,
): ((chunk: Buffer) => void) => {
  let pending: Buffer = nothing
  return (chunk) => {
    const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    let start = 0
    while (true) {
      let length = 0
      let shift = 0
      let place = start + 1
      let byte = 0x80
      while (byte >= 0x80 && place < bytes.length) {
        byte = bytes[place++] as number
        length |= (byte & 0x7f) << shift
        shift += 7
      }
      if (byte >= 0x80 || place + length > bytes.length) break
      const firstByte = bytes[start] as number
      const isPublish = (firstByte & 0xf0) === packetTypes.publish
      const idAt = isPublish ? place + 2 + bytes.readUInt16BE(place) : place
      onPacket(firstByte, idAt + 2 <= place + length ? bytes.readUInt16BE(idAt) : 0)
      start = place + length
    }
    pending = start === bytes.length ? nothing : bytes.subarray(start)
  }
}
