import { describe, expect, test } from 'vitest'
import {
  assetCollectionSchema,
  deviceOf,
  maintenanceBodySchema,
  municipalityBodySchema,
  parseAssetFeature,
  stepTimePattern,
} from './assets.ts'

const point = { type: 'Point', coordinates: [26.53, 41.58] }
const square = [
  [26.5, 41.5],
  [26.6, 41.5],
  [26.6, 41.6],
  [26.5, 41.5],
]
const feature = (properties: Record<string, unknown>, geometry: unknown = point) => ({
  type: 'Feature',
  geometry,
  properties,
})

const community = { kind: 'community', id: 'lepti', name: 'Λεπτή' }
const cabinet = { kind: 'cabinet', id: 'K12', community: 'lepti' }
const gateway = { kind: 'gateway', id: 'G1' }
const grid = { kind: 'luminaire', id: 'L1', community: 'lepti', supply: 'grid', ratedPower: 62 }
const solar = { ...grid, id: 'S1', supply: 'solar', panelPower: 120, batteryCapacity: 614 }
const program = { kind: 'program', id: 'late', steps: [{ at: 'dusk', level: 100 }] }
const sensor = { kind: 'sensor', id: 'A1', community: 'lepti', measures: { pm10: 'µg/m³' } }

describe('an asset with the least it needs', () => {
  const luminaireDefaults = { reportInterval: 300, owner: 'municipality', program: 'duskToDawn' }
  test.each([
    ['community', feature(community), {}],
    ['cabinet', feature(cabinet), {}],
    ['gateway', feature(gateway), {}],
    ['luminaire on the grid', feature(grid), luminaireDefaults],
    ['solar luminaire', feature(solar), { ...luminaireDefaults, batteryChemistry: 'lifepo4' }],
    ['program', feature(program, null), {}],
    ['sensor', feature(sensor), { reportInterval: 900 }],
  ])('a %s is taken and its defaults filled in', (_what, candidate, defaults) => {
    expect(parseAssetFeature(candidate)).toEqual({
      ok: true,
      feature: { ...candidate, properties: { ...candidate.properties, ...defaults } },
    })
  })
})

describe('an asset with all it may have', () => {
  test.each([
    [
      'a community with an outline',
      feature({ ...community, population: 812 }, { type: 'Polygon', coordinates: [square] }),
    ],
    ['a community in parts', feature(community, { type: 'MultiPolygon', coordinates: [[square], [square]] })],
    ['a cabinet with a controller', feature({ ...cabinet, device: 'K12-ctl', supplyNumber: '1 23456789-01 2' })],
    ['a gateway with a device', feature({ ...gateway, device: 'gw-7' })],
    [
      'a luminaire',
      feature({
        ...grid,
        device: 'dev-1',
        cabinet: 'K12',
        circuit: 'K12-2',
        phase: 'L3',
        position: 14,
        gateway: 'G1',
        reportInterval: 2,
        owner: 'networkOperator',
        street: 'Ορέστου',
        pole: '17/4',
        program: 'late',
      }),
    ],
    [
      'a solar luminaire',
      feature({
        ...solar,
        reportInterval: 900,
        owner: 'municipality',
        program: 'alwaysOn',
        batteryChemistry: 'leadAcid',
        batteryVoltageNominal: 12,
      }),
    ],
    [
      'a program with every way to tell a time',
      feature(
        { ...program, steps: ['dusk', 'dusk+90m', '23:30', 'dawn-2h', 'dawn-1h30m'].map((at) => ({ at, level: 50 })) },
        null,
      ),
    ],
    ['a place with its altitude', feature(gateway, { type: 'Point', coordinates: [26.53, 41.58, 27] })],
  ])('%s is taken as it is', (_what, candidate) => {
    expect(parseAssetFeature(candidate)).toEqual({ ok: true, feature: candidate })
  })
})

describe('a rejection names the field that is wrong', () => {
  test.each([
    ['no id', feature({ ...gateway, id: undefined }), /^properties\.id: /],
    ['an id with a slash', feature({ ...gateway, id: 'a/b' }), /^properties\.id: /],
    ['an id of 65 characters', feature({ ...gateway, id: 'g'.repeat(65) }), /^properties\.id: /],
    ['a community without a name', feature({ ...community, name: undefined }), /^properties\.name: /],
    ['half an inhabitant', feature({ ...community, population: 0.5 }), /^properties\.population: /],
    ['a community as a line', feature(community, { type: 'LineString', coordinates: square }), /^geometry\.type: /],
    [
      'a ring of three points',
      feature(community, { type: 'Polygon', coordinates: [square.slice(1)] }),
      /^geometry\.coordinates/,
    ],
    ['a cabinet without a community', feature({ ...cabinet, community: undefined }), /^properties\.community: /],
    ['a cabinet as a polygon', feature(cabinet, { type: 'Polygon', coordinates: [square] }), /^geometry\.type: /],
    ['a gateway nowhere', feature(gateway, null), /^geometry: /],
    ['a latitude of 91°', feature(gateway, { type: 'Point', coordinates: [26, 91] }), /^geometry\.coordinates/],
    ['a longitude of 181°', feature(gateway, { type: 'Point', coordinates: [181, 41] }), /^geometry\.coordinates/],
    ['a longitude alone', feature(gateway, { type: 'Point', coordinates: [26] }), /^geometry\.coordinates/],
    ['no supply', feature({ ...grid, supply: undefined }), /^properties\.supply: /],
    ['a supply that is none', feature({ ...grid, supply: 'wind' }), /^properties\.supply: /],
    ['no rated power', feature({ ...grid, ratedPower: undefined }), /^properties\.ratedPower: /],
    ['a rated power of 0 W', feature({ ...grid, ratedPower: 0 }), /^properties\.ratedPower: /],
    ['a rated power in words', feature({ ...grid, ratedPower: '62 W' }), /^properties\.ratedPower: /],
    ['a reporting interval of 0 s', feature({ ...grid, reportInterval: 0 }), /^properties\.reportInterval: /],
    ['a fourth phase', feature({ ...grid, phase: 'L4' }), /^properties\.phase: /],
    ['an owner that is none', feature({ ...grid, owner: 'nobody' }), /^properties\.owner: /],
    [
      'a solar light without a battery',
      feature({ ...solar, batteryCapacity: undefined }),
      /^properties\.batteryCapacity: /,
    ],
    ['a solar light without a panel', feature({ ...solar, panelPower: undefined }), /^properties\.panelPower: /],
    ['a chemistry that is none', feature({ ...solar, batteryChemistry: 'nickel' }), /^properties\.batteryChemistry: /],
    ['a program on the map', feature(program), /^geometry: /],
    ['a program without steps', feature({ ...program, steps: [] }, null), /^properties\.steps: /],
    [
      'a step at tea time',
      feature({ ...program, steps: [{ at: 'tea', level: 1 }] }, null),
      /^properties\.steps\.0\.at: /,
    ],
    [
      'a step of 101 %',
      feature({ ...program, steps: [{ at: 'dusk', level: 101 }] }, null),
      /^properties\.steps\.0\.level: /,
    ],
    ['a program named as a built-in one', feature({ ...program, id: 'alwaysOn' }, null), /^properties\.id: .*built-in/],
    ['a sensor that measures nothing', feature({ ...sensor, measures: undefined }), /^properties\.measures: /],
    [
      'a measure whose unit is a number',
      feature({ ...sensor, measures: { pm10: 1 } }),
      /^properties\.measures\.pm10: /,
    ],
    [
      'a kind that is none',
      feature({ kind: 'tree', id: 'T1' }),
      /^properties\.kind must be one of community, cabinet, /,
    ],
    ['no kind', feature({ id: 'T1' }), /^properties\.kind must be one of/],
    ['no properties', { type: 'Feature', geometry: point }, /^properties\.kind must be one of/],
    ['a feature that is none', { ...feature(gateway), type: 'Thing' }, /^type: /],
    ['text', 'L1', /^properties\.kind must be one of/],
    ['nothing', null, /^properties\.kind must be one of/],
  ])('%s', (_what, candidate, reason) => {
    expect(parseAssetFeature(candidate)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) })
  })

  test('and the asset, when it has a name', () => {
    expect(parseAssetFeature(feature({ ...grid, ratedPower: -1 }))).toMatchObject({ ok: false, id: 'L1' })
    expect(parseAssetFeature(feature({ ...grid, id: 7 }))).not.toHaveProperty('id')
  })
})

describe('a collection', () => {
  test('is read without reading its features, so that a bad one rejects itself alone', () => {
    expect(assetCollectionSchema.safeParse({ type: 'FeatureCollection', features: [1, null, {}] }).success).toBe(true)
  })
  test.each([[{ type: 'FeatureCollection' }], [{ features: [] }], [{ type: 'Feature', features: [] }], [[]], [null]])(
    '%j is none',
    (body) => expect(assetCollectionSchema.safeParse(body).success).toBe(false),
  )
})

describe('the time of a step', () => {
  test.each(['dusk', 'dawn', 'dawn-2h', 'dusk+90m', 'dusk+1h30m', '00:00', '23:59'])('%s is one', (text) => {
    expect(text).toMatch(stepTimePattern)
  })
  test.each(['', 'Dusk', 'dusk+', 'dusk-', 'dusk90m', 'dusk+m', 'dusk+1d', 'noon', '24:00', '7:30', '07:60', '23:30 '])(
    '%j is none',
    (text) => expect(text).not.toMatch(stepTimePattern),
  )
})

describe('the device behind an asset', () => {
  test.each([
    ['a luminaire is its own device', grid, 'L1'],
    ['unless it names another', { ...grid, device: 'dev-1' }, 'dev-1'],
    ['a sensor is its own device', sensor, 'A1'],
    ['a cabinet has one when it names it', { ...cabinet, device: 'K12-ctl' }, 'K12-ctl'],
    ['and else none', cabinet, null],
    ['a gateway has one when it names it', { ...gateway, device: 'gw-7' }, 'gw-7'],
    ['and else none', gateway, null],
    ['a community has none', community, null],
    ['a program has none', program, null],
  ])('%s', (_what, properties, device) => {
    const parsed = parseAssetFeature(feature(properties, properties.kind === 'program' ? null : point))
    if (!parsed.ok) throw new Error(parsed.reason)
    expect(deviceOf(parsed.feature.properties)).toBe(device)
  })
})

describe('a municipality', () => {
  test('is in the zone of Athens unless it says otherwise', () => {
    expect(municipalityBodySchema.parse({ name: 'Ορεστιάδα' })).toEqual({
      name: 'Ορεστιάδα',
      timeZone: 'Europe/Athens',
    })
    expect(municipalityBodySchema.parse({ name: 'Λευκωσία', timeZone: 'Asia/Nicosia' }).timeZone).toBe('Asia/Nicosia')
  })
  test.each(['Europe/Orestiada', '+02:00', 'GMT+2', '', 2])('the zone %j is refused', (timeZone) => {
    expect(municipalityBodySchema.safeParse({ name: 'Ορεστιάδα', timeZone }).success).toBe(false)
  })
})

describe('maintenance', () => {
  test.each([
    ['with a zone', '2026-01-14T18:00:00+02:00'],
    ['in milliseconds', 1_768_406_400_000],
  ])('ends at a time %s', (_what, until) => {
    expect(maintenanceBodySchema.parse({ until, note: 'νέος λαμπτήρας' })).toEqual({
      until: 1_768_406_400_000,
      note: 'νέος λαμπτήρας',
    })
  })
  test.each([[{}], [{ until: '2026-01-14T18:00:00' }], [{ until: 8.65e15 }], [{ until: null }]])(
    '%j is none',
    (body) => {
      expect(maintenanceBodySchema.safeParse(body).success).toBe(false)
    },
  )
})
