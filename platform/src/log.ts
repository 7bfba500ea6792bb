import type { Log } from '@fanari/contracts'

const levels = { debug: 10, info: 20, warn: 30, error: 40 } as const
export type LogLevel = keyof typeof levels

/** One line of JSON an event. */
export const createLog = (options: { level: LogLevel; write: (line: string) => void; now: () => number }): Log => {
  const least = levels[options.level]
  return (level, event, fields = {}) => {
    if (levels[level] < least) return
    options.write(`${JSON.stringify({ time: new Date(options.now()).toISOString(), level, event, ...fields })}\n`)
  }
}
