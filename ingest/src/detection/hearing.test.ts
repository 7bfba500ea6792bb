import { shippedRules } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import {
  createHearing,
  decisiveMisses,
  type Hearing,
  lostBefore,
  missedReports,
  noteHeard,
  returnOf,
} from './hearing.ts'

const interval = 60_000
const heardRegularly = (missedSlots: readonly number[]): Hearing => {
  const hearing = createHearing('d', interval, shippedRules)
  let at = 1_000_000
  noteHeard(hearing, 0, at)
  for (const missed of missedSlots) {
    at += (missed + 1) * interval
    noteHeard(hearing, hearing.lastSeenAt, at)
  }
  return hearing
}

describe('missed reports', () => {
  test.each([
    [0, 0],
    [61_999, 0],
    [62_000, 1],
    [122_000, 2],
    [3_602_000, 60],
  ])('%d ms after the last one, %d are missed: an interval each, and two seconds on the way', (silence, missed) => {
    expect(missedReports(createHearing('d', interval, shippedRules), 5_000, 5_000 + silence)).toBe(missed)
  })

  test('silence that means nothing misses nothing', () => {
    expect(missedReports(createHearing('d', interval, shippedRules), Number.POSITIVE_INFINITY, 1e12)).toBe(0)
  })
})

describe('how many misses decide', () => {
  test('a new link: six in a row', () => {
    expect(decisiveMisses(createHearing('d', interval, shippedRules), shippedRules)).toBe(6)
  })

  test('a lost connection: two', () => {
    expect(decisiveMisses({ ...createHearing('d', interval, shippedRules), offlineAt: 1 }, shippedRules)).toBe(2)
  })

  test('a link that has proven reliable decides as soon, a poor one with bursts much later', () => {
    const good = heardRegularly(Array.from({ length: 300 }, () => 0))
    const poor = heardRegularly(Array.from({ length: 300 }, (_, i) => [0, 1, 0, 3][i % 4] as number))
    expect(decisiveMisses(good, shippedRules)).toBeLessThanOrEqual(6)
    expect(decisiveMisses(poor, shippedRules)).toBeGreaterThanOrEqual(9)
  })

  test('a long silence is an outage and teaches nothing about losses', () => {
    const hearing = heardRegularly([0, 0, 200, 0])
    expect(hearing.continueMiss).toBe(0.4)
  })
})

describe('what a backlog teaches', () => {
  const numbered = {
    ...createHearing('d', interval, shippedRules),
    lastAt: 1_000_000,
    lastSeq: 40,
    lastSeenAt: 1_000_000,
  }

  test.each([
    ['the next number: nothing was lost, however late it comes', { at: 1_060_000, seq: 41 }, 0],
    ['a gap in the numbers: so many were lost', { at: 1_300_000, seq: 45 }, 4],
    ['a number that began anew tells nothing', { at: 1_300_000, seq: 2 }, null],
    ['no number tells nothing', { at: 1_300_000 }, null],
    ['more numbers than reports fit into the time count something else', { at: 1_060_000, seq: 90 }, null],
  ] as const)('%s', (_, reading, lost) => {
    expect(lostBefore(numbered, reading)).toBe(lost)
  })

  test('a device that was heard through a backlog lost nothing: its link is as good as before', () => {
    const hearing = heardRegularly([0, 0, 0])
    const before = hearing.firstMiss
    noteHeard(hearing, hearing.lastSeenAt, hearing.lastSeenAt + 5 * interval, 0)
    expect(hearing.firstMiss).toBeLessThanOrEqual(before)
  })
})

/** Losses in bursts, as measured on real links: P(miss) after one that came, and after one that was missed. */
const lossyLink = (first: number, next: number, reports: number, seed: number): boolean[] => {
  let state = seed
  let missed = false
  return Array.from({ length: reports }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    missed = state / 2 ** 32 < (missed ? next : first)
    return missed
  })
}

describe('false alarms by silence alone', () => {
  // 604 s between reports: 143 a device and day.
  test.each([
    ['a good link', 0.0062, 0.02, 40],
    ['a poor link', 0.317, 0.05, 1_000],
  ])('%s: as rare as the test says, where three missed in a row would cry wolf', (_, first, perDay, byThree) => {
    const days = 400
    const hearing = createHearing('d', interval, shippedRules)
    let at = 1_000_000
    let run = 0
    let alarms = 0
    let threes = 0
    noteHeard(hearing, 0, at)
    for (const missed of lossyLink(first, 0.4, 143 * days, 7)) {
      at += interval
      if (!missed) {
        noteHeard(hearing, hearing.lastSeenAt, at)
        run = 0
        continue
      }
      run++
      if (run === 3) threes++
      if (run === decisiveMisses(hearing, shippedRules)) alarms++
    }
    expect(alarms / days).toBeLessThan(perDay)
    expect(threes).toBeGreaterThan(byThree)
  })
})

describe('what had happened to a device that is heard again', () => {
  const before: Hearing = { ...createHearing('d', interval, shippedRules), lastAt: 1_000_000, lastSeq: 40 }
  const at = 1_000_000 + 600_000
  test.each([
    ['its uptime went on', { seq: 50, uptime: 3_000 }, 'stillRunning'],
    ['its uptime began anew', { seq: 3, uptime: 120 }, 'restarted'],
    ['its uptime began anew though its counter is higher', { seq: 900, uptime: 120 }, 'restarted'],
    ['its counter advanced', { seq: 50 }, 'stillRunning'],
    ['its counter began anew', { seq: 0 }, 'restarted'],
    ['it says nothing', {}, 'unknown'],
  ] as const)('%s', (_, counters, expected) => {
    expect(returnOf(before, { at, ...counters }, 1_000_000)).toBe(expected)
  })

  test('a device that never counted cannot tell', () => {
    expect(returnOf({ ...before, lastSeq: -1 }, { at, seq: 5 }, 1_000_000)).toBe('unknown')
  })
})
