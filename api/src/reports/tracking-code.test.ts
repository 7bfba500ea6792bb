import { describe, expect, test } from 'vitest'
import { newTrackingCode, readTrackingCode } from './tracking-code.ts'

/** Damm's own example: 572 has the check digit 4. */
const code = newTrackingCode(() => 572)

describe('a tracking code', () => {
  test('is ten digits, the last of them the check digit of H. M. Damm', () => {
    expect(code).toBe('0000005724')
  })

  test.each(['0000005724', '000-000-5724', '000 000 57 24', '000.000.5724'])('is read from %s', (spoken) => {
    expect(readTrackingCode(spoken)).toBe(code)
  })

  test.each(['', '572', '00000057240', '000000572x', '٠٠٠٠٠٠٥٧٢٤'])('is not read from "%s"', (spoken) => {
    expect(readTrackingCode(spoken)).toBeNull()
  })

  test('with any digit misheard, or any two neighbours swapped, is no code', () => {
    const digits = [...newTrackingCode(() => 481_720_935)]
    for (const [index, digit] of digits.entries()) {
      for (const wrong of '0123456789') {
        if (wrong === digit) continue
        expect(readTrackingCode(digits.with(index, wrong).join(''))).toBeNull()
      }
      const next = digits[index + 1]
      if (next === undefined || next === digit) continue
      expect(
        readTrackingCode(
          digits
            .with(index, next)
            .with(index + 1, digit)
            .join(''),
        ),
      ).toBeNull()
    }
  })
})
