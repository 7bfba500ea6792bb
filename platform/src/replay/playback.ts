import { createInventory, createTicketBook, type TicketBook, type TicketChange } from '@fanari/api/rules'
import type {
  AssetFeature,
  DetectorOutput,
  Instant,
  JournalEntry,
  JournalRecord,
  Reading,
  Rules,
  UplinkChannel,
} from '@fanari/contracts'
import { createDetector, type Detector } from '@fanari/ingest/detection'
import { createIntake } from '@fanari/ingest/recorded'
import { createRepeats } from './repeats.ts'
import { createReplayIndices, type ReplayIndices } from './replay-indices.ts'

export type ReplayOutput =
  | Exclude<DetectorOutput, { type: 'light.changed' | 'community.changed' | 'incident.confirmed' }>
  | TicketChange

/** Sees all that is appended, and all that the first rules decide: more than what is drained. */
export interface Witness {
  entry(entry: JournalEntry): void
  decided(outputs: readonly DetectorOutput[], tickets: readonly TicketChange[], detector: Detector): void
}

export interface PlaybackOptions {
  municipality: string
  timeZone: string
  assets: readonly AssetFeature[]
  /** One set of thresholds or several: each is judged by a detector of its own, and all see the same traffic. */
  rules: readonly Rules[]
  /** Whether to add up the lighting nights that the first rules see. */
  indices?: boolean
  witness?: Witness
}

/**
 * A stretch of history through the shipped intake, detection, forecast and ticket rules: no broker, no network, no clock. Times are
 * those of reception and must not go back.
 */
export interface Playback {
  /** Takes what a device sent; `value` is its payload as JSON.parse gives it. */
  message(receivedAt: Instant, device: string, channel: UplinkChannel, value: unknown): void
  /** Lets time pass. */
  tick(at: Instant): void
  /** The platform's own downtime. */
  platform(at: Instant, state: 'stop' | 'start'): void
  /** What has been decided since the last call, in order, by the rules with this index. */
  drain(index: number): ReplayOutput[]
  /** The indices of all nights that have been drained, when they were asked for. Ends the counting. */
  closeIndices(): ReturnType<ReplayIndices['close']>
  /** The same, each night by itself. */
  nightIndices(): ReturnType<ReplayIndices['nightly']>
  /** Messages set aside, by reason: what the live intake would have quarantined. */
  quarantined: ReadonlyMap<string, number>
}

export const createPlayback = (options: PlaybackOptions): Playback => {
  const { municipality, timeZone, assets, witness } = options
  const inventory = createInventory(assets)
  const judges = options.rules.map(
    (rules): Judge => ({
      detector: createDetector({ municipality, timeZone, rules }),
      tickets: createTicketBook(inventory, timeZone),
      indices: null,
    }),
  )
  const quarantined = new Map<string, number>()
  const repeats = createRepeats()
  let now: Instant = 0
  let position = 0

  const append = (record: JournalRecord): void => {
    if (record.kind === 'quarantine') {
      const reason = record.reason.split(':')[0] ?? record.reason
      quarantined.set(reason, (quarantined.get(reason) ?? 0) + 1)
    }
    position++
    const entry: JournalEntry = { ...record, position, receivedAt: now }
    witness?.entry(entry)
    for (const { detector } of judges) detector.apply(entry)
  }
  /** Readings are nearly all that comes: their entry is written out, so that all have one shape. */
  const appendReading = (device: string, reading: Reading): void => {
    position++
    const entry: JournalEntry = { kind: 'reading', municipality, device, reading, position, receivedAt: now }
    witness?.entry(entry)
    for (const { detector } of judges) detector.apply(entry)
  }

  const intake = createIntake({
    journal: {
      append(record, committed) {
        if (record.kind === 'reading') appendReading(record.device, record.reading)
        else append(record)
        committed?.(null, null)
      },
      barrier: (committed) => committed(null),
      // A reading that is asked for is appended at once if it is new.
      hasReading: (_municipality, device, at, seq) => !repeats.isNew(device, at, seq, now),
    },
    // Who was heard is known; the same table is asked next for its readings, and is at hand then.
    directory: {
      isKnownDevice: (_municipality, device) => repeats.hasHeard(device) || inventory.ownerOfDevice(device) !== null,
    },
    now: () => now,
  })

  let started = false
  const passTo = (at: Instant): void => {
    now = at
    if (started) return
    started = true
    append({ kind: 'platform', state: 'start' })
    append({ kind: 'assets', municipality, features: [...assets] })
    const [first] = judges
    if (options.indices && first !== undefined)
      first.indices = createReplayIndices({ municipality, assets, inventory, detector: first.detector, startAt: at })
  }

  return {
    quarantined,
    message(receivedAt, device, channel, value) {
      passTo(receivedAt)
      intake.acceptDecoded({ municipality, device, channel, value }, done)
    },
    tick(at) {
      passTo(at)
      append({ kind: 'tick', hearing: true })
      for (const { detector } of judges) detector.advance(at + 1)
    },
    platform(at, state) {
      passTo(at)
      append({ kind: 'platform', state })
    },
    drain(index) {
      const judge = judges[index]
      return judge === undefined ? [] : decidedBy(judge, now, index === 0 ? witness : undefined)
    },
    closeIndices: async () => judges[0]?.indices?.close() ?? [],
    nightIndices: async () => judges[0]?.indices?.nightly() ?? [],
  }
}

const done = (): void => {}

/** What one set of rules has come to. */
interface Judge {
  detector: Detector
  tickets: TicketBook
  indices: ReplayIndices | null
}

const decidedBy = ({ detector, tickets, indices }: Judge, now: Instant, witness?: Witness): ReplayOutput[] => {
  const decided: ReplayOutput[] = []
  const changes: TicketChange[] = []
  const outputs = detector.drain()
  for (const output of outputs) {
    switch (output.type) {
      case 'light.changed':
      case 'community.changed':
        break
      case 'rollCall':
      case 'forecast':
        decided.push(output)
        break
      case 'incident.confirmed': {
        const steps = tickets.apply([output])
        changes.push(...steps)
        decided.push(...steps)
        break
      }
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
  witness?.decided(outputs, changes, detector)
  return decided
}
