import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'
import type { JournalEntry, JournalRecord } from '@fanari/contracts'

/*
 * One record of the journal on disk, little endian:
 *
 *   0  u32  length of what follows byte 8
 *   4  u32  CRC-32 of what follows byte 8
 *   8  u8   kind: index into `kinds`
 *   9  u8   length of the key
 *  10  f64  receivedAt [ms]
 *  18  f64  at [ms], NaN when the record has none
 *  26  f64  seq, NaN when the record has none
 *  34       key (`municipality/device`, `municipality/` or `/`, in ASCII), then the body as JSON
 *
 * The position is not written: it is the ordinal in the segment plus the segment's first position.
 */
const frameHeaderBytes = 34
const prefixBytes = 8
const littleEndian = true

/** Larger records are refused, so that a damaged length is never mistaken for a record [bytes]. */
const maxRecordBytes = 64 * 1024 * 1024

/** The order is the format: append only. */
const kinds = [
  'reading',
  'status',
  'event',
  'result',
  'quarantine',
  'tick',
  'platform',
  'municipality',
  'assets',
  'maintenance',
] as const satisfies readonly JournalRecord['kind'][]
type Kind = (typeof kinds)[number]

const kindCodes = Object.fromEntries(kinds.map((kind, code) => [kind, code])) as Record<Kind, number>

/** What the index needs to know of a frame; read without parsing its JSON. `at` and `seq` are NaN when there is none. */
export interface FrameHeader {
  kind: Kind
  key: string
  receivedAt: number
  at: number
  seq: number
  /** Whole frame [bytes]. */
  bytes: number
}

/** A growing buffer that frames are written into, one after the other. */
export interface FrameWriter {
  readonly length: number
  /**
   * Appends a frame and returns its size [bytes]. `received` is the body as it came from the sender, when it can stand as it is;
   * otherwise the record is encoded. Throws a RangeError when the record exceeds `maxRecordBytes`; nothing is appended then.
   */
  write(record: JournalRecord, key: Uint8Array, receivedAt: number, received?: Uint8Array): number
  /** What was written; valid until the next `write` or `clear`. */
  bytes(): Buffer
  clear(): void
}

export const createFrameWriter = (initialBytes = 64 * 1024): FrameWriter => {
  let buffer = Buffer.allocUnsafeSlow(initialBytes)
  let view = new DataView(buffer.buffer)
  let length = 0

  const ensure = (bytes: number): void => {
    if (length + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, length + bytes))
    buffer.copy(larger, 0, 0, length)
    buffer = larger
    view = new DataView(buffer.buffer)
  }

  return {
    get length() {
      return length
    },
    write(record, key, receivedAt, received) {
      const body = received ?? bodyOf(record)
      const bodyBytesAtMost = typeof body === 'string' ? body.length * 3 : body.length
      ensure(frameHeaderBytes + key.length + bodyBytesAtMost)
      const start = length
      const bodyStart = start + frameHeaderBytes + key.length
      buffer.set(key, start + frameHeaderBytes)
      let bodyBytes = body.length
      if (typeof body === 'string') bodyBytes = buffer.write(body, bodyStart, 'utf8')
      else buffer.set(body, bodyStart)
      const end = bodyStart + bodyBytes
      if (end - start > maxRecordBytes) throw new RangeError(`a record of ${end - start} bytes is too large to journal`)
      view.setUint8(start + 8, kindCodes[record.kind])
      view.setUint8(start + 9, key.length)
      view.setFloat64(start + 10, receivedAt, littleEndian)
      view.setFloat64(start + 18, atOf(record), littleEndian)
      view.setFloat64(
        start + 26,
        record.kind === 'reading' ? (record.reading.seq ?? Number.NaN) : Number.NaN,
        littleEndian,
      )
      view.setUint32(start, end - start - prefixBytes, littleEndian)
      view.setUint32(start + 4, crc32(buffer.subarray(start + prefixBytes, end)), littleEndian)
      length = end
      return end - start
    },
    bytes: () => buffer.subarray(0, length),
    clear() {
      length = 0
    },
  }
}

/** Why bytes are not a frame: they end too early (a torn write, or a window to widen), or they are not what was written. */
export type FrameFault = 'incomplete' | 'corrupt'

/** How many bytes the frame at `offset` claims to have, or what is wrong with it. The checksum is not looked at. */
export const frameBytes = (buffer: Buffer, offset: number): number | FrameFault => {
  if (offset + prefixBytes > buffer.length) return 'incomplete'
  const bytes = prefixBytes + buffer.readUInt32LE(offset)
  return bytes < frameHeaderBytes || bytes > maxRecordBytes ? 'corrupt' : bytes
}

/** Reads and checks the header of the frame at `offset`. */
export const readFrameHeader = (buffer: Buffer, offset: number): FrameHeader | FrameFault => {
  const bytes = frameBytes(buffer, offset)
  if (typeof bytes !== 'number') return bytes
  if (offset + bytes > buffer.length) return 'incomplete'
  if (buffer.readUInt32LE(offset + 4) !== crc32(buffer.subarray(offset + prefixBytes, offset + bytes))) return 'corrupt'
  const kind = kinds[buffer.readUInt8(offset + 8)]
  const keyEnd = offset + frameHeaderBytes + buffer.readUInt8(offset + 9)
  if (kind === undefined || keyEnd > offset + bytes) return 'corrupt'
  return {
    kind,
    key: buffer.toString('latin1', offset + frameHeaderBytes, keyEnd),
    receivedAt: buffer.readDoubleLE(offset + 10),
    at: buffer.readDoubleLE(offset + 18),
    seq: buffer.readDoubleLE(offset + 26),
    bytes,
  }
}

/** The entry behind a header that `readFrameHeader` found good. */
export const decodeEntry = (buffer: Buffer, offset: number, header: FrameHeader, position: number): JournalEntry => {
  const body = JSON.parse(buffer.toString('utf8', offset + frameHeaderBytes + header.key.length, offset + header.bytes))
  const separator = header.key.indexOf('/')
  const municipality = header.key.slice(0, separator)
  const device = header.key.slice(separator + 1)
  const { receivedAt } = header
  switch (header.kind) {
    case 'reading':
      // The body may be as received, with `at` in ISO 8601; the header holds it in milliseconds.
      body.at = header.at
      return { kind: 'reading', municipality, device, reading: body, position, receivedAt }
    case 'status':
      return { kind: 'status', municipality, device, status: body, position, receivedAt }
    case 'event':
      return { kind: 'event', municipality, device, event: body, position, receivedAt }
    case 'result':
      return { kind: 'result', municipality, device, result: body, position, receivedAt }
    default:
      return { ...body, position, receivedAt }
  }
}

const atOf = (record: JournalRecord): number => {
  switch (record.kind) {
    case 'reading':
      return record.reading.at
    case 'event':
      return record.event.at
    case 'status':
      return record.status.at ?? Number.NaN
    default:
      return Number.NaN
  }
}

const bodyOf = (record: JournalRecord): string => {
  switch (record.kind) {
    case 'reading':
      return JSON.stringify(record.reading)
    case 'status':
      return JSON.stringify(record.status)
    case 'event':
      return JSON.stringify(record.event)
    case 'result':
      return JSON.stringify(record.result)
    default:
      return JSON.stringify(record)
  }
}
