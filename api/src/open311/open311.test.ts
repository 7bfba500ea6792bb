import { categories } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { base } from '../reports/test-line.ts'
import { epoch } from '../test-api.ts'
import { definitionSchema, discoverySchema, errorSchema, requestSchema, serviceSchema, tokenSchema } from './schemas.ts'
import { at, startTestOpen311, type TestOpen311 } from './test-open311.ts'
import { readXml } from './test-xml.ts'

let t: TestOpen311
beforeEach(async () => {
  t = await startTestOpen311()
})
afterEach(() => t.close())

describe('discovery and services', () => {
  test('tell where the service is and what can be reported', async () => {
    const { endpoints } = await t.json('discovery.json', discoverySchema)
    expect(endpoints[0]?.url).toBe(t.url(at))
    const services = await t.json('services.json', z.array(serviceSchema))
    expect(services.map(({ service_code }) => service_code)).toEqual(Object.keys(categories))
    expect(services.find(({ service_code }) => service_code === 'street-light-out')).toMatchObject({
      service_name: 'Σβηστό φωτιστικό',
      group: 'Φωτισμός',
      metadata: true,
      type: 'realtime',
    })
  })

  test('a lighting service asks for the light, and requires nothing', async () => {
    const { attributes } = await t.json('services/street-light-out.json', definitionSchema)
    expect(attributes.map(({ code, datatype, required, order }) => [code, datatype, required, order])).toEqual([
      ['LUMINAIRE', 'string', false, 1],
      ['WHOLE_STREET', 'singlevaluelist', false, 2],
      ['DANGER', 'multivaluelist', false, 3],
    ])
  })
})

describe('a request', () => {
  test('is a report like any other: it joins its matter, and shows nothing of who sent it', async () => {
    const id = await t.request({
      email: 'maria@example.org',
      first_name: 'Μαρία',
      last_name: 'Παπαδοπούλου',
      phone: '+30 6912345678',
      device_id: 'tt-222111',
    })
    const second = await t.report({ category: 'street-light-out', luminaire: 'A-1', channel: 'web', clientId: 'w-1' })
    const own = (await t.call('GET', `${base}/reports/${id}`)).body as { ticket: string; channel: string }
    expect(own).toMatchObject({ ticket: second.body.ticket, channel: 'open311', luminaire: 'A-1' })

    const shown = await t.get(`requests/${id}.json?extensions=true`)
    for (const secret of ['maria', 'Μαρία', 'Παπαδοπούλου', '691234', 'tt-222111', 'από χθες'])
      expect(shown.text).not.toContain(secret)
    const [request] = z.array(requestSchema).parse(JSON.parse(shown.text))
    expect(request).toMatchObject({
      service_request_id: id,
      status: 'open',
      service_code: 'street-light-out',
      agency_responsible: 'Συνεργείο ηλεκτροφωτισμού Δήμου',
      address_id: 'A-1',
      extended_attributes: { channel: 'open311', reports: 2, luminaire: 'A-1', matter: own.ticket },
    })
    expect(typeof request?.lat).toBe('number')
    expect(request?.expected_datetime).not.toBeNull()
  })

  test('of a client that has its own name for it is taken once', async () => {
    const named = { 'attribute[fixmystreet_id]': '4711' }
    expect(await t.request(named)).toBe(await t.request(named))
    expect(await t.request({ 'attribute[fixmystreet_id]': '4712' })).not.toBe(await t.request(named))
    expect(await t.request()).not.toBe(await t.request())
  })

  test('of danger tells whom to call', async () => {
    const { text } = await t.send('requests.json', {
      api_key: t.key,
      service_code: 'pole-damaged',
      lat: '41.58',
      long: '26.53',
      'attribute[DANGER][]': ['poleDown', 'looseWires'],
    })
    expect((JSON.parse(text) as { service_notice: string }[])[0]?.service_notice).toContain('112')
  })

  test('is found by its tracking code as a token', async () => {
    const id = await t.request()
    const { trackingCode } = (await t.call('GET', `${base}/reports/${id}`)).body as { trackingCode: string }
    expect(await t.json(`tokens/${trackingCode}.json`, z.array(tokenSchema))).toEqual([
      { service_request_id: id, token: trackingCode },
    ])
  })

  test('may bring its key in the address or as a bearer token', async () => {
    const form = { service_code: 'pothole', address_string: 'Πλατεία 1' }
    expect((await t.send(`requests.xml?api_key=${t.key}&jurisdiction_id=orestiada`, form)).status).toBe(200)
    expect((await t.send('requests.json', form, { authorization: `Bearer ${t.key}` })).status).toBe(200)
  })
})

describe('refusals', () => {
  const form = { service_code: 'pothole', address_string: 'Πλατεία 1' }
  const refused = async (answer: { status: number; text: string }, status: number) => {
    expect(answer.status, answer.text).toBe(status)
    expect(z.array(errorSchema).min(1).parse(JSON.parse(answer.text))[0]?.code).toBe(status)
  }

  test.each([
    ['no key', {}, 403],
    ['a wrong key', { api_key: 'fanari_wrong' }, 403],
    ['no service', { api_key: 'KEY', service_code: '' }, 400],
    ['a service there is none of', { api_key: 'KEY', service_code: '001' }, 404],
    ['no place', { api_key: 'KEY', address_string: '' }, 400],
    ['half a place', { api_key: 'KEY', lat: '41.5' }, 400],
    ['a place beyond the pole', { api_key: 'KEY', lat: '91', long: '26' }, 400],
    ['a latitude in words', { api_key: 'KEY', lat: '0x29', long: '26' }, 400],
    ['a jurisdiction there is none of', { api_key: 'KEY', jurisdiction_id: 'athens' }, 404],
    ['too much text', { api_key: 'KEY', description: 'α'.repeat(4_001) }, 400],
    ['an address that is none', { api_key: 'KEY', email: 'not an address' }, 400],
    ['a danger there is none of', { api_key: 'KEY', service_code: 'pole-damaged', 'attribute[DANGER]': 'dragon' }, 400],
  ])('%s', async (_what, more: Record<string, string>, status) => {
    const own = more.api_key === 'KEY' ? { ...more, api_key: t.key } : more
    await refused(await t.send('requests.json', { ...form, ...own }), status)
  })

  test('a key that opens something else, or another municipality', async () => {
    const token = async (body: unknown) =>
      ((await t.call('POST', '/api/v1/tokens', { body })).body as { token: string }).token
    const viewer = await token({ name: 'grafana', role: 'viewer' })
    const elsewhere = await token({ name: 'elsewhere', role: 'partner', municipalities: ['athens'] })
    await refused(await t.send('requests.json', { ...form, api_key: viewer }), 403)
    await refused(await t.send('requests.json', { ...form, api_key: elsewhere }), 403)
    // And a partner's opens nothing else.
    expect((await t.call('GET', `${base}/reports`, { token: t.key })).status).toBe(403)
  })

  test.each([
    ['requests.json?start_date=yesterday', 400],
    ['requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-12-01T00:00:00Z', 400],
    ['requests.json?status=done', 400],
    ['requests.json?service_code=001', 404],
    ['requests.json?page=0', 400],
    ['requests.json?page_size=1001', 400],
    ['requests.json?radius=50', 400],
    ['requests.json?jurisdiction_id=athens', 404],
    ['requests/nothing.json', 404],
    ['tokens/0000000000.json', 404],
    ['services/001.json', 404],
    ['requests.yaml', 404],
    ['requests', 404],
    ['nothing.json', 404],
  ])('%s: %i', async (path, status) => refused(await t.get(path), status))

  test.each([
    ['DELETE', 'requests.xml'],
    ['PUT', 'services.xml'],
    ['GET', 'nothing/at/all.xml'],
  ])("%s %s is refused in GeoReport's words", async (method, path) => {
    const response = await fetch(t.url(`${at}/${path}`), { method })
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('text/xml; charset=utf-8')
    expect(readXml(await response.text())).toMatchObject([{ code: '404' }])
  })

  test('JSON is not what is sent', async () => {
    const response = await fetch(t.url(`${at}/requests.xml`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(response.status).toBe(400)
    expect(readXml(await response.text())).toMatchObject([{ code: '400' }])
  })

  test('two municipalities: one has to be named', async () => {
    await t.call('PUT', '/api/v1/municipalities/athens', { body: { name: 'Αθήνα' } })
    expect((await t.get('requests.json')).status).toBe(400)
    expect((await t.get('requests.json?jurisdiction_id=orestiada')).status).toBe(200)
  })
})

test('who joins a matter that is under way is updated no earlier than they wrote', async () => {
  await t.request()
  t.clock.set(epoch + 3 * 60 * 60_000)
  const id = await t.request({ client_request_id: 'second' })
  const [request] = await t.json(`requests/${id}.json`, z.array(requestSchema))
  expect(request?.requested_datetime).toBe(new Date(epoch + 3 * 60 * 60_000).toISOString())
  expect(request?.updated_datetime).toBe(request?.requested_datetime)
})
