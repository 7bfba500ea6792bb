import { shippedRules } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { createHearing, decisiveMisses, type Hearing, missedReports, noteHeard, returnOf } from './hearing.ts'

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
