import { type Clock, type JournalRecord, secondMs } from '@fanari/contracts'
import type { Journal } from '../journal/journal.ts'

/** The coverage log: from its ticks the detector knows when the platform could hear, and counts silence in that time only. */
export interface Heartbeat {
  /** Notes the platform's start; resolves once that is durable. */
  start(): Promise<void>
  /** Notes the platform's stop; resolves once that is durable. */
  stop(): Promise<void>
}

export interface HeartbeatOptions {
  journal: Pick<Journal, 'append'>
  /** Wall time between ticks [ms]. */
  periodMs?: number
  /** The platform clock: it shows a stall of the process, and a step of the wall clock. */
  clock: Clock
  /** Whether devices could be heard now, were they to speak. */
  hearing: () => boolean
}

/** A longer pause between two ticks is time in which nothing was heard [ms of wall time]. */
const stallMs = 3 * secondMs

export const createHeartbeat = ({ journal, periodMs = 500, clock, hearing }: HeartbeatOptions): Heartbeat => {
  let timer: NodeJS.Timeout | null = null
  let tickUnderWay = false
  let lastTickAt = 0

  /** Whether devices could be heard all the time since the last tick. */
  const heardSinceLastTick = (): boolean => {
    const now = clock.now()
    const stalled = now - lastTickAt > (periodMs + stallMs) * clock.speed
    lastTickAt = now
    return hearing() && !stalled
  }

  /** Ticks that a stalled disk holds up are left out: the gap says more than a burst of late ticks would. */
  const tick = (): void => {
    if (tickUnderWay) return
    tickUnderWay = true
    journal.append({ kind: 'tick', hearing: heardSinceLastTick() }, () => {
      tickUnderWay = false
    })
  }

  const appendDurably = (record: JournalRecord): Promise<void> =>
    new Promise((resolve, reject) => {
      journal.append(record, (error) => (error === null ? resolve() : reject(error)))
    })

  return {
    async start() {
      if (timer !== null) return
      lastTickAt = clock.now()
      timer = setInterval(tick, periodMs)
      timer.unref()
      await appendDurably({ kind: 'platform', state: 'start' })
    },
    async stop() {
      if (timer === null) return
      clearInterval(timer)
      timer = null
      await appendDurably({ kind: 'platform', state: 'stop' })
    },
  }
}
