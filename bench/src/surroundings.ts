import { mkdtemp, open, rm } from 'node:fs/promises'
import { cpus, loadavg, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { quantile } from './statistics.ts'

/** What figures depend on beside the program. */
export interface Surroundings {
  machine: string
  /** Processes that wanted to run, over the last minute, this benchmark's own included. */
  loadAverage: number
  /** 4 KiB appended and synced, 200 times [ms]: no durable acknowledgement can be faster. */
  sync: { p50: number; p99: number }
}

export const lookAround = async (): Promise<Surroundings> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanari-bench-disk-'))
  const file = await open(join(folder, 'probe'), 'w')
  const block = Buffer.alloc(4_096, 1)
  const timesMs: number[] = []
  for (let i = 0; i < 200; i++) {
    const startedAt = performance.now()
    await file.write(block)
    await file.datasync()
    timesMs.push(performance.now() - startedAt)
    await delay(2)
  }
  await file.close()
  await rm(folder, { recursive: true })
  const processors = cpus()
  return {
    machine: `${processors.length} × ${processors[0]?.model.trim()}, Linux ${release()}, Node ${process.version}`,
    loadAverage: loadavg()[0] ?? Number.NaN,
    sync: { p50: quantile(timesMs, 0.5), p99: quantile(timesMs, 0.99) },
  }
}

export const showSurroundings = ({ machine, loadAverage, sync }: Surroundings): string =>
  `${machine}; load average ${loadAverage.toFixed(1)}; bare fdatasync p50 ${sync.p50.toFixed(2)} ms, p99 ${sync.p99.toFixed(1)} ms`
