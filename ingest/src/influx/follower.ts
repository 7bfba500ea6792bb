import { hourMs, type JournalEntry } from '@fanari/contracts'
import type { Follower } from '../followers/followers.ts'
import type { InfluxDoor } from './door.ts'
import { encodeEntry, type Skipped } from './encode-journal.ts'
import { type Lines, noLines } from './line.ts'
import type { Places } from './places.ts'
import type { InfluxStore, TownHour } from './store.ts'

/** A batch is sent when it holds so many lines, */
const batchLinesByDefault = 5_000
/** so many while devices send and there is a backlog: of a large one InfluxDB makes a tenth of a second of work for both processors, */
const yieldingBatchLines = 1_000
/** or so long after its first [ms]. */
const lingerMs = 500
/** Two batches under way keep the server busy; more only make it wait for itself. */
const batchesInFlight = 2
/** The cursor is stored so often at most [ms]: a crash sends again what came since, which changes nothing. */
const storeCursorMs = 1_000
/** So often it is waited for on the disk [ms]: until then the journal keeps what a power cut would have sent again. */
const storeDurablyMs = 60_000

interface Batch {
  lines: Lines
  count: number
  hours: Map<string, Set<number>>
  upTo: number
  done: boolean
}

export interface InfluxFollower extends Follower {
  /**
   * Goes on from the stored cursor, or from `first`, the first position the journal has left. `learn` is asked once for the register when
   * the journal's beginning, where assets may have been told, is gone; it is asked again when it rejects.
   */
  start(first: number, learn: () => Promise<void>): void
  /** Gives up what is under way; the next start sends it again. */
  stop(): Promise<void>
  /** Entries taken from the journal that InfluxDB does not have yet. */
  pendingEntries(): number
  skipped(): ReadonlyMap<Skipped, number>
}

/** Follows the journal into InfluxDB. The cursor moves behind the server's answers and in order; while it is away, `apply` waits. */
export const createInfluxFollower = (options: {
  store: InfluxStore
  places: Places
  door: Pick<InfluxDoor, 'deliver'>
  batchLines?: number
}): InfluxFollower => {
  const { store, places, door, batchLines = batchLinesByDefault } = options
  const skipped = new Map<Skipped, number>()
  let stopping = new AbortController()
  let mustLearn: (() => Promise<void>) | null = null
  let taken = 0
  let written = 0
  let stored = 0
  let storedAt = 0
  let storedDurablyAt = 0
  let open: Batch | null = null
  let linger: NodeJS.Timeout | undefined
  /** Sent and not yet forgotten, in order. */
  let sent: Batch[] = []
  let unstoredHours = new Map<string, Set<number>>()
  const waiters: (() => void)[] = []

  const inFlight = (): number => sent.filter(({ done }) => !done).length

  const wake = (): void => {
    for (const resolve of waiters.splice(0)) resolve()
  }

  const storeCursor = (durably: boolean): void => {
    if (written === stored && (!durably || store.durableCursor('journal') === stored)) return
    const hours: TownHour[] = [...unstoredHours].flatMap(([municipality, some]) =>
      [...some].map((hour) => ({ municipality, hour })),
    )
    store.advance('journal', written, hours, durably)
    unstoredHours = new Map()
    stored = written
    storedAt = performance.now()
    if (durably) storedDurablyAt = storedAt
  }

  const settle = (): void => {
    while (sent[0]?.done) {
      const batch = sent.shift() as Batch
      written = batch.upTo
      for (const [municipality, hours] of batch.hours)
        unstoredHours.set(municipality, new Set([...(unstoredHours.get(municipality) ?? []), ...hours]))
    }
    const now = performance.now()
    if (now - storedAt >= storeCursorMs || sent.length === 0) storeCursor(now - storedDurablyAt >= storeDurablyMs)
    wake()
  }

  const send = (): void => {
    clearTimeout(linger)
    linger = undefined
    const batch = open
    open = null
    if (batch === null) return
    sent.push(batch)
    door.deliver(batch.lines, stopping.signal).then(
      () => {
        batch.done = true
        if (!stopping.signal.aborted) settle()
      },
      // Only stopping ends a delivery: the next start sends it again.
      () => wake(),
    )
  }

  const take = (entry: JournalEntry): void => {
    if (open === null) {
      open = { lines: noLines(), count: 0, hours: new Map(), upTo: 0, done: false }
      linger ??= setTimeout(sendWhenPossible, lingerMs).unref()
    }
    const { lines, hours } = open
    const before = lines.raw.length
    const reason = encodeEntry(places, entry, lines)
    if (reason !== null) skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
    open.count += Math.max(1, lines.raw.length - before)
    open.upTo = entry.position
    taken = entry.position
    if (entry.kind === 'assets') store.keepAssets(entry.municipality, entry.features)
    if (entry.kind === 'municipality') store.keepTimeZone(entry.municipality.id, entry.municipality.timeZone)
    if (entry.kind !== 'reading' || reason !== null) return
    let some = hours.get(entry.municipality)
    if (some === undefined) {
      some = new Set()
      hours.set(entry.municipality, some)
    }
    const hour = Math.floor(entry.reading.at / hourMs) * hourMs
    some.add(hour)
    // The energy of the next hour is counted from what the counter showed last in this one.
    if (entry.receivedAt >= hour + hourMs) some.add(hour + hourMs)
  }

  const sendWhenPossible = (): void => {
    linger = undefined
    if (inFlight() < batchesInFlight) send()
    else if (open !== null) linger = setTimeout(sendWhenPossible, lingerMs).unref()
  }

  return {
    name: 'influx',
    isPatient: true,
    cursor: () => stored,
    durableCursor: () => store.durableCursor('journal'),
    async apply(entries, isYielding) {
      const { signal } = stopping
      if (signal.aborted) return
      await mustLearn?.()
      mustLearn = null
      const enough = isYielding ? Math.min(yieldingBatchLines, batchLines) : batchLines
      for (const entry of entries) {
        if (entry.position <= taken) continue
        take(entry)
        if ((open?.count ?? 0) < enough) continue
        while (inFlight() >= batchesInFlight && !signal.aborted)
          await new Promise<void>((resolve) => waiters.push(resolve))
        if (signal.aborted) return
        send()
      }
    },
    start(first, learn) {
      stopping = new AbortController()
      for (const { municipality, feature } of store.assets()) places.put(municipality, feature)
      stored = Math.max(store.cursor('journal'), first - 1)
      mustLearn = store.cursor('journal') < first - 1 ? learn : null
      written = stored
      taken = stored
      storedAt = performance.now()
      storedDurablyAt = storedAt
    },
    async stop() {
      stopping.abort()
      clearTimeout(linger)
      linger = undefined
      wake()
      storeCursor(true)
      open = null
      sent = []
    },
    pendingEntries: () => taken - written,
    skipped: () => skipped,
  }
}
