import { type Instant, minuteMs } from '@fanari/contracts'
import { measuredRadio } from '../firmware/radio.ts'
import { createRandom } from '../random.ts'
import { scripted } from '../scenario/scenario.ts'
import { createSimulation, type Simulation } from '../simulation.ts'
import type { TruthEntry } from '../truth.ts'
import type { Week } from './week.ts'
import { createWeekTraits } from './week-traits.ts'
import { createWeekTransport, type WeekMessage, type WeekTransport } from './week-transport.ts'

/** Who listens to a week. All is told in order of time. */
export interface WeekSink {
  message(message: WeekMessage): void
  /** The platform goes, or is back; in between it hears nothing. */
  platform(at: Instant, state: 'stop' | 'start'): void
  /** Every minute. */
  tick(at: Instant): void
  truth(entry: TruthEntry): void
}

/** One link in twenty stands in a bad place, and one message in a thousand comes seconds or minutes late. */
const weekRadio = { ...measuredRadio, poorShare: 0.05, lateShare: 0.001 }

/** Lets a week pass, as fast as the machine can. Synchronous; the same week gives the same bytes. */
export const playWeek = (week: Week, sink: WeekSink): void => {
  const transport: WeekTransport = createWeekTransport({
    now: () => simulation.now(),
    schedule: (at, action) => simulation.schedule(at, action),
    random: createRandom(week.seed, 'week', 'returns'),
    message: sink.message,
  })
  const simulation: Simulation = createSimulation({
    town: week.town,
    seed: week.seed,
    start: week.from,
    gridStart: week.gridFrom,
    transport,
    scenario: scripted(week.faults),
    onTruth: sink.truth,
    radio: weekRadio,
    traitsOf: createWeekTraits(week.seed, week.town),
    ...(week.spell === null ? {} : { spell: week.spell }),
  })
  for (const { from, until } of week.platformStops) {
    simulation.schedule(from, () => {
      transport.stop()
      sink.platform(from, 'stop')
    })
    simulation.schedule(until, () => {
      sink.platform(until, 'start')
      transport.start()
    })
  }
  simulation.start()
  for (let at = week.from; at < week.until; ) {
    at += minuteMs
    simulation.advanceTo(at)
    sink.tick(at)
  }
}
