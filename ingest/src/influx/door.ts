import { setTimeout as delay } from 'node:timers/promises'
import type { Log, Metric, RetentionPolicy } from '@fanari/contracts'
import type { Lines } from './line.ts'
import type { InfluxConnection, InfluxServer } from './server.ts'
import { createStorage } from './storage.ts'
import type { RefusedLine, Writer } from './writer.ts'

/** A point that InfluxDB will never take. */
export interface SetAside extends RefusedLine {
  policy: RetentionPolicy
}

/** The one way into InfluxDB for all that is written: makes the storage, waits for a server that is away, sets poison aside. */
export interface InfluxDoor {
  /**
   * Resolves once the server has all the lines, but those it will never take; tries again for as long as it takes, with pauses up to a
   * quarter of a minute. Rejects only when `signal` ends it.
   */
  deliver(lines: Partial<Lines>, signal: AbortSignal): Promise<void>
  /** Points the server has taken. */
  points(): number
  metrics(): Metric[]
}

export interface InfluxDoorOptions {
  server: InfluxServer
  writer: Writer
  connection: Pick<InfluxConnection, 'url' | 'database' | 'org'>
  log: Log
  /** Takes what the server refuses, some of a burst; all are counted. */
  setAside: (points: readonly SetAside[]) => void
  /** First pause before the next try; doubles up to `retryMsAtMost` [ms]. */
  retryMs?: number
  retryMsAtMost?: number
}

/** So many refused points of one batch are kept to be looked at. */
const keptAtOnce = 20

export const createInfluxDoor = (options: InfluxDoorOptions): InfluxDoor => {
  const { server, writer, connection, log, setAside, retryMs = 250, retryMsAtMost = 15_000 } = options
  let connected = false
  let storage: Promise<void> | null = null
  let awaySince: number | null = null
  let points = 0
  let refused = 0
  let beyondRetention = 0
  let failures = 0

  /** Once for all that write; again when the server says that it is gone. */
  const ensureStorage = (): Promise<void> => {
    storage ??= createStorage(server, connection).then(
      (found) => {
        connected = true
        const { version, created } = found
        log('info', 'influx.connected', { url: connection.url, version, created })
      },
      (error: unknown) => {
        storage = null
        throw error
      },
    )
    return storage
  }

  const failed = (reason: string): void => {
    failures += 1
    if (awaySince === null) {
      awaySince = performance.now()
      log('warn', 'influx.unreachable', { url: connection.url, reason })
    }
  }
  const succeeded = (): void => {
    if (awaySince === null) return
    log('info', 'influx.reachable', { afterS: Math.round((performance.now() - awaySince) / 1_000) })
    awaySince = null
  }

  /** One try of one policy's lines; whether the server has them now. */
  const tryOnce = async (policy: RetentionPolicy, lines: readonly string[]): Promise<boolean> => {
    try {
      await ensureStorage()
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error))
      return false
    }
    const outcome = await writer.write(policy, lines)
    switch (outcome.kind) {
      case 'taken': {
        succeeded()
        points += lines.length - outcome.refused.length - outcome.beyondRetention
        beyondRetention += outcome.beyondRetention
        refused += outcome.refused.length
        if (outcome.refused.length > 0) {
          const [first] = outcome.refused
          log('error', 'influx.pointsRefused', { policy, count: outcome.refused.length, reason: first?.reason })
          setAside(outcome.refused.slice(0, keptAtOnce).map((point) => ({ policy, ...point })))
        }
        if (outcome.beyondRetention > 0)
          log('warn', 'influx.beyondRetention', { policy, count: outcome.beyondRetention })
        return true
      }
      case 'noStorage':
        storage = null
        failed(outcome.reason)
        return false
      case 'unavailable':
        failed(outcome.reason)
        return false
    }
  }

  return {
    async deliver(lines, signal) {
      for (const [policy, some] of Object.entries(lines) as [RetentionPolicy, string[]][]) {
        if (some.length === 0) continue
        let pauseMs = retryMs
        for (;;) {
          signal.throwIfAborted()
          if (await tryOnce(policy, some)) break
          await delay(pauseMs, undefined, { signal })
          pauseMs = Math.min(pauseMs * 2, retryMsAtMost)
        }
      }
    },
    points: () => points,
    metrics: () => [
      single('fanari_influx_reachable', '1 while InfluxDB answers', 'gauge', connected && awaySince === null ? 1 : 0),
      single('fanari_influx_points_total', 'Points that InfluxDB has taken', 'counter', points),
      single('fanari_influx_refused_total', 'Points that InfluxDB refused for ever; set aside', 'counter', refused),
      single(
        'fanari_influx_beyond_retention_total',
        'Points older than their retention policy keeps; dropped',
        'counter',
        beyondRetention,
      ),
      single('fanari_influx_failures_total', 'Writes that were, or will be, repeated', 'counter', failures),
    ],
  }
}

const single = (name: string, help: string, type: Metric['type'], value: number): Metric => ({
  name,
  help,
  type,
  values: [{ value }],
})
