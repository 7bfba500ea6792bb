import { hourMs, type Instant, minuteMs, type ProgramStep, stepTimePattern } from '@fanari/contracts'
import type { Zone } from '../local-time.ts'
import type { Night } from '../nights.ts'

export interface LevelChange {
  at: Instant
  /** [%] */
  level: number
}

/** The levels of one night; `before` holds until the first change. */
export interface NightPlan {
  before: number
  changes: LevelChange[]
}

/** Steps of the built-in programs (CONTRACT section 3). */
const builtInSteps: Record<string, ProgramStep[]> = {
  duskToDawn: [
    { at: 'dusk', level: 100 },
    { at: 'dawn', level: 0 },
  ],
  alwaysOn: [{ at: '12:00', level: 100 }],
  off: [{ at: '12:00', level: 0 }],
}

/**
 * The steps behind a program's name.
 * @throws RangeError when the town has no such program
 */
export const stepsOf = (program: string, programs: readonly { id: string; steps: ProgramStep[] }[]): ProgramStep[] => {
  const steps = builtInSteps[program] ?? programs.find(({ id }) => id === program)?.steps
  if (steps === undefined) throw new RangeError(`there is no program ${program}`)
  return steps
}

const momentOf = (at: string, night: Night, zone: Zone): Instant => {
  const [matched, hour, minute, event, sign, hours = '0', minutes = '0'] = stepTimePattern.exec(at) ?? []
  if (matched === undefined) throw new RangeError(`"${at}" is no time of a program step`)
  if (event === undefined) {
    const clock = Number(hour) * 60 + Number(minute)
    return zone.clockTime(night.noon, clock, clock < 12 * 60 ? 1 : 0)
  }
  const offsetMs = Number(hours) * hourMs + Number(minutes) * minuteMs
  return (event === 'dusk' ? night.dusk : night.dawn) + (sign === '-' ? -offsetMs : offsetMs)
}

/**
 * The changes of a night in order of time, as a controller works them out that finds dusk and dawn `skewMs` late. A step whose
 * sun time lies behind a later step's (a 23:30 after which dusk comes) takes its turn by the clock.
 */
export const planNight = (steps: readonly ProgramStep[], night: Night, zone: Zone, skewMs: number): NightPlan => {
  const skewed = { ...night, dusk: night.dusk + skewMs, dawn: night.dawn + skewMs }
  const changes = steps.map(({ at, level }) => ({ at: momentOf(at, skewed, zone), level })).sort((a, b) => a.at - b.at)
  return { before: changes.at(-1)?.level ?? 0, changes }
}

export const levelAt = (plan: NightPlan, at: Instant): number =>
  plan.changes.findLast((change) => change.at <= at)?.level ?? plan.before

/** The next change after `at`, or the end of the plan's night. */
export const nextChangeAfter = (plan: NightPlan, at: Instant, night: Night): Instant =>
  plan.changes.find((change) => change.at > at && change.at < night.nextNoon)?.at ?? night.nextNoon
