import { type Clock, type Log, minuteMs } from '@fanari/contracts'

/** Platform time between two looks [ms], and the least wall time [ms]: a town that runs fast must not keep the process busy. */
const usualPeriodMs = minuteMs
const shortestWallMs = 1_000

/** What has to look at the clock now and then. It runs one look after another, and what a look missed the next one finds. */
export interface Ticker {
  start(): void
  stop(): Promise<void>
  /** One look now. */
  look(): Promise<void>
}

export const createTicker = (options: {
  clock: Clock
  log: Log
  looks: Record<string, () => Promise<void>>
}): Ticker => {
  const { clock, log, looks } = options
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()

  const look = async (): Promise<void> => {
    for (const [name, one] of Object.entries(looks)) {
      try {
        await one()
      } catch (error) {
        log('error', 'ticker.failed', { look: name, error: String(error) })
      }
    }
  }

  const next = () => {
    const wallMs = Math.max(usualPeriodMs / clock.speed, shortestWallMs)
    timer = setTimeout(() => {
      running = look().finally(() => {
        if (timer !== null) next()
      })
    }, wallMs).unref()
  }

  return {
    look,
    start: () => {
      if (timer === null) next()
    },
    stop: async () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      await running
    },
  }
}
