import { Worker } from 'node:worker_threads'
import type { WeekOptions, WeekScore } from './week.ts'

/** What a worker is asked: one week. */
export interface WeekQuestion {
  seed: number
  options: WeekOptions
}

/**
 * Scores the weeks of these seeds, `jobs` at a time, each in a thread of its own; in the order of the seeds.
 * @throws what a week throws, with its seed
 */
export const scoreWeeks = async (
  seeds: readonly number[],
  options: WeekOptions,
  { jobs, onScored }: { jobs: number; onScored?: (week: WeekScore) => void },
): Promise<WeekScore[]> => {
  const scores = new Map<number, WeekScore>()
  const waiting = [...seeds]
  const work = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const score = await scoreInThread({ seed, options })
      scores.set(seed, score)
      onScored?.(score)
    }
  }
  await Promise.all(Array.from({ length: Math.min(jobs, seeds.length) }, work))
  return seeds.flatMap((seed) => scores.get(seed) ?? [])
}

/** A new thread for each week: nothing of one can reach the next. */
const scoreInThread = (question: WeekQuestion): Promise<WeekScore> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./week-worker.ts', import.meta.url), { workerData: question })
    worker.once('message', (score: WeekScore) => resolve(score))
    worker.once('error', (error: Error) =>
      reject(new Error(`seed ${question.seed}: ${error.message}`, { cause: error })),
    )
    worker.once('exit', (code) => reject(new Error(`seed ${question.seed}: its thread ended with ${code}`)))
  })
