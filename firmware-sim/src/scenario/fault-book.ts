import { type Instant, minuteMs } from '@fanari/contracts'
import { between, createRandom, type Random } from '../random.ts'
import type { TownPlan } from '../town/town.ts'
import type { TruthEntry } from '../truth.ts'
import type { ActiveFaults, FaultKind } from './faults.ts'
import type { PlannedFault } from './scenario.ts'
import { createTargets, type FaultReach, type FaultTarget } from './targets.ts'

export interface FaultBook {
  /** Breaks or repairs something, now or later; refuses a target that does not exist or does not suit the fault. */
  plan(fault: PlannedFault): FaultTarget
  begin(fault: FaultKind, target: string): void
  /** Ends the oldest such fault, if there is one. */
  end(fault: FaultKind, target: string): void
}

interface Happening {
  id: string
  fault: FaultKind
  target: string
  reach: FaultReach
  severity: number
  /** What is broken so far: theft takes its time. */
  broken: string[]
  isOver: boolean
}

/** Thieves work their way from the far end: some poles, some minutes, and at times they are disturbed. */
const theftStages = (carriers: readonly string[], random: Random): { afterMs: number; carriers: string[] }[] => {
  const taken = Math.max(Math.min(3, carriers.length), Math.round(carriers.length * between(random, 0.3, 1)))
  const stages: { afterMs: number; carriers: string[] }[] = []
  let afterMs = 0
  for (let from = 0; from < taken; ) {
    const to = Math.min(taken, from + 2 + Math.floor(3 * random()))
    stages.push({ afterMs, carriers: carriers.slice(from, to) })
    afterMs += Math.round(between(random, 1, 4) * minuteMs)
    from = to
  }
  return stages
}

/** Keeps what is broken, tells the devices that it bears on, and writes the truth of it. */
export const createFaultBook = (options: {
  town: TownPlan
  seed: number
  faults: ActiveFaults
  now: () => Instant
  schedule: (at: Instant, action: () => void) => void
  record: (entry: TruthEntry) => void
  /** Lets a device meet its changed condition. */
  tell: (device: string, kind: FaultKind) => void
}): FaultBook => {
  const { seed, faults, now, schedule, record, tell } = options
  const targets = createTargets(options.town)
  const running = new Map<string, Happening[]>()
  let count = 0

  const spread = (happening: Happening, carriers: readonly string[], told: readonly string[]): void => {
    for (const carrier of carriers) faults.begin(happening.fault, carrier, happening.severity)
    happening.broken.push(...carriers)
    for (const device of told) tell(device, happening.fault)
  }
  const start = (fault: FaultKind, target: string): Happening | null => {
    const found = targets(fault, target)
    if (!found.ok) return null
    const { reach } = found
    const id = `${fault}-${++count}`
    const random = createRandom(seed, 'fault', id, target)
    const happening: Happening = { id, fault, target, reach, severity: random(), broken: [], isOver: false }
    const key = `${fault} ${target}`
    running.set(key, [...(running.get(key) ?? []), happening])
    const stages = fault === 'cableTheft' ? theftStages(reach.carriers, random) : null
    if (stages !== null) happening.reach = { ...reach, lights: stages.flatMap(({ carriers }) => carriers) }
    const { lights, scope } = happening.reach
    record({ at: now(), event: 'fault.started', id, fault, target, scope, affected: lights })
    if (stages === null) spread(happening, reach.carriers, reach.devices)
    else {
      const others = reach.devices.filter((device) => !reach.lights.includes(device))
      for (const { afterMs, carriers } of stages)
        schedule(now() + afterMs, () => {
          if (!happening.isOver) spread(happening, carriers, [...carriers, ...others])
        })
    }
    return happening
  }
  const finish = (happening: Happening): void => {
    if (happening.isOver) return
    happening.isOver = true
    const { id, fault, target, reach, broken } = happening
    const key = `${fault} ${target}`
    running.set(
      key,
      (running.get(key) ?? []).filter((other) => other !== happening),
    )
    for (const carrier of broken) faults.end(fault, carrier)
    record({ at: now(), event: 'fault.repaired', id, fault, target, scope: reach.scope, affected: reach.lights })
    for (const device of reach.devices) tell(device, fault)
  }
  const end = (fault: FaultKind, target: string): void => {
    const oldest = running.get(`${fault} ${target}`)?.[0]
    if (oldest !== undefined) finish(oldest)
  }

  return {
    begin: (fault, target) => {
      start(fault, target)
    },
    end,
    plan: (planned) => {
      const { fault, target } = planned
      const found = targets(fault, target)
      if (!found.ok) return found
      const at = Math.max(planned.at, now())
      if (planned.action === 'repair') {
        schedule(at, () => end(fault, target))
        return found
      }
      const until = planned.forMs === undefined ? null : planned.at + planned.forMs
      // A town that is joined late finds what broke before, and is not yet repaired, broken.
      if (until !== null && until <= now()) return found
      schedule(at, () => {
        const happening = start(fault, target)
        if (until !== null && happening !== null) schedule(until, () => finish(happening))
      })
      return found
    },
  }
}
