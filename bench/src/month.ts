import type { MonthAnswer, MonthQuestion } from './month-worker.ts'
import { startWorker } from './processes.ts'
import { benchReplay, type ReplayResult } from './replay.ts'
import { table } from './statistics.ts'

export interface MonthResult {
  /** 4 000 lights, one in seven solar, thirty days. */
  month: MonthAnswer
  /** 100 000 lights after a quarter of a day. */
  city: MonthAnswer
  replay: ReplayResult
}

const ask = async (question: MonthQuestion): Promise<MonthAnswer> => {
  const worker = startWorker<MonthQuestion, MonthAnswer>('./month-worker.ts', ['--expose-gc'])
  const answer = await worker.ask(question)
  await worker.stop()
  return answer
}

/** A month of a town through the detector, the state of a city written and read, and recorded traffic through `npm run replay`. */
export const benchMonth = async (options: {
  quick: boolean
  progress: (line: string) => void
}): Promise<MonthResult> => {
  const { quick, progress } = options
  progress(quick ? 'three days of 4 000 lights' : 'a month of 4 000 lights')
  const month = await ask({ lights: 4_000, days: quick ? 3 : 30 })
  progress('the state of 100 000 lights')
  const city = await ask({ lights: 100_000, days: quick ? 0.05 : 0.25 })
  progress('replay of recorded traffic')
  return { month, city, replay: await benchReplay({ lines: quick ? 200_000 : 2_000_000 }) }
}

export const showMonth = ({ month, city, replay }: MonthResult): string =>
  table(
    ['', 'value', 'target'],
    [
      ['4 000 lights: readings judged', month.readings.toFixed(0), ''],
      ['incidents opened', month.incidents.toFixed(0), ''],
      ['CPU-seconds of the detector', month.judgedSeconds.toFixed(1), '< 120 for a month'],
      ['heap a light, bytes', month.heapBytesPerLight.toFixed(0), '< 2 048'],
      ['100 000 lights: heap a light, bytes', city.heapBytesPerLight.toFixed(0), '< 2 048'],
      ['snapshot, CPU-s', city.snapshotSeconds.toFixed(2), ''],
      ['restore, CPU-s', city.restoreSeconds.toFixed(2), ''],
      ['snapshot and restore, CPU-s', (city.snapshotSeconds + city.restoreSeconds).toFixed(2), '< 5'],
      ['replay: lines', replay.lines.toFixed(0), ''],
      ['bytes a line', replay.bytesPerLine.toFixed(0), ''],
      ['lines a second, with the start', replay.linesPerSecond.toFixed(0), ''],
      ['lines a CPU-second', replay.linesPerCpuSecond.toFixed(0), '≥ 200 000'],
    ],
  )
