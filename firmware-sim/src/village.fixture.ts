import { hourMs, type Instant, minuteMs, type Reading } from '@fanari/contracts'
import { createRecorder } from './edge/recorder.ts'
import { type PlannedFault, scripted } from './scenario/scenario.ts'
import { createSimulation, type Simulation, type SimulationOptions } from './simulation.ts'
import { createTown, type Luminaire, type TownPlan } from './town/town.ts'
import type { TruthEntry } from './truth.ts'

const settlement = { code: '1110303020401', name: 'Ρίζια', population: 1_267, lat: 41.6249, lon: 26.42771 }
export const built = createTown({ seed: 1, settlements: [settlement], lights: 72 })
export const village: TownPlan = {
  ...built,
  cabinets: built.cabinets.map((cabinet) => ({ ...cabinet, feed: 'permanent' })),
}
const flawless = { firstMiss: 0, poorShare: 0, duplicates: 0 }

/** Dusk in Rizia is at 15:23 UTC, dawn at 04:36. */
export const evening = Date.parse('2026-11-16T15:00:00Z')
const night = Date.parse('2026-11-16T18:00:00Z')
export const at = (hours: number): Instant => evening + hours * hourMs

interface Line {
  receivedAt: Instant
  device: string
  channel: 'telemetry' | 'status' | 'event'
  payload: unknown
}

export const record = (hours: number, options: Partial<SimulationOptions> & { faults?: PlannedFault[] } = {}) => {
  const truth: TruthEntry[] = []
  const town = options.town ?? village
  const recorder = createRecorder(town.municipality.id, () => simulation.now())
  const simulation: Simulation = createSimulation({
    seed: 1,
    start: evening,
    radio: flawless,
    scenario: scripted(options.faults ?? []),
    onTruth: (entry) => truth.push(entry),
    ...options,
    town,
    transport: recorder,
  })
  simulation.start()
  simulation.advanceTo(simulation.now() + hours * hourMs)
  const text = recorder.take(simulation.now())
  const all = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line & { tick?: true })
  const lines = all.filter(({ tick }) => tick === undefined)
  const readings = Map.groupBy(
    lines.flatMap(({ device, channel, payload, receivedAt }) =>
      channel === 'telemetry'
        ? ([payload].flat() as Reading[]).map((reading) => ({ device, receivedAt, ...reading }))
        : [],
    ),
    ({ device }) => device,
  )
  return { text, all, lines, readings, truth, simulation }
}
export type Run = ReturnType<typeof record>

export const breaking = (
  fault: PlannedFault['fault'],
  target: string,
  from: Instant,
  forMs: number,
): PlannedFault[] => [{ at: from, action: 'break', fault, target, forMs }]
export const find = (supply: 'grid' | 'solar', town: TownPlan = village): Luminaire => {
  const found = town.luminaires.find((light) => light.supply === supply)
  if (found === undefined) throw new Error(`no ${supply} light`)
  return found
}
export const devices = (lights: Luminaire[]): string[] => lights.map(({ id }) => id).toSorted()
/** Devices that took no reading from `from` to `to`. */
export const silent = (run: Run, from: Instant, to: Instant): string[] =>
  [...village.luminaires, ...village.cabinets]
    .map(({ id }) => id)
    .filter((id) => !run.readings.get(id)?.some((reading) => reading.at >= from && reading.at < to))
    .toSorted()
export const between = (run: Run, device: string, from: Instant, to: Instant) =>
  (run.readings.get(device) ?? []).filter((reading) => reading.at >= from && reading.at < to)
export const changes = (run: Run, light: string) =>
  run.truth.flatMap((entry) => (entry.event === 'light.changed' && entry.light === light ? [entry] : []))

export const lamp = find('grid')
export const circuit = lamp.circuit ?? ''
export const cabinet = lamp.cabinet ?? ''
export const members = village.luminaires.filter((light) => light.circuit === circuit)
export const [from, to] = [night, night + 40 * minuteMs]
/** While a fault of 40 minutes lasts, and everybody else has reported twice. */
export const during = [from + 1_000, to] as const
