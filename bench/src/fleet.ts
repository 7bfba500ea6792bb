import { setTimeout as delay } from 'node:timers/promises'
import type { FleetQuestion } from './fleet-worker.ts'
import { startPlatform } from './peers.ts'
import { residentBytes, startWorker } from './processes.ts'
import { type Spread, showSpread, spread, table } from './statistics.ts'

export interface FleetResult {
  devices: number
  baselineMegabytes: Spread
  /** Resident memory over the baseline, a device [kB]. */
  halfKilobytes: Spread
  fullKilobytes: Spread
  /** What each device of the second half added [kB]. */
  slopeKilobytes: Spread
}

export interface FleetOptions {
  repetitions: number
  devices: number
  /** What the platform is started with, to try what a flag does. */
  nodeFlags: readonly string[]
  progress: (line: string) => void
}

/** Until what connecting left behind has been collected [ms]. */
const settleMs = 5_000

/**
 * What a connected device costs in resident memory. All lights are registered, and a first thousand devices have come and gone, before
 * the baseline is taken: code, caches and heap are then as large as they are in a running platform.
 */
export const benchFleet = async (options: FleetOptions): Promise<FleetResult> => {
  const { repetitions, devices, nodeFlags, progress } = options
  const baseline: number[] = []
  const half: number[] = []
  const full: number[] = []
  const slope: number[] = []
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const platform = await startPlatform(devices, nodeFlags)
    const rehearsal = startWorker<FleetQuestion, unknown>('./fleet-worker.ts')
    const fleet = startWorker<FleetQuestion, unknown>('./fleet-worker.ts')
    const resident = async (): Promise<number> => {
      await platform.settled()
      await delay(settleMs)
      return residentBytes(platform.pid)
    }
    try {
      await rehearsal.ask({ port: platform.mqttPort, devices: 1_000 })
      await rehearsal.stop()
      const atRest = await resident()
      await fleet.ask({ port: platform.mqttPort, devices: devices / 2 })
      const withHalf = await resident()
      await fleet.ask({ port: platform.mqttPort, devices: devices / 2 })
      const withAll = await resident()
      baseline.push(atRest / 1e6)
      half.push((withHalf - atRest) / (devices / 2) / 1e3)
      full.push((withAll - atRest) / devices / 1e3)
      slope.push((withAll - withHalf) / (devices / 2) / 1e3)
      progress(`repetition ${repetition + 1}: ${full.at(-1)?.toFixed(1)} kB a device`)
    } finally {
      await rehearsal.stop()
      await fleet.stop()
      await platform.stop()
    }
  }
  return {
    devices,
    baselineMegabytes: spread(baseline),
    halfKilobytes: spread(half),
    fullKilobytes: spread(full),
    slopeKilobytes: spread(slope),
  }
}

export const showFleet = (result: FleetResult): string =>
  table(
    ['', 'median (min–max)', 'target'],
    [
      ['resident without connections, MB', showSpread(result.baselineMegabytes, 0), ''],
      [`a device, of ${result.devices / 2}, kB`, showSpread(result.halfKilobytes, 1), ''],
      [`a device, of ${result.devices}, kB`, showSpread(result.fullKilobytes, 1), '≤ 20'],
      ['a device more, second half, kB', showSpread(result.slopeKilobytes, 1), ''],
    ],
  )
