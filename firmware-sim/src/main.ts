import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { createSimulatedClock, type Instant, type Log, secondMs } from '@fanari/contracts'
import { parseCredentials } from './credentials.ts'
import type { Credentials } from './edge/mqtt-transport.ts'
import { recordTraffic } from './edge/record.ts'
import { recordWeek } from './edge/record-week.ts'
import { type RunningTown, runAgainstBroker } from './edge/run.ts'
import { createZone } from './local-time.ts'
import { nightAt } from './nights.ts'
import { type CliOptions, parseCli } from './options.ts'
import { registerTown } from './register-town.ts'
import { createDemo } from './scenario/demo.ts'
import { parseScenario, type Scenario, scripted } from './scenario/scenario.ts'
import { createTargets } from './scenario/targets.ts'
import type { TimeOrigin } from './scenario/times.ts'
import { loadOrestiada } from './town/orestiada.ts'
import type { Town } from './town/town.ts'
import { type TruthEntry, truthLine } from './truth.ts'
import { createWeek } from './week/week.ts'

const statsEveryMs = 10 * secondMs

const log: Log = (level, event, fields = {}) => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Says which file an error is about. */
const about = async <T>(file: string, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw new Error(`${file}: ${messageOf(error)}`)
  }
}

const originAt = (town: Town, now: Instant): TimeOrigin => {
  const [centre] = town.communities
  if (centre === undefined) throw new RangeError('a town has at least one community')
  return { now, ...nightAt(now, centre, createZone(town.municipality.timeZone)) }
}

const loadScenario = async (town: Town, { scenario, seed, epoch }: CliOptions): Promise<Scenario> => {
  if (scenario === 'none') return () => []
  if (scenario === 'demo') return createDemo(town, { seed, epoch })
  return about(scenario, async () => {
    const faults = parseScenario(await readFile(scenario, 'utf8'), originAt(town, epoch))
    const targets = createTargets(town)
    for (const { fault, target } of faults) {
      const found = targets(fault, target)
      if (!found.ok) throw new Error(`${fault}: ${found.reason}`)
    }
    return scripted(faults)
  })
}

const openTruth = (file: string | null) => {
  if (file === null) return { onTruth: () => {}, close: async () => {} }
  const stream = createWriteStream(file)
  stream.on('error', (error) => {
    log('error', 'truth.failed', { file, error: error.message })
    process.exit(1)
  })
  return {
    onTruth: (entry: TruthEntry) => {
      stream.write(truthLine(entry))
    },
    close: async () => {
      stream.end()
      await finished(stream)
    },
  }
}

const takeCommands = (town: Town, running: RunningTown): void => {
  createInterface({ input: process.stdin }).on('line', (line) => {
    try {
      for (const fault of parseScenario(line, originAt(town, running.now()))) {
        const answer = running.plan(fault)
        if (answer.ok) log('info', 'fault.planned', { ...fault, lights: answer.reach.lights.length })
        else log('warn', 'fault.refused', { reason: answer.reason })
      }
    } catch (error) {
      log('warn', 'fault.refused', { reason: messageOf(error) })
    }
  })
}

/** Resolves when the simulated time is over or somebody asks to stop. */
const ended = (signal: AbortSignal, running: RunningTown, end: Instant | null): Promise<void> =>
  new Promise((resolve) => {
    let last = performance.now()
    const watch = setInterval(() => {
      if (performance.now() - last >= statsEveryMs) {
        last = performance.now()
        log('info', 'sim.running', { simulated: new Date(running.now()).toISOString(), ...running.stats() })
      }
      if (!signal.aborted && (end === null || running.now() < end)) return
      clearInterval(watch)
      resolve()
    }, 50)
  })

const writeWeek = async (seed: number, { lights, assets, output, truth }: CliOptions): Promise<void> => {
  const week = createWeek(seed, lights === null ? {} : { lights })
  const { town, season, spell, faults } = week
  const [scoredFrom, until] = [week.scoredFrom, week.until].map((at) => new Date(at).toISOString())
  log('info', 'week.drawn', { seed, season, spell: spell?.kind ?? null, scoredFrom, until, faults: faults.length })
  if (assets !== null) await writeFile(assets, `${JSON.stringify(town.assets())}\n`)
  if (output !== null || truth !== null) recordWeek(week, { output, truth })
  log('info', 'week.written', { luminaires: town.luminaires.length })
}

const credentialsFor = async (
  town: Town,
  { credentials: file, register }: CliOptions,
  signal: AbortSignal,
): Promise<Map<string, Credentials>> => {
  if (file === null) return new Map()
  if (register !== null) return registerTown({ ...register, town, credentialsFile: file, log, signal })
  return about(file, async () => parseCredentials(await readFile(file, 'utf8')))
}

const run = async (options: CliOptions, signal: AbortSignal): Promise<void> => {
  if (options.week !== null) return writeWeek(options.week, options)
  const { seed, epoch, speed, untilMs, reportIntervalS, lights, settlements, output } = options
  const town = await about(settlements ?? 'settlements', () =>
    loadOrestiada(seed, {
      reportIntervalS,
      ...(lights === null ? {} : { lights }),
      ...(settlements === null ? {} : { settlementsFile: settlements }),
    }),
  )
  if (options.assets !== null) {
    await writeFile(options.assets, `${JSON.stringify(town.assets())}\n`)
    log('info', 'assets.written', { file: options.assets, luminaires: town.luminaires.length })
    return
  }
  const scenario = await loadScenario(town, options)
  const truth = openTruth(options.truth)
  const common = { town, seed, scenario, onTruth: truth.onTruth }
  if (output !== null) {
    const until = epoch + (untilMs ?? 0)
    log('info', 'sim.recording', {
      file: output,
      luminaires: town.luminaires.length,
      until: new Date(until).toISOString(),
    })
    await about(output, () => recordTraffic({ ...common, start: epoch, until, file: output, signal }))
  } else {
    const credentials = await credentialsFor(town, options, signal)
    const wallEpoch = options.wallEpoch ?? Date.now()
    const clock = createSimulatedClock({ epoch, wallEpoch, speed, wallNow: Date.now })
    const begins = clock.now()
    const running = runAgainstBroker({ ...common, clock, broker: options.broker, credentials, log })
    log('info', 'sim.started', {
      broker: options.broker,
      luminaires: town.luminaires.length,
      speed,
      simulated: new Date(begins).toISOString(),
    })
    if (options.readsStdin) takeCommands(town, running)
    await ended(signal, running, untilMs === null ? null : begins + untilMs)
    await running.stop()
  }
  await truth.close()
  log('info', 'sim.ended')
}

const cli = parseCli(process.argv.slice(2), process.env)
switch (cli.kind) {
  case 'help':
    process.stdout.write(cli.text)
    break
  case 'wrong':
    process.stderr.write(`${cli.problem}\nTry --help.\n`)
    process.exitCode = 2
    break
  case 'run': {
    const stop = new AbortController()
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
    // Started by a platform: when that is gone, however it went, there is nobody left to simulate for.
    process.once('disconnect', () => stop.abort())
    try {
      await run(cli.options, stop.signal)
    } catch (error) {
      log('error', 'sim.failed', { error: messageOf(error) })
      process.exitCode = 1
    }
    // Standard input, and the channel of a platform, would keep the process.
    process.stdin.destroy()
    if (process.connected) process.disconnect()
  }
}
