import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@fanari/contracts'

/** Something that is done again and again, one thing at a time. */
export interface Chore {
  name: string
  /** Pause after it is done [ms of wall time]. */
  everyMs: number
  run(signal: AbortSignal): Promise<void>
}

export interface Chores {
  start(): void
  /** Resolves when none is under way any more. */
  stop(): Promise<void>
}

const pauseAtMostMs = 30_000

/** Each chore runs by itself; one that fails is tried again after a pause that grows. */
export const createChores = (chores: readonly Chore[], log: Log): Chores => {
  let stopping: AbortController | null = null
  let loops: Promise<void>[] = []

  const keepDoing = async ({ name, everyMs, run }: Chore, signal: AbortSignal): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      try {
        await run(signal)
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        // One line a failure's streak: a server that is away is away for all.
        if (failures === 0) log('warn', 'influx.choreFailed', { chore: name, error: String(error) })
        failures += 1
      }
      const pauseMs = Math.min(everyMs * 2 ** Math.min(failures, 10), Math.max(everyMs, pauseAtMostMs))
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  return {
    start() {
      if (stopping !== null) return
      stopping = new AbortController()
      const { signal } = stopping
      loops = chores.map((chore) => keepDoing(chore, signal))
    },
    async stop() {
      stopping?.abort()
      stopping = null
      await Promise.all(loops)
      loops = []
    },
  }
}
