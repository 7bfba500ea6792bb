import { parentPort, workerData } from 'node:worker_threads'
import { scoreWeek } from './week.ts'
import type { WeekQuestion } from './weeks.ts'

const { seed, options } = workerData as WeekQuestion
parentPort?.postMessage(scoreWeek(seed, options))
