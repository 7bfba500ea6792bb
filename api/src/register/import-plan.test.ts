import type { AssetFeature } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { cabinet, gateway, luminaire, point, solarLuminaire } from '../test-documents.ts'
import { planImport } from './import-plan.ts'
import { createInventory } from './inventory.ts'

const idsOf = (features: AssetFeature[]) => features.map(({ properties }) => properties.id)

/** A register that has imported `features` before. */
const registerOf = (...features: unknown[]) => createInventory(planImport(features, createInventory()).created)

describe('a bad feature rejects itself alone, and the reason names the field', () => {
  test.each<[string, unknown, RegExp]>([
    ['not an object', 'hello', /properties.kind must be one of/],
    ['null', null, /properties.kind/],
    ['no properties', { type: 'Feature', geometry: point() }, /properties.kind/],
    ['an unknown kind', luminaire('X', { kind: 'volcano' }), /properties.kind/],
    ['an id with a slash', luminaire('a/b'), /properties\.id/],
    ['an id of 65 letters', luminaire('x'.repeat(65)), /properties\.id/],
    ['an id that is a number', luminaire(7 as never), /properties\.id/],
    ['SQL for an id', luminaire("x'; DROP TABLE assets; --"), /properties\.id/],
    ['a Greek id', luminaire('Λ-1'), /properties\.id/],
    ['no rated power', luminaire('X', { ratedPower: undefined }), /properties\.ratedPower/],
    ['rated power as text', luminaire('X', { ratedPower: '60' }), /properties\.ratedPower/],
    ['rated power NaN', luminaire('X', { ratedPower: Number.NaN }), /properties\.ratedPower/],
    ['rated power below zero', luminaire('X', { ratedPower: -1 }), /properties\.ratedPower/],
    ['an unknown supply', luminaire('X', { supply: 'wind' }), /properties\.supply/],
    [
      'a solar light without a battery',
      luminaire('X', { supply: 'solar', panelPower: 100 }),
      /properties\.batteryCapacity/,
    ],
    ['a phase L4', luminaire('X', { phase: 'L4' }), /properties\.phase/],
    ['a latitude of 91°', luminaire('X', {}, point(26, 91)), /geometry\.coordinates/],
    ['a polygon for a light', luminaire('X', {}, { type: 'Polygon', coordinates: [] }), /geometry\.type/],
    ['a reporting interval of nothing', luminaire('X', { reportInterval: 0 }), /properties\.reportInterval/],
    [
      'a program step at noon-ish',
      { type: 'Feature', geometry: null, properties: { kind: 'program', id: 'p', steps: [{ at: 'noon', level: 50 }] } },
      /properties\.steps\.0\.at/,
    ],
  ])('%s', (_name, feature, reason) => {
    const plan = planImport([luminaire('L-1'), feature, luminaire('L-2')], createInventory())
    expect(idsOf(plan.created)).toEqual(['L-1', 'L-2'])
    expect(plan.rejected).toEqual([expect.objectContaining({ index: 1, reason: expect.stringMatching(reason) })])
  })

  test('an id twice in one collection: the first stands', () => {
    const plan = planImport([luminaire('L-1'), cabinet('L-1'), luminaire('L-1', { ratedPower: 80 })], createInventory())
    expect(idsOf(plan.created)).toEqual(['L-1', 'L-1'])
    expect(plan.rejected).toEqual([
      { index: 2, id: 'L-1', reason: 'properties.id: this luminaire is already feature 0 of the collection' },
    ])
  })
})

describe('against the register', () => {
  test('a repeat changes nothing, whatever the spelling of defaults and the order of keys', () => {
    const inventory = registerOf(luminaire('L-1'), solarLuminaire('S-1'), cabinet('K-1'))
    const { properties, geometry, type } = luminaire('L-1', { program: 'duskToDawn', owner: 'municipality' })
    const plan = planImport([{ properties, geometry, type }, solarLuminaire('S-1'), cabinet('K-1')], inventory)
    expect(plan).toMatchObject({ created: [], updated: [], unchanged: 3, rejected: [], newDevices: [] })
  })

  test('a change is an update, and a device is new only once', () => {
    const plan = planImport([luminaire('L-1', { ratedPower: 80 }), luminaire('L-2')], registerOf(luminaire('L-1')))
    expect(idsOf(plan.updated)).toEqual(['L-1'])
    expect(idsOf(plan.created)).toEqual(['L-2'])
    expect(plan.newDevices).toEqual(['L-2'])
  })

  test('references to what is not imported yet are in order', () => {
    const features = [luminaire('L-1', { community: 'later', cabinet: 'later', gateway: 'later', program: 'later' })]
    expect(planImport(features, createInventory()).rejected).toEqual([])
  })
})

describe('a device belongs to one asset', () => {
  test.each<[string, unknown[], unknown[], string]>([
    [
      'in the register',
      [luminaire('L-1')],
      [luminaire('L-2', { device: 'L-1' })],
      'properties.device: L-1 is the device of luminaire L-1',
    ],
    [
      'in the same collection',
      [],
      [cabinet('K-1', { device: 'D' }), luminaire('L-2', { device: 'D' })],
      'properties.device: D is the device of cabinet K-1',
    ],
    [
      "that is a gateway's own id",
      [gateway('G-1')],
      [luminaire('G-1')],
      'properties.device: G-1 is the device of gateway G-1',
    ],
  ])('%s', (_name, before, features, reason) => {
    const plan = planImport(features, registerOf(...before))
    expect(plan.rejected).toEqual([expect.objectContaining({ index: features.length - 1, reason })])
  })

  test('but two lights may swap their controllers', () => {
    const plan = planImport(
      [luminaire('L-1', { device: 'D-2' }), luminaire('L-2', { device: 'D-1' })],
      registerOf(luminaire('L-1', { device: 'D-1' }), luminaire('L-2', { device: 'D-2' })),
    )
    expect(idsOf(plan.updated)).toEqual(['L-1', 'L-2'])
    expect(plan).toMatchObject({ rejected: [], newDevices: [], releasedDevices: [] })
  })

  test('and a light may take a device that another gives up in the same import', () => {
    const plan = planImport(
      [luminaire('L-2', { device: 'D-1' }), luminaire('L-1', { device: 'D-3' })],
      registerOf(luminaire('L-1', { device: 'D-1' }), luminaire('L-2', { device: 'D-2' })),
    )
    expect(plan).toMatchObject({ rejected: [], newDevices: ['D-3'], releasedDevices: ['D-2'] })
  })

  test('which it does not when the giving up is itself rejected', () => {
    const plan = planImport(
      [luminaire('L-2', { device: 'D-1' }), luminaire('L-1', { device: 'D-9' })],
      registerOf(
        luminaire('L-1', { device: 'D-1' }),
        luminaire('L-2', { device: 'D-2' }),
        cabinet('K', { device: 'D-9' }),
      ),
    )
    expect(plan.rejected.map(({ index, reason }) => [index, reason])).toEqual([
      [0, 'properties.device: D-1 is the device of luminaire L-1'],
      [1, 'properties.device: D-9 is the device of cabinet K'],
    ])
    expect(plan).toMatchObject({ created: [], updated: [], newDevices: [], releasedDevices: [] })
  })
})
