/** Failures of one key within a window; beyond a number of them it has to wait for the window's end. */
export interface Throttle {
  /** How long a key has to wait [ms]; 0 when it has not. */
  waitMs(key: string): number
  /** Counts an attempt. Before it is judged: attempts at the same moment count too. */
  count(key: string): void
  /** After a success: begins anew. */
  forget(key: string): void
  /** After a success of one among many who share the key: takes one attempt back. */
  forgive(key: string): void
}

/** Keys kept at a time: an attacker with many addresses fills no memory. */
const mostKeys = 10_000

/** `now` is wall time [ms]. In memory: a restart forgives. */
export const createThrottle = (options: { now: () => number; most: number; windowMs: number }): Throttle => {
  const { now, most, windowMs } = options
  // In the order of their windows, so that the oldest is the first.
  const windows = new Map<string, { endsAt: number; attempts: number }>()

  const current = (key: string) => {
    const window = windows.get(key)
    if (window === undefined || window.endsAt > now()) return window
    windows.delete(key)
    return undefined
  }
  const makeRoom = () => {
    for (const [key, { endsAt }] of windows) {
      if (endsAt > now() && windows.size < mostKeys) return
      windows.delete(key)
    }
  }

  return {
    waitMs: (key) => {
      const window = current(key)
      return window !== undefined && window.attempts >= most ? window.endsAt - now() : 0
    },
    count: (key) => {
      const window = current(key)
      if (window !== undefined) {
        window.attempts++
        return
      }
      makeRoom()
      windows.set(key, { endsAt: now() + windowMs, attempts: 1 })
    },
    forget: (key) => {
      windows.delete(key)
    },
    forgive: (key) => {
      const window = current(key)
      if (window !== undefined) window.attempts--
    },
  }
}
