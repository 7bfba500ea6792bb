import { createInventory, createTicketBook, type TicketChange } from '@fanari/api'
import {
  type AssetFeature,
  type DetectorOutput,
  deviceOf,
  type Instant,
  idSchema,
  instantSchema,
  type JournalEntry,
  type JournalRecord,
  shippedRules,
  topics,
} from '@fanari/contracts'
import { createIntake } from '@fanari/ingest'
import { createDetector } from '@fanari/ingest/detection'
import { z } from 'zod'
import { createReplayIndices, type ReplayIndices } from './replay-indices.ts'

/** One line of recorded traffic. */
const lineSchema = z.union([
  z.object({
    receivedAt: instantSchema,
    municipality: idSchema,
    device: idSchema,
    channel: z.enum(['telemetry', 'status', 'event']),
    payload: z.json(),
  }),
  z.object({ receivedAt: instantSchema, tick: z.literal(true) }),
  z.object({ receivedAt: instantSchema, platform: z.enum(['stop', 'start']) }),
])

export type ReplayOutput = Exclude<DetectorOutput, { type: 'light.changed' | 'community.changed' }> | TicketChange

/** A line that cannot be replayed: not JSON, not a line of the contract, or before the one ahead of it. */
export class ReplayInputError extends Error {}

export interface Replay {
  /** Takes the next line, and says what was decided before it. */
  take(line: string): ReplayOutput[]
  /** The indices of all nights of the traffic so far, when they were asked for. Ends the counting. */
  closeIndices(): ReturnType<ReplayIndices['close']>
  /** Messages set aside, by reason: what the live intake would have quarantined. */
  quarantined: ReadonlyMap<string, number>
}

/**
 * Recorded traffic through the shipped intake, detection and ticket rules, in its own time: no broker, no network, no clock, the same
 * answer every run.
 */
export const createReplay = (options: {
  assets: readonly AssetFeature[]
  timeZone: string
  /** Whether to add up lighting nights too. */
  indices?: boolean
}): Replay => {
  const { assets, timeZone } = options
  const devices = new Set(assets.flatMap((feature) => deviceOf(feature.properties) ?? feature.properties.id))
  const inventory = createInventory(assets)
  const tickets = createTicketBook(inventory)
  const quarantined = new Map<string, number>()
  const seen = new Set<string>()
  let detector: ReturnType<typeof createDetector> | null = null
  let indices: ReplayIndices | null = null
  let now: Instant = 0
  let position = 0

  const append = (record: JournalRecord): void => {
    if (record.kind === 'quarantine') {
      const reason = record.reason.split(':')[0] ?? record.reason
      quarantined.set(reason, (quarantined.get(reason) ?? 0) + 1)
      return
    }
    if (record.kind === 'reading')
      seen.add(keyOf(record.municipality, record.device, record.reading.at, record.reading.seq))
    position++
    detector?.apply({ ...record, position, receivedAt: now } as JournalEntry)
  }
  const keyOf = (municipality: string, device: string, at: Instant, seq: number | undefined): string =>
    `${municipality}/${device} ${at} ${seq ?? ''}`

  const intake = createIntake({
    journal: {
      append: (record, committed) => {
        append(record)
        committed?.(null, null)
      },
      barrier: (committed) => committed(null),
      hasReading: (municipality, device, at, seq) => seen.has(keyOf(municipality, device, at, seq)),
    },
    directory: { isKnownDevice: (_municipality, device) => devices.has(device) },
    now: () => now,
  })

  const begin = (municipality: string): void => {
    if (detector !== null) return
    detector = createDetector({ municipality, timeZone, rules: shippedRules })
    if (options.indices) indices = createReplayIndices({ municipality, assets, inventory, detector, startAt: now })
    append({ kind: 'platform', state: 'start' })
    append({ kind: 'assets', municipality, features: [...assets] })
  }

  const drain = (): ReplayOutput[] => {
    const decided: ReplayOutput[] = []
    const changes: TicketChange[] = []
    const outputs = detector?.drain() ?? []
    for (const output of outputs) {
      switch (output.type) {
        case 'light.changed':
        case 'community.changed':
          break
        case 'rollCall':
        case 'forecast':
          decided.push(output)
          break
        case 'incident.opened':
        case 'incident.updated':
        case 'incident.resolved': {
          const steps = tickets.apply([output])
          changes.push(...steps)
          decided.push(output, ...steps)
        }
      }
    }
    indices?.take(outputs, changes, now)
    return decided
  }

  return {
    quarantined,
    closeIndices: () => indices?.close() ?? [],
    take(text) {
      const line = parseLine(text)
      if (line.receivedAt < now) throw new ReplayInputError('receivedAt lies before that of the line ahead')
      now = line.receivedAt
      if ('device' in line) {
        begin(line.municipality)
        const topic = topics.device(line.municipality, line.device, line.channel)
        intake.accept({ topic, payload: new TextEncoder().encode(JSON.stringify(line.payload)) }, () => {})
      } else if ('tick' in line) {
        append({ kind: 'tick', hearing: true })
        detector?.advance(now + 1)
      } else append({ kind: 'platform', state: line.platform })
      return drain()
    },
  }
}

const parseLine = (text: string): z.output<typeof lineSchema> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ReplayInputError(`not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = lineSchema.safeParse(value)
  if (!parsed.success) throw new ReplayInputError(`not a line of traffic: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}
