import type { Instant } from '@fanari/contracts'
import { CabinetDevice, createCabinetSupply } from './devices/cabinet.ts'
import type { Device } from './devices/device.ts'
import { createGatewayDevice } from './devices/gateway.ts'
import { createGridSource } from './devices/grid-source.ts'
import { LuminaireDevice } from './devices/luminaire.ts'
import { createSensorDevice } from './devices/sensor.ts'
import { createSolarSource } from './devices/solar-source.ts'
import { createEventQueue } from './event-queue.ts'
import { Connection, type Transport } from './firmware/connection.ts'
import type { ControllerOptions } from './firmware/controller.ts'
import { stepsOf } from './firmware/program.ts'
import { measuredRadio, type RadioQuality } from './firmware/radio.ts'
import { createZone } from './local-time.ts'
import { createNights, type Night } from './nights.ts'
import { createWeather } from './physics/weather.ts'
import { createActiveFaults, createTargets, type FaultKind, type FaultTarget } from './scenario/faults.ts'
import type { PlannedFault, Scenario } from './scenario/scenario.ts'
import type { Luminaire, TownPlan } from './town/town.ts'
import type { TruthEntry } from './truth.ts'
import type { World } from './world.ts'

export interface SimulationOptions {
  town: TownPlan
  seed: number
  /** When simulated time begins. */
  start: Instant
  transport: Transport
  /** Breaks things; asked at the start for the night before and the present one, and then at every noon. */
  scenario?: Scenario
  /** Told everything that really happens. */
  onTruth?: (entry: TruthEntry) => void
  radio?: Partial<RadioQuality>
  /** Readings a controller keeps while offline; default 144, half a day at five minutes. */
  bufferSize?: number
  /** Probability that a controller that loses its supply still says so; default 0.6. */
  lastGaspShare?: number
}

export interface Simulation {
  now(): Instant
  /** Opens the devices' connections and begins. Once. */
  start(): void
  /** Lets simulated time pass up to and including `to`; synchronous. */
  advanceTo(to: Instant): void
  /** The moment of the next event. */
  nextEventAt(): Instant | null
  /** Breaks or repairs something, now or later; refuses a target that does not exist or does not suit the fault. */
  plan(fault: PlannedFault): FaultTarget
}

/** One town in simulated time: a function of the seed, the scenario and what comes in through the transport. */
export const createSimulation = (options: SimulationOptions): Simulation => {
  const { town, seed, transport, onTruth, bufferSize = 144, lastGaspShare = 0.6 } = options
  const centre = town.communities[0]
  if (centre === undefined) throw new RangeError('a town has at least one community')
  const queue = createEventQueue(options.start)
  const zone = createZone(town.municipality.timeZone)
  const nights = new Map(town.communities.map((community) => [community.id, createNights(community, zone)]))
  const nightOf = (community: string, at: Instant): Night => {
    const nightAt = nights.get(community)
    if (nightAt === undefined) throw new RangeError(`there is no community ${community}`)
    return nightAt(at)
  }
  const world: World = {
    seed,
    zone,
    nightOf,
    weather: createWeather({ seed, place: centre }),
    faults: createActiveFaults(),
    radio: { ...measuredRadio, ...options.radio },
    now: queue.now,
    schedule: queue.schedule,
    record: (entry) => onTruth?.(entry),
  }

  const devices = new Map<string, Device>()
  const connect = (device: string): Connection => new Connection(device, world, transport)
  const direct = (device: string) =>
    ({ connection: connect(device), medium: 'mobile', bufferSize, lastGaspShare }) as const

  const gateways = new Map<string, Connection>()
  for (const gateway of town.gateways) {
    const controller = direct(gateway.device ?? gateway.id)
    gateways.set(gateway.id, controller.connection)
    devices.set(gateway.id, createGatewayDevice({ gateway, world, controller }))
  }
  const supplies = new Map(town.cabinets.map((cabinet) => [cabinet.id, createCabinetSupply(cabinet, world)]))
  const lightsOf = new Map<string, LuminaireDevice[]>(town.cabinets.map(({ id }) => [id, []]))
  const through = (
    light: Luminaire,
  ): Pick<ControllerOptions, 'connection' | 'medium' | 'bufferSize' | 'lastGaspShare'> => {
    if (light.gateway === undefined) return direct(light.device ?? light.id)
    const connection = gateways.get(light.gateway)
    if (connection === undefined) throw new RangeError(`${light.id}: there is no gateway ${light.gateway}`)
    return { connection, medium: 'radio', bufferSize, lastGaspShare }
  }
  for (const light of town.luminaires) {
    const source =
      light.supply === 'solar'
        ? createSolarSource(light, world)
        : createGridSource(light, supplies.get(light.cabinet ?? ''), world)
    const steps = stepsOf(light.program, town.programs)
    const device = new LuminaireDevice({ light, source, steps, world, controller: through(light) })
    devices.set(light.id, device)
    lightsOf.get(light.cabinet ?? '')?.push(device)
  }
  for (const cabinet of town.cabinets) {
    const supply = supplies.get(cabinet.id) ?? createCabinetSupply(cabinet, world)
    const lights = lightsOf.get(cabinet.id) ?? []
    const controller = direct(cabinet.device ?? cabinet.id)
    devices.set(cabinet.id, new CabinetDevice({ cabinet, supply, lights, world, controller }))
  }
  for (const sensor of town.sensors)
    devices.set(sensor.id, createSensorDevice({ sensor, world, controller: direct(sensor.device ?? sensor.id) }))

  const targets = createTargets(town)
  const tell = (kind: FaultKind, ids: readonly string[]): void => {
    for (const id of ids) {
      const device = devices.get(id)
      if (kind === 'radioLoss') device?.controller.radioChanged()
      else device?.update()
    }
  }
  const change = (event: 'fault.started' | 'fault.repaired', fault: FaultKind, target: string): void => {
    const found = targets(fault, target)
    if (!found.ok) return
    if (event === 'fault.started') world.faults.begin(fault, target)
    else if (!world.faults.end(fault, target)) return
    world.record({ at: queue.now(), event, fault, target, affected: found.reach.lights })
    tell(fault, found.reach.devices)
  }

  const plan: Simulation['plan'] = (planned) => {
    const { fault, target } = planned
    const found = targets(fault, target)
    if (!found.ok) return found
    const at = Math.max(planned.at, queue.now())
    if (planned.action === 'repair') {
      queue.schedule(at, () => change('fault.repaired', fault, target))
      return found
    }
    const until = planned.forMs === undefined ? null : planned.at + planned.forMs
    // A town that is joined late finds what broke before, and is not yet repaired, broken.
    if (until !== null && until <= queue.now()) return found
    queue.schedule(at, () => change('fault.started', fault, target))
    if (until !== null) queue.schedule(until, () => change('fault.repaired', fault, target))
    return found
  }

  const breakThingsOf = (night: Night): void => {
    for (const fault of options.scenario?.(night) ?? []) {
      const answer = plan(fault)
      if (!answer.ok) throw new RangeError(`scenario: ${answer.reason}`)
    }
  }
  const followScenario = (): void => {
    const night = nightOf(centre.id, queue.now())
    breakThingsOf(night)
    queue.schedule(night.nextNoon, followScenario)
  }

  let started = false
  return {
    now: queue.now,
    nextEventAt: queue.nextAt,
    advanceTo: queue.advanceTo,
    plan,
    start: () => {
      if (started) return
      started = true
      for (const device of devices.values()) device.start()
      breakThingsOf(nightOf(centre.id, nightOf(centre.id, queue.now()).noon - 1))
      followScenario()
    },
  }
}
