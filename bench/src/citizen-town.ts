/* A town for the citizen line: streets of lights in communities, and what people report of it, always the same. */

const communities = ['orestias', 'vyssa', 'kastanies', 'rizia', 'thourio', 'kyprinos', 'dikaia', 'filakio'] as const
const streetsPerCommunity = 10
const lightsPerStreet = 50
const townLights = communities.length * streetsPerCommunity * lightsPerStreet
/** About 25 m [°]. */
const stepDeg = 0.0003

interface Spot {
  id: string
  community: string
  street: string
  lat: number
  lon: number
}

const spotOf = (number: number): Spot => {
  const street = Math.floor(number / lightsPerStreet)
  const place = Math.floor(street / streetsPerCommunity)
  return {
    id: `light-${number}`,
    community: communities[place] ?? 'orestias',
    street: `Οδός ${street}`,
    lat: 41.3 + place * 0.05 + (street % streetsPerCommunity) * 0.002,
    lon: 26.5 + (number % lightsPerStreet) * stepDeg,
  }
}

export const townAssets = (): object => {
  const feature = (lon: number, lat: number, properties: object) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [lon, lat] },
    properties,
  })
  const places = communities.map((id, place) =>
    feature(26.5, 41.3 + place * 0.05, { kind: 'community', id, name: `Κοινότητα ${id}`, population: 3_000 }),
  )
  const lights = Array.from({ length: townLights }, (_, number) => {
    const { id, community, street, lat, lon } = spotOf(number)
    const circuit = `circuit-${Math.floor(number / lightsPerStreet)}`
    const properties = {
      kind: 'luminaire',
      id,
      community,
      street,
      circuit,
      pole: `${number}`,
      supply: 'grid',
      ratedPower: 60,
    }
    return feature(lon, lat, properties)
  })
  return { type: 'FeatureCollection', features: [...places, ...lights] }
}

/** Numbers from 0 up to 1 that are the same every time (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const others = [
  'pothole',
  'graffiti',
  'pavement-damaged',
  'road-sign',
  'abandoned-car',
  'water-leak',
  'missed-collection',
] as const

/** What one citizen reports: three in four a light, and as many by telephone as not. */
export const reportOf = (number: number, random: () => number, categories: ReadonlySet<string>): object => {
  const spot = spotOf(Math.floor(random() * townLights))
  const kinds = others.filter((name) => categories.has(name))
  const other = random() < 0.25 ? kinds[Math.floor(random() * kinds.length)] : undefined
  const place =
    other === undefined
      ? { luminaire: spot.id }
      : { lat: spot.lat + random() * 0.01, lon: spot.lon, community: spot.community }
  return {
    category: other ?? (random() < 0.8 ? 'street-light-out' : 'street-light-flickering'),
    ...place,
    street: spot.street,
    channel: random() < 0.5 ? 'phone' : random() < 0.7 ? 'web' : 'app',
    description: `Δεν λειτουργεί από χθες το βράδυ, κοντά στον αριθμό ${Math.floor(random() * 90)}.`,
    contact: { name: `Δημότης ${number}`, phone: `25520${String(10_000 + (number % 90_000))}` },
    clientId: `bench-${number}`,
  }
}
