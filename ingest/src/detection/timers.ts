import type { Instant } from '@fanari/contracts'

/** Something that wants to be looked at again at `due`; `Infinity` when it does not. */
export interface Timed {
  due: Instant
  /** When its entry in the timers surfaces; `Infinity` while it has none. Theirs to write. */
  surfacesAt: Instant
}

/**
 * A binary heap of things to look at again, earliest first. One entry a thing: when `due` moves later the entry stays where it is and
 * is put right when it surfaces, so that a reading, which only ever moves its light's deadline later, costs nothing here.
 */
export interface Timers<T extends Timed> {
  /** Makes sure that `item` surfaces no later than its `due`. */
  schedule(item: T): void
  /** The instant of the next entry; it may turn out to be too early. */
  next(): Instant
  /** Takes the next entry if it is due at `now`, or `null`. An entry whose `due` has moved later is put back and not returned. */
  take(now: Instant): T | null
}

export const createTimers = <T extends Timed>(): Timers<T> => {
  const heap: { at: Instant; item: T }[] = []

  const swap = (a: number, b: number): void => {
    const held = heap[a] as { at: Instant; item: T }
    heap[a] = heap[b] as { at: Instant; item: T }
    heap[b] = held
  }
  const at = (index: number): Instant => heap[index]?.at ?? Number.POSITIVE_INFINITY

  const push = (entry: { at: Instant; item: T }): void => {
    let index = heap.push(entry) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (at(parent) <= at(index)) break
      swap(parent, index)
      index = parent
    }
  }

  const pop = (): { at: Instant; item: T } | undefined => {
    const top = heap[0]
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) {
      heap[0] = last
      let index = 0
      while (true) {
        const left = 2 * index + 1
        const child = at(left + 1) < at(left) ? left + 1 : left
        if (at(child) >= at(index)) break
        swap(child, index)
        index = child
      }
    }
    return top
  }

  const schedule = (item: T): void => {
    if (item.surfacesAt <= item.due) return
    item.surfacesAt = item.due
    push({ at: item.due, item })
  }

  return {
    schedule,
    next: () => at(0),
    take(now) {
      while (at(0) <= now) {
        const entry = pop() as { at: Instant; item: T }
        // An older entry of the same thing, overtaken by an earlier one.
        if (entry.item.surfacesAt !== entry.at) continue
        entry.item.surfacesAt = Number.POSITIVE_INFINITY
        if (entry.item.due <= now) return entry.item
        schedule(entry.item)
      }
      return null
    },
  }
}
