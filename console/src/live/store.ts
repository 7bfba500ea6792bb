import { reduce, type TownEvent } from './reducer.ts'
import { initialState, type TownState } from './state.ts'

/** Holds the picture and tells its watchers that it changed, at most once a frame however many events a burst brings. */
export interface TownStore {
  state(): TownState
  dispatch(event: TownEvent): void
  subscribe(listener: () => void): () => void
}

export const createTownStore = (onNextFrame: (callback: () => void) => void): TownStore => {
  let state = initialState
  let scheduled = false
  const listeners = new Set<() => void>()

  const notify = () => {
    scheduled = false
    for (const listener of listeners) listener()
  }

  return {
    state: () => state,
    dispatch: (event) => {
      const next = reduce(state, event)
      if (next === state) return
      state = next
      if (scheduled) return
      scheduled = true
      onNextFrame(notify)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The browser draws no frames for a hidden page, so a timer stands in for one. */
export const onNextFrame = (callback: () => void): void => {
  let called = false
  const once = () => {
    if (called) return
    called = true
    callback()
  }
  requestAnimationFrame(once)
  setTimeout(once, 250)
}
