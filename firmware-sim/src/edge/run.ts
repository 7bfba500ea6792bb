import { type Clock, type Instant, type Log, secondMs } from '@fanari/contracts'
import { createSimulation, type Simulation, type SimulationOptions } from '../simulation.ts'
import type { Town } from '../town/town.ts'
import { type Credentials, createMqttTransport, type MqttTransport } from './mqtt-transport.ts'

export interface RunOptions extends Omit<SimulationOptions, 'town' | 'start' | 'transport'> {
  town: Town
  /** Simulated time begins at what it shows now. */
  clock: Clock
  /** `mqtt://127.0.0.1:1883`, or `mqtts`, `ws`, `wss`. */
  broker: string
  credentials?: ReadonlyMap<string, Credentials>
  /** Default 200. */
  connectsPerSecond?: number
  log: Log
}

export interface RunningTown {
  now(): Instant
  /** Breaks or repairs something. */
  plan: Simulation['plan']
  /** `lagS` is how far the simulation is behind the clock: above zero for long, the machine is too slow for the speed. */
  stats(): ReturnType<MqttTransport['stats']> & { lagS: number }
  /** Ends all connections with a goodbye. Idempotent. */
  stop(): Promise<void>
}

/** Work at a stretch before the sockets have their turn [ms]. */
const sliceMs = 20
const shortestPauseMs = 5
const longestPauseMs = secondMs

/** Lets a town live against a broker, in the time of `clock`. */
export const runAgainstBroker = (options: RunOptions): RunningTown => {
  const { town, clock, broker, credentials = new Map(), connectsPerSecond = 200, log } = options
  let timer: NodeJS.Timeout | null = null
  let isStopped = false

  /** Catches up with the clock, for one slice at most; says whether it got there. */
  const catchUp = (): boolean => {
    const target = clock.now()
    const end = performance.now() + sliceMs
    for (let count = 1; ; count++) {
      const next = simulation.nextEventAt()
      if (next === null || next > target) break
      simulation.advanceTo(next)
      if (count % 64 === 0 && performance.now() > end) return false
    }
    if (target > simulation.now()) simulation.advanceTo(target)
    return true
  }
  const transport = createMqttTransport({
    broker,
    municipality: town.municipality.id,
    credentials,
    connectsPerSecond,
    beforeInput: catchUp,
    log,
  })
  const simulation = createSimulation({ ...options, start: clock.now(), transport })

  const live = (): void => {
    if (isStopped) return
    const pauseMs = catchUp() ? ((simulation.nextEventAt() ?? Infinity) - clock.now()) / clock.speed : 0
    timer = setTimeout(live, Math.min(longestPauseMs, Math.max(pauseMs > 0 ? shortestPauseMs : 0, pauseMs)))
  }
  simulation.start()
  live()
  return {
    now: simulation.now,
    plan: (fault) => {
      catchUp()
      const answer = simulation.plan(fault)
      // What is asked for now has happened when this returns.
      simulation.advanceTo(simulation.now())
      return answer
    },
    stats: () => ({ ...transport.stats(), lagS: Math.max(0, Math.round((clock.now() - simulation.now()) / secondMs)) }),
    stop: () => {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      return transport.stop()
    },
  }
}
