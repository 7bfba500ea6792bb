import { describe, expect, test } from 'vitest'
import type { Entity } from './entity.ts'
import { NgsiLdError } from './errors.ts'
import { readQuery } from './query-language.ts'
import { fulfils } from './query-matching.ts'
import { withinTime } from './within-time.ts'

const light: Entity = {
  id: 'urn:ngsi-ld:Streetlight:orestiada:L-1',
  type: 'Streetlight',
  attributes: {
    name: { type: 'Property', value: 'L-1' },
    lightState: { type: 'Property', value: 'dark', observedAt: '2026-01-10T18:00:00.000Z' },
    powerRating: { type: 'Property', value: 60, unitCode: 'WTT' },
    address: { type: 'Property', value: { streetAddress: 'Οδός Θράκης "1"', addressLocality: 'Νέα Βύσσα' } },
    openFaults: { type: 'Property', value: ['circuitOutage', 'lampFailure'] },
    observationDateTime: { type: 'Property', value: { '@type': 'DateTime', '@value': '2026-01-10T17:55:00.000Z' } },
    refStreetlightControlCabinet: { type: 'Relationship', object: 'urn:ngsi-ld:StreetlightControlCabinet:o:C-1' },
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [26.5, 41.5] } },
  },
}
const matches = (q: string): boolean => fulfils(light, readQuery(q))

describe('a query', () => {
  test.each<[string, boolean]>([
    // existence
    ['powerRating', true],
    ['voltage', false],
    // equality
    ['lightState=="dark"', true],
    ['lightState==dark', true],
    ['lightState!="dark"', false],
    ['lightState=="lit","dark"', true],
    ['lightState!="lit","dark"', false],
    ['powerRating==60', true],
    ['powerRating==60.0', true],
    ['powerRating=="60"', false],
    ['powerRating!="60"', true],
    ['powerRating==50..60', true],
    ['powerRating!=50..60', false],
    ['powerRating==61..70', false],
    ['address.addressLocality=="Νέα Βύσσα"', true],
    ['address[addressLocality]=="Νέα Βύσσα"', true],
    ['address[postalCode]=="68001"', false],
    ['address[streetAddress]=="Οδός Θράκης \\"1\\""', true],
    // what is not there fulfils no comparison
    ['voltage!=230', false],
    ['voltage<230', false],
    // order
    ['powerRating>59', true],
    ['powerRating>=60;powerRating<=60', true],
    ['powerRating<60', false],
    ['powerRating>"a"', false],
    ['name>"L-0"', true],
    // lists
    ['openFaults=="lampFailure"', true],
    ['openFaults!="lampFailure"', false],
    ['openFaults=="phaseLoss"', false],
    // times, of a value and of its observation
    ['observationDateTime>2026-01-10T17:00:00Z', true],
    ['observationDateTime>2026-01-10T20:00:00+02:00', false],
    ['observationDateTime==2026-01-10T19:55:00+02:00', true],
    ['lightState.observedAt<2026-01-11', true],
    ['lightState.observedAt==2026-01-10T17:00:00Z..2026-01-10T19:00:00Z', true],
    ['powerRating.unitCode=="WTT"', true],
    ['powerRating.observedAt', false],
    // relationships are equal or not
    ['refStreetlightControlCabinet==urn:ngsi-ld:StreetlightControlCabinet:o:C-1', true],
    ['refStreetlightControlCabinet=="urn:ngsi-ld:StreetlightControlCabinet:o:C-2"', false],
    ['refStreetlightControlCabinet!=urn:ngsi-ld:StreetlightControlCabinet:o:C-2', true],
    ['refStreetlightControlCabinet>"urn"', false],
    // patterns
    ['name~="^L-[0-9]$"', true],
    ['name!~="^L"', false],
    ['name~=^A', false],
    ['address[addressLocality]~="Βύσσα$"', true],
    // and binds more than or
    ['lightState=="lit"|powerRating==60;name=="L-1"', true],
    ['(lightState=="lit"|powerRating==60);name=="L-2"', false],
    ['name=="L-1"|lightState=="lit";name=="L-2"', true],
    // names as IRIs
    ['https://smartdatamodels.org/dataModel.Streetlighting/powerRating==60', true],
    ['https://uri.etsi.org/ngsi-ld/default-context/lightState.observedAt', true],
    ['location', true],
  ])('%s: %s', (q, expected) => {
    expect(matches(q)).toBe(expected)
  })

  test.each<[string, RegExp]>([
    ['', /expected the name of an attribute at character 1/],
    ['==3', /name of an attribute at character 1/],
    ['powerRating==', /a value at character 14/],
    ['powerRating>50..60', /; or \| at character 15/],
    ['(powerRating==60', /\) at character 17/],
    ['powerRating==60)', /; or \| at character 16/],
    ['powerRating==60;', /name of an attribute at character 17/],
    ['powerRating=60', /; or \| at character 12/],
    ['name~="["', /pattern in q is not a regular expression/],
    [`${'('.repeat(30)}name${')'.repeat(30)}`, /fewer parentheses/],
    [`name=="${'x'.repeat(3_000)}"`, /longer than 2000/],
  ])('that is wrong says where: %s', (q, expected) => {
    let error: unknown
    try {
      readQuery(q)
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(NgsiLdError)
    expect(error).toMatchObject({ type: 'BadRequestData', status: 400 })
    expect((error as Error).message).toMatch(expected)
  })
})

describe('a pattern that would take for ever', () => {
  test('is stopped, and says so', () => {
    const hostile = /^(a+)+$/u
    expect(() => withinTime(() => hostile.test(`${'a'.repeat(60)}!`))).toThrow(
      expect.objectContaining({ type: 'TooComplexQuery', status: 403 }),
    )
  })

  test('leaves others alone, and their errors', () => {
    expect(withinTime(() => /^a+$/.test('aaa'))).toBe(true)
    expect(() =>
      withinTime(() => {
        throw new TypeError('mine')
      }),
    ).toThrow(new TypeError('mine'))
  })
})
