import type { IncidentChange, IncidentSink, Log } from '@fanari/contracts'

/**
 * Gives incident changes to the citizen line, in order, each until it is stored. The citizen line may be in another process, and away:
 * then they wait here, and the judge goes on.
 */
export interface IncidentDelivery {
  give(municipality: string, changes: IncidentChange[]): void
  /** Gifts that are not stored yet. While there are any, the judge's snapshot would be ahead of the citizen line. */
  waiting(): number
  /** Resolves when there is room for more: at once, but for a sink that has been away for long. */
  room(): Promise<void> | null
  /** Ends the attempts; resolves when none is under way. What waits is decided and given again after a start from the snapshot. */
  stop(): Promise<void>
}

/** Gifts kept in memory; beyond them the judge waits, and the journal keeps what it has not read. */
const waitingAtMost = 1_000
const retryMsAtMost = 2_000

export const createIncidentDelivery = (options: {
  incidents: IncidentSink
  log: Log
  /** First pause after a refusal; doubles up to two seconds [ms]. */
  retryMs?: number
}): IncidentDelivery => {
  const { incidents, log, retryMs = 100 } = options
  const queue: { municipality: string; changes: IncidentChange[] }[] = []
  let underWay: Promise<void> | null = null
  let retry: NodeJS.Timeout | null = null
  let pauseMs = retryMs
  let stopped = false
  let room: PromiseWithResolvers<void> | null = null

  const stored = (): void => {
    queue.shift()
    if (pauseMs > retryMs) log('info', 'incidents.storedAgain', { waiting: queue.length })
    pauseMs = retryMs
    if (room === null || queue.length >= waitingAtMost) return
    room.resolve()
    room = null
  }

  const refused = (error: unknown): void => {
    // One line an absence: what follows is told by the number of those that wait.
    if (pauseMs === retryMs) log('warn', 'incidents.notStored', { error: String(error), waiting: queue.length })
    if (stopped) return
    retry = setTimeout(() => {
      retry = null
      deliver()
    }, pauseMs)
    pauseMs = Math.min(pauseMs * 2, retryMsAtMost)
  }

  /** A sink that stores before it returns is served in the same turn. */
  const deliver = (): void => {
    while (underWay === null && retry === null && !stopped) {
      const next = queue[0]
      if (next === undefined) return
      try {
        const storing = incidents.apply(next.municipality, next.changes)
        if (storing === undefined) {
          stored()
          continue
        }
        underWay = storing.then(stored, refused).finally(() => {
          underWay = null
          deliver()
        })
      } catch (error) {
        refused(error)
      }
    }
  }

  return {
    give(municipality, changes) {
      queue.push({ municipality, changes })
      deliver()
    },
    waiting: () => queue.length,
    room() {
      if (queue.length < waitingAtMost || stopped) return null
      room ??= Promise.withResolvers()
      return room.promise
    },
    async stop() {
      stopped = true
      if (retry !== null) clearTimeout(retry)
      room?.resolve()
      await underWay
    },
  }
}
