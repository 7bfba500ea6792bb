import type { DetectorOutput } from '@fanari/contracts'
import type { DecisionSink } from '../judge.ts'
import type { InfluxDoor } from './door.ts'
import type { DecisionEncoder } from './encode-decisions.ts'
import { type Line, noLines } from './line.ts'
import type { InfluxStore } from './store.ts'

/** Points sent at a time. */
const pointsAtATime = 5_000
/** Decisions kept in memory before they are written to the spool, if a second has not done it before. */
const heldAtMost = 5_000

/** Decisions on their way to InfluxDB: in memory for a second, then in the spool until the server has them. */
export interface SpooledDecisions extends Omit<DecisionSink, 'learn'> {
  /** Adds points of another origin. */
  add(lines: readonly Line[]): void
  /** Spools what is held and sends what is spooled, until nothing is left. */
  send(signal: AbortSignal): Promise<void>
}

export const createSpooledDecisions = (options: {
  store: InfluxStore
  door: InfluxDoor
  encoder: DecisionEncoder
}): SpooledDecisions => {
  const { store, door, encoder } = options
  let held: Line[] = []

  const keep = (): void => {
    store.spool(held)
    held = []
  }
  const add = (lines: readonly Line[]): void => {
    for (const line of lines) held.push(line)
    if (held.length >= heldAtMost) keep()
  }

  return {
    add,
    keep,
    take: (municipality: string, outputs: readonly DetectorOutput[]) => add(encoder.encode(municipality, outputs)),
    async send(signal) {
      keep()
      for (;;) {
        const rows = store.spooled(pointsAtATime)
        const last = rows.at(-1)
        if (last === undefined) return
        const lines = noLines()
        for (const { policy, line } of rows) lines[policy].push(line)
        await door.deliver(lines, signal)
        store.unspool(last.id)
      }
    },
  }
}
