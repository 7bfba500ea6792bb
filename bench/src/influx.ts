import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BacklogAnswer, BacklogQuestion } from './influx-worker.ts'
import { type BenchInfluxd, countPoints, freePort, startInfluxd } from './influxd.ts'
import type { GeneratorCommand, LoadResult } from './load.ts'
import { type Platform, startPlatform } from './peers.ts'
import { cpuSeconds, residentBytes, startWorker, until } from './processes.ts'
import { spread } from './statistics.ts'

const lights = 4_000
const connections = 500
const database = 'fanari'

/** Publishes of the load on the intake [readings/s]. */
export const readingsPerSecond = 2_000
const warmUpSeconds = 2
/** What a follower catches up with: more than it can take while the intake is measured, brought in bursts. */
const backlogEntries = 350_000
const burstSeconds = 2

interface InfluxBenchOptions {
  repetitions: number
  /** Readings of the follower's own measurement, and of the one long backlog. */
  readings: number
  backlog: number
  /** Of each load on the intake [s]. */
  seconds: number
  progress: (line: string) => void
}

export interface DrainSample {
  pointsPerSecond: number
  /** Cores of the follower's process and of influxd. */
  followerCores: number
  serverCores: number
  /** Memory of influxd at the end, and the most the follower's process ever had. */
  serverBytes: number
  followerPeakBytes: number
  seconds: number
}
type Shape = 'alone' | 'following' | 'catching up'
const shapes: readonly Shape[] = ['alone', 'following', 'catching up']

interface IntakeSample {
  p50: number
  p99: number
  /** p99 of the generator's own lateness, which is in the latency [ms]. */
  lateP99: number
  /** What InfluxDB took meanwhile. */
  pointsPerSecond: number
  /** Cores of generator, platform and influxd. */
  generatorCores: number
  platformCores: number
  serverCores: number
}

/** The follower's speed into Debian's influxd, one long backlog, and what the intake feels of it; all on one machine. */
export const benchInflux = async (options: InfluxBenchOptions) => {
  const { repetitions, readings, progress } = options
  const drains: DrainSample[] = []
  const intakes: Record<Shape, IntakeSample[]> = { alone: [], following: [], 'catching up': [] }
  for (let repetition = 0; repetition < repetitions; repetition++) {
    progress(`repetition ${repetition + 1} of ${repetitions}`)
    const sample = await drain(readings)
    drains.push(sample)
    progress(`  follower: ${Math.round(sample.pointsPerSecond)} points/s`)
    for (const shape of repetition % 2 === 0 ? shapes : shapes.toReversed()) {
      const found = await intake(shape, options.seconds)
      intakes[shape].push(found)
      const { p50, p99, lateP99, pointsPerSecond } = found
      progress(
        `  intake ${shape}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms (generator ${lateP99.toFixed(2)}), ${Math.round(pointsPerSecond)} points/s`,
      )
    }
  }
  return {
    drains: {
      pointsPerSecond: spread(drains.map((sample) => sample.pointsPerSecond)),
      followerCores: spread(drains.map((sample) => sample.followerCores)),
      serverCores: spread(drains.map((sample) => sample.serverCores)),
      serverBytes: spread(drains.map((sample) => sample.serverBytes)),
      followerPeakBytes: spread(drains.map((sample) => sample.followerPeakBytes)),
    },
    backlog: await benchBacklog(options),
    intake: shapes.map((shape) => {
      const of = (figure: keyof IntakeSample) => spread(intakes[shape].map((sample) => sample[figure]))
      return {
        shape,
        p50: of('p50'),
        p99: of('p99'),
        lateP99: of('lateP99'),
        pointsPerSecond: of('pointsPerSecond'),
        generatorCores: of('generatorCores'),
        platformCores: of('platformCores'),
        serverCores: of('serverCores'),
        /** p99 over that of the platform alone, of the same repetition. */
        ratio: spread(intakes[shape].map(({ p99 }, i) => p99 / (intakes.alone[i]?.p99 ?? Number.NaN))),
      }
    }),
  }
}

/** The one long backlog. */
export const benchBacklog = async ({ backlog, progress }: Pick<InfluxBenchOptions, 'backlog' | 'progress'>) => {
  progress(`a backlog of ${backlog} readings`)
  return { readings: backlog, ...(await drain(backlog, progress)) }
}

/** A journal of `readings`, and the time until a fresh server has them all; each reading is one point. */
const drain = async (readings: number, progress: (line: string) => void = () => {}): Promise<DrainSample> => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-bench-backlog-'))
  const server = await startInfluxd(await freePort())
  const ask = async (question: BacklogQuestion): Promise<BacklogAnswer> => {
    const worker = startWorker<BacklogQuestion, BacklogAnswer>('./influx-worker.ts')
    return worker.ask(question).finally(() => worker.stop())
  }
  try {
    const { seconds } = await ask({ kind: 'fill', folder, readings, lights })
    progress(`  the journal was filled in ${seconds.toFixed(0)} s`)
    const cpuBefore = cpuSeconds(server.pid)
    const done = await ask({ kind: 'drain', folder, url: server.url })
    const cpu = cpuSeconds(server.pid) - cpuBefore
    const held = await countPoints(server.url, database, 'luminaire_reading', 'received_delay_ms')
    if (held !== readings) throw new Error(`${readings} readings, ${held} points`)
    return {
      pointsPerSecond: readings / done.seconds,
      followerCores: done.cpuSeconds / done.seconds,
      serverCores: cpu / done.seconds,
      serverBytes: residentBytes(server.pid),
      followerPeakBytes: done.peakBytes,
      seconds: done.seconds,
    }
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

/** PUBACK latency at a fixed rate through the whole platform. */
const intake = async (shape: Shape, seconds: number): Promise<IntakeSample> => {
  const port = await freePort()
  let server: BenchInfluxd | null = shape === 'following' ? await startInfluxd(port) : null
  const platform: Platform = await startPlatform(
    lights,
    [],
    shape === 'alone' ? {} : { FANARI_INFLUX_URL: `http://127.0.0.1:${port}` },
  )
  const points = (): Promise<number> =>
    shape === 'alone' ? Promise.resolve(0) : platform.metric('fanari_influx_points_total')
  const generator = startWorker<GeneratorCommand, LoadResult | null>('./generator.ts')
  try {
    await generator.ask({ kind: 'connect', port: platform.mqttPort, connections, subscribe: false })
    if (shape === 'catching up') {
      for (let entries = 0; entries < backlogEntries; ) {
        const burst = await generator.ask({ kind: 'closedLoop', window: 10, seconds: burstSeconds })
        entries += burst?.acknowledged ?? 0
      }
      server = await startInfluxd(port)
      await until('the first points', 60, async () => (await points()) > 0)
    }
    const cpuBefore = { platform: cpuSeconds(platform.pid), server: server === null ? 0 : cpuSeconds(server.pid) }
    const pointsBefore = await points()
    const result = await generator.ask({
      kind: 'openLoop',
      perSecond: readingsPerSecond,
      seconds: seconds + warmUpSeconds,
      warmUpSeconds,
    })
    if (result === null || result.latency === null || result.lateness === null)
      throw new TypeError('an open loop has a latency')
    const pointsTaken = (await points()) - pointsBefore
    if (shape === 'catching up' && (await platform.metric('fanari_follower_lag_entries')) < readingsPerSecond)
      throw new Error('the backlog was gone before the load was')
    return {
      ...result.latency,
      lateP99: result.lateness.p99,
      pointsPerSecond: pointsTaken / result.seconds,
      generatorCores: result.cpuSeconds / result.seconds,
      platformCores: (cpuSeconds(platform.pid) - cpuBefore.platform) / result.seconds,
      serverCores: server === null ? 0 : (cpuSeconds(server.pid) - cpuBefore.server) / result.seconds,
    }
  } finally {
    await generator.stop()
    await platform.stop()
    await server?.stop()
  }
}
