import { ancientLimitMs, dayMs } from '@fanari/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRepeats } from './repeats.ts'

const t0 = Date.parse('2026-01-15T20:00:00Z')

describe('repeats', () => {
  test.each([
    ['the same reading', [0, 7], [0, 7], false],
    ['another counter at the same time', [0, 7], [0, 8], true],
    ['a counter where there was none', [0, undefined], [0, 0], true],
    ['no counter, twice', [0, undefined], [0, undefined], false],
    ['a later time', [0, 7], [1, 7], true],
    ['an earlier time', [5, 7], [1, 7], true],
  ] as const)('%s', (_, [firstAt, firstSeq], [at, seq], isNew) => {
    const repeats = createRepeats()
    expect(repeats.isNew('d', t0 + firstAt, firstSeq, t0)).toBe(true)
    expect(repeats.isNew('d', t0 + at, seq, t0)).toBe(isNew)
    expect(repeats.isNew('other', t0 + at, seq, t0)).toBe(true)
  })

  test('who was heard is remembered', () => {
    const repeats = createRepeats()
    repeats.isNew('d', t0, 7, t0)
    expect([repeats.hasHeard('d'), repeats.hasHeard('other')]).toEqual([true, false])
  })

  test('any order of readings over months is told apart as a plain list would', () => {
    const sent = fc.record({
      step: fc.integer({ min: 0, max: 5 }),
      age: fc.integer({ min: 0, max: 29 }),
      seq: fc.nat(3),
    })
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 300 }), (readings) => {
        const repeats = createRepeats()
        const list = new Set<string>()
        let now = t0
        for (const { step, age, seq } of readings) {
          now += step * dayMs
          const key = `${now - age * dayMs} ${seq}`
          expect(repeats.isNew('d', now - age * dayMs, seq, now)).toBe(!list.has(key))
          list.add(key)
        }
      }),
    )
  })

  test('repeats are recognized after any pause', () => {
    const repeats = createRepeats()
    repeats.isNew('d', t0, 1, t0)
    const later = t0 + 2 * ancientLimitMs
    repeats.isNew('d', later, 2, later)
    expect(repeats.isNew('d', later, 2, later)).toBe(false)
  })
})
