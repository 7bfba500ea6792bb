import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { JournalEntry, Log, MetricsSource } from '@fanari/contracts'
import type { Journal } from '../journal/journal.ts'

/** Something that is made from the journal, and can be made again. */
export interface Follower {
  readonly name: string
  /** May be late: while it is behind and devices send, it goes slowly, and leaves processors and disk to them. */
  readonly isPatient?: boolean
  /**
   * Takes entries in order, never two calls at a time. After a crash, or after it threw, the same entries come again: those at or below
   * the position it has taken must change nothing. `isYielding`: a patient follower is behind while devices send; what it hands on to
   * others should be small.
   */
  apply(entries: readonly JournalEntry[], isYielding?: boolean): void | Promise<void>
  /** The position it has taken, whatever becomes of the process; a start goes on behind it. */
  cursor(): number
  /** Where a power cut may take its cursor back to, for one that does not wait for the disk each time. */
  durableCursor?(): number
}

export interface Followers {
  /** Adds a follower; once started, it is caught up at once. Throws, like `start`, for a cursor beyond the journal's end. */
  add(follower: Follower): void
  start(): void
  /** Resolves when no `apply` is under way any more. */
  stop(): Promise<void>
  /** Resolves when the follower has taken everything that is durable now; rejects when it is stopped before. */
  caughtUp(name: string): Promise<void>
  /** The position all followers have durably taken, also through a power cut: the journal may be pruned up to it. */
  slowestCursor(): number
  metrics: MetricsSource
}

export interface FollowersOptions {
  journal: Pick<Journal, 'read' | 'head' | 'onCommitted'>
  log: Log
  /** First pause after an `apply` that threw; doubles up to half a minute [ms]. */
  retryMs?: number
  /**
   * So many entries wait in memory for a busy follower; one that is further behind reads them from disk, which costs more than applying
   * them. A thousand devices that each fill a window of ten bring 10 000 with one commit.
   */
  waitingEntries?: number
}

/** Entries handed over at a time: of a patient follower that is behind, no more than a few milliseconds of work. */
const chunkEntries = 1_000
const patientChunkEntries = 250
/**
 * A follower lets so much time go by before it takes what was committed [ms]: a busy journal commits a thousand times a second, and a
 * run for each commit costs more than its entries do. It also leaves the turn of the commit to the acknowledgements.
 */
const gatherMs = 10
/** A follower that is behind may hold up the others, and the sockets, for so long at a time [ms]. */
const turnMs = 5
/**
 * A patient follower that is behind takes so many entries a second while devices send. With InfluxDB on the same machine it is the server's
 * work that takes processors and disk from the intake; a backlog still shrinks, by all that devices do not send.
 */
const patientEntriesASecond = 16_000
/** On a slow machine it pauses for so many times what it worked, if that is longer. */
const patientPause = 3
/** It may also have waited for its server, which is no work [ms]. */
const patientPauseMsAtMost = 100
/** Devices send if one has within so long [ms]. */
const sendingMs = 1_000
const retryMsAtMost = 30_000

/** Feeds each follower the journal from its cursor on: from disk until it has caught up, then what is committed as it is committed. */
export const createFollowers = (options: FollowersOptions): Followers => {
  const runners = new Map<string, Runner>()
  let running = false

  const runnerOf = (name: string): Runner => {
    const runner = runners.get(name)
    if (runner === undefined) throw new Error(`there is no follower ${name}`)
    return runner
  }

  return {
    add(follower) {
      if (runners.has(follower.name)) throw new Error(`there is already a follower ${follower.name}`)
      const runner = createRunner(follower, options)
      runners.set(follower.name, runner)
      if (running) runner.start()
    },
    start() {
      if (running) return
      running = true
      for (const runner of runners.values()) runner.start()
    },
    async stop() {
      running = false
      await Promise.all([...runners.values()].map((runner) => runner.stop()))
    },
    caughtUp: (name) => runnerOf(name).reached(options.journal.head),
    slowestCursor: () =>
      Math.min(
        options.journal.head,
        ...[...runners.values()].map(({ follower }) => follower.durableCursor?.() ?? follower.cursor()),
      ),
    metrics: () => [
      {
        name: 'fanari_follower_lag_entries',
        help: 'Durable entries that the follower has not taken yet',
        type: 'gauge',
        values: [...runners].map(([name, { taken }]) => ({
          labels: { follower: name },
          value: Math.max(0, options.journal.head - taken()),
        })),
      },
      {
        name: 'fanari_follower_failures_total',
        help: 'Calls of the follower that threw and were repeated',
        type: 'counter',
        values: [...runners].map(([name, { failures }]) => ({ labels: { follower: name }, value: failures() })),
      },
    ],
  }
}

/** How long a patient follower leaves the machine to the devices after it has taken `entries` in `workedMs` [ms]. */
const pauseMs = (entries: number, workedMs: number): number =>
  Math.max(
    (entries / patientEntriesASecond) * 1_000 - workedMs,
    Math.min(patientPause * workedMs, patientPauseMsAtMost),
  )

type Runner = ReturnType<typeof createRunner>

const createRunner = (
  follower: Follower,
  { journal, log, retryMs = 100, waitingEntries = 50_000 }: FollowersOptions,
) => {
  const { name } = follower
  /** Last position taken by `apply`, durably or not. */
  let taken = 0
  let failures = 0
  /** What was committed lately, without a gap up to the journal's head; emptied when it gets too much. */
  let waiting: JournalEntry[] = []
  /** When something came from outside last. */
  let fedAt = Number.NEGATIVE_INFINITY
  let reaching: { position: number; resolve: () => void; reject: (error: Error) => void }[] = []
  let loop: Promise<void> | null = null
  let stopping: AbortController | null = null
  let stopListening = (): void => {}

  const offer = (entries: readonly JournalEntry[]): void => {
    // One that is further behind will read them from disk in any case: to keep them would only be work for the collector of garbage.
    if ((entries.at(-1)?.position ?? 0) - taken > waitingEntries) waiting = []
    else for (const entry of entries) waiting.push(entry)
    if (entries.some(({ kind }) => kind !== 'tick')) fedAt = performance.now()
    run()
  }

  const run = (): void => {
    const { signal } = stopping ?? {}
    if (signal === undefined || signal.aborted || loop !== null) return
    loop = gatherAndCatchUp(signal).finally(() => {
      loop = null
      // Something may have been committed after the last look and before this line.
      if (taken < journal.head) run()
    })
  }

  const gatherAndCatchUp = async (signal: AbortSignal): Promise<void> => {
    await delay(gatherMs, undefined, { signal }).catch(() => {})
    await catchUp(signal)
  }

  const catchUp = async (signal: AbortSignal): Promise<void> => {
    let nextTryMs = retryMs
    let turnStartedAt = performance.now()
    let takenInTurn = 0
    while (!signal.aborted && taken < journal.head) {
      try {
        const entries = await nextEntries()
        await follower.apply(entries, isYielding())
        taken = entries.at(-1)?.position ?? taken
        takenInTurn += entries.length
        if (waiting[0]?.position === entries[0]?.position) waiting = waiting.slice(entries.length)
        nextTryMs = retryMs
        settleReached()
        const workedMs = performance.now() - turnStartedAt
        if (isYielding() || workedMs >= turnMs) {
          if (isYielding()) await delay(pauseMs(takenInTurn, workedMs), undefined, { signal }).catch(() => {})
          else await nextTurn()
          turnStartedAt = performance.now()
          takenInTurn = 0
        }
      } catch (error) {
        failures += 1
        log('error', 'follower.failed', {
          follower: name,
          position: taken + 1,
          error: String(error),
          retryMs: nextTryMs,
        })
        await delay(nextTryMs, undefined, { signal }).catch(() => {})
        nextTryMs = Math.min(nextTryMs * 2, retryMsAtMost)
      }
    }
  }

  /** Entries between the last one taken and those that wait in memory. */
  const gap = (): number => (waiting[0]?.position ?? Number.POSITIVE_INFINITY) - taken - 1
  const isBehind = (): boolean => follower.isPatient === true && gap() > 0
  const isYielding = (): boolean => isBehind() && performance.now() - fedAt < sendingMs

  const nextEntries = async (): Promise<readonly JournalEntry[]> => {
    const most = isBehind() ? patientChunkEntries : chunkEntries
    return gap() === 0 ? waiting.slice(0, most) : journal.read(taken + 1, Math.min(gap(), most))
  }

  const settleReached = (): void => {
    const done = reaching.filter(({ position }) => position <= taken)
    reaching = reaching.filter(({ position }) => position > taken)
    for (const { resolve } of done) resolve()
  }

  return {
    follower,
    taken: () => taken,
    failures: () => failures,
    start() {
      if (stopping !== null) return
      const cursor = follower.cursor()
      if (cursor > journal.head) {
        throw new Error(
          `the follower ${name} is at ${cursor}, but the journal ends at ${journal.head}: they do not belong together`,
        )
      }
      stopping = new AbortController()
      taken = cursor
      waiting = []
      stopListening = journal.onCommitted(offer)
      run()
    },
    async stop() {
      stopping?.abort()
      stopListening()
      await loop
      stopping = null
      for (const { reject } of reaching.splice(0)) reject(new Error(`the follower ${name} was stopped`))
    },
    reached: (position: number): Promise<void> =>
      new Promise((resolve, reject) => {
        reaching.push({ position, resolve, reject })
        settleReached()
      }),
  }
}
