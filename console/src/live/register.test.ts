import { describe, expect, test } from 'vitest'
import type { FeatureOf } from '../api/client.ts'
import { boundsOf, readRegister, searchable } from './register.ts'

describe('searchable text', () => {
  test.each([
    ['Διοικητηρίου', 'διοικητηριου'],
    ['ΝΕΑ ΒΥΣΣΑ', 'νεα βυσσα'],
    ['Ορεστιάς', 'ορεστιασ'],
    ['ΟΡΕΣΤΙΑΣ', 'ορεστιασ'],
    ['Αϊδινίου L-12', 'αιδινιου l-12'],
  ])('of %s has neither accents, capitals nor a final sigma', (text, expected) => {
    expect(searchable(text)).toBe(expected)
  })
})

describe('the register', () => {
  const empty = { luminaires: [], communities: [], cabinets: [], gateways: [] }
  const properties = { kind: 'community', id: 'thourio', name: 'Θούριον' } as const

  test('puts a community that is an area into its middle', () => {
    const ring = [
      [26, 41],
      [27, 41],
      [27, 42],
      [26, 42],
      [26, 41],
    ]
    const middleOf = (geometry: FeatureOf<'community'>['geometry']) =>
      readRegister({ ...empty, communities: [{ type: 'Feature', properties, geometry }] }).communities.get('thourio')
        ?.at
    const moved = ring.map(([lon = 0, lat = 0]) => [lon + 2, lat])
    expect(middleOf({ type: 'Polygon', coordinates: [ring] })).toEqual([26.5, 41.5])
    expect(middleOf({ type: 'MultiPolygon', coordinates: [[ring], [moved]] })).toEqual([27.5, 41.5])
  })

  test('finds a light by its id, pole or street', () => {
    const { luminaires } = readRegister({
      ...empty,
      luminaires: [
        {
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [26.5, 41.5, 30] },
          properties: {
            kind: 'luminaire',
            id: 'L-7',
            community: 'thourio',
            supply: 'grid',
            ratedPower: 60,
            reportInterval: 300,
            owner: 'municipality',
            program: 'duskToDawn',
            street: 'Ευριπίδου',
            pole: 'Σ7',
          },
        },
      ],
    })
    expect(luminaires.get('L-7')).toMatchObject({ at: [26.5, 41.5], searchText: 'l-7 σ7 ευριπιδου' })
  })

  test('has no bounds while there is nothing in it', () => {
    expect(boundsOf([])).toBeNull()
  })
})
