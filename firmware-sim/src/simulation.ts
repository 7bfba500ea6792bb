import type { Instant } from '@fanari/contracts'
import { CabinetDevice, followContactor } from './devices/cabinet.ts'
import { createCabinetSupply } from './devices/cabinet-supply.ts'
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
import { type DeviceTraits, standardTraits } from './firmware/traits.ts'
import { createZone } from './local-time.ts'
import { createNights, type Night } from './nights.ts'
import { createMainsVoltage } from './physics/mains.ts'
import { createWeather, type WeatherSpell } from './physics/weather.ts'
import { createFaultBook, type FaultBook } from './scenario/fault-book.ts'
import { createActiveFaults, type FaultKind } from './scenario/faults.ts'
import type { Scenario } from './scenario/scenario.ts'
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
  /** In what a device differs from the usual one. */
  traitsOf?: (device: string) => Partial<DeviceTraits>
  spell?: WeatherSpell
  /** When what is fed by the grid begins; solar lights begin at `start`, so that their batteries have a past. Default `start`. */
  gridStart?: Instant
}

export interface Simulation {
  now(): Instant
  /** Opens the devices' connections and begins. Once. */
  start(): void
  /** Lets simulated time pass up to and including `to`; synchronous. */
  advanceTo(to: Instant): void
  /** The moment of the next event. */
  nextEventAt(): Instant | null
  plan: FaultBook['plan']
  /** Does something at a moment of simulated time, among what happens in the town. */
  schedule(at: Instant, action: () => void): void
}

/** One town in simulated time: a function of the seed, the scenario and what comes in through the transport. */
export const createSimulation = (options: SimulationOptions): Simulation => {
  const { town, seed, transport, onTruth, bufferSize = 144, gridStart = options.start } = options
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
  const mains = new Map<string, (at: Instant) => number>()
  const world: World = {
    seed,
    zone,
    nightOf,
    weather: createWeather({ seed, place: centre, ...(options.spell === undefined ? {} : { spell: options.spell }) }),
    faults: createActiveFaults(),
    radio: { ...measuredRadio, ...options.radio },
    now: queue.now,
    schedule: queue.schedule,
    record: (entry) => onTruth?.(entry),
    mains: (cabinet, phase) => {
      const voltage = mains.get(`${cabinet}:${phase}`) ?? createMainsVoltage(seed, cabinet, phase)
      mains.set(`${cabinet}:${phase}`, voltage)
      return voltage
    },
    befell: (fault, target) => book.begin(fault, target),
    repaired: (fault, target) => book.end(fault, target),
  }

  const devices = new Map<string, Device>()
  const connect = (device: string): Connection => new Connection(device, world, transport)
  const traitsOf = (device: string): DeviceTraits => ({ ...standardTraits, ...options.traitsOf?.(device) })
  const direct = (device: string) =>
    ({ connection: connect(device), medium: 'mobile', bufferSize, traits: traitsOf(device) }) as const

  const gateways = new Map<string, Connection>()
  for (const gateway of town.gateways) {
    const controller = direct(gateway.device ?? gateway.id)
    gateways.set(gateway.id, controller.connection)
    devices.set(gateway.id, createGatewayDevice({ gateway, world, controller }))
  }
  const supplies = new Map(town.cabinets.map((cabinet) => [cabinet.id, createCabinetSupply(cabinet, world)]))
  const lightsOf = new Map<string, LuminaireDevice[]>(town.cabinets.map(({ id }) => [id, []]))
  const through = (light: Luminaire): Pick<ControllerOptions, 'connection' | 'medium' | 'bufferSize' | 'traits'> => {
    const device = light.device ?? light.id
    if (light.gateway === undefined) return direct(device)
    const connection = gateways.get(light.gateway)
    if (connection === undefined) throw new RangeError(`${light.id}: there is no gateway ${light.gateway}`)
    return { connection, medium: 'radio', bufferSize, traits: traitsOf(device) }
  }
  for (const light of town.luminaires) {
    const controller = through(light)
    const source =
      light.supply === 'solar'
        ? createSolarSource(light, world, controller.traits)
        : createGridSource(light, supplies.get(light.cabinet ?? ''), world, controller.traits)
    const steps = stepsOf(light.program, town.programs)
    const device = new LuminaireDevice({ light, source, steps, world, controller })
    devices.set(light.id, device)
    lightsOf.get(light.cabinet ?? '')?.push(device)
  }
  for (const cabinet of town.cabinets) {
    // A cabinet without a meter feeds its lights and says nothing.
    if (cabinet.device === undefined) continue
    const supply = supplies.get(cabinet.id) ?? createCabinetSupply(cabinet, world)
    const lights = lightsOf.get(cabinet.id) ?? []
    const controller = direct(cabinet.device)
    devices.set(cabinet.id, new CabinetDevice({ cabinet, supply, lights, world, controller }))
  }
  for (const sensor of town.sensors)
    devices.set(sensor.id, createSensorDevice({ sensor, world, controller: direct(sensor.device ?? sensor.id) }))

  const tell = (id: string, kind: FaultKind): void => {
    const device = devices.get(id)
    switch (kind) {
      case 'radioLoss':
        return device?.controller.radioChanged()
      case 'poorLink':
        return device?.controller.radio.degrade(world.faults.severity('poorLink', id))
      case 'providerOutage':
        return device?.controller.providerChanged()
      case 'reboot':
        if (world.faults.has('reboot', id)) device?.controller.reboot()
        return
      default:
        device?.update()
    }
  }
  const { now, schedule } = queue
  const { faults, record } = world
  const book = createFaultBook({ town, seed, faults, now, schedule, record, tell })

  const breakThingsOf = (night: Night): void => {
    for (const fault of options.scenario?.(night) ?? []) {
      const answer = book.plan(fault)
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
    plan: book.plan,
    schedule: queue.schedule,
    start: () => {
      if (started) return
      started = true
      const solar = new Set(town.luminaires.flatMap(({ id, supply }) => (supply === 'solar' ? [id] : [])))
      const startAll = (isSolar: boolean): void => {
        for (const [id, device] of devices) if (solar.has(id) === isSolar) device.start()
        if (isSolar) return
        for (const cabinet of town.cabinets)
          if (cabinet.feed === 'switched')
            followContactor(cabinet, world, () => {
              for (const light of lightsOf.get(cabinet.id) ?? []) light.update()
              devices.get(cabinet.id)?.update()
            })
      }
      startAll(true)
      if (gridStart > queue.now()) queue.schedule(gridStart, () => startAll(false))
      else startAll(false)
      breakThingsOf(nightOf(centre.id, nightOf(centre.id, queue.now()).noon - 1))
      followScenario()
    },
  }
}
