import { firstSeq } from './frames.ts'
import type { GeneratorCommand, LoadResult } from './load.ts'
import { type Peer, type Platform, startMosquitto, startPlatform } from './peers.ts'
import { cpuSeconds, startWorker, type Worker } from './processes.ts'
import { type Spread, showSpread, spread, table } from './statistics.ts'

const lights = 1_000
const connectionCounts = [50, 500, 1_000]
const windows = [1, 10]
const rates = [1_000, 5_000]
const openLoopConnections = 500
/** Devices whose whole history is read back and compared, reading by reading. */
const comparedDevices = 10

type Generator = Worker<GeneratorCommand, LoadResult | null>
type PeerName = 'platform' | 'mosquitto'

interface ClosedLoopSample {
  perSecond: number
  perCpuSecond: number
  acknowledged: number
  delivered: number
  /** Share of a core the generator used: near 1 it, and not the broker, was the limit. */
  generatorLoad: number
}
interface OpenLoopSample {
  p50: number
  p99: number
  max: number
}
type Samples<S> = Map<string, Record<PeerName, S[]>>

const samplesOf = <S>(samples: Samples<S>, point: string): Record<PeerName, S[]> => {
  const known = samples.get(point) ?? { platform: [], mosquitto: [] }
  samples.set(point, known)
  return known
}

interface Contestant {
  name: PeerName
  peer: Peer
  generator: Generator
  /** Readings that it has taken in so far, by its own account; what the subscriber got when it has none. */
  taken: (() => Promise<number>) | null
}

export interface PipelineOptions {
  repetitions: number
  /** Of each point, after as long a warm-up of each repetition's first [s]. */
  seconds: number
  progress: (line: string) => void
}

/**
 * Readings through the whole platform (socket, decoding, checks, journal with fdatasync, PUBACK, detection and roll-ups) beside
 * Mosquitto, which forwards the same to one subscriber and keeps nothing. Both run all the time and are loaded in turns, so that
 * whatever else the machine does falls on both.
 */
export const benchPipeline = async (options: PipelineOptions) => {
  const closed: Samples<ClosedLoopSample> = new Map()
  const open: Samples<OpenLoopSample> = new Map()
  let compared = 0
  for (let repetition = 0; repetition < options.repetitions; repetition++) {
    options.progress(`repetition ${repetition + 1} of ${options.repetitions}`)
    compared += await repeat(options, repetition % 2 === 1, closed, open)
  }
  return { ...summarize(closed, open), compared }
}

const repeat = async (
  options: PipelineOptions,
  reverse: boolean,
  closed: Samples<ClosedLoopSample>,
  open: Samples<OpenLoopSample>,
): Promise<number> => {
  const { seconds, progress } = options
  const platform = await startPlatform(lights)
  const mosquitto = await startMosquitto()
  const contestants: Contestant[] = [
    {
      name: 'platform',
      peer: platform,
      generator: startWorker('./generator.ts'),
      taken: () => platform.metric('fanari_intake_readings_total'),
    },
    { name: 'mosquitto', peer: mosquitto, generator: startWorker('./generator.ts'), taken: null },
  ]
  if (reverse) contestants.reverse()
  try {
    await each(contestants, 100, ({ generator }) => generator.ask({ kind: 'closedLoop', window: 10, seconds }))
    for (const connections of connectionCounts) {
      for (const window of windows) {
        await each(contestants, connections, async (contestant) => {
          const sample = await closedLoop(contestant, window, seconds)
          samplesOf(closed, `${connections} × ${window}`)[contestant.name].push(sample)
          progress(
            `  ${connections} × ${window} ${contestant.name}: ${Math.round(sample.perSecond)}/s, ${Math.round(sample.perCpuSecond)}/CPU-s`,
          )
        })
      }
    }
    for (const perSecond of rates) {
      await each(contestants, openLoopConnections, async ({ name, generator }) => {
        const warmUpSeconds = Math.min(3, seconds)
        const result = await measured(generator, {
          kind: 'openLoop',
          perSecond,
          seconds: seconds + warmUpSeconds,
          warmUpSeconds,
        })
        if (result.latency !== null) samplesOf(open, `${perSecond}/s`)[name].push(result.latency)
        progress(`  ${perSecond}/s ${name}: p99 ${result.latency?.p99.toFixed(2)} ms`)
      })
    }
    const generator = contestants.find(({ name }) => name === 'platform')?.generator
    return generator === undefined ? 0 : await compareHistory(platform, generator)
  } finally {
    for (const { generator, peer } of contestants) {
      await generator.stop()
      await peer.stop()
    }
  }
}

const each = async (
  contestants: readonly Contestant[],
  connections: number,
  work: (contestant: Contestant) => Promise<unknown>,
): Promise<void> => {
  for (const contestant of contestants) {
    const { name, peer, generator } = contestant
    await generator.ask({ kind: 'connect', port: peer.mqttPort, connections, subscribe: name === 'mosquitto' })
    await work(contestant)
    await generator.ask({ kind: 'disconnect' })
    await peer.settled()
  }
}

const measured = async (generator: Generator, command: GeneratorCommand): Promise<LoadResult> => {
  const result = await generator.ask(command)
  if (result === null) throw new TypeError(`${command.kind} has no result`)
  return result
}

const closedLoop = async (contestant: Contestant, window: number, seconds: number): Promise<ClosedLoopSample> => {
  const { peer, generator, taken } = contestant
  const takenBefore = await taken?.()
  const cpuBefore = cpuSeconds(peer.pid)
  const result = await measured(generator, { kind: 'closedLoop', window, seconds })
  // What the broker still has to do with these readings is part of their price.
  await peer.settled()
  const cpu = cpuSeconds(peer.pid) - cpuBefore
  const takenAfter = await taken?.()
  return {
    perSecond: result.acknowledged / result.seconds,
    perCpuSecond: result.acknowledged / cpu,
    acknowledged: result.acknowledged,
    delivered: takenBefore === undefined || takenAfter === undefined ? result.delivered : takenAfter - takenBefore,
    generatorLoad: result.cpuSeconds / result.seconds,
  }
}

/** Reads devices' histories back: each must hold every acknowledged `seq` exactly once. Returns how many readings were compared. */
const compareHistory = async (platform: Platform, generator: Generator): Promise<number> => {
  await generator.ask({ kind: 'connect', port: platform.mqttPort, connections: comparedDevices, subscribe: false })
  const { lastSeqs } = await measured(generator, { kind: 'closedLoop', window: 1, seconds: 0.1 })
  let compared = 0
  for (const [device, lastSeq] of lastSeqs) {
    const seqs = await platform.history(device)
    const isWhole = seqs.length === lastSeq - firstSeq + 1 && seqs.every((seq, i) => seq === firstSeq + i)
    if (!isWhole)
      throw new Error(`${device}: ${lastSeq - firstSeq + 1} readings acknowledged, ${seqs.length} in the history`)
    compared += seqs.length
  }
  return compared
}

const names: readonly PeerName[] = ['platform', 'mosquitto']

export interface PipelineResult {
  closedLoop: {
    /** Connections × window. */
    point: string
    perSecond: Record<PeerName, Spread>
    perCpuSecond: Record<PeerName, Spread>
    /** Platform over Mosquitto, per CPU-second, of the same repetition. */
    ratio: Spread
    acknowledged: Record<PeerName, number>
    delivered: Record<PeerName, number>
    generatorLoad: Record<PeerName, Spread>
  }[]
  openLoop: {
    point: string
    p50: Record<PeerName, Spread>
    p99: Record<PeerName, Spread>
    max: Record<PeerName, Spread>
  }[]
  /** Readings that were compared one by one with the history. */
  compared: number
}

const forEach = <S, R>(samples: Record<PeerName, S[]>, fold: (samples: S[]) => R): Record<PeerName, R> => ({
  platform: fold(samples.platform),
  mosquitto: fold(samples.mosquitto),
})
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const summarize = (
  closed: Samples<ClosedLoopSample>,
  open: Samples<OpenLoopSample>,
): Omit<PipelineResult, 'compared'> => ({
  closedLoop: [...closed].map(([point, samples]) => ({
    point,
    perSecond: forEach(samples, (of) => spread(of.map((sample) => sample.perSecond))),
    perCpuSecond: forEach(samples, (of) => spread(of.map((sample) => sample.perCpuSecond))),
    ratio: spread(
      samples.platform.map(({ perCpuSecond }, i) => perCpuSecond / (samples.mosquitto[i]?.perCpuSecond ?? Number.NaN)),
    ),
    acknowledged: forEach(samples, (of) => sum(of.map((sample) => sample.acknowledged))),
    delivered: forEach(samples, (of) => sum(of.map((sample) => sample.delivered))),
    generatorLoad: forEach(samples, (of) => spread(of.map((sample) => sample.generatorLoad))),
  })),
  openLoop: [...open].map(([point, samples]) => ({
    point,
    p50: forEach(samples, (of) => spread(of.map((sample) => sample.p50))),
    p99: forEach(samples, (of) => spread(of.map((sample) => sample.p99))),
    max: forEach(samples, (of) => spread(of.map((sample) => sample.max))),
  })),
})

export const showPipeline = ({ closedLoop, openLoop, compared }: PipelineResult): string => {
  const thousands = ({ median, min, max }: Spread): string =>
    showSpread({ median: median / 1_000, min: min / 1_000, max: max / 1_000 }, 1)
  const closedRows = closedLoop.flatMap(
    ({ point, perSecond, perCpuSecond, ratio, acknowledged, delivered, generatorLoad }) =>
      names.map((name) => [
        point,
        name,
        thousands(perSecond[name]),
        thousands(perCpuSecond[name]),
        name === 'platform' ? showSpread(ratio, 2) : '',
        String(acknowledged[name]),
        String(delivered[name]),
        generatorLoad[name].median.toFixed(2),
      ]),
  )
  const openRows = openLoop.flatMap(({ point, p50, p99, max }) =>
    names.map((name) => [point, name, showSpread(p50[name], 2), showSpread(p99[name], 2), showSpread(max[name], 0)]),
  )
  return [
    table(
      [
        'connections × window',
        '',
        'k readings/s',
        'k readings/broker-CPU-s',
        'ratio',
        'acknowledged',
        'delivered',
        'generator cores',
      ],
      closedRows,
    ),
    `Readings compared one by one with the history, all there exactly once: ${compared}`,
    table(['fixed rate', '', 'PUBACK p50 ms', 'p99 ms', 'max ms'], openRows),
  ].join('\n\n')
}
