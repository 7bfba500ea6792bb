import type { Log } from '@fanari/contracts'

/** Something that is started, with its undoing. */
export interface Step {
  start(): void | Promise<void>
  stop(): void | Promise<void>
}

/** Starts steps in their order, and stops those that were started in reverse. */
export interface Steps {
  /** Rejects, with everything stopped again, when a step cannot start. */
  start(): Promise<void>
  stop(): Promise<void>
}

export const createSteps = (steps: readonly Step[], log: Log): Steps => {
  let started = 0
  const stop = async (): Promise<void> => {
    while (started > 0) {
      const step = steps[--started]
      try {
        await step?.stop()
      } catch (error) {
        log('error', 'platform.stopFailed', { error: String(error) })
      }
    }
  }
  return {
    async start() {
      try {
        while (started < steps.length) {
          const step = steps[started]
          started++
          await step?.start()
        }
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
  }
}
