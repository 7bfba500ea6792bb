import { type FaultName, type Forecast, type Instant, minuteMs, type Reading, toIso } from '@fanari/contracts'
import {
  createSolarMemory,
  forecast,
  likelyHarvests,
  type NightOutlook,
  type NightPlan,
  noteReading,
  type SolarForecast,
  type SolarMemory,
  type SolarUnit,
  tonight,
} from '../forecast/index.ts'
import type { Sign } from './evidence.ts'
import type { Light } from './light.ts'
import { dateOfNight } from './schedule.ts'
import type { World } from './world.ts'

/** The key of what detection itself says of a solar light's energy, in the book of incidents. */
export const solarKey = ({ asset }: Light, fault: FaultName): string => `solar:${fault}:${asset.id}`

/** All that is remembered of a solar light beside the rest of it. Every field is data. */
export interface SolarWatch {
  memory: SolarMemory
  /** When its forecast is told next, a planned switch-on; 0: to be planned. */
  tellAt: Instant
  /** Whether tonight was last thought dark. */
  likelyDark: boolean
  /** Probability that tonight counts as dark, at the last reading. */
  probability: number
  /** Readings in a row that put the light at risk, and out of it. */
  riskRun: number
  safeRun: number
  /** Equally likely harvests of a day [thousandths of clear sky], and the day they were worked out on. */
  harvests: number[]
  harvestsOf: number
  /** The day on which the panel and the battery were last judged by their days. */
  judgedDay: number
}

export const createSolarWatch = (unit: SolarUnit): SolarWatch => ({
  memory: createSolarMemory(unit),
  tellAt: 0,
  likelyDark: false,
  probability: 0,
  riskRun: 0,
  safeRun: 0,
  harvests: [],
  harvestsOf: 0,
  judgedDay: 0,
})

/** The plan of the night that is not over at `at`; the light's own is kept at hand. */
export const nightPlanAt = (world: World, light: Light, at: Instant): NightPlan | null => {
  const known = light.night
  if (known !== null && at >= known.startAt && at < known.offAt) return known
  const plan = world.schedule.nightAt(light.asset, light.program, at)
  if (plan !== null && at === world.now) light.night = plan
  return plan
}

/** Stamps ahead of us come from a wrong clock, and would shut out all that follow. */
const withSoundTime = (reading: Reading, now: Instant): Reading =>
  reading.at > now + minuteMs ? { ...reading, at: now } : reading

/** Takes a reading of a solar light into account. */
export const noteSolarReading = (world: World, light: Light, told: Reading, sign: Sign): void => {
  const { solar, asset } = light
  if (solar === null || asset.solar === null) return
  const reading = withSoundTime(told, world.now)
  const plan = nightPlanAt(world, light, reading.at)
  if (plan === null) return
  const before = solar.memory.at
  noteReading(solar.memory, asset.solar, reading, { plan, sign, sky: world.sky })
  if (solar.memory.at !== before) world.dirtySolar.add(light)
}

/** Harvests of a coming day, worked out anew when a day has ended. */
const harvestsOf = (world: World, unit: SolarUnit, solar: SolarWatch): number[] => {
  if (solar.harvestsOf !== solar.memory.night) {
    solar.harvests = likelyHarvests(solar.memory, unit, world.sky).map((harvest) => Math.round(harvest * 1_000))
    solar.harvestsOf = solar.memory.night
  }
  return solar.harvests.map((harvest) => harvest / 1_000)
}

/** What tonight looks like, or `null` when the last reading belongs to another night. */
export const tonightOf = (world: World, light: Light): ReturnType<typeof tonight> | null => {
  const { solar, asset } = light
  if (solar === null || asset.solar === null || solar.memory.at === 0) return null
  const plan = nightPlanAt(world, light, world.now)
  if (plan === null || plan.number !== solar.memory.night) return null
  return tonight(solar.memory, asset.solar, plan, harvestsOf(world, asset.solar, solar))
}

/** Tonight and the three nights after; `null` for a light without panel, useful reading or planned night. */
export const solarForecastOf = (world: World, light: Light): SolarForecast | null => {
  const { solar, asset, program } = light
  if (solar === null || asset.solar === null || solar.memory.at === 0) return null
  const wanted = world.schedule.nightAt(asset, program, world.now)
  const first = world.schedule.nightAt(asset, program, solar.memory.at)
  if (wanted === null || first === null) return null
  const plans: NightPlan[] = []
  for (let number = first.number; number <= wanted.number + 3; number++) {
    const plan = world.schedule.nightOf(asset, program, number)
    if (plan !== null) plans.push(plan)
  }
  return forecast(solar.memory, asset.solar, world.sky, plans, wanted.number)
}

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

const nightDocument = ({ number, probabilityDark, expectedDarkAt }: NightOutlook): Forecast['next'][number] => ({
  night: dateOfNight(number),
  probabilityDark: round(probabilityDark, 4),
  ...(expectedDarkAt === null ? {} : { expectedDarkAt: toIso(Math.round(expectedDarkAt / minuteMs) * minuteMs) }),
})

/** The forecast as it is answered over HTTP. */
export const forecastDocument = (found: SolarForecast, at: Instant): Forecast => ({
  ...nightDocument(found),
  stateOfCharge: found.stateOfCharge,
  usableEnergy: round(found.usableWh, 1),
  neededEnergy: round(found.neededWh, 1),
  next: found.next.map(nightDocument),
  at: toIso(at),
})
