/** Lets so many pieces of work run at a time and so many wait; the rest is refused. */
export interface Gate {
  /** @throws GateFullError at once, when too many wait already; else what the work throws. */
  pass<Result>(work: () => Promise<Result>): Promise<Result>
}

export class GateFullError extends Error {}

export const createGate = ({ atOnce, waiting: mostWaiting }: { atOnce: number; waiting: number }): Gate => {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    pass: async (work) => {
      if (running < atOnce) running++
      else if (waiting.length >= mostWaiting) throw new GateFullError('too many wait already')
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        // The place goes to the next one that waits.
        const next = waiting.shift()
        if (next === undefined) running--
        else next()
      }
    },
  }
}
