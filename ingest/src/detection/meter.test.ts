import { minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { compareWithLights, createMeter, excessOf, fallOf, noteMeter } from './meter.ts'

const heard = [true, true, true, true] as const

/** A meter read every five minutes: the load of L1, and what its lights said they drew [W]. */
const metered = (readings: readonly [loadW: number, saidW: number][]) => {
  const meter = createMeter()
  for (const [i, [loadW, saidW]] of readings.entries()) {
    const at = 5 * minuteMs * (i + 1)
    noteMeter(meter, { at, powerL1: loadW, powerL2: 0, powerL3: 0 }, at)
    compareWithLights(meter, { phasesW: [saidW, 0, 0], totalW: saidW, steady: true, heard })
  }
  return meter
}

describe('how far the load fell', () => {
  test('that of a light whose supply is gone is missing from the load and from what the others explain', () => {
    const meter = metered([
      [232, 232],
      [232, 232],
      [232, 232],
      [174, 232],
      [174, 232],
      [174, 232],
    ])
    expect(fallOf(meter, 0, 15 * minuteMs, 16 * minuteMs)).toMatchObject({ fallW: 58, loadFallW: 58, readingsAfter: 3 })
  })

  test('a light that had burned unheard and is heard again is missing from neither', () => {
    const meter = metered([
      [232, 174],
      [232, 174],
      [232, 174],
      [232, 232],
      [232, 232],
      [232, 232],
    ])
    expect(fallOf(meter, 0, 15 * minuteMs, 16 * minuteMs)).toMatchObject({ fallW: 58, loadFallW: 0 })
  })

  test('without a reading on one of the sides nothing is known', () => {
    const meter = metered([
      [232, 232],
      [232, 232],
    ])
    expect(fallOf(meter, 0, 10 * minuteMs, 11 * minuteMs)).toBeNull()
  })
})

describe('what a load says beside the lights that are heard', () => {
  const full: [number, number] = [1_020, 1_000]
  const dimmed: [number, number] = [510, 500]
  const since = 12.5 * 5 * minuteMs
  const night = (later: [number, number]) => metered([...Array(12).fill(full), ...Array(12).fill(later)])

  test('a meter that reads two in a hundred too much explains nothing at any level', () => {
    expect(excessOf(night(dimmed), 0, since)?.excessW).toBeCloseTo(0)
  })

  test('more readings make it surer, as far as readings can', () => {
    const sigmaOf = (count: number) =>
      excessOf(metered([...Array(12).fill(full), ...Array(count).fill(full)]), 0, since)?.sigmaW ?? Number.NaN
    expect(sigmaOf(12)).toBeLessThan(sigmaOf(3))
    expect(sigmaOf(12)).toBeGreaterThan(1)
  })

  test('too few readings say nothing', () => {
    expect(excessOf(metered([full, full, full, full]), 0, 0)).toBeNull()
  })
})
