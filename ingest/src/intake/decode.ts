import { Buffer, isUtf8 } from 'node:buffer'
import { type QuarantineReason, quarantinePayloadLimit } from '@fanari/contracts'

/** Something that cannot be taken: a code of the contract and, where there is more to say, what exactly. */
export interface Refusal {
  code: QuarantineReason
  detail?: string
}

/** Reads a payload as UTF-8 JSON. The depth of nesting does no harm here: JSON.parse does not recurse. */
export const decodeJson = (payload: Uint8Array): { ok: true; value: unknown } | { ok: false; refusal: Refusal } => {
  if (payload.length === 0) return { ok: false, refusal: { code: 'emptyPayload' } }
  if (!isUtf8(payload)) return { ok: false, refusal: { code: 'malformedJson', detail: 'not UTF-8' } }
  try {
    return { ok: true, value: JSON.parse(asBuffer(payload).toString('utf8')) }
  } catch (error) {
    return { ok: false, refusal: { code: 'malformedJson', detail: (error as Error).message } }
  }
}

/** The first 4 KiB of a payload for the quarantine, ending at a whole character; bytes that are not UTF-8 are replaced. */
export const quarantineText = (payload: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(payload.subarray(0, quarantinePayloadLimit), {
    // A character cut by the limit is left out, not replaced.
    stream: payload.length > quarantinePayloadLimit,
  })

/** One reading of an array as JSON for the quarantine; `null` when it is nested too deeply to be written. */
export const readingText = (reading: unknown): string | null => {
  try {
    return quarantineText(Buffer.from(JSON.stringify(reading)))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
