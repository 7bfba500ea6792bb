import { ancientLimitMs, type Instant } from '@fanari/contracts'

/** The readings a device has sent: their event times in order, each with its `seq`. */
interface Sent {
  /** What times count from [ms since 1970 UTC]. */
  base: Instant
  count: number
  /** Two numbers a reading, side by side because they are looked at together: ms after `base`, rising, and the mark of its `seq`. */
  pairs: Uint32Array
}

/** Remembers which readings have been taken. */
export interface Repeats {
  /** Whether any reading of `device` has been taken note of. */
  hasHeard(device: string): boolean
  /** Takes note of a reading; false when it has been taken before. */
  isNew(device: string, at: Instant, seq: number | undefined, now: Instant): boolean
}

const offsetLimit = 2 ** 32 - 1

/**
 * Recognizes a repeat of the same `device`, `at` and `seq` as the journal's index does, from memory: 8 bytes a reading, and none for
 * readings so old that the intake refuses them anyway. Counters of one device that differ by a multiple of 2^32 at the same
 * millisecond are taken for equal.
 */
export const createRepeats = (): Repeats => {
  const devices = new Map<string, Sent>()

  return {
    hasHeard: (device) => devices.has(device),
    isNew(device, at, seq, now) {
      let sent = devices.get(device)
      if (sent === undefined) {
        sent = { base: now - ancientLimitMs, count: 0, pairs: new Uint32Array(128) }
        devices.set(device, sent)
      }
      if (at - sent.base > offsetLimit) rebase(sent, now - ancientLimitMs)
      return insert(sent, at - sent.base, markOf(seq))
    },
  }
}

/** `seq` + 1 modulo 2^32; 0 for a reading without one. */
const markOf = (seq: number | undefined): number => (seq === undefined ? 0 : (seq + 1) >>> 0)

/** Forgets what lies before `base`. */
const rebase = (sent: Sent, base: Instant): void => {
  const { pairs } = sent
  const shift = base - sent.base
  const first = below(sent, shift - 1)
  for (let i = first; i < sent.count; i++) pairs[2 * i] = (pairs[2 * i] ?? 0) - shift
  pairs.copyWithin(0, 2 * first, 2 * sent.count)
  sent.base = base
  sent.count -= first
}

const insert = (sent: Sent, offset: number, mark: number): boolean => {
  const { count } = sent
  const isLatest = count === 0 || (sent.pairs[2 * count - 2] ?? 0) < offset
  const place = isLatest ? count : below(sent, offset)
  for (let i = place - 1; i >= 0 && sent.pairs[2 * i] === offset; i--) if (sent.pairs[2 * i + 1] === mark) return false
  if (2 * count === sent.pairs.length) sent.pairs = larger(sent.pairs)
  const { pairs } = sent
  if (place < count) pairs.copyWithin(2 * place + 2, 2 * place, 2 * count)
  pairs[2 * place] = offset
  pairs[2 * place + 1] = mark
  sent.count++
  return true
}

/** How many are not after `offset`, by halving. */
const below = ({ pairs, count }: Sent, offset: number): number => {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((pairs[2 * middle] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return low
}

const larger = (pairs: Uint32Array): Uint32Array => {
  const grown = new Uint32Array(2 * pairs.length)
  grown.set(pairs)
  return grown
}
