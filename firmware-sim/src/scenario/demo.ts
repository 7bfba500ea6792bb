import { hourMs, type Instant, minuteMs } from '@fanari/contracts'
import { between, createRandom, pick, type Random } from '../random.ts'
import type { Luminaire, TownPlan } from '../town/town.ts'
import type { FaultKind } from './faults.ts'
import type { PlannedFault, Scenario } from './scenario.ts'

type DemoFault = Extract<
  FaultKind,
  | 'lamp'
  | 'driver'
  | 'poleFuse'
  | 'circuitTrip'
  | 'cabinetSupply'
  | 'phaseLoss'
  | 'gatewayFailure'
  | 'radioLoss'
  | 'dayBurner'
  | 'drainedBattery'
  | 'contactorStuckOpen'
>

interface Choices {
  circuits: string[]
  villageGateways: string[]
  cabinets: string[]
  grid: Luminaire[]
  solar: Luminaire[]
}

/** Circuits that make a street or two dark, outside the largest settlement where that is possible. */
const demoCircuits = (town: TownPlan): string[] => {
  const largest = town.communities[0]?.id
  const switched = new Set(town.cabinets.flatMap(({ id, feed }) => (feed === 'switched' ? [id] : [])))
  const members = Map.groupBy(
    town.luminaires.filter(({ circuit, cabinet }) => circuit !== undefined && !switched.has(cabinet ?? '')),
    ({ circuit }) => circuit ?? '',
  )
  const circuits = [...members].sort(([, a], [, b]) => b.length - a.length)
  const fitting = circuits.filter(([, lights]) => lights.length >= 20 && lights.length <= 40)
  const inVillages = fitting.filter(([, lights]) => lights[0]?.community !== largest)
  const best = [inVillages, fitting, circuits].find((candidates) => candidates.length > 0) ?? []
  return best.map(([circuit]) => circuit)
}

const choicesOf = (town: TownPlan): Choices => {
  const largest = town.communities[0]?.id
  const served = Map.groupBy(town.luminaires, ({ gateway }) => gateway)
  const gateways = town.gateways.filter(({ id }) => (served.get(id)?.length ?? 0) >= 3)
  const inVillages = gateways.filter(({ id }) => served.get(id)?.[0]?.community !== largest)
  return {
    circuits: demoCircuits(town),
    villageGateways: (inVillages.length > 0 ? inVillages : gateways).map(({ id }) => id),
    cabinets: town.cabinets.map(({ id }) => id),
    grid: town.luminaires.filter(({ supply }) => supply === 'grid'),
    solar: town.luminaires.filter(({ supply }) => supply === 'solar'),
  }
}

/** What may also happen in a night: how likely, and how long it lasts [min]. */
const rarities: { fault: DemoFault; chance: number; minutes: readonly [low: number, high: number] }[] = [
  { fault: 'lamp', chance: 0.8, minutes: [18 * 60, 40 * 60] },
  { fault: 'driver', chance: 0.4, minutes: [18 * 60, 40 * 60] },
  { fault: 'poleFuse', chance: 0.4, minutes: [120, 20 * 60] },
  { fault: 'radioLoss', chance: 0.6, minutes: [60, 10 * 60] },
  { fault: 'phaseLoss', chance: 0.3, minutes: [60, 240] },
  { fault: 'cabinetSupply', chance: 0.2, minutes: [30, 180] },
  { fault: 'contactorStuckOpen', chance: 0.15, minutes: [60, 240] },
  { fault: 'drainedBattery', chance: 0.3, minutes: [18 * 60, 40 * 60] },
]

const targetOf = (fault: DemoFault, choices: Choices, random: Random): string | null => {
  const one = (ids: readonly { id: string }[]): string | null => (ids.length === 0 ? null : pick(random, ids).id)
  switch (fault) {
    case 'lamp':
    case 'driver':
    case 'poleFuse':
    case 'dayBurner':
    case 'radioLoss':
      return one(choices.grid)
    case 'drainedBattery':
      return one(choices.solar)
    case 'circuitTrip':
      return choices.circuits.length === 0 ? null : pick(random, choices.circuits)
    case 'phaseLoss':
      return choices.circuits.length === 0
        ? null
        : `${pick(random, choices.circuits)}:${pick(random, ['L1', 'L2', 'L3'])}`
    case 'cabinetSupply':
    case 'contactorStuckOpen':
      return choices.cabinets.length === 0 ? null : pick(random, choices.cabinets)
    case 'gatewayFailure':
      return choices.villageGateways.length === 0 ? null : pick(random, choices.villageGateways)
  }
}

/**
 * A watchable first night (a village circuit trips 25 minutes after dusk and is repaired 35 minutes later, then a lamp, a
 * gateway, and a lamp that burns into the morning) and nights of seeded variety after it.
 */
export const createDemo = (town: TownPlan, options: { seed: number; epoch: Instant }): Scenario => {
  const { seed, epoch } = options
  const choices = choicesOf(town)
  return (night) => {
    const random = createRandom(seed, 'demo', night.noon)
    const plan: PlannedFault[] = []
    const add = (fault: DemoFault, at: Instant, minutes: number, target = targetOf(fault, choices, random)): void => {
      if (target !== null) plan.push({ at, action: 'break', fault, target, forMs: Math.round(minutes) * minuteMs })
    }
    if (epoch >= night.noon && epoch < night.nextNoon) {
      add('circuitTrip', night.dusk + 25 * minuteMs, 35, choices.circuits[0])
      add('lamp', night.dusk + 40 * minuteMs, 20 * 60)
      add('gatewayFailure', night.dusk + 110 * minuteMs, 30)
      add('dayBurner', night.dawn - 30 * minuteMs, 240)
      return plan
    }
    if (night.noon < epoch) return plan
    const inNight = (): Instant => Math.round(between(random, night.dusk + 0.3 * hourMs, night.dawn - 2 * hourMs))
    add('circuitTrip', inNight(), between(random, 20, 90))
    if (random() < 0.5) add('gatewayFailure', inNight(), between(random, 15, 120))
    if (random() < 0.7) add('dayBurner', night.dawn - 30 * minuteMs, between(random, 120, 300))
    for (const { fault, chance, minutes } of rarities)
      if (random() < chance) add(fault, inNight(), between(random, minutes[0], minutes[1]))
    return plan
  }
}
