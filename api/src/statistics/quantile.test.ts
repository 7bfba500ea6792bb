import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quantileOf } from './quantile.ts'

const of = (values: number[], share: number) => quantileOf(Float64Array.from(values), share)

describe('a quantile', () => {
  test.each([
    { what: 'of nothing is none', values: [], share: 0.5, expected: null },
    { what: 'of one value is it', values: [7], share: 0.9, expected: 7 },
    { what: 'the middle of three', values: [30, 10, 20], share: 0.5, expected: 20 },
    { what: 'between the middle two of four', values: [40, 10, 30, 20], share: 0.5, expected: 25 },
    {
      what: 'nine tenths of the way through eleven',
      values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      share: 0.9,
      expected: 9,
    },
    // A spreadsheet: =PERCENTILE.INC({1;2;3;4};0.9)
    { what: 'in proportion between two', values: [4, 3, 2, 1], share: 0.9, expected: 3.7 },
    { what: 'of equal values is that value', values: [5, 5, 5, 5, 5], share: 0.9, expected: 5 },
    { what: 'the least', values: [3, 1, 2], share: 0, expected: 1 },
    { what: 'the greatest', values: [3, 1, 2], share: 1, expected: 3 },
  ])('$what', ({ values, share, expected }) => {
    if (expected === null) expect(of(values, share)).toBeNull()
    else expect(of(values, share)).toBeCloseTo(expected, 9)
  })

  test('is what sorting finds, whatever the values and their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 1_000 }),
        (values, thousandth) => {
          const sorted = values.toSorted((a, b) => a - b)
          const rank = (thousandth / 1_000) * (values.length - 1)
          const low = sorted[Math.floor(rank)] ?? Number.NaN
          const high = sorted[Math.ceil(rank)] ?? Number.NaN
          expect(of(values, thousandth / 1_000)).toBeCloseTo(low + (rank % 1) * (high - low), 6)
        },
      ),
    )
  })
})
