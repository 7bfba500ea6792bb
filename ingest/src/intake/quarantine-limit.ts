import { hourMs, type Instant } from '@fanari/contracts'

/** So much of one sender is kept whole in an hour; beyond it, one in `sampleEvery`. */
export const keptPerHour = 1_000
export const sampleEvery = 100

/** What becomes of one more item for the quarantine. */
export type Keep = 'kept' | 'sampled' | 'countedOnly'

interface Window {
  endsAt: Instant
  items: number
}

/**
 * Keeps a faulty or hostile sender from filling the disk with its own bad messages. Senders beyond `senderLimit` in one hour share
 * one window, so that inventing names does not help.
 */
export const createQuarantineLimit = (senderLimit = 10_000): ((sender: string, now: Instant) => Keep) => {
  const windows = new Map<string, Window>()
  let clearedAt = Number.NEGATIVE_INFINITY
  const others = ''

  return (sender, now) => {
    if (windows.size >= senderLimit && now - clearedAt >= hourMs) {
      windows.clear()
      clearedAt = now
    }
    const name = windows.has(sender) || windows.size < senderLimit ? sender : others
    let window = windows.get(name)
    if (window === undefined || now >= window.endsAt) {
      window = { endsAt: now + hourMs, items: 0 }
      windows.set(name, window)
    }
    window.items += 1
    if (window.items <= keptPerHour) return 'kept'
    return window.items % sampleEvery === 0 ? 'sampled' : 'countedOnly'
  }
}
