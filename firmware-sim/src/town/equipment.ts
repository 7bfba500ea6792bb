import { between, createRandom, pick } from '../random.ts'
import { eveningDim, solarDim } from './programs.ts'
import { layOutPoles, type Pole } from './streets.ts'
import type { Cabinet, Community, Equipment, Gateway, Luminaire, Place, Sensor } from './town.ts'

const phases = ['L1', 'L2', 'L3'] as const
const usualSolarShare = { low: 0.11, high: 0.14 } as const
/** Of the solar lights, so many stand outermost on the roads; the rest on squares. */
const solarOnRoads = 0.8
const lightsPerCabinet = 80
const lightsPerCircuit = 27
const lightsPerGateway = 110
const switchedShare = 0.08
const dimmedShare = 0.2
const operatorShare = 0.15
/** Deliberately undersized solar lights. */
const weakShare = 0.15
const weatherStationLights = 90
const soilStationShare = 0.15

interface Post extends Pole, Place {
  id: string
  pole: string
}

/** Cuts posts into `parts` groups of neighbours, as even as may be, always across the longer side. */
const cut = (posts: readonly Post[], parts: number): Post[][] => {
  if (parts <= 1) return [[...posts]]
  const span = (side: 'east' | 'north') => {
    const values = posts.map((post) => post[side])
    return Math.max(...values) - Math.min(...values)
  }
  const side = span('east') >= span('north') ? 'east' : 'north'
  const sorted = [...posts].sort((a, b) => a[side] - b[side])
  const firstParts = Math.floor(parts / 2)
  const middle = Math.round((sorted.length * firstParts) / parts)
  return [...cut(sorted.slice(0, middle), firstParts), ...cut(sorted.slice(middle), parts - firstParts)]
}

/** The order in which a cable passes the posts: street by street, up one and down the next. */
const alongCable = (posts: readonly Post[]): Post[] => {
  const streets = Map.groupBy(posts, ({ street }) => street)
  return [...streets.values()].flatMap((street, i) =>
    street.sort((a, b) => (i % 2 === 0 ? a.order - b.order : b.order - a.order)),
  )
}

const distance = (a: Place, b: Place): number =>
  Math.hypot(a.lat - b.lat, (a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180))

const middleOf = (places: readonly Place[]): Place => ({
  lat: places.reduce((sum, { lat }) => sum + lat, 0) / places.length,
  lon: places.reduce((sum, { lon }) => sum + lon, 0) / places.length,
})

/** Beside the place of `places` nearest to their middle. */
const besideMiddle = (places: readonly Place[]): Place => {
  const middle = middleOf(places)
  const nearest = places.reduce((best, place) => (distance(place, middle) < distance(best, middle) ? place : best))
  return { lat: nearest.lat + 0.00004, lon: nearest.lon + 0.00004 }
}

const solarPosts = (posts: readonly Post[], share: number, random: () => number): Set<Post> => {
  const count = Math.round(posts.length * share)
  const roads = posts
    .filter(({ road }) => road === 'approach')
    .sort((a, b) => Math.hypot(b.east, b.north) - Math.hypot(a.east, a.north))
  const chosen = new Set(roads.slice(0, Math.round(count * solarOnRoads)))
  while (chosen.size < count) chosen.add(pick(random, posts))
  return chosen
}

/**
 * Equips one settlement. Cabinets hold 30–90 grid lights in circuits of 15–40 (a village too small for that has one circuit),
 * phases interleave along the cable, and where there are several gateways a light joins one of the two nearest, so that a
 * gateway's lights are not a circuit's.
 */
export const equipSettlement = (options: {
  seed: number
  community: Community
  /** Number of the settlement in the municipality, the first half of its pole numbers. */
  serial: number
  lights: number
  reportIntervalS: number
  /** Share of the lights that are solar; drawn when it is not given. */
  solarShare?: number
}): Equipment => {
  const { seed, community, serial, lights, reportIntervalS } = options
  const metresPerDegree = 111_320
  const random = createRandom(seed, community.id, 'layout')
  const posts: Post[] = layOutPoles(lights, random).map((pole, i) => ({
    ...pole,
    id: `${community.id}-${String(i + 1).padStart(4, '0')}`,
    pole: `${String(serial).padStart(2, '0')}-${String(i + 1).padStart(4, '0')}`,
    lat: round6(community.lat + pole.north / metresPerDegree),
    lon: round6(community.lon + pole.east / (metresPerDegree * Math.cos((community.lat * Math.PI) / 180))),
  }))
  const usualShare = between(random, usualSolarShare.low, usualSolarShare.high)
  const solar = solarPosts(posts, options.solarShare ?? usualShare, random)
  const wired = posts.filter((post) => !solar.has(post))
  const gateways = cut(wired, Math.max(1, Math.round(wired.length / lightsPerGateway))).map(
    (group, i): Gateway => ({
      kind: 'gateway',
      id: `${community.id}-gw${i + 1}`,
      device: `${community.id}-gw${i + 1}`,
      ...besideMiddle(group),
    }),
  )
  const common = { kind: 'luminaire', community: community.id, reportInterval: reportIntervalS } as const

  const cabinets: Cabinet[] = []
  const luminaires: Luminaire[] = []
  cut(wired, Math.max(1, Math.ceil(wired.length / lightsPerCabinet))).forEach((group, i) => {
    const cabinet = `${community.id}-p${i + 1}`
    const facts = createRandom(seed, cabinet, 'facts')
    const owner = facts() < operatorShare ? 'networkOperator' : 'municipality'
    cabinets.push({
      kind: 'cabinet',
      id: cabinet,
      community: community.id,
      device: cabinet,
      supplyNumber: String(Math.floor(between(facts, 1e8, 1e9))),
      reportInterval: reportIntervalS,
      feed: facts() < switchedShare ? 'switched' : 'permanent',
      ...besideMiddle(group),
    })
    const circuits = Math.max(group.length >= 30 ? 2 : 1, Math.min(4, Math.round(group.length / lightsPerCircuit)))
    cut(group, circuits).forEach((members, j) => {
      const circuit = `${cabinet}-c${j + 1}`
      const program = createRandom(seed, circuit, 'program')() < dimmedShare ? eveningDim : 'duskToDawn'
      alongCable(members).forEach((post, position) => {
        const lamp = createRandom(seed, post.id, 'lamp')
        luminaires.push({
          ...common,
          id: post.id,
          cabinet,
          circuit,
          phase: phases[position % 3],
          position: position + 1,
          gateway: chooseGateway(post, gateways, lamp),
          supply: 'grid',
          ratedPower: pick(lamp, post.road === 'main' ? [80, 100, 120] : [36, 40, 50, 60]),
          owner,
          street: post.street,
          pole: post.pole,
          program,
          lat: post.lat,
          lon: post.lon,
        })
      })
    })
  })
  for (const post of solar) {
    const lamp = createRandom(seed, post.id, 'lamp')
    const weak = lamp() < weakShare
    luminaires.push({
      ...common,
      id: post.id,
      supply: 'solar',
      ratedPower: 30,
      panelPower: weak ? 130 : pick(lamp, [180, 200, 220, 240]),
      batteryCapacity: weak ? 960 : pick(lamp, [1_280, 1_536]),
      batteryChemistry: 'lifepo4',
      batteryVoltageNominal: 12.8,
      owner: 'municipality',
      street: post.street,
      pole: post.pole,
      program: solarDim,
      lat: post.lat,
      lon: post.lon,
    })
  }
  luminaires.sort((a, b) => (a.id < b.id ? -1 : 1))
  return { cabinets, gateways, luminaires, sensors: sensorsOf(community, lights, seed) }
}

const chooseGateway = (post: Place, gateways: readonly Gateway[], random: () => number): string => {
  const [nearest, second] = [...gateways].sort((a, b) => distance(a, post) - distance(b, post))
  if (nearest === undefined) throw new RangeError('a settlement has at least one gateway')
  return second !== undefined && random() < 0.35 ? second.id : nearest.id
}

const sensorsOf = ({ id, lat, lon }: Community, lights: number, seed: number): Sensor[] => {
  const common = { kind: 'sensor', community: id, reportInterval: 900, lat, lon } as const
  const sensors: Sensor[] = []
  if (lights >= weatherStationLights)
    sensors.push({
      ...common,
      id: `${id}-weather`,
      measures: { airTemperature: '°C', relativeHumidity: '%', illuminance: 'lx' },
    })
  if (createRandom(seed, id, 'soil')() < soilStationShare)
    sensors.push({ ...common, id: `${id}-soil`, measures: { soilMoisture: '%', soilTemperature: '°C' } })
  return sensors
}

const round6 = (value: number): number => Math.round(value * 1e6) / 1e6
