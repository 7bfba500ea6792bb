import { ancientLimitMs, type Instant } from '@fanari/contracts'

/** The readings a device has sent: their event times in order, each with its `seq`. */
interface Sent {
  /** What `offsets` count from [ms since 1970 UTC]. */
  base: Instant
  length: number
  /** ms after `base`, rising. */
  offsets: Uint32Array
  /** `seq` + 1 modulo 2^32; 0 for a reading without one. */
  marks: Uint32Array
}

/** Remembers which readings have been taken. */
export interface Repeats {
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
    isNew(device, at, seq, now) {
      let sent = devices.get(device)
      if (sent === undefined) {
        sent = { base: now - ancientLimitMs, length: 0, offsets: new Uint32Array(64), marks: new Uint32Array(64) }
        devices.set(device, sent)
      }
      if (at - sent.base > offsetLimit) rebase(sent, now - ancientLimitMs)
      return insert(sent, at - sent.base, seq === undefined ? 0 : (seq + 1) >>> 0)
    },
  }
}

/** Forgets what lies before `base`. */
const rebase = (sent: Sent, base: Instant): void => {
  const shift = base - sent.base
  let kept = 0
  for (let i = 0; i < sent.length; i++) {
    const offset = (sent.offsets[i] ?? 0) - shift
    if (offset < 0) continue
    sent.offsets[kept] = offset
    sent.marks[kept] = sent.marks[i] ?? 0
    kept++
  }
  sent.base = base
  sent.length = kept
}

const insert = (sent: Sent, offset: number, mark: number): boolean => {
  let place = sent.length
  while (place > 0 && (sent.offsets[place - 1] ?? 0) > offset) place = below(sent, place, offset)
  for (let i = place - 1; i >= 0 && sent.offsets[i] === offset; i--) if (sent.marks[i] === mark) return false
  if (sent.length === sent.offsets.length) grow(sent)
  if (place < sent.length) {
    sent.offsets.copyWithin(place + 1, place, sent.length)
    sent.marks.copyWithin(place + 1, place, sent.length)
  }
  sent.offsets[place] = offset
  sent.marks[place] = mark
  sent.length++
  return true
}

/** How many of the first `count` are not after `offset`, by halving. */
const below = ({ offsets }: Sent, count: number, offset: number): number => {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((offsets[middle] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return low
}

const grow = (sent: Sent): void => {
  const larger = () => new Uint32Array(sent.offsets.length * 2)
  const [offsets, marks] = [larger(), larger()]
  offsets.set(sent.offsets)
  marks.set(sent.marks)
  sent.offsets = offsets
  sent.marks = marks
}
