import type {
  AssetFeature,
  CabinetProperties,
  CommunityProperties,
  GatewayProperties,
  LuminaireProperties,
  Municipality,
  ProgramProperties,
  SensorProperties,
} from '@fanari/contracts'
import { equipSettlement } from './equipment.ts'
import { programs } from './programs.ts'
import type { Settlement } from './settlements.ts'
import { slug } from './slug.ts'

/** WGS 84 [°]. */
export interface Place {
  lat: number
  lon: number
}

export type Community = Place & CommunityProperties
export type Gateway = Place & GatewayProperties
export type Luminaire = Place & LuminaireProperties
export type Sensor = Place & SensorProperties
export type Cabinet = Place &
  CabinetProperties & {
    /** A `switched` cabinet closes its contactor at dusk: by day its lights have no supply, by design. */
    feed: 'permanent' | 'switched'
  }

/** Everything that stands in the streets of one community. */
export interface Equipment {
  cabinets: Cabinet[]
  gateways: Gateway[]
  luminaires: Luminaire[]
  sensors: Sensor[]
}

export interface TownPlan extends Equipment {
  municipality: Municipality
  communities: Community[]
  programs: ProgramProperties[]
}

export interface Town extends TownPlan {
  /** The town as the body of `PUT …/assets`: what is referred to comes before what refers to it. */
  assets(): { type: 'FeatureCollection'; features: AssetFeature[] }
  /** The same town with other equipment in some places. */
  with(change: Partial<Equipment>): Town
}

export interface TownOptions {
  seed: number
  settlements: readonly Settlement[]
  /** How many street lights there are. Without it, as many as the populations call for: about 4 000 in Orestiada. */
  lights?: number
  /** Default 300. */
  reportIntervalS?: number
  /** Share of the lights of each settlement that are solar; without it, between a ninth and a seventh. */
  solarShare?: number
}

const municipality: Municipality = { id: 'orestiada', name: 'Δήμος Ορεστιάδας', timeZone: 'Europe/Athens' }

/** A settlement of at least so many residents is a town, and lit like one. */
const townPopulation = 5_000
const townLightsPerResident = 1_500 / 18_136
const fewestLights = 20
const mostVillageLights = 150

/** Street lights a settlement needs: in a village they grow with its streets, about the square root of its residents. */
const lightsFor = (population: number): number =>
  population >= townPopulation
    ? Math.round(population * townLightsPerResident)
    : Math.round(Math.min(mostVillageLights, Math.max(fewestLights, 3.2 * Math.sqrt(population))))

/**
 * Shares `lights` among the settlements, largest first. When there are fewer lights than needed, towns shrink in proportion but
 * villages keep their size (so that circuits keep theirs) and the smallest are left out.
 */
const shareLights = (settlements: readonly Settlement[], lights?: number): Map<Settlement, number> => {
  const bySize = [...settlements].sort((a, b) => b.population - a.population || a.code.localeCompare(b.code))
  const needed = bySize.reduce((sum, { population }) => sum + lightsFor(population), 0)
  const scale = (lights ?? needed) / needed
  const shares = new Map<Settlement, number>()
  let left = lights ?? needed
  for (const settlement of bySize) {
    const need = lightsFor(settlement.population)
    const shrinks = scale > 1 || settlement.population >= townPopulation
    const share = Math.min(left, shrinks ? Math.round(need * scale) : need)
    if (share < fewestLights && shares.size > 0) break
    shares.set(settlement, share)
    left -= share
  }
  const [first] = shares.keys()
  if (first !== undefined) shares.set(first, (shares.get(first) ?? 0) + left)
  return shares
}

const assetsOf = (plan: TownPlan): ReturnType<Town['assets']> => {
  const features: AssetFeature[] = []
  const place = <P extends AssetFeature['properties']>(asset: Place & P): void => {
    const { lat, lon, ...properties } = asset
    features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties } as AssetFeature)
  }
  for (const properties of plan.programs) features.push({ type: 'Feature', geometry: null, properties })
  for (const community of plan.communities) place(community)
  for (const gateway of plan.gateways) place(gateway)
  for (const { feed: _, ...cabinet } of plan.cabinets) place(cabinet)
  for (const luminaire of plan.luminaires) place(luminaire)
  for (const sensor of plan.sensors) place(sensor)
  return { type: 'FeatureCollection', features }
}

const townOf = (plan: TownPlan): Town => ({
  ...plan,
  assets: () => assetsOf(plan),
  with: (change) => townOf({ ...plan, ...change }),
})

/**
 * Builds a municipality: streets, poles, lights, cabinets, circuits, gateways and sensors of each settlement. Pure; the same
 * seed and settlements give the same town.
 * @throws RangeError when `lights` is not a whole number from 1 to 100 000
 */
export const createTown = (options: TownOptions): Town => {
  const { seed, settlements, lights, reportIntervalS = 300, solarShare } = options
  if (lights !== undefined && !(Number.isInteger(lights) && lights >= 1 && lights <= 100_000))
    throw new RangeError(`lights must be a whole number from 1 to 100000, got ${lights}`)
  const plan: TownPlan = {
    municipality,
    communities: [],
    programs,
    cabinets: [],
    gateways: [],
    luminaires: [],
    sensors: [],
  }
  const taken = new Set<string>()
  for (const [settlement, count] of shareLights(settlements, lights)) {
    const { name, population, lat, lon, code } = settlement
    const id = taken.has(slug(name)) ? `${slug(name)}-${code.slice(-4)}` : slug(name)
    taken.add(id)
    const community: Community = { kind: 'community', id, name, population, lat, lon }
    const serial = settlements.indexOf(settlement) + 1
    plan.communities.push(community)
    const equipment = equipSettlement({
      seed,
      community,
      serial,
      lights: count,
      reportIntervalS,
      ...(solarShare === undefined ? {} : { solarShare }),
    })
    plan.cabinets.push(...equipment.cabinets)
    plan.gateways.push(...equipment.gateways)
    plan.luminaires.push(...equipment.luminaires)
    plan.sensors.push(...equipment.sensors)
  }
  return townOf(plan)
}
