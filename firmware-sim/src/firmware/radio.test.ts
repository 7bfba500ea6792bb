import { describe, expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { createRadioLink, measuredRadio, type RadioQuality } from './radio.ts'

const fates = (quality: RadioQuality, count: number, medium: 'radio' | 'mobile' = 'radio') => {
  const link = createRadioLink(medium, quality, createRandom(4, 'link'))
  return Array.from({ length: count }, () => link.transmit().delaysMs)
}
const share = (count: number, of: number): number => count / of

describe('a radio link', () => {
  const good = fates({ ...measuredRadio, poorShare: 0 }, 200_000)
  const lost = good.map((delays) => delays.length === 0)

  test('loses in bursts: seldom after a message that came, often after one that did not', () => {
    const pairs = lost.slice(1).map((now, i) => ({ before: lost[i] === true, now }))
    const after = (before: boolean) => pairs.filter((pair) => pair.before === before)
    const missed = (before: boolean) => share(after(before).filter(({ now }) => now).length, after(before).length)
    expect(missed(false)).toBeCloseTo(0.004, 3)
    expect(missed(true)).toBeGreaterThan(0.35)
    expect(missed(true)).toBeLessThan(0.45)
  })

  test('delivers 1.2 % twice, within seconds, the copy later', () => {
    const twice = good.filter((delays) => delays.length === 2)
    expect(share(twice.length, good.length)).toBeCloseTo(0.012, 2)
    for (const [first = 0, second = 0] of twice) expect(second).toBeGreaterThan(first)
  })

  test('has a median delay of half a second and a tail of seconds', () => {
    const delays = good.flatMap(([first]) => (first === undefined ? [] : [first])).sort((a, b) => a - b)
    expect(delays[Math.floor(delays.length / 2)]).toBeGreaterThan(400)
    expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(560)
    expect(delays.at(-1)).toBeGreaterThan(2_000)
  })

  test('in a bad place it loses nearly a third', () => {
    const poor = fates({ ...measuredRadio, poorShare: 1 }, 20_000)
    const rate = share(poor.filter((delays) => delays.length === 0).length, poor.length)
    expect(rate).toBeGreaterThan(0.26)
    expect(rate).toBeLessThan(0.33)
  })

  test.each([
    [0, 0.3],
    [1, 0.6],
  ])('that is degraded with severity %d loses %d of all messages, in bursts, and recovers', (severity, expected) => {
    const link = createRadioLink('radio', { ...measuredRadio, poorShare: 0 }, createRandom(4, 'link'))
    link.degrade(severity)
    const missed = Array.from({ length: 50_000 }, () => link.transmit().delaysMs.length === 0)
    expect(share(missed.filter(Boolean).length, missed.length)).toBeCloseTo(expected, 1)
    const afterMiss = missed.slice(1).filter((_, i) => missed[i] === true)
    expect(share(afterMiss.filter(Boolean).length, afterMiss.length)).toBeGreaterThan(0.55)
    link.degrade(undefined)
    const later = Array.from({ length: 20_000 }, () => link.transmit().delaysMs.length === 0)
    expect(share(later.filter(Boolean).length, later.length)).toBeLessThan(0.02)
  })

  test('may hold a message back for minutes', () => {
    const slow = fates({ ...measuredRadio, poorShare: 0, lateShare: 0.01 }, 50_000).flatMap(([first]) => first ?? [])
    const late = slow.filter((delayMs) => delayMs >= 5_000)
    expect(share(late.length, slow.length)).toBeCloseTo(0.01, 2)
    expect(Math.max(...late)).toBeGreaterThan(4 * 60_000)
    expect(Math.max(...late)).toBeLessThanOrEqual(8 * 60_000)
  })

  test('over a mobile network nothing is lost: TCP repeats it', () => {
    for (const delays of fates({ ...measuredRadio, firstMiss: 1 }, 1_000, 'mobile')) expect(delays).toHaveLength(1)
  })
})
