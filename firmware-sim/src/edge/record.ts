import { open } from 'node:fs/promises'
import { type Instant, minuteMs } from '@fanari/contracts'
import { createSimulation, type Simulation, type SimulationOptions } from '../simulation.ts'
import { createRecorder } from './recorder.ts'

const stepMs = 10 * minuteMs

/**
 * Runs a town from `start` to `until` as fast as the machine can and writes its traffic to a file as replay input. No broker,
 * no wall clock: the same options give the same bytes.
 */
export const recordTraffic = async (
  options: Omit<SimulationOptions, 'transport'> & { until: Instant; file: string; signal?: AbortSignal },
): Promise<void> => {
  const { start, until, file, signal } = options
  const recorder = createRecorder(options.town.municipality.id, () => simulation.now())
  const simulation: Simulation = createSimulation({ ...options, transport: recorder })
  await using output = await open(file, 'w')
  simulation.start()
  for (let at = start; at < until && signal?.aborted !== true; ) {
    at = Math.min(until, at + stepMs)
    simulation.advanceTo(at)
    await output.appendFile(recorder.take(at))
  }
  await output.appendFile(`{"receivedAt":${simulation.now()},"tick":true}\n`)
}
