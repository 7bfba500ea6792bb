import { type Instant, minuteMs, type Reading, type Rules, secondMs } from '@fanari/contracts'
import type { LightMemory } from './memory.ts'
import type { Rule } from './rule.ts'
import { countFinding } from './runs.ts'

/** One live report: how far its stamp lies ahead (+) of its arrival [ms], or that the intake set it aside because of it. */
export interface StampSample {
  offsetMs: number | 'tooFarAhead' | 'tooFarBehind'
}

/** A clock that is wrong is wrong by about the same amount from report to report [ms]; a slow network is not. */
const steadyWithinMs = minuteMs

export const clockFault: Rule<StampSample> = {
  fault: 'clockFault',
  reason: 'stampsOffArrival',
  shows({ offsetMs }, rules) {
    if (typeof offsetMs === 'string') return true
    const { deviation, clearDeviation } = rules.clockFault
    if (Math.abs(offsetMs) > deviation * secondMs) return true
    return Math.abs(offsetMs) < clearDeviation * secondMs ? false : undefined
  },
  samples: (rules, { offsetMs }) =>
    typeof offsetMs === 'number' && offsetMs < 0 ? rules.clockFault.behindSamples : rules.clockFault.samples,
  clearSamples: (rules) => rules.clockFault.clearSamples,
  describe: ({ offsetMs }) =>
    typeof offsetMs === 'string'
      ? `stamps lie so far ${offsetMs === 'tooFarAhead' ? 'ahead' : 'behind'} that its reports are set aside`
      : `stamps lie ${Math.round(Math.abs(offsetMs) / secondMs)} s ${offsetMs > 0 ? 'ahead of' : 'behind'} their arrival`,
}

/**
 * Counts one report's stamp. Of reports that come soon after one another (a backlog is sent at once) the freshest stands for all, and a
 * stamp that lies behind by another amount than the last waited somewhere: the row begins anew.
 */
const countStamp = (memory: LightMemory, sample: StampSample, at: Instant, intervalMs: number, rules: Rules): void => {
  const shown = clockFault.shows(sample, rules)
  const { clock } = memory
  if (shown !== true && clock === null && memory.runs?.clockFault === undefined) return
  const offsetMs = typeof sample.offsetMs === 'number' ? sample.offsetMs : 0
  if (shown === true && clock !== null && at - clock.at < intervalMs / 2) {
    clock.offsetMs = Math.max(clock.offsetMs, offsetMs)
    return
  }
  const jumps = clock !== null && offsetMs < 0 && Math.abs(offsetMs - clock.offsetMs) > steadyWithinMs
  memory.clock = shown === true ? { offsetMs, at } : null
  if (jumps && memory.runs?.clockFault?.confirmed !== true)
    memory.runs = countFinding(memory.runs, { ...finding(sample, at, rules), shown: false })
  memory.runs = countFinding(memory.runs, { ...finding(sample, at, rules), shown })
}

const finding = (sample: StampSample, at: Instant, rules: Rules) =>
  ({ fault: 'clockFault', at, rule: clockFault, named: false, sample, rules }) as const

/** Notes the stamp of a reading that arrived at `now`. The way of nearly every reading is the first line. */
export const noteStamp = (
  memory: LightMemory,
  reading: Reading,
  now: Instant,
  intervalMs: number,
  rules: Rules,
): void => {
  const offsetMs = reading.at - now
  const fits = Math.abs(offsetMs) < rules.clockFault.clearDeviation * secondMs
  if (fits && memory.clock === null && memory.runs === null) return
  countStamp(memory, { offsetMs }, now, intervalMs, rules)
}

/** Notes that a report was set aside because of its stamp. */
export const noteSetAside = (
  memory: LightMemory,
  reason: 'futureTime' | 'ancientTime',
  now: Instant,
  intervalMs: number,
  rules: Rules,
): void =>
  countStamp(memory, { offsetMs: reason === 'futureTime' ? 'tooFarAhead' : 'tooFarBehind' }, now, intervalMs, rules)
