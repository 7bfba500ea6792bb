import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorSchema } from './errors.ts'
import { cabinetId, core, light, startTestTown, type TestTown } from './test-town.ts'

let t: TestTown
beforeAll(async () => {
  t = await startTestTown()
})
afterAll(() => t.close())

type Json = Record<string, unknown>

/** The last parts of the ids that a query finds. */
const found = async (query: string, headers: Record<string, string> = {}): Promise<string[]> => {
  const { status, body, text } = await t.ngsi(`entities?${query}`, headers)
  expect(status, text).toBe(200)
  return (body as { id: string }[]).map(({ id }) => id.split(':').at(-1) ?? '')
}
const enc = encodeURIComponent

describe('a query', () => {
  test.each<[string, string[]]>([
    ['type=Streetlight', ['L-1', 'L-2', 'L-3', 'L-4', 'L-5', 'S-1']],
    ['type=StreetlightControlCabinet', ['C-1']],
    ['type=Streetlight,StreetlightControlCabinet', ['L-1', 'L-2', 'L-3', 'L-4', 'L-5', 'S-1', 'C-1']],
    [
      `type=${enc('https://smartdatamodels.org/dataModel.Streetlighting/Streetlight')}&idPattern=L-`,
      ['L-1', 'L-2', 'L-3', 'L-4', 'L-5'],
    ],
    ['local=true&limit=2', ['L-1', 'L-2']],
    ['type=Building', []],
    [`type=Streetlight&id=${light('L-4')},${light('L-2')}`, ['L-2', 'L-4']],
    [`type=*&idPattern=${enc('L-[23]$')}`, ['L-2', 'L-3']],
    [`type=Streetlight&q=${enc('lightState=="dark"')}`, ['L-2', 'L-3']],
    [`q=${enc('openFaults==circuitOutage|status==ok')}`, ['L-1', 'L-3']],
    [`q=${enc('totalActivePower>0.5')}`, ['C-1']],
    [`q=${enc(`refStreetlightControlCabinet==${cabinetId};powerState==off`)}`, ['L-2', 'L-3']],
    [`q=${enc('name~="^L-[45]$"')}`, ['L-4', 'L-5']],
    ['attrs=energyConsumed', ['C-1']],
    ['attrs=status,voltage', ['L-1', 'L-2']],
    [
      `type=Streetlight&georel=${enc('near;maxDistance==500')}&geometry=Point&coordinates=${enc('[26.53,41.58]')}`,
      ['L-1', 'L-2'],
    ],
    [
      `type=Streetlight&georel=within&geometry=Polygon&coordinates=${enc('[[[26.55,41.55],[26.75,41.55],[26.75,41.75],[26.55,41.75],[26.55,41.55]]]')}&q=powerState`,
      ['L-3'],
    ],
  ])('%s', async (query, expected) => {
    expect(await found(query)).toEqual(expected)
  })

  test('is limited to a municipality by the tenant, which the answer names', async () => {
    expect(await found('type=Streetlight', { 'ngsild-tenant': 'soufli' })).toEqual(['S-1'])
    const { headers } = await t.ngsi('entities?type=Streetlight', { 'ngsild-tenant': 'soufli' })
    expect(headers.get('ngsild-tenant')).toBe('soufli')
    const other = await t.ngsi(`entities/${light('L-1')}`, { 'ngsild-tenant': 'soufli' })
    expect(other.status).toBe(404)
    const none = await t.ngsi('entities?type=Streetlight', { 'ngsild-tenant': 'nowhere' })
    expect(none.status).toBe(404)
    expect(none.body).toMatchObject({ type: 'https://uri.etsi.org/ngsi-ld/errors/NonexistentTenant' })
  })

  test('comes in pages with links and, when asked, the count of all', async () => {
    const { headers } = await t.ngsi('entities?type=Streetlight&limit=2&offset=2&count=true')
    expect(headers.get('ngsild-results-count')).toBe('6')
    const link = headers.get('link') ?? ''
    const pages = [...link.matchAll(/<([^>]+)>; rel="(prev|next)"; type="application\/json"/g)].map(([, url, rel]) => [
      rel,
      url,
    ])
    expect(pages).toEqual([
      ['prev', '/ngsi-ld/v1/entities?type=Streetlight&limit=2&offset=0&count=true'],
      ['next', '/ngsi-ld/v1/entities?type=Streetlight&limit=2&offset=4&count=true'],
    ])
    const first = await t.ngsi('entities?type=Streetlight&limit=6')
    expect(first.headers.get('link')).not.toContain('rel="next"')
    expect(first.headers.get('ngsild-results-count')).toBeNull()
    const none = await t.ngsi('entities?type=Streetlight&limit=0&count=true')
    expect([none.headers.get('ngsild-results-count'), none.text]).toEqual(['6', '[]'])
  })

  test.each<[string, string[]]>([
    ['pick=id,powerState', ['id', 'powerState']],
    ['omit=type,location', ['id']],
    ['attrs=powerState', ['id', 'type', 'powerState']],
    [`pick=${enc('https://smartdatamodels.org/dataModel.Streetlighting/powerState')}`, ['powerState']],
  ])('shows %s', async (query, members) => {
    const { body } = await t.ngsi(`entities?type=Streetlight&id=${light('L-1')}&${query}`)
    const [entity] = body as unknown as [Json]
    for (const member of members) expect(entity).toHaveProperty(member)
    if (!query.startsWith('omit')) expect(Object.keys(entity)).toEqual(members)
    else expect(Object.keys(entity)).not.toEqual(expect.arrayContaining(['type']))
  })

  test.each<[string, number, string]>([
    ['', 400, 'BadRequestData'],
    [`id=${light('L-1')}`, 400, 'BadRequestData'],
    ['type=Streetlight&id=no-uri', 400, 'BadRequestData'],
    [`type=*&idPattern=${enc('x**')}`, 400, 'BadRequestData'],
    [`type=*&idPattern=${enc('^(([a-z:-]|[a-zA-Z0-9:-])+)+!$')}`, 403, 'TooComplexQuery'],
    ['type=*&local=false', 400, 'BadRequestData'],
    ['attrs=id,type', 400, 'BadRequestData'],
    ['type=*&pick=name&omit=name', 400, 'BadRequestData'],
    ['type=*&pick=name&attrs=status', 400, 'BadRequestData'],
    ['type=*&pick=id,,name', 400, 'BadRequestData'],
    [`type=*&pick=${enc('location{name}')}`, 400, 'BadRequestData'],
    [`type=*&q=${enc('name=="')}`, 400, 'BadRequestData'],
    ['type=*&georel=within', 400, 'BadRequestData'],
    ['type=*&limit=0', 400, 'BadRequestData'],
    ['type=*&limit=1001', 400, 'BadRequestData'],
    ['type=*&limit=-1', 400, 'BadRequestData'],
    ['type=*&offset=x', 400, 'BadRequestData'],
    ['type=*&count=yes', 400, 'BadRequestData'],
    ['type=*&type=Streetlight', 400, 'BadRequestData'],
    ['type=*&options=nonsense', 400, 'InvalidRequest'],
    ['type=*&nonsense=1', 400, 'InvalidRequest'],
    ['type=*&orderBy=name', 422, 'OperationNotSupported'],
    [`type=${enc('(Streetlight;Lamp)')}`, 422, 'OperationNotSupported'],
    ['type=*&geometryProperty=location', 400, 'BadRequestData'],
  ])('that is wrong is refused: %s', async (query, status, type) => {
    const answer = await t.ngsi(`entities?${query}`)
    expect(answer.status, answer.text).toBe(status)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    const error = errorSchema.parse(answer.body)
    expect(error.type).toBe(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
    expect(error.detail.length).toBeGreaterThan(10)
  })
})

describe('a query by document', () => {
  const post = (body: unknown, query = '', headers: Record<string, string> = {}) =>
    t.call('POST', `/ngsi-ld/v1/entityOperations/query${query}`, { body, token: null, headers })

  test('finds the same, in JSON and JSON-LD', async () => {
    const body = {
      type: 'Query',
      entities: [{ type: 'Streetlight', idPattern: 'L-' }, { type: 'StreetlightControlCabinet' }],
      q: 'openFaults==lampFailure|totalActivePower',
      pick: ['id'],
    }
    const { status, body: answer, headers } = await post(body, '?count=true&limit=1')
    expect(status).toBe(200)
    expect(answer).toEqual([{ id: light('L-2') }])
    expect(headers.get('ngsild-results-count')).toBe('2')
    const ld = await post({ ...body, '@context': [core] }, '', { 'content-type': 'application/ld+json' })
    expect(ld.body).toEqual([{ id: light('L-2') }, { id: cabinetId }])
  })

  test('takes a place and ids', async () => {
    const near = { georel: 'near;maxDistance==500', geometry: 'Point', coordinates: [26.53, 41.58] }
    const { body } = await post({
      type: 'Query',
      geoQ: near,
      entities: [{ type: '*', id: [light('L-1'), light('L-3')] }],
    })
    expect((body as { id: string }[]).map(({ id }) => id)).toEqual([light('L-1')])
  })

  test.each<[string, unknown, number, string]>([
    ['nothing asked', { type: 'Query' }, 400, 'BadRequestData'],
    ['no entities', { type: 'Query', entities: [] }, 400, 'BadRequestData'],
    ['no attributes', { type: 'Query', entities: [{ type: '*' }], attrs: [] }, 400, 'BadRequestData'],
    ['q that is no text', { type: 'Query', entities: [{ type: '*' }], q: 42 }, 400, 'BadRequestData'],
    ['another type', { type: 'NotQuery', entities: [{ type: '*' }] }, 400, 'BadRequestData'],
    ['time', { type: 'Query', entities: [{ type: '*' }], temporalQ: {} }, 422, 'OperationNotSupported'],
    ['no JSON', '{"type":', 400, 'InvalidRequest'],
  ])('with %s is refused', async (_what, body, status, type) => {
    const answer = await post(body)
    expect(answer.status).toBe(status)
    expect(errorSchema.parse(answer.body).type).toBe(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
  })
})
