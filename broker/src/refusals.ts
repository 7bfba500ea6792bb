import type { Log } from '@fanari/contracts'
import type { FramingFault } from './framing.ts'

/** Everything the door refuses, by reason. */
type RefusalReason =
  | FramingFault
  | 'anonymous'
  | 'wrongCredentials'
  | 'clientIdMismatch'
  | 'unacceptableProtocol'
  | 'topicForbidden'
  | 'unknownTopic'
  | 'subscriptionForbidden'
  | 'tooManyConnections'
  | 'connectTimeout'
  | 'tlsFailed'
  | 'slowSubscriber'
  | 'sessionQueueFull'
  | 'intakeFailed'
  | 'protocolError'

/** An error whose cause has been counted already when Aedes reports it back. */
export class CountedError extends Error {}

export interface Refusals {
  note(reason: RefusalReason, fields?: Record<string, unknown>): void
  counts(): ReadonlyMap<RefusalReason, number>
}

const logIntervalMs = 1_000

/** Counts refusals, and logs at most one a second of each reason: a flood of refusals must not become a flood of log lines. */
export const createRefusals = (log: Log): Refusals => {
  const counts = new Map<RefusalReason, number>()
  const lastLogged = new Map<RefusalReason, { atMs: number; count: number }>()
  return {
    note: (reason, fields) => {
      const count = (counts.get(reason) ?? 0) + 1
      counts.set(reason, count)
      const last = lastLogged.get(reason)
      const nowMs = performance.now()
      if (last !== undefined && nowMs - last.atMs < logIntervalMs) return
      lastLogged.set(reason, { atMs: nowMs, count })
      log('warn', 'mqtt.refused', { reason, ...fields, sinceLastLine: count - (last?.count ?? 0) })
    },
    counts: () => counts,
  }
}
