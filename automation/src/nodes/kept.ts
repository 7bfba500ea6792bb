import type nodeRed from 'node-red'

/** A node's state, kept in its context: on disk, so that it survives a restart. */
export interface Kept<State> {
  get(): State
  set(state: State): void
}

/** @param key names the shape: another shape in a later release takes another key */
export const keptIn = <State>(node: nodeRed.Node, key: string, initial: State): Kept<State> => ({
  get: () => (node.context().get(key) as State | undefined) ?? initial,
  set: (state) => node.context().set(key, state),
})

/** Longest wait of a timer; a longer one is asked for in parts [ms]. */
const longestWaitMs = 60_000

/** One timer that is set anew again and again. */
export const createAlarm = (ring: () => void): { at(time: number | null): void; stop(): void } => {
  let timer: NodeJS.Timeout | undefined
  return {
    at: (time) => {
      clearTimeout(timer)
      if (time !== null) timer = setTimeout(ring, Math.min(Math.max(0, time - Date.now()), longestWaitMs))
    },
    stop: () => clearTimeout(timer),
  }
}
