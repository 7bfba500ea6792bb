import type { BacklogAnswer, BacklogQuestion } from './influx-worker.ts'
import { type BenchInfluxd, countPoints, freePort, startInfluxd } from './influxd.ts'
import type { GeneratorCommand, LoadResult } from './load.ts'
import { type Platform, startPlatform } from './peers.ts'
import { cpuSeconds, residentBytes, startWorker, until } from './processes.ts'
import { type Spread, showSpread, spread, table } from './statistics.ts'

const lights = 4_000
const connections = 500
const readingsPerSecond = 2_000
/** What a burst leaves behind for InfluxDB before it comes back: so long at full speed [s]. */
const burstSeconds = 10
const database = 'fanari'

export interface InfluxBenchOptions {
  repetitions: number
  /** Readings of the follower's own measurement, and of the one long backlog. */
  readings: number
  backlog: number
  /** Of each load on the intake [s]. */
  seconds: number
  progress: (line: string) => void
}

interface DrainSample {
  pointsPerSecond: number
  /** Cores of the follower's process and of influxd. */
  followerCores: number
  serverCores: number
  serverBytes: number
  seconds: number
}
type Shape = 'alone' | 'following' | 'catching up'
const shapes: readonly Shape[] = ['alone', 'following', 'catching up']

/** The follower's speed into Debian's influxd, one long backlog, and what the intake feels of it; all on one machine. */
export const benchInflux = async (options: InfluxBenchOptions) => {
  const { repetitions, readings, backlog, progress } = options
  const drains: DrainSample[] = []
  const latencies: Record<Shape, { p50: number; p99: number }[]> = { alone: [], following: [], 'catching up': [] }
  for (let repetition = 0; repetition < repetitions; repetition++) {
    progress(`repetition ${repetition + 1} of ${repetitions}`)
    const sample = await drain(readings)
    drains.push(sample)
    progress(`  follower: ${Math.round(sample.pointsPerSecond)} points/s`)
    for (const shape of repetition % 2 === 0 ? shapes : shapes.toReversed()) {
      const latency = await intake(shape, options.seconds)
      latencies[shape].push(latency)
      progress(`  intake ${shape}: p50 ${latency.p50.toFixed(2)} ms, p99 ${latency.p99.toFixed(2)} ms`)
    }
  }
  progress(`a backlog of ${backlog} readings`)
  const long = await drain(backlog)
  return {
    drains: summarize(drains),
    backlog: { readings: backlog, ...long },
    intake: shapes.map((shape) => ({
      shape,
      p50: spread(latencies[shape].map(({ p50 }) => p50)),
      p99: spread(latencies[shape].map(({ p99 }) => p99)),
    })),
    /** p99 over that of the platform alone, of the same repetition. */
    ratios: shapes.slice(1).map((shape) => ({
      shape,
      ratio: spread(latencies[shape].map(({ p99 }, i) => p99 / (latencies.alone[i]?.p99 ?? Number.NaN))),
    })),
  }
}

const summarize = (samples: readonly DrainSample[]) => ({
  pointsPerSecond: spread(samples.map((sample) => sample.pointsPerSecond)),
  followerCores: spread(samples.map((sample) => sample.followerCores)),
  serverCores: spread(samples.map((sample) => sample.serverCores)),
  serverBytes: spread(samples.map((sample) => sample.serverBytes)),
})

/** A journal of `readings`, and the time until a fresh server has them all; each reading is one point. */
const drain = async (readings: number): Promise<DrainSample> => {
  const server = await startInfluxd(await freePort())
  const worker = startWorker<BacklogQuestion, BacklogAnswer>('./influx-worker.ts')
  try {
    const cpuBefore = cpuSeconds(server.pid)
    const done = await worker.ask({ url: server.url, readings, lights })
    const cpu = cpuSeconds(server.pid) - cpuBefore
    const held = await countPoints(server.url, database, 'luminaire_reading', 'received_delay_ms')
    if (held !== readings) throw new Error(`${readings} readings, ${held} points`)
    return {
      pointsPerSecond: readings / done.seconds,
      followerCores: done.cpuSeconds / done.seconds,
      serverCores: cpu / done.seconds,
      serverBytes: residentBytes(server.pid),
      seconds: done.seconds,
    }
  } finally {
    await worker.stop()
    await server.stop()
  }
}

/** PUBACK latency at a fixed rate through the whole platform. */
const intake = async (shape: Shape, seconds: number): Promise<{ p50: number; p99: number }> => {
  const port = await freePort()
  let server: BenchInfluxd | null = shape === 'following' ? await startInfluxd(port) : null
  const platform: Platform = await startPlatform(
    lights,
    [],
    shape === 'alone' ? {} : { FANARI_INFLUX_URL: `http://127.0.0.1:${port}` },
  )
  const generator = startWorker<GeneratorCommand, LoadResult | null>('./generator.ts')
  try {
    await generator.ask({ kind: 'connect', port: platform.mqttPort, connections, subscribe: false })
    if (shape === 'catching up') {
      await generator.ask({ kind: 'closedLoop', window: 10, seconds: burstSeconds })
      server = await startInfluxd(port)
      await until('the first points', 60, async () => (await platform.metric('fanari_influx_points_total')) > 0)
    }
    const warmUpSeconds = 2
    const result = await generator.ask({
      kind: 'openLoop',
      perSecond: readingsPerSecond,
      seconds: seconds + warmUpSeconds,
      warmUpSeconds,
    })
    if (result?.latency == null) throw new TypeError('an open loop has a latency')
    return result.latency
  } finally {
    await generator.stop()
    await platform.stop()
    await server?.stop()
  }
}

type InfluxBench = Awaited<ReturnType<typeof benchInflux>>

export const showInflux = ({ drains, backlog, intake, ratios }: InfluxBench): string => {
  const megabytes = ({ median, min, max }: Spread): string =>
    showSpread({ median: median / 1e6, min: min / 1e6, max: max / 1e6 }, 0)
  const ratioOf = (shape: Shape): string => {
    const found = ratios.find((one) => one.shape === shape)
    return found === undefined ? '' : showSpread(found.ratio, 2)
  }
  return [
    table(
      ['follower', 'points/s', 'its cores', "influxd's cores", 'influxd MB'],
      [
        [
          'into a fresh influxd',
          showSpread(drains.pointsPerSecond, 0),
          showSpread(drains.followerCores, 2),
          showSpread(drains.serverCores, 2),
          megabytes(drains.serverBytes),
        ],
        [
          `backlog of ${backlog.readings}: ${backlog.seconds.toFixed(0)} s`,
          backlog.pointsPerSecond.toFixed(0),
          backlog.followerCores.toFixed(2),
          backlog.serverCores.toFixed(2),
          (backlog.serverBytes / 1e6).toFixed(0),
        ],
      ],
    ),
    table(
      [`intake at ${readingsPerSecond}/s`, 'PUBACK p50 ms', 'p99 ms', 'p99 ratio'],
      intake.map(({ shape, p50, p99 }) => [shape, showSpread(p50, 2), showSpread(p99, 2), ratioOf(shape)]),
    ),
  ].join('\n\n')
}
