import { describe, expect, test } from 'vitest'
import { createRandom, normal, pick, shuffled } from './random.ts'

const draws = (count: number, seed: number, ...name: string[]): number[] => {
  const random = createRandom(seed, ...name)
  return Array.from({ length: count }, random)
}
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('random streams', () => {
  test('the same name gives the same stream', () => {
    expect(draws(20, 7, 'lamp-1', 'radio')).toEqual(draws(20, 7, 'lamp-1', 'radio'))
  })

  test.each([
    ['seed', [8, 'lamp-1', 'radio']],
    ['device', [7, 'lamp-2', 'radio']],
    ['purpose', [7, 'lamp-1', 'meter']],
  ] as [string, [number, string, string]][])('another %s gives an unrelated stream', (_, name) => {
    const [a, b] = [draws(4_000, 7, 'lamp-1', 'radio'), draws(4_000, ...name)]
    const correlation = mean(a.map((value, i) => (value - 0.5) * ((b[i] ?? 0) - 0.5))) * 12
    expect(Math.abs(correlation)).toBeLessThan(0.06)
  })

  test('draws are even over [0, 1)', () => {
    const tenths = Array.from({ length: 10 }, () => 0)
    for (const value of draws(20_000, 1, 'even'))
      tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1
    for (const count of tenths) expect(count).toSatisfy((n: number) => n > 1_850 && n < 2_150)
  })

  test('the first draws of neighbouring names are even too', () => {
    const firsts = Array.from({ length: 5_000 }, (_, i) => createRandom(1, `lamp-${i}`)())
    expect(mean(firsts)).toBeGreaterThan(0.48)
    expect(mean(firsts)).toBeLessThan(0.52)
  })

  test('the normal distribution has the mean and deviation asked for', () => {
    const random = createRandom(3, 'normal')
    const values = Array.from({ length: 20_000 }, () => normal(random, 5, 2))
    expect(mean(values)).toBeCloseTo(5, 1)
    expect(Math.sqrt(mean(values.map((value) => (value - 5) ** 2)))).toBeCloseTo(2, 1)
  })

  test('a shuffle keeps every item, and there is nothing to pick from nothing', () => {
    expect(shuffled(createRandom(1), [1, 2, 3, 4, 5]).toSorted()).toEqual([1, 2, 3, 4, 5])
    expect(() => pick(createRandom(1), [])).toThrow(RangeError)
  })
})
