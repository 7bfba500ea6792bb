/**
 * The simulated town that stands in for missing hardware: weather, supply, lamps, batteries, firmware, radio.
 * @module
 */

export type { Credentials } from './edge/mqtt-transport.ts'
export { recordTraffic } from './edge/record.ts'
export { type RunningTown, type RunOptions, runAgainstBroker } from './edge/run.ts'
export type { Link, Transport, Uplink } from './firmware/connection.ts'
export { createZone } from './local-time.ts'
export { type Night, nightAt } from './nights.ts'
export { createDemo } from './scenario/demo.ts'
export { type FaultKind, faultKinds } from './scenario/faults.ts'
export { type PlannedFault, parseScenario, type Scenario, scripted } from './scenario/scenario.ts'
export type { FaultScope, FaultTarget } from './scenario/targets.ts'
export { createSimulation, type Simulation, type SimulationOptions } from './simulation.ts'
export { loadOrestiada } from './town/orestiada.ts'
export { parseSettlements } from './town/settlements.ts'
export { createTown, type Town } from './town/town.ts'
export { type TruthEntry, truthLine } from './truth.ts'
export { playWeek, type WeekSink } from './week/play-week.ts'
export { createWeek, type Week, type WeekOptions } from './week/week.ts'
export type { WeekMessage } from './week/week-transport.ts'
