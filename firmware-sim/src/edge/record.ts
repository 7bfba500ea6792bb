import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
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
  const output = createWriteStream(file)
  await once(output, 'open')
  const write = async (text: string): Promise<void> => {
    if (!output.write(text)) await once(output, 'drain')
  }
  simulation.start()
  for (let at = start; at < until && signal?.aborted !== true; ) {
    at = Math.min(until, at + stepMs)
    simulation.advanceTo(at)
    await write(recorder.take(at))
  }
  output.end(`{"receivedAt":${simulation.now()},"tick":true}\n`)
  await finished(output)
}
