import { hourMs, type Instant } from '@fanari/contracts'

/** So much of one sender is kept whole in an hour; beyond it, one in `sampleEvery`. */
const keptPerHour = 1_000
export const sampleEvery = 100

/** What becomes of one more item for the quarantine. */
export type Keep = 'kept' | 'sampled' | 'countedOnly'

/**
 * Keeps a faulty or hostile sender from filling the disk with its own bad messages. Senders beyond `senderLimit` in one hour are
 * counted as one, so that inventing names does not help.
 */
export const createQuarantineLimit = (senderLimit = 10_000): ((sender: string, now: Instant) => Keep) => {
  const items = new Map<string, number>()
  let hourEndsAt = Number.NEGATIVE_INFINITY
  const allOthers = ''

  return (sender, now) => {
    if (now >= hourEndsAt) {
      items.clear()
      hourEndsAt = now + hourMs
    }
    const name = items.has(sender) || items.size < senderLimit ? sender : allOthers
    const count = (items.get(name) ?? 0) + 1
    items.set(name, count)
    if (count <= keptPerHour) return 'kept'
    return count % sampleEvery === 0 ? 'sampled' : 'countedOnly'
  }
}
