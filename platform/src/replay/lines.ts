import { type Instant, idSchema, instantSchema, isId } from '@fanari/contracts'
import { z } from 'zod'

/** A line that cannot be replayed: not JSON, not a line of the contract, or before the one ahead of it. */
export class ReplayInputError extends Error {}

const channels = ['telemetry', 'status', 'event'] as const

const messageSchema = z.object({
  receivedAt: instantSchema,
  municipality: idSchema,
  device: idSchema,
  channel: z.enum(channels),
  payload: z.json(),
})
const lineSchema = z.union([
  messageSchema,
  z.object({ receivedAt: instantSchema, tick: z.literal(true) }),
  z.object({ receivedAt: instantSchema, platform: z.enum(['stop', 'start']) }),
])

/** What a device sent, as one line of recorded traffic tells it. */
interface MessageLine {
  receivedAt: Instant
  municipality: string
  device: string
  channel: (typeof channels)[number]
  payload: unknown
}

interface TickLine {
  receivedAt: Instant
  tick: true
}

/** One line of recorded traffic (CONTRACT section 5). */
export type ReplayLine = MessageLine | TickLine | { receivedAt: Instant; platform: 'stop' | 'start' }

/**
 * Reads a line. The usual message is taken as it stands; whatever is not, goes through the schema, which has the last word.
 * @throws {ReplayInputError}
 */
export const parseLine = (text: string): ReplayLine => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ReplayInputError(`not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (isPlainMessage(value) || isTick(value)) return value
  const parsed = lineSchema.safeParse(value)
  if (!parsed.success) throw new ReplayInputError(`not a line of traffic: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** Ticks are one line in twenty of real traffic; the schema's union takes 15 µs for each. */
const isTick = (value: unknown): value is TickLine => {
  if (typeof value !== 'object' || value === null) return false
  const { receivedAt, tick, device } = value as { receivedAt?: unknown; tick?: unknown; device?: unknown }
  return tick === true && device === undefined && isInstant(receivedAt)
}

/** An instant as the schema takes it at once: ISO 8601 text is the schema's to read. */
const isInstant = (value: unknown): value is Instant =>
  typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= 8.64e15

const isPlainMessage = (value: unknown): value is MessageLine => {
  if (typeof value !== 'object' || value === null) return false
  const { receivedAt, municipality, device, channel, payload } = value as Partial<MessageLine>
  return (
    channel === 'telemetry' &&
    isInstant(receivedAt) &&
    typeof municipality === 'string' &&
    typeof device === 'string' &&
    payload !== undefined &&
    isId(municipality) &&
    isId(device)
  )
}
