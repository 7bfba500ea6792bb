import { vi } from 'vitest'

/** Waits for a condition, as long as a busy machine may need. */
export const until = (condition: () => boolean | Promise<boolean>): Promise<boolean> =>
  vi.waitUntil(condition, { timeout: 30_000, interval: 10 })
