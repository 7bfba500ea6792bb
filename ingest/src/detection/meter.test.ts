import { minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { compareWithLights, createMeter, fallOf, noteMeter } from './meter.ts'

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
