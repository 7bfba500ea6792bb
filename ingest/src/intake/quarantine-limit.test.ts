import { describe, expect, test } from 'vitest'
import { createQuarantineLimit } from './quarantine-limit.ts'

const hourMs = 3_600_000
const times = (limit: ReturnType<typeof createQuarantineLimit>, sender: string, count: number, now: number) => {
  const outcomes = { kept: 0, sampled: 0, countedOnly: 0 }
  for (let item = 0; item < count; item += 1) outcomes[limit(sender, now)] += 1
  return outcomes
}

describe('the quarantine limit', () => {
  test('keeps a thousand an hour of each sender, then one in a hundred', () => {
    const limit = createQuarantineLimit()
    expect(times(limit, 'a', 1_000, 0)).toEqual({ kept: 1_000, sampled: 0, countedOnly: 0 })
    expect(times(limit, 'a', 1_000, 1)).toEqual({ kept: 0, sampled: 10, countedOnly: 990 })
    expect(times(limit, 'b', 1, 1)).toEqual({ kept: 1, sampled: 0, countedOnly: 0 })
  })

  test('begins anew an hour later', () => {
    const limit = createQuarantineLimit()
    times(limit, 'a', 1_500, 0)
    expect(times(limit, 'a', 1, hourMs - 1)).toMatchObject({ kept: 0 })
    expect(times(limit, 'a', 1, hourMs)).toMatchObject({ kept: 1 })
  })

  test('counts senders beyond the limit of senders as one', () => {
    const limit = createQuarantineLimit(10)
    for (let sender = 0; sender < 10; sender += 1) limit(`s${sender}`, 0)
    let kept = 0
    for (let sender = 0; sender < 5_000; sender += 1) if (limit(`x${sender}`, 0) === 'kept') kept += 1
    expect(kept).toBe(1_000)
    expect(limit('s3', 0)).toBe('kept')
  })
})
