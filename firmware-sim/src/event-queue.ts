import type { Instant } from '@fanari/contracts'

interface Entry {
  at: Instant
  order: number
  action: () => void
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

export interface EventQueue {
  /** The moment of the action that runs, or of the last advance. Never goes back. */
  now(): Instant
  /** Runs `action` at `at`, to the millisecond; what lies in the past runs as soon as the queue advances. */
  schedule(at: Instant, action: () => void): void
  nextAt(): Instant | null
  /** Runs all actions up to and including `to`, in order of time and then of scheduling. */
  advanceTo(to: Instant): void
}

/** The one queue of simulated time: a binary heap, first come first served among equals. */
export const createEventQueue = (start: Instant): EventQueue => {
  const heap: Entry[] = []
  let now = start
  let ordinal = 0

  const push = (entry: Entry): void => {
    let child = heap.length
    heap.push(entry)
    while (child > 0) {
      const parent = (child - 1) >> 1
      const above = heap[parent] as Entry
      if (!isBefore(entry, above)) break
      heap[child] = above
      child = parent
    }
    heap[child] = entry
  }

  const pop = (): Entry | undefined => {
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let parent = 0
    for (;;) {
      let child = 2 * parent + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++
      if (!isBefore(heap[child] as Entry, last)) break
      heap[parent] = heap[child] as Entry
      parent = child
    }
    heap[parent] = last
    return first
  }

  return {
    now: () => now,
    schedule: (at, action) => push({ at: Math.max(Math.round(at), now), order: ordinal++, action }),
    nextAt: () => heap[0]?.at ?? null,
    advanceTo: (to) => {
      for (let next = heap[0]; next !== undefined && next.at <= to; next = heap[0]) {
        pop()
        now = next.at
        next.action()
      }
      now = Math.max(now, to)
    },
  }
}
