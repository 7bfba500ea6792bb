import { categories } from '@fanari/contracts'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { base, startTestLine, type TestLine } from '../reports/test-line.ts'
import { epoch } from '../test-api.ts'
import { incidentChange } from '../test-documents.ts'
import {
  definitionSchema,
  discoverySchema,
  errorSchema,
  type Request,
  receiptSchema,
  requestSchema,
  serviceSchema,
  tokenSchema,
  updateReceiptSchema,
  updateSchema,
} from './schemas.ts'

const at = '/open311/v2'
let t: TestLine
let key: string
beforeEach(async () => {
  t = await startTestLine()
  const { body } = await t.call('POST', '/api/v1/tokens', { body: { name: 'fixmystreet', role: 'partner' } })
  key = (body as { token: string }).token
})
afterEach(() => t.close())

const get = async (path: string) => {
  const response = await fetch(t.url(`${at}/${path}`))
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const json = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> => {
  const { status, text } = await get(path)
  expect(status, text).toBe(200)
  return schema.parse(JSON.parse(text))
}
const send = async (path: string, form: Record<string, string | string[]>, headers: Record<string, string> = {}) => {
  const body = new URLSearchParams()
  for (const [name, values] of Object.entries(form)) for (const value of [values].flat()) body.append(name, value)
  const response = await fetch(t.url(`${at}/${path}`), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...headers },
    body: body.toString(),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const report = async (more: Record<string, string | string[]> = {}): Promise<string> => {
  const { status, text } = await send('requests.json', {
    api_key: key,
    service_code: 'street-light-out',
    'attribute[LUMINAIRE]': 'A-1',
    description: 'Δεν ανάβει από χθες',
    ...more,
  })
  expect(status, text).toBe(200)
  const [receipt] = z.array(receiptSchema).parse(JSON.parse(text))
  return receipt?.service_request_id ?? ''
}

/** What XML says, in the shape of JSON: an independent reading, by names that are written out here. */
const items: Record<string, string> = {
  services: 'service',
  service_requests: 'request',
  service_request_updates: 'request_update',
  errors: 'error',
  attributes: 'attribute',
  values: 'value',
  endpoints: 'endpoint',
  formats: 'format',
  notes: 'note',
}
const readXml = (text: string): unknown => {
  expect(XMLValidator.validate(text)).toBe(true)
  const parsed = new XMLParser({ parseTagValue: false, trimValues: false, processEntities: true }).parse(
    text,
  ) as Record<string, unknown>
  const [[root, value] = ['', null]] = Object.entries(parsed).filter(([name]) => name !== '?xml')
  return read(root, value)
}
const read = (name: string, value: unknown): unknown => {
  const item = items[name]
  if (item !== undefined) {
    const inner = value === '' ? [] : ((value as Record<string, unknown>)[item] ?? [])
    return [inner].flat().map((one) => read('', one))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, read(key, inner)]))
}
/** JSON's numbers, booleans and nulls as the texts they are in XML. */
const asTexts = (value: unknown): unknown => {
  if (value === null) return ''
  if (Array.isArray(value)) return value.map(asTexts)
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asTexts(inner)]))
  return String(value)
}

describe('XML and JSON say the same, field by field', () => {
  test.each([
    'discovery',
    'services',
    'services/street-light-out',
    'services/noise',
    'requests',
    'requests?extensions=true',
    'requests/ID?extensions=true',
    'tokens/CODE',
    'servicerequestupdates',
    'requests?status=wrong',
    'requests/nothing',
  ])('%s', async (path) => {
    const id = await report({ description: 'Έσβησε <b>& "όλο"</b>' })
    await report({ service_code: 'pothole', lat: '41.58', long: '26.53' })
    const { body } = await t.call('GET', `${base}/reports/${id}`)
    const { trackingCode } = body as { trackingCode: string }
    const [name = '', query = ''] = path.replace('ID', id).replace('CODE', trackingCode).split('?')
    const [inJson, inXml] = [await get(`${name}.json?${query}`), await get(`${name}.xml?${query}`)]
    expect(inXml.status).toBe(inJson.status)
    expect(inJson.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(inXml.headers.get('content-type')).toBe('text/xml; charset=utf-8')
    expect(readXml(inXml.text)).toEqual(asTexts(JSON.parse(inJson.text)))
  })
})

describe('discovery and services', () => {
  test('tell where the service is and what can be reported', async () => {
    const { endpoints } = await json('discovery.json', discoverySchema)
    expect(endpoints[0]?.url).toBe(t.url(at))
    const services = await json('services.json', z.array(serviceSchema))
    expect(services.map(({ service_code }) => service_code)).toEqual(Object.keys(categories))
    expect(services.find(({ service_code }) => service_code === 'street-light-out')).toMatchObject({
      service_name: 'Σβηστό φωτιστικό',
      group: 'Φωτισμός',
      metadata: true,
      type: 'realtime',
    })
  })

  test('a lighting service asks for the light, and requires nothing', async () => {
    const { attributes } = await json('services/street-light-out.json', definitionSchema)
    expect(attributes.map(({ code, datatype, required, order }) => [code, datatype, required, order])).toEqual([
      ['LUMINAIRE', 'string', false, 1],
      ['WHOLE_STREET', 'singlevaluelist', false, 2],
      ['DANGER', 'multivaluelist', false, 3],
    ])
  })
})

describe('a request', () => {
  test('is a report like any other: it joins its matter, and shows nothing of who sent it', async () => {
    const id = await report({
      email: 'maria@example.org',
      first_name: 'Μαρία',
      last_name: 'Παπαδοπούλου',
      phone: '+30 6912345678',
      device_id: 'tt-222111',
    })
    const second = await t.report({ category: 'street-light-out', luminaire: 'A-1', channel: 'web', clientId: 'w-1' })
    const own = (await t.call('GET', `${base}/reports/${id}`)).body as { ticket: string; channel: string }
    expect(own).toMatchObject({ ticket: second.body.ticket, channel: 'open311', luminaire: 'A-1' })

    const shown = await get(`requests/${id}.json?extensions=true`)
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
    expect(await report(named)).toBe(await report(named))
    expect(await report({ 'attribute[fixmystreet_id]': '4712' })).not.toBe(await report(named))
    expect(await report()).not.toBe(await report())
  })

  test('of danger tells whom to call', async () => {
    const { text } = await send('requests.json', {
      api_key: key,
      service_code: 'pole-damaged',
      lat: '41.58',
      long: '26.53',
      'attribute[DANGER][]': ['poleDown', 'looseWires'],
    })
    expect((JSON.parse(text) as { service_notice: string }[])[0]?.service_notice).toContain('112')
  })

  test('is found by its tracking code as a token', async () => {
    const id = await report()
    const { trackingCode } = (await t.call('GET', `${base}/reports/${id}`)).body as { trackingCode: string }
    expect(await json(`tokens/${trackingCode}.json`, z.array(tokenSchema))).toEqual([
      { service_request_id: id, token: trackingCode },
    ])
  })

  test('may bring its key in the address or as a bearer token', async () => {
    const form = { service_code: 'pothole', address_string: 'Πλατεία 1' }
    expect((await send(`requests.xml?api_key=${key}&jurisdiction_id=orestiada`, form)).status).toBe(200)
    expect((await send('requests.json', form, { authorization: `Bearer ${key}` })).status).toBe(200)
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
    const own = more.api_key === 'KEY' ? { ...more, api_key: key } : more
    await refused(await send('requests.json', { ...form, ...own }), status)
  })

  test('a key that opens something else, or another municipality', async () => {
    const token = async (body: unknown) =>
      ((await t.call('POST', '/api/v1/tokens', { body })).body as { token: string }).token
    const viewer = await token({ name: 'grafana', role: 'viewer' })
    const elsewhere = await token({ name: 'elsewhere', role: 'partner', municipalities: ['athens'] })
    await refused(await send('requests.json', { ...form, api_key: viewer }), 403)
    await refused(await send('requests.json', { ...form, api_key: elsewhere }), 403)
    // And a partner's opens nothing else.
    expect((await t.call('GET', `${base}/reports`, { token: key })).status).toBe(403)
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
  ])('%s: %i', async (path, status) => refused(await get(path), status))

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
    expect((await get('requests.json')).status).toBe(400)
    expect((await get('requests.json?jurisdiction_id=orestiada')).status).toBe(200)
  })
})

test('who joins a matter that is under way is updated no earlier than they wrote', async () => {
  await report()
  t.clock.set(epoch + 3 * 60 * 60_000)
  const id = await report({ client_request_id: 'second' })
  const [request] = await json(`requests/${id}.json`, z.array(requestSchema))
  expect(request?.requested_datetime).toBe(new Date(epoch + 3 * 60 * 60_000).toISOString())
  expect(request?.updated_datetime).toBe(request?.requested_datetime)
})

describe('a list', () => {
  const ids = async (query: string): Promise<string[]> =>
    (await json(`requests.json?${query}`, z.array(requestSchema))).map(({ service_request_id }) => service_request_id)

  test('is filtered; an empty parameter is none, and ids go before all else', async () => {
    const light = await report()
    t.clock.set(epoch + 3_600_000)
    const hole = await report({ service_code: 'pothole', lat: '41.60', long: '26.60' })
    expect(await ids('')).toEqual([hole, light])
    expect(await ids('service_code=&status=')).toEqual([hole, light])
    expect(await ids('service_code=pothole')).toEqual([hole])
    expect(await ids('status=closed')).toEqual([])
    expect(await ids('status=open,closed')).toEqual([hole, light])
    expect(await ids(`start_date=${new Date(epoch + 1).toISOString()}`)).toEqual([hole])
    expect(await ids(`end_date=${encodeURIComponent('2026-01-10T20:30:00+02:00')}`)).toEqual([light])
    expect(await ids(`service_request_id=${light},nothing&service_code=pothole&start_date=2020-01-01`)).toEqual([light])
    expect(await ids('lat=41.6001&long=26.6001&radius=50')).toEqual([hole])
  })

  test('has what telemetry found with nobody calling', async () => {
    await t.api.incidents.apply('orestiada', [
      incidentChange('incident.opened', epoch, {
        id: 'i-1',
        members: ['A-9'],
        scope: { kind: 'luminaire', id: 'A-9' },
      }),
    ])
    const [request] = await json('requests.json?extensions=true', z.array(requestSchema))
    expect(request).toMatchObject({
      service_code: 'street-light-out',
      address_id: 'A-9',
      extended_attributes: { channel: 'telemetry', detected_by_telemetry: true, incident: 'i-1', reports: 0 },
    })
  })

  test('comes in pages', async () => {
    for (let second = 0; second < 5; second++) {
      t.clock.set(epoch + second * 1_000)
      await report({ service_code: 'pothole', lat: String(41.6 + second / 10), long: '26.6' })
    }
    const { text, headers } = await get('requests.json?page=2&page_size=2')
    expect(JSON.parse(text)).toHaveLength(2)
    expect(headers.get('x-total-count')).toBe('5')
    expect(headers.get('link')).toContain('page=3')
    const all = await ids('')
    expect([
      ...(await ids('page=1&page_size=2')),
      ...(await ids('page=2&page_size=2')),
      ...(await ids('page=3&page_size=2')),
    ]).toEqual(all)
  })

  test('leaves out what looks as if a machine had sent it, until somebody has judged it', async () => {
    const id = await report()
    await t.call('PUT', `${base}/reports/${id}/moderation`, { body: { moderation: 'rejected' } })
    expect(await ids('')).toEqual([])
    await t.call('PUT', `${base}/reports/${id}/moderation`, { body: { moderation: 'clear' } })
    const [request] = await json(`requests/${id}.json`, z.array(requestSchema))
    expect(request?.description).toBe('Δεν ανάβει από χθες')
  })
})

describe('updates', () => {
  test('tell each step in mySociety’s words, and never of a duplicate', async () => {
    const id = await report()
    const { ticket } = (await t.call('GET', `${base}/reports/${id}`)).body as { ticket: string }
    for (const event of ['assigned', 'started', 'resolved']) {
      t.clock.set(t.clock.now() + 60_000)
      expect((await t.post(`tickets/${ticket}/events`, { event })).status).toBe(200)
    }
    const updates = await json('servicerequestupdates.json', z.array(updateSchema))
    expect(updates.map(({ service_request_id, status }) => [service_request_id, status])).toEqual([
      [id, 'open'],
      [id, 'investigating'],
      [id, 'in_progress'],
      [id, 'fixed'],
    ])
    const [request] = await json(`requests/${id}.json`, z.array(requestSchema))
    expect(request).toMatchObject({
      status: 'closed',
      updated_datetime: updates.at(-1)?.updated_datetime ?? '',
    } satisfies Partial<Request>)
  })

  test('of another system are taken once, and what they say stands with the report', async () => {
    const id = await report()
    const form = {
      api_key: key,
      update_id: 'u-1',
      service_request_id: id,
      status: 'OPEN',
      updated_datetime: '2026-01-10T21:00:00+02:00',
      description: 'Ακόμα σβηστό',
    }
    const first = await send('servicerequestupdates.json', form)
    expect(z.array(updateReceiptSchema).parse(JSON.parse(first.text))).toEqual([{ update_id: 'u-1' }])
    const again = await send('servicerequestupdates.json', form)
    expect(again.status).toBe(400)
    expect(again.text).toContain('already exists')
    const { description } = (await t.call('GET', `${base}/reports/${id}`)).body as { description: string }
    expect(description.match(/Ακόμα σβηστό/g)).toHaveLength(1)
    expect((await get('servicerequestupdates.json')).text).not.toContain('Ακόμα')
  })

  test('REOPEN is the reporter’s "no"', async () => {
    const id = await report()
    const { ticket } = (await t.call('GET', `${base}/reports/${id}`)).body as { ticket: string }
    for (const event of ['assigned', 'resolved']) await t.post(`tickets/${ticket}/events`, { event })
    const form = { api_key: key, service_request_id: id, updated_datetime: '2026-01-10T21:00:00Z', description: 'Όχι' }
    expect((await send('servicerequestupdates.xml', { ...form, update_id: 'u-2', status: 'REOPEN' })).status).toBe(200)
    expect((await t.ticket(ticket)).status).toBe('open')
  })

  test.each([
    [{ update_id: '' }, 400],
    [{ status: 'DONE' }, 400],
    [{ service_request_id: 'nothing' }, 404],
    [{ updated_datetime: 'now' }, 400],
    [{ api_key: 'wrong' }, 403],
  ])('%j is refused', async (more, status) => {
    const form = {
      api_key: key,
      update_id: 'u',
      service_request_id: await report(),
      status: 'OPEN',
      updated_datetime: '2026-01-10T21:00:00Z',
      description: 'x',
    }
    expect((await send('servicerequestupdates.json', { ...form, ...more })).status).toBe(status)
  })
})

test('hostile text is written as text, and what XML cannot write is left out of it', async () => {
  const hostile = ']]><request/><!DOCTYPE x [<!ENTITY a "b">]>&a; \u0000\u0008\ud800 κείμενο'
  const id = await report({ description: hostile, address_string: hostile })
  await t.call('PUT', `${base}/reports/${id}/moderation`, { body: { moderation: 'clear' } })
  const { text } = await get(`requests/${id}.xml`)
  expect(XMLValidator.validate(text)).toBe(true)
  expect(readXml(text)).toHaveLength(1)
  expect(text).not.toContain('<!DOCTYPE')
})
