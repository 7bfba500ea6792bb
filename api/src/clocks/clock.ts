import {
  type ClockDocument,
  type ClockKind,
  type ClockTerm,
  type Instant,
  type MilestoneRule,
  type PauseReason,
  toIso,
} from '@fanari/contracts'
import type { ServiceDays } from './service-days.ts'
import { deadlineOf, instantOfShare, type PausedSpan } from './terms.ts'

/*
 * The life of one clock: started, paused and resumed, stopped. Its milestones are worked out when it starts and when a pause ends, and
 * stay what they were promised to be: an edited calendar counts from the next start. Pure; what comes due is asked with `reach`.
 */

/** A milestone that has come due, at its own moment. */
export interface ReachedMilestone extends MilestoneRule {
  at: Instant
}

export const startClock = (
  kind: ClockKind,
  term: ClockTerm,
  at: Instant,
  milestones: readonly MilestoneRule[],
  days: ServiceDays,
): ClockDocument => ({
  kind,
  term,
  state: 'running',
  startedAt: toIso(at),
  dueAt: toIso(deadlineOf(term, at, [], days) ?? at),
  pauses: [],
  milestones: milestones.map((rule) => ({
    ...rule,
    at: toIso(momentOf(rule.share, term, at, [], days) ?? at),
    reached: false,
  })),
})

/** A clock that stands or is stopped stays as it is. */
export const pauseClock = (
  clock: ClockDocument,
  at: Instant,
  pause: { reason: PauseReason; by: string; note?: string | undefined },
): ClockDocument => {
  if (clock.state !== 'running') return clock
  const { reason, by, note } = pause
  const opened = { reason, from: toIso(at), by, ...(note === undefined ? {} : { note }) }
  return { ...clock, state: 'paused', pauses: [...clock.pauses, opened] }
}

/** Goes on, with the deadline and what has not been reached moved by the time that did not count. */
export const resumeClock = (clock: ClockDocument, at: Instant, days: ServiceDays): ClockDocument => {
  if (clock.state !== 'paused') return clock
  const pauses = clock.pauses.map((pause) => (pause.until === undefined ? { ...pause, until: toIso(at) } : pause))
  const spans = pauses.map(spanOf)
  const from = Date.parse(clock.startedAt)
  const dueAt = deadlineOf(clock.term, from, spans, days)
  return {
    ...clock,
    state: 'running',
    pauses,
    ...(dueAt === null ? {} : { dueAt: toIso(dueAt) }),
    milestones: clock.milestones.map((milestone) => {
      const moved = milestone.reached ? null : momentOf(milestone.share, clock.term, from, spans, days)
      return moved === null ? milestone : { ...milestone, at: toIso(moved) }
    }),
  }
}

/** The end: in time when it is not later than the deadline. A pause that is open ends with it. */
export const stopClock = (clock: ClockDocument, at: Instant, days: ServiceDays): ClockDocument => {
  if (clock.state === 'stopped') return clock
  const ended = resumeClock(clock, at, days)
  return { ...ended, state: 'stopped', stoppedAt: toIso(at), inTime: at <= Date.parse(ended.dueAt) }
}

/** Takes a stop back, as if it had never been: the ticket it stopped for turned out not to be part of another. */
export const continueClock = (clock: ClockDocument, days: ServiceDays): ClockDocument => {
  if (clock.state !== 'stopped') return clock
  const { stoppedAt: _stoppedAt, inTime: _inTime, ...running } = clock
  const spans = clock.pauses.map(spanOf)
  const dueAt = deadlineOf(clock.term, Date.parse(clock.startedAt), spans, days)
  return { ...running, state: 'running', ...(dueAt === null ? {} : { dueAt: toIso(dueAt) }) }
}

/** When the next milestone comes due; `null` while the clock stands, and when all are reached. */
export const nextMilestoneAt = (clock: ClockDocument): Instant | null => {
  if (clock.state !== 'running') return null
  const open = clock.milestones.filter(({ reached }) => !reached).map(({ at }) => Date.parse(at))
  return open.length === 0 ? null : Math.min(...open)
}

/** Marks what has come due by `now`; each milestone is given out once, in the order of time. */
export const reachMilestones = (
  clock: ClockDocument,
  now: Instant,
): { clock: ClockDocument; reached: ReachedMilestone[] } => {
  if (clock.state !== 'running') return { clock, reached: [] }
  const isDue = (milestone: ClockDocument['milestones'][number]) =>
    !milestone.reached && Date.parse(milestone.at) <= now
  const reached = clock.milestones
    .filter(isDue)
    .map(({ share, event, level, at }) => ({ share, event, level, at: Date.parse(at) }))
    .sort((a, b) => a.at - b.at || a.share - b.share)
  if (reached.length === 0) return { clock, reached }
  return {
    clock: {
      ...clock,
      milestones: clock.milestones.map((milestone) => (isDue(milestone) ? { ...milestone, reached: true } : milestone)),
    },
    reached,
  }
}

const spanOf = ({ from, until }: ClockDocument['pauses'][number]): PausedSpan => ({
  from: Date.parse(from),
  until: until === undefined ? undefined : Date.parse(until),
})

/**
 * The whole term ends where the deadline is, every other share at its own moment; but nothing comes after the deadline in shares and
 * before it in time, because days end with their service.
 */
const momentOf = (
  share: number,
  term: ClockTerm,
  from: Instant,
  pauses: readonly PausedSpan[],
  days: ServiceDays,
): Instant | null => {
  const moment = share === 1 ? null : instantOfShare(term, from, share, pauses, days)
  if (share < 1) return moment
  const dueAt = deadlineOf(term, from, pauses, days)
  return dueAt === null ? null : Math.max(dueAt, moment ?? dueAt)
}
