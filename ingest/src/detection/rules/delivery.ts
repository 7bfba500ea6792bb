import { hourMs, type Instant, type Reading, type Rules } from '@fanari/contracts'
import type { LightMemory } from './memory.ts'
import type { Rule } from './rule.ts'
import { countFinding } from './runs.ts'

/** A day of one light's reports, by their sequence numbers. */
export interface DeliverySample {
  expected: number
  received: number
}

const windowMs = 24 * hourMs
/** Fewer than this a day say nothing about a link. */
const enoughReports = 50

/** More missed in a row than this is an outage, and no matter of the link's quality. */
const outageReports = 12

const percent = (sample: DeliverySample): number => Math.round((100 * sample.received) / sample.expected)

export const poorDelivery: Rule<DeliverySample> = {
  fault: 'communicationFailure',
  reason: 'poorDelivery',
  shows({ expected, received }, rules) {
    const { deliveryShare, clearShare } = rules.communicationFailure
    if (received < deliveryShare * expected) return true
    return received >= clearShare * expected ? false : undefined
  },
  samples: () => 1,
  clearSamples: () => 1,
  describe: (sample) => `${sample.received} of ${sample.expected} reports of a day arrived (${percent(sample)} %)`,
}

/**
 * Counts what arrived against what was numbered, late arrivals too. A controller that restarts begins its numbers anew.
 * @param lastSeq of its newest reading so far; −1 when it had none
 */
export const noteDelivery = (
  memory: LightMemory,
  reading: Reading,
  arrival: { now: Instant; lastSeq: number; isNewest: boolean },
  rules: Rules,
): void => {
  if (reading.seq === undefined) return
  const { delivery } = memory
  const { now, lastSeq, isNewest } = arrival
  if (delivery.since === 0) delivery.since = now
  delivery.received++
  const missed = lastSeq >= 0 && reading.seq > lastSeq ? reading.seq - lastSeq - 1 : 0
  if (isNewest) delivery.expected += missed < outageReports ? missed + 1 : 1
  if (now - delivery.since < windowMs) return
  if (delivery.expected >= enoughReports) {
    const shown = poorDelivery.shows(delivery, rules)
    if (shown === true || memory.runs?.communicationFailure !== undefined)
      memory.runs = countFinding(memory.runs, {
        fault: 'communicationFailure',
        at: delivery.since,
        rule: poorDelivery,
        shown,
        named: false,
        sample: { ...delivery },
        rules,
      })
  }
  delivery.since = now
  delivery.expected = 0
  delivery.received = 0
}
