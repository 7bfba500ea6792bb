import { type Instant, minuteMs } from '@fanari/contracts'
import { createRandom } from '../random.ts'

const stepMs = 10 * minuteMs
const nominalV = 230
const spreadV = 6

/**
 * The voltage of one phase of one cabinet [V]: wanders about 230 V within EN 50160, smoothly from one ten minutes to the next.
 * A function of time alone, so it is the same whoever asks, and how often.
 */
export const createMainsVoltage = (seed: number, cabinet: string, phase: string): ((at: Instant) => number) => {
  const node = (step: number): number => nominalV + spreadV * (2 * createRandom(seed, cabinet, phase, step)() - 1)
  let memo = { step: Number.NaN, from: 0, to: 0 }
  return (at) => {
    const step = Math.floor(at / stepMs)
    if (step !== memo.step) {
      const from = step === memo.step + 1 ? memo.to : node(step)
      memo = { step, from, to: node(step + 1) }
    }
    return memo.from + (memo.to - memo.from) * (at / stepMs - step)
  }
}
