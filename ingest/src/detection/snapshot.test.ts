import { shippedRules } from '@fanari/contracts'
import { expect, test } from 'vitest'
import { createDetector } from './detector.ts'
import { cabinet, ids, line, meter, reporting, tell } from './story.ts'

test('the state of another release is refused, and the reader is told where to look', () => {
  const detector = createDetector({ municipality: 'town', timeZone: 'Europe/Athens', rules: shippedRules })
  const earlier = JSON.stringify({ ...JSON.parse(detector.snapshot()), version: 1 })
  expect(() => detector.restore(earlier)).toThrow(/another release \(version 1\).*Upgrading/)
})

test('a state from before lights knew when their supply came back is taken up, and a circuit that falls out is told', () => {
  const lights = line('a', 6, { circuit: 'c1', cabinet: 'k1' })
  const story = tell({ assets: [...lights, cabinet('k1')] })
  story.pass(1_800, reporting(story, ids(lights), 300))
  meter(story, 'k1', { powerL1: 120, powerL2: 120, powerL3: 120 })
  story.pass(1)
  const earlier = JSON.parse(story.detector.snapshot(), (name, value) =>
    ['poweredAt', 'carriedAt', 'balances'].includes(name) ? undefined : value,
  )
  const detector = createDetector({ municipality: 'town', timeZone: 'Europe/Athens', rules: shippedRules })
  detector.restore(JSON.stringify(earlier))
  detector.advance(story.now + 7_200_000)
  const told = detector.drain().flatMap((it) => (it.type === 'incident.opened' ? [it.incident] : []))
  expect(told.length).toBeGreaterThan(0)
  for (const { startedAt } of told) expect(Date.parse(startedAt)).toBeGreaterThan(0)
})
