import { expect, test } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

test('a bucket lets a burst through, then makes the taker wait for what it owes, and never saves more than its burst', () => {
  const bucket = new TokenBucket(10, 5, 0)
  expect(bucket.take(5, 0)).toBe(0)
  expect(bucket.take(1, 0)).toBe(100)
  expect(bucket.take(0, 100)).toBe(0)
  expect(bucket.take(3, 200)).toBe(200)
  expect(bucket.take(6, 100_000)).toBe(100)
})
