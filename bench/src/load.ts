/** What the generator can be told, and what it answers. */
export type GeneratorCommand =
  | {
      kind: 'connect'
      port: number
      connections: number /** Also one subscriber to all telemetry. */
      subscribe: boolean
    }
  | { kind: 'disconnect' }
  /** Each connection has `window` unacknowledged publishes at any time. */
  | { kind: 'closedLoop'; window: number; seconds: number }
  /** So many a second whether or not they are acknowledged. Latencies of the first `warmUpSeconds` are left out. */
  | { kind: 'openLoop'; perSecond: number; seconds: number; warmUpSeconds: number }

export interface LoadResult {
  acknowledged: number
  /** What the subscriber got. */
  delivered: number
  /** From the first publish to the last acknowledgement [s]. */
  seconds: number
  /** CPU of the generator meanwhile [s]. */
  cpuSeconds: number
  /** Scheduled sending time to PUBACK [ms]; none in a closed loop, where a slow broker would slow its own test down. */
  latency: { p50: number; p99: number; max: number } | null
  /** Scheduled sending time to sending, which is in the latency [ms]: the generator's own lateness. None in a closed loop. */
  lateness: { p50: number; p99: number } | null
  /** `seq` of the newest reading of each device; all from `firstSeq` on were acknowledged. */
  lastSeqs: [device: string, seq: number][]
}

export const municipality = 'bench'
export const deviceName = (number: number): string => `lamp-${String(number).padStart(5, '0')}`
