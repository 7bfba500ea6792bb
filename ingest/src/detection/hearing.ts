import { type DeviceStatus, type Instant, type Reading, type Resolution, type Rules, secondMs } from '@fanari/contracts'

/** Transport margin on every interval [ms] (CONTRACT section 3, "Timing"). */
export const transportMarginMs = 2 * secondMs

/** How fast the loss statistics of a link follow it: about the last fifty reports. */
const learningRate = 0.02
/** Probability that a dead device's report is missing; not 1, because a stray buffered report may still come. */
const missWhenDead = 0.999

/** When a device was heard, and how reliably it is. */
export interface Hearing {
  device: string
  intervalMs: number
  /** Arrival of its last message of any kind; 0 when it was never heard. */
  lastSeenAt: Instant
  /** Event time of its newest reading, and the sequence number that came with it (−1 when it sends none). */
  lastAt: Instant
  lastSeq: number
  session: string | null
  /** Arrival of a will that named this session, while nothing was heard since; otherwise 0. */
  offlineAt: Instant
  sleeping: boolean
  /** Learned P(miss | the last one came) and P(miss | the last one was missed): losses come in bursts. */
  firstMiss: number
  continueMiss: number
}

export const createHearing = (device: string, intervalMs: number, rules: Rules): Hearing => ({
  device,
  intervalMs,
  lastSeenAt: 0,
  lastAt: 0,
  lastSeq: -1,
  session: null,
  offlineAt: 0,
  sleeping: false,
  firstMiss: rules.communicationFailure.firstMiss,
  continueMiss: rules.communicationFailure.continueMiss,
})

/** Reports missed in a row when nothing was heard since `base`. */
export const missedReports = (hearing: Hearing, base: Instant, now: Instant): number =>
  base === Number.POSITIVE_INFINITY ? 0 : Math.max(0, Math.floor((now - base - transportMarginMs) / hearing.intervalMs))

/** When the `count`-th report in a row has been missed. */
export const missedAt = (hearing: Hearing, base: Instant, count: number): Instant =>
  base + count * hearing.intervalMs + transportMarginMs

/**
 * How many missed reports in a row decide that the device cannot be reached: Wald's sequential test of "gone" against this link's own
 * bursty losses, decided at ln((1 − β)/α). A lost connection decides sooner, because the broker has seen it go.
 */
export const decisiveMisses = (hearing: Hearing, rules: Rules): number => {
  const { connectionLostReports, falseAlarm } = rules.communicationFailure
  if (hearing.offlineAt > 0) return connectionLostReports
  const bound = Math.log(missWhenDead / falseAlarm)
  const first = Math.log(missWhenDead / hearing.firstMiss)
  const next = Math.log(missWhenDead / hearing.continueMiss)
  return 1 + Math.max(0, Math.ceil((bound - first) / next))
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

const learn = (hearing: Hearing, missed: number): void => {
  const toward = (rate: number, target: number): number => rate + learningRate * (target - rate)
  hearing.firstMiss = clamp(toward(hearing.firstMiss, missed > 0 ? 1 : 0), 0.003, 0.5)
  if (missed === 0) return
  for (let i = 1; i < Math.min(missed, 10); i++) hearing.continueMiss = toward(hearing.continueMiss, 1)
  hearing.continueMiss = clamp(toward(hearing.continueMiss, 0), 0.2, 0.8)
}

/**
 * Notes an arrival. `base` is since when it should have been heard: misses are learned from it, so that neither the platform's own
 * downtime nor a circuit switched off by day counts against the link. A long silence is an outage and teaches nothing about losses.
 * `lost` is how many reports never came, where its sequence numbers tell: what came late was not lost.
 */
export const noteHeard = (hearing: Hearing, base: Instant, at: Instant, lost: number | null = null): void => {
  if (hearing.lastSeenAt > 0 && base <= hearing.lastSeenAt) {
    const missed = lost ?? Math.round((at - hearing.lastSeenAt) / hearing.intervalMs) - 1
    if (missed < 12) learn(hearing, Math.max(0, missed))
  }
  hearing.lastSeenAt = at
  hearing.offlineAt = 0
  hearing.sleeping = false
}

/**
 * Reports that never came before `reading`, by its sequence number; `null` when it does not tell: it carries none, its controller has
 * restarted, or it counts something else than reports.
 */
export const lostBefore = (hearing: Hearing, reading: Reading): number | null => {
  if (reading.seq === undefined || hearing.lastSeq < 0 || reading.seq <= hearing.lastSeq) return null
  const lost = reading.seq - hearing.lastSeq - 1
  return lost * hearing.intervalMs <= reading.at - hearing.lastAt ? lost : null
}

/** Notes the counters of a reading that is newer than any before. */
export const noteCounters = (hearing: Hearing, reading: Reading): void => {
  hearing.lastAt = reading.at
  hearing.lastSeq = reading.seq ?? -1
}

/**
 * What had happened to a device that is heard again, from its counters before and after: advanced means that it ran all the time and
 * was only unreachable; begun anew means that it had lost power.
 */
export const returnOf = (hearing: Hearing, reading: Reading, silentSince: Instant): Resolution => {
  if (reading.uptime !== undefined) {
    const silentS = (reading.at - Math.max(silentSince, hearing.lastAt)) / secondMs
    return reading.uptime + transportMarginMs / secondMs < silentS ? 'restarted' : 'stillRunning'
  }
  if (reading.seq === undefined || hearing.lastSeq < 0) return 'unknown'
  if (reading.seq > hearing.lastSeq) return 'stillRunning'
  return reading.seq < hearing.lastSeq ? 'restarted' : 'unknown'
}

/**
 * Notes a status message. A will whose session is not that of the last `online` is stale and changes nothing.
 * @returns whether the device counts as heard
 */
export const noteStatus = (hearing: Hearing, status: DeviceStatus, base: Instant, at: Instant): boolean => {
  switch (status.state) {
    case 'online':
    case 'sleeping':
      noteHeard(hearing, base, at)
      hearing.session = status.session ?? null
      hearing.sleeping = status.state === 'sleeping'
      return true
    case 'offline': {
      const stale = status.session !== undefined && hearing.session !== null && status.session !== hearing.session
      if (!stale && hearing.lastSeenAt > 0) hearing.offlineAt = at
      return false
    }
  }
}
