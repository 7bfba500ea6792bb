import type { DetectorAnswer, DetectorQuestion } from './detector-worker.ts'
import { startWorker } from './processes.ts'
import { type Spread, showSpread, spread, table } from './statistics.ts'

export type DetectorResult = Record<keyof DetectorAnswer, Spread>

/** Replays a night of 4 000 lights through the detector, each time in a fresh process. */
export const benchDetector = async (options: { repetitions: number; hours: number }): Promise<DetectorResult> => {
  const answers: DetectorAnswer[] = []
  for (let repetition = 0; repetition < options.repetitions; repetition++) {
    const worker = startWorker<DetectorQuestion, DetectorAnswer>('./detector-worker.ts', ['--expose-gc'])
    answers.push(await worker.ask({ lights: 4_000, hours: options.hours }))
    await worker.stop()
  }
  const figures = Object.keys(answers[0] ?? {}) as (keyof DetectorAnswer)[]
  return Object.fromEntries(
    figures.map((figure) => [figure, spread(answers.map((answer) => answer[figure]))]),
  ) as DetectorResult
}

export const showDetector = (result: DetectorResult): string =>
  table(
    ['', 'median (min–max)', 'target'],
    [
      ['readings replayed', result.readings.median.toFixed(0), ''],
      ['ticks among them', result.ticks.median.toFixed(0), ''],
      ['incidents opened', result.incidents.median.toFixed(0), ''],
      ['readings a CPU-second', showSpread(result.readingsPerCpuSecond, 0), '≥ 400 000'],
      ['heap a light, bytes', showSpread(result.heapBytesPerLight, 0), '< 2 048'],
      ['snapshot a light, bytes', showSpread(result.snapshotBytesPerLight, 0), ''],
      ['snapshot, ms', showSpread(result.snapshotMs, 1), ''],
      ['restore, ms', showSpread(result.restoreMs, 1), ''],
    ],
  )
