import { ProblemError } from '@fanari/contracts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { errorSchema } from './errors.ts'
import { entitySchema, entitySchemas, featureCollectionSchema } from './schemas.ts'
import { cabinetId, core, light, startTestTown, type TestTown } from './test-town.ts'

let t: TestTown
beforeAll(async () => {
  t = await startTestTown()
})
afterAll(() => t.close())

type Json = Record<string, unknown>

const enc = encodeURIComponent

describe('an entity', () => {
  test('of a lit light says what is known, with units and times', async () => {
    const { status, body } = await t.ngsi(`entities/${light('L-1')}`)
    expect(status).toBe(200)
    const at = '2026-01-10T18:00:00.000Z'
    expect(body).toEqual({
      id: light('L-1'),
      type: 'Streetlight',
      name: { type: 'Property', value: 'L-1' },
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [26.531, 41.581, 25] } },
      address: { type: 'Property', value: { streetAddress: 'Οδός Θράκης', addressLocality: 'Νέα Βύσσα' } },
      areaServed: { type: 'Property', value: 'Νέα Βύσσα' },
      dataProvider: { type: 'Property', value: 'Δήμος Ορεστιάδας' },
      circuit: { type: 'Property', value: 'C-1-A' },
      streetPoleNum: { type: 'Property', value: 'P-7' },
      powerRating: { type: 'Property', value: 60, unitCode: 'WTT' },
      refStreetlightControlCabinet: { type: 'Relationship', object: cabinetId },
      controllingMethod: { type: 'Property', value: 'individual' },
      openFaults: { type: 'Property', value: [] },
      lightState: { type: 'Property', value: 'lit', observedAt: at },
      powerState: { type: 'Property', value: 'on', observedAt: at },
      status: { type: 'Property', value: 'ok', observedAt: at },
      powerConsumption: { type: 'Property', value: 58.5, unitCode: 'WTT', observedAt: at },
      voltage: { type: 'Property', value: 231, unitCode: 'VLT', observedAt: at },
      current: { type: 'Property', value: 0.26, unitCode: 'AMP', observedAt: at },
      powerFactor: { type: 'Property', value: 0.97, observedAt: at },
      illuminanceLevel: { type: 'Property', value: 0.8, observedAt: at },
      observationDateTime: { type: 'Property', value: { '@type': 'DateTime', '@value': at }, observedAt: at },
    })
  })

  test.each<[string, Json]>([
    ['L-2', { lightState: 'dark', powerState: 'off', status: 'defectiveLamp', openFaults: ['lampFailure'] }],
    ['L-3', { lightState: 'dark', powerState: 'off', status: undefined, openFaults: ['circuitOutage'] }],
    ['L-4', { lightState: 'unknown', powerState: undefined, status: undefined, powerConsumption: undefined }],
    // Imported, and not yet known to the detector.
    ['L-5', { lightState: undefined, powerState: undefined, controllingMethod: undefined, powerRating: 100 }],
  ])('of %s leaves out what is not known', async (id, expected) => {
    const { body } = await t.ngsi(`entities/${light(id)}?options=keyValues`)
    expect(body).toMatchObject(Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)))
    for (const [name, value] of Object.entries(expected)) if (value === undefined) expect(body).not.toHaveProperty(name)
  })

  test('of a cabinet has its meter in the units of the model, and not what only the register needs', async () => {
    const { body, text } = await t.ngsi(`entities/${cabinetId}?options=keyValues`)
    expect(body).toEqual({
      id: cabinetId,
      type: 'StreetlightControlCabinet',
      name: 'C-1',
      location: { type: 'Point', coordinates: [26.53, 41.58] },
      address: { addressLocality: 'Νέα Βύσσα' },
      areaServed: 'Νέα Βύσσα',
      dataProvider: 'Δήμος Ορεστιάδας',
      openFaults: ['cabinetDoorOpen'],
      energyConsumed: 5_321.5,
      totalActivePower: 0.6114,
      activePowerR: 0.4003,
      activePowerS: 0,
      activePowerT: 0.2111,
      intensityR: 1.8,
      intensityS: 0,
      intensityT: 0.95,
      voltageR: 231.2,
      voltageS: 229.8,
      voltageT: 230.4,
    })
    expect(text).not.toContain('901234567')
  })

  test('of every kind fits its schema, and every word of it stands in the context', async () => {
    const { body } = await t.ngsi('entities?type=*&limit=100&options=sysAttrs')
    const entities = body as Json[]
    expect(entities).toHaveLength(7)
    const { body: document } = await t.ngsi('context.jsonld')
    const terms = (document as { '@context': Json })['@context']
    for (const entity of entities) {
      entitySchemas[entity.type as keyof typeof entitySchemas].parse(entity)
      expect(terms).toHaveProperty(String(entity.type))
      for (const [name, attribute] of Object.entries(entity)) {
        expect(terms, name).toHaveProperty([name])
        if (typeof attribute === 'object')
          for (const part of Object.keys(attribute as Json)) expect(terms).toHaveProperty([part])
      }
    }
  })

  test('says when the register had it and when it last changed, for who asks', async () => {
    const { body } = await t.ngsi(`entities/${light('L-1')}?options=sysAttrs,keyValues`)
    expect(body).toMatchObject({ createdAt: '2026-01-10T18:00:00.000Z', modifiedAt: '2026-01-10T18:00:00.000Z' })
  })

  test.each<[string, number, string]>([
    [light('L-99'), 404, 'ResourceNotFound'],
    ['urn:ngsi-ld:Streetlight:nowhere:L-1', 404, 'ResourceNotFound'],
    ['urn:ngsi-ld:Building:1', 404, 'ResourceNotFound'],
    ['L-1', 400, 'BadRequestData'],
    [`${light('L-1')}?attrs=energyConsumed`, 404, 'ResourceNotFound'],
    [`${light('L-1')}?nonsense=1`, 400, 'InvalidRequest'],
    [`${light('L-1')}?join=inline`, 422, 'OperationNotSupported'],
  ])('that there is not is refused: %s', async (path, status, type) => {
    const answer = await t.ngsi(`entities/${path}`)
    expect(answer.status).toBe(status)
    expect(errorSchema.parse(answer.body)).toMatchObject({
      status,
      type: `https://uri.etsi.org/ngsi-ld/errors/${type}`,
    })
  })
})

describe('while the detector is away', () => {
  test('nobody says what lights do, nor what there is to say of them', async () => {
    const get = vi.spyOn(t.lights.statuses, 'get').mockImplementation(() => {
      throw new ProblemError('not-ready', 'The detector is away')
    })
    onTestFinished(() => get.mockRestore())
    for (const path of ['entities?type=Streetlight', `entities/${light('L-1')}`, 'types']) {
      const { status, body } = await t.ngsi(path)
      expect([status, body]).toMatchObject([503, { type: '/problems/not-ready', retry: true }])
    }
  })
})

describe('the media type', () => {
  test('is JSON with a link to the context', async () => {
    const { headers, body } = await t.ngsi(`entities/${light('L-1')}`)
    expect(headers.get('content-type')).toContain('application/json')
    const context = t.url('/ngsi-ld/v1/context.jsonld')
    expect(headers.get('link')).toBe(
      `<${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`,
    )
    expect(body).not.toHaveProperty('@context')
    const document = await fetch(context)
    expect(document.headers.get('content-type')).toContain('application/ld+json')
  })

  test('is JSON-LD with the context within, the core one last', async () => {
    const accept = { accept: 'application/ld+json' }
    const { headers, body } = await t.ngsi('entities?type=Streetlight', accept)
    expect(headers.get('content-type')).toContain('application/ld+json')
    expect(headers.get('link')).toBeNull()
    for (const entity of z.array(entitySchema).parse(body)) {
      expect(entity['@context']).toEqual([t.url('/ngsi-ld/v1/context.jsonld'), core])
    }
  })

  test('is GeoJSON, with the context where the client prefers it', async () => {
    const accept = { accept: 'application/geo+json' }
    const { headers, body } = await t.ngsi('entities?type=Streetlight&options=keyValues&attrs=powerState', accept)
    expect(headers.get('content-type')).toContain('application/geo+json')
    const collection = featureCollectionSchema.parse(body)
    expect(collection.features[0]).toEqual({
      id: light('L-1'),
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [26.531, 41.581, 25] },
      properties: { type: 'Streetlight', powerState: 'on' },
    })
    expect(collection).toHaveProperty('@context')
    const plain = await t.ngsi('entities?type=Streetlight', { ...accept, prefer: 'body=json' })
    expect(plain.body).not.toHaveProperty('@context')
    expect(plain.headers.get('link')).toContain('json-ld#context')
    const one = await t.ngsi(`entities/${light('L-1')}?geometryProperty=observationSpace`, accept)
    expect(one.body).toMatchObject({ type: 'Feature', geometry: null })
  })

  test('that nobody speaks is refused', async () => {
    expect((await t.ngsi('entities?type=*', { accept: 'text/turtle' })).status).toBe(406)
    expect((await t.ngsi('types', { accept: 'application/geo+json' })).status).toBe(406)
  })
})

describe('discovery', () => {
  test('lists types and attributes that entities have', async () => {
    expect((await t.ngsi('types')).body).toMatchObject({
      type: 'EntityTypeList',
      typeList: ['Streetlight', 'StreetlightControlCabinet'],
    })
    const { body } = await t.ngsi('types?details=true')
    expect(body).toMatchObject([
      { typeName: 'Streetlight', type: 'EntityType' },
      { typeName: 'StreetlightControlCabinet' },
    ])
    const attributes = (await t.ngsi('attributes')).body as { attributeList: string[] }
    expect(attributes.attributeList).toEqual(expect.arrayContaining(['status', 'voltageR', 'location']))
    expect(attributes.attributeList).not.toEqual(expect.arrayContaining(['id']))
    // Soufli has one light of which nothing is known but where it stands.
    const few = (await t.ngsi('attributes', { 'ngsild-tenant': 'soufli' })).body as { attributeList: string[] }
    expect(few.attributeList).toEqual([
      'address',
      'areaServed',
      'dataProvider',
      'location',
      'name',
      'openFaults',
      'powerRating',
    ])
  })

  test('describes one, by name or IRI', async () => {
    const iri = 'https://smartdatamodels.org/dataModel.Streetlighting/Streetlight'
    const { body } = await t.ngsi(`types/${enc(iri)}`)
    expect(body).toMatchObject({ id: iri, type: 'EntityTypeInfo', typeName: 'Streetlight', entityCount: 6 })
    expect((await t.ngsi('attributes/location')).body).toEqual({
      id: 'https://uri.etsi.org/ngsi-ld/location',
      type: 'Attribute',
      attributeName: 'location',
      attributeCount: 7,
      attributeTypes: ['GeoProperty'],
      typeNames: ['Streetlight', 'StreetlightControlCabinet'],
    })
    for (const path of ['types/Building', 'attributes/lanternHeight', 'attributes/id']) {
      expect((await t.ngsi(path)).status, path).toBe(404)
    }
    expect((await t.ngsi('types?limit=5')).body).toMatchObject({ type: expect.stringContaining('InvalidRequest') })
  })
})

describe('what is not offered', () => {
  test.each<[string, string, number, string]>([
    ['POST', 'entities', 405, 'OperationNotSupported'],
    ['DELETE', `entities/${light('L-1')}`, 405, 'OperationNotSupported'],
    ['PATCH', `entities/${light('L-1')}/attrs/powerState`, 405, 'OperationNotSupported'],
    ['POST', 'entityOperations/upsert', 501, 'OperationNotSupported'],
    ['POST', 'subscriptions', 501, 'OperationNotSupported'],
    ['GET', 'subscriptions', 501, 'OperationNotSupported'],
    ['GET', 'temporal/entities', 501, 'OperationNotSupported'],
    ['GET', 'nonsense', 404, 'ResourceNotFound'],
  ])('%s %s is refused as such, also to the administrator', async (method, path, status, type) => {
    const write = { body: { id: 'urn:x:1' }, headers: { 'content-type': 'application/ld+json' } }
    const answer = await t.call(method, `/ngsi-ld/v1/${path}`, method === 'GET' ? {} : write)
    expect(answer.status, answer.text).toBe(status)
    expect(errorSchema.parse(answer.body).type).toBe(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET, HEAD')
  })
})
