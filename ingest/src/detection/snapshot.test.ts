import { shippedRules } from '@fanari/contracts'
import { expect, test } from 'vitest'
import { createDetector } from './detector.ts'

test('the state of another release is refused, and the reader is told where to look', () => {
  const detector = createDetector({ municipality: 'town', timeZone: 'Europe/Athens', rules: shippedRules })
  const earlier = JSON.stringify({ ...JSON.parse(detector.snapshot()), version: 1 })
  expect(() => detector.restore(earlier)).toThrow(/another release \(version 1\).*Upgrading/)
})
