import type { FaultName, LightState } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import type { Entity } from './entity.ts'
import { powerStateOf, statusOf } from './light-condition.ts'
import { negotiate } from './negotiation.ts'
import { type Format, featureOf, represent } from './representation.ts'

const cabinet = 'urn:ngsi-ld:StreetlightControlCabinet:orestiada:C-1'
const point = { type: 'Point' as const, coordinates: [26.5, 41.5] }
const light: Entity = {
  id: 'urn:ngsi-ld:Streetlight:orestiada:L-1',
  type: 'Streetlight',
  attributes: {
    name: { type: 'Property', value: 'L-1' },
    location: { type: 'GeoProperty', value: point },
    powerConsumption: { type: 'Property', value: 58, unitCode: 'WTT', observedAt: '2026-01-10T18:00:00.000Z' },
    observationDateTime: { type: 'Property', value: { '@type': 'DateTime', '@value': '2026-01-10T18:00:00.000Z' } },
    refStreetlightControlCabinet: { type: 'Relationship', object: cabinet },
  },
}
const head = { id: light.id, type: 'Streetlight' }

describe('an entity', () => {
  test.each<[Format, Record<string, unknown>]>([
    ['normalized', { ...head, ...light.attributes }],
    [
      'concise',
      {
        ...head,
        name: 'L-1',
        location: point,
        powerConsumption: { value: 58, unitCode: 'WTT', observedAt: '2026-01-10T18:00:00.000Z' },
        observationDateTime: { '@type': 'DateTime', '@value': '2026-01-10T18:00:00.000Z' },
        refStreetlightControlCabinet: { object: cabinet },
      },
    ],
    [
      'simplified',
      {
        ...head,
        name: 'L-1',
        location: point,
        powerConsumption: 58,
        observationDateTime: '2026-01-10T18:00:00.000Z',
        refStreetlightControlCabinet: cabinet,
      },
    ],
  ])('is written %s', (format, expected) => {
    expect(represent(light, { format, projection: { kind: 'all' } })).toEqual(expected)
  })

  test('is a feature with its geometry, whatever attributes are chosen', () => {
    const only = { kind: 'only' as const, members: new Set(['id', 'type', 'name']) }
    expect(featureOf(light, { format: 'simplified', projection: only }, true)).toEqual({
      id: light.id,
      type: 'Feature',
      geometry: point,
      properties: { type: 'Streetlight', name: 'L-1' },
    })
    expect(featureOf(light, { format: 'simplified', projection: only }, false)).toMatchObject({ geometry: null })
  })
})

describe('a light’s condition in the words of the model', () => {
  test.each<[LightState, FaultName[], string | null, string | null]>([
    ['lit', [], 'on', 'ok'],
    ['off', [], 'off', 'ok'],
    ['unexpectedlyOn', ['lampUnexpectedOn'], 'on', 'ok'],
    ['dark', ['lampFailure'], 'off', 'defectiveLamp'],
    // It has no supply: nothing is known of the lamp.
    ['dark', ['circuitOutage'], 'off', null],
    ['dark', ['circuitOutage', 'lampFailure'], 'off', 'defectiveLamp'],
    ['lit', ['lampPowerTooLow'], 'on', 'defectiveLamp'],
    ['lit', ['orientationChanged'], 'on', 'columnIssue'],
    ['dark', ['lampFailure', 'impactDetected'], 'off', 'columnIssue'],
    ['unknown', [], null, null],
    ['unknown', ['communicationFailure'], null, null],
    ['maintenance', [], null, null],
  ])('%s with %j: powerState %s, status %s', (state, faults, powerState, status) => {
    expect(powerStateOf(state)).toBe(powerState)
    expect(statusOf(state, faults)).toBe(status)
  })
})

describe('Accept', () => {
  test.each<[string | undefined, string | null]>([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/ld+json', 'application/ld+json'],
    ['application/geo+json', 'application/geo+json'],
    // The standard's order, not the client's; weights go before both.
    ['application/ld+json, application/json', 'application/json'],
    ['application/geo+json, application/json', 'application/json'],
    ['application/json;q=0.5, application/ld+json', 'application/ld+json'],
    ['application/json;q=0, */*', 'application/ld+json'],
    ['Application/LD+JSON; charset=utf-8', 'application/ld+json'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json'],
    ['application/xml', null],
    ['application/json;q=0', null],
    ['application/json;q=much', null],
  ])('%s: %s', (accept, expected) => {
    expect(negotiate(accept)).toBe(expected)
  })
})
