import { assetCollectionSchema, parseAssetFeature } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { loadOrestiada } from './orestiada.ts'
import { layOutPoles } from './streets.ts'
import { createTown } from './town.ts'

const town = await loadOrestiada(1)
const { luminaires, cabinets, communities, gateways } = town
const sizes = (groups: Map<unknown, unknown[]>): number[] => [...groups.values()].map((group) => group.length)
const grid = luminaires.filter(({ supply }) => supply === 'grid')

describe('the town of Orestiada', () => {
  test('about 4 000 lights: 1 500 in the town, 20 to 150 in each village', () => {
    const counts = Map.groupBy(luminaires, ({ community }) => community)
    expect(luminaires.length).toBeGreaterThan(3_800)
    expect(luminaires.length).toBeLessThan(4_300)
    expect(counts.get('orestias')).toHaveLength(1_500)
    counts.delete('orestias')
    expect(counts.size).toBe(41)
    for (const count of sizes(counts)) expect(count).toSatisfy((n: number) => n >= 20 && n <= 150)
  })

  test('10 to 15 % are solar, with neither cabinet, circuit, phase nor gateway', () => {
    const solar = luminaires.filter(({ supply }) => supply === 'solar')
    expect(solar.length / luminaires.length).toBeGreaterThan(0.1)
    expect(solar.length / luminaires.length).toBeLessThan(0.15)
    for (const { cabinet, circuit, phase, gateway } of solar)
      expect([cabinet, circuit, phase, gateway]).toEqual([undefined, undefined, undefined, undefined])
  })

  test('cabinets feed at most 90 lights in 1 to 4 circuits of at most 40, small ones only in small villages', () => {
    const perCabinet = Map.groupBy(grid, ({ cabinet }) => cabinet)
    const perCircuit = Map.groupBy(grid, ({ circuit }) => circuit)
    expect(Math.max(...sizes(perCabinet))).toBeLessThanOrEqual(90)
    expect(Math.max(...sizes(perCircuit))).toBeLessThanOrEqual(40)
    for (const [, lights] of perCabinet) {
      const community = lights[0]?.community
      const all = luminaires.filter((light) => light.community === community).length
      expect(lights.length >= 30 || all < 40).toBe(true)
      const circuits = new Set(lights.map(({ circuit }) => circuit)).size
      expect(circuits).toSatisfy((n: number) => n >= (lights.length >= 30 ? 2 : 1) && n <= 4)
    }
    for (const [, lights] of perCircuit) expect(lights.length).toBeGreaterThanOrEqual(15)
  })

  test('along every circuit positions count up and phases take turns', () => {
    for (const [, lights] of Map.groupBy(grid, ({ circuit }) => circuit)) {
      const inOrder = lights.toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0))
      expect(inOrder.map(({ position }) => position)).toEqual(lights.map((_, i) => i + 1))
      expect(inOrder.map(({ phase }) => phase)).toEqual(lights.map((_, i) => ['L1', 'L2', 'L3'][i % 3]))
    }
  })

  test('in the town the lights of a gateway are of several circuits, and those of a circuit of several gateways', () => {
    const inTown = grid.filter(({ community }) => community === 'orestias')
    const mixed = [...Map.groupBy(inTown, ({ gateway }) => gateway).values()].filter(
      (lights) => new Set(lights.map(({ circuit }) => circuit)).size >= 3,
    )
    expect(mixed.length).toBeGreaterThan(8)
    const split = [...Map.groupBy(inTown, ({ circuit }) => circuit).values()].filter(
      (lights) => new Set(lights.map(({ gateway }) => gateway)).size >= 2,
    )
    expect(split.length).toBeGreaterThan(25)
    expect(gateways.length).toBeGreaterThanOrEqual(communities.length)
  })

  test('most cabinets are always powered, some are switched', () => {
    const switched = cabinets.filter(({ feed }) => feed === 'switched').length
    expect(switched).toBeGreaterThan(0)
    expect(switched / cabinets.length).toBeLessThan(0.25)
  })

  test('lights are rated 30 to 120 W and every pole number is its own', () => {
    for (const { ratedPower } of luminaires) expect(ratedPower).toSatisfy((w: number) => w >= 30 && w <= 120)
    expect(new Set(luminaires.map(({ pole }) => pole)).size).toBe(luminaires.length)
  })

  test('every asset is accepted, its id is its own, and what it refers to came before it', () => {
    const collection = assetCollectionSchema.parse(JSON.parse(JSON.stringify(town.assets())))
    const seen = new Set<string>(['duskToDawn'])
    for (const candidate of collection.features) {
      const parsed = parseAssetFeature(candidate)
      if (!parsed.ok) throw new Error(`${parsed.id}: ${parsed.reason}`)
      const { properties } = parsed.feature
      expect(seen.has(properties.id)).toBe(false)
      if (properties.kind === 'luminaire')
        for (const reference of [properties.community, properties.cabinet, properties.gateway, properties.program])
          if (reference !== undefined) expect(seen.has(reference)).toBe(true)
      seen.add(properties.id)
    }
    expect(collection.features.length).toBe(seen.size - 1)
  })

  test('the same seed gives the same town, another seed another', async () => {
    const text = JSON.stringify(town.assets())
    expect(JSON.stringify((await loadOrestiada(1)).assets())).toBe(text)
    expect(JSON.stringify((await loadOrestiada(2)).assets())).not.toBe(text)
  })

  test.each([1, 20, 300, 1_000, 6_000])('a town of %i lights has exactly so many', async (lights) => {
    const reduced = await loadOrestiada(1, { lights })
    expect(reduced.luminaires).toHaveLength(lights)
    expect(reduced.communities.length).toBeGreaterThan(0)
  })

  test.each([0, -1, 1.5, Number.NaN, 1e9])('%d lights are refused', (lights) => {
    const settlements = [{ code: '1', name: 'Ρίζια', population: 1_267, lat: 41.62, lon: 26.43 }]
    expect(() => createTown({ seed: 1, settlements, lights })).toThrow(/whole number from 1 to 100000/)
  })
})

test.each([20, 60, 150, 1_500])('of %i poles, neighbours along a street stand 25 to 35 m apart', (count) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const poles = layOutPoles(count, createRandom(seed, 'streets'))
    expect(poles).toHaveLength(count)
    for (const [, street] of Map.groupBy(poles, (pole) => pole.street)) {
      const inOrder = street.toSorted((a, b) => a.order - b.order)
      inOrder.slice(1).forEach((pole, i) => {
        const before = inOrder[i]
        const apart = Math.hypot(pole.east - (before?.east ?? 0), pole.north - (before?.north ?? 0))
        expect(pole.order - (before?.order ?? 0)).toBe(1)
        expect(apart).toBeGreaterThan(25)
        expect(apart).toBeLessThan(35)
      })
    }
  }
})
