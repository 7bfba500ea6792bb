import { expect, test } from 'vitest'
import { createThrottle } from './throttle.ts'

test('a key waits after its tries, until its window ends, and no other key does', () => {
  let now = 0
  const throttle = createThrottle({ now: () => now, most: 2, windowMs: 1_000 })
  throttle.count('a')
  expect(throttle.waitMs('a')).toBe(0)
  now = 400
  throttle.count('a')
  expect([throttle.waitMs('a'), throttle.waitMs('b')]).toEqual([600, 0])
  now = 1_000
  expect(throttle.waitMs('a')).toBe(0)
})

test('a success begins anew, or takes one try back from those who share the key', () => {
  const throttle = createThrottle({ now: () => 0, most: 2, windowMs: 1_000 })
  for (const key of ['a', 'b']) for (let tries = 0; tries < 3; tries++) throttle.count(key)
  throttle.forget('a')
  throttle.forgive('b')
  expect([throttle.waitMs('a'), throttle.waitMs('b')]).toEqual([0, 1_000])
  throttle.forgive('b')
  expect(throttle.waitMs('b')).toBe(0)
})

test('twenty thousand keys push out the oldest and leave the newest', () => {
  const throttle = createThrottle({ now: () => 0, most: 1, windowMs: 1_000 })
  for (let key = 0; key < 20_000; key++) throttle.count(`${key}`)
  expect([throttle.waitMs('0'), throttle.waitMs('19999')]).toEqual([0, 1_000])
})
