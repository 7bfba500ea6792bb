import type { Incident } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { emptyRegister, type LonLat, type Luminaire, type Register } from '../live/register.ts'
import { circuitFeatures, haloFeatures, pinPlace, placesOf, toneOf } from './features.ts'

const light = (id: string, at: LonLat, changes: { circuit?: string; position?: number } = {}): Luminaire => ({
  kind: 'luminaire',
  id,
  community: 'thourio',
  supply: 'grid',
  ratedPower: 60,
  reportInterval: 300,
  owner: 'municipality',
  program: 'duskToDawn',
  searchText: '',
  at,
  ...changes,
})

const registerOf = (lights: Luminaire[]): Register => ({
  ...emptyRegister,
  luminaires: new Map(lights.map((one) => [one.id, one])),
  communities: new Map([['thourio', { kind: 'community', id: 'thourio', name: 'Θούριον', at: [26.6, 41.4] }]]),
  cabinets: new Map([['P1', { kind: 'cabinet', id: 'P1', community: 'thourio', at: [26.61, 41.41] }]]),
})

const incident = (changes: Partial<Incident>): Incident => ({
  id: 'i-1',
  municipality: 'orestiada',
  fault: 'circuitOutage',
  scope: { kind: 'circuit', id: 'C1' },
  members: [],
  startedAt: '',
  detectedAt: '',
  state: 'open',
  severity: 'major',
  reason: 'membersDarkTogether',
  evidence: [],
  revision: 1,
  ...changes,
})

// At this latitude 0.0003° of longitude is about 25 m.
const [a, b, c]: LonLat[] = [
  [26.6, 41.4],
  [26.6003, 41.4],
  [26.6006, 41.4],
]
const far: LonLat = [26.6206, 41.4]

describe('a circuit is drawn', () => {
  test.each([
    ['through its lights in the order of their position, not of the register', ['2', '1', '3'], [a, b, c], [[a, b, c]]],
    ['with a gap where it jumps to another street', ['1', '2', '3'], [a, b, far], [[a, b]]],
    ['not at all when it has one light', ['1'], [a], []],
  ] as const)('%s', (_name, order, places, lines) => {
    const lights = order.map((position) =>
      light(`L${position}`, places[Number(position) - 1] ?? [0, 0], { circuit: 'C1', position: Number(position) }),
    )
    expect(circuitFeatures(registerOf(lights)).map(({ geometry }) => geometry.coordinates)).toEqual(lines)
  })

  test('without the lights that belong to none', () => {
    expect(circuitFeatures(registerOf([light('L1', [26.6, 41.4]), light('L2', [26.6003, 41.4])]))).toEqual([])
  })
})

describe('an incident’s pin stands', () => {
  const register = registerOf([light('L1', [26.6, 41.4]), light('L2', [26.6003, 41.4]), light('L3', [26.6006, 41.4])])
  test.each([
    ['on the member in the middle', { members: ['L1', 'L2', 'L3'] }, [26.6003, 41.4]],
    ['on the cabinet that failed', { scope: { kind: 'cabinet', id: 'P1' }, members: ['L1'] }, [26.61, 41.41]],
    ['on its community when it has no members', { community: 'thourio' }, [26.6, 41.4]],
    ['nowhere when it has no place', { scope: { kind: 'platform', id: 'platform' } }, null],
    ['on the members the register still has', { members: ['gone', 'L3'] }, [26.6006, 41.4]],
  ] as const)('%s', (_name, changes, place) => {
    expect(pinPlace(incident(changes as Partial<Incident>), register)).toEqual(place)
  })

  test('and the map goes to all of its members', () => {
    expect(placesOf(incident({ members: ['L1', 'L3'] }), register)).toEqual([
      [26.6, 41.4],
      [26.6006, 41.4],
    ])
  })

  test('with a halo at each of them, in the tone of the fault', () => {
    const halos = haloFeatures([incident({ members: ['L1', 'gone'] })], register)
    expect(halos.map(({ properties }) => properties)).toEqual([{ tone: 'dark' }])
  })
})

test.each([
  ['circuitOutage', 'dark'],
  ['lampFailure', 'dark'],
  ['communicationFailure', 'blind'],
  ['gatewayOutage', 'blind'],
  ['platformBlind', 'blind'],
  ['lampUnexpectedOn', 'attention'],
] as const)('%s is shown as %s: blind is not dark', (fault, tone) => {
  expect(toneOf(incident({ fault }))).toBe(tone)
})
