import { type Clock, dayMs, type Log, minuteMs } from '@fanari/contracts'
import type { Photos } from '../photos/photos.ts'
import type { Retention } from './retention.ts'

/** How often it looks whether a day has passed [ms wall time]; with a simulated clock a day is short. */
const lookIntervalMs = minuteMs

export interface RetentionJob {
  start(): void
  /** Once what runs has ended. */
  stop(): Promise<void>
}

/** Runs the retention of every municipality once a day of the platform's clock, also after days without the platform. */
export const createRetentionJob = (options: {
  retention: Retention
  photos: Photos
  municipalities: () => string[]
  clock: Clock
  wallNow: () => number
  log: Log
}): RetentionJob => {
  const { retention, photos, municipalities, clock, wallNow, log } = options
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()

  const look = async (): Promise<void> => {
    try {
      let ran = false
      for (const municipality of municipalities()) {
        if (clock.now() - (retention.lastRun(municipality) ?? Number.NEGATIVE_INFINITY) < dayMs) continue
        const { at: _, dryRun: __, ...counts } = retention.run(municipality, { dryRun: false, by: 'retention' })
        log('info', 'privacy.retentionRan', { municipality, ...counts })
        ran = true
      }
      if (ran) await photos.sweep(wallNow())
    } catch (error) {
      log('error', 'privacy.retentionFailed', { error: String(error) })
    }
  }

  return {
    start: () => {
      const again = () => {
        looking = looking.then(look)
      }
      timer ??= setInterval(again, lookIntervalMs).unref()
      again()
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      await looking
    },
  }
}
