import { XMLValidator } from 'fast-xml-parser'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { base } from '../reports/test-line.ts'
import { startTestOpen311, type TestOpen311 } from './test-open311.ts'
import { readXml } from './test-xml.ts'

let t: TestOpen311
beforeEach(async () => {
  t = await startTestOpen311()
})
afterEach(() => t.close())

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
    const id = await t.request({ description: 'Έσβησε <b>& "όλο"</b>' })
    await t.request({ service_code: 'pothole', lat: '41.58', long: '26.53' })
    const { body } = await t.call('GET', `${base}/reports/${id}`)
    const { trackingCode } = body as { trackingCode: string }
    const [name = '', query = ''] = path.replace('ID', id).replace('CODE', trackingCode).split('?')
    const [inJson, inXml] = [await t.get(`${name}.json?${query}`), await t.get(`${name}.xml?${query}`)]
    expect(inXml.status).toBe(inJson.status)
    expect(inJson.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(inXml.headers.get('content-type')).toBe('text/xml; charset=utf-8')
    expect(readXml(inXml.text)).toEqual(asTexts(JSON.parse(inJson.text)))
  })
})

test('hostile text is written as text, and what XML cannot write is left out of it', async () => {
  const hostile = ']]><request/><!DOCTYPE x [<!ENTITY a "b">]>&a; \u0000\u0008\ud800 κείμενο'
  const id = await t.request({ description: hostile, address_string: hostile })
  await t.call('PUT', `${base}/reports/${id}/moderation`, { body: { moderation: 'clear' } })
  const { text } = await t.get(`requests/${id}.xml`)
  expect(XMLValidator.validate(text)).toBe(true)
  expect(readXml(text)).toHaveLength(1)
  expect(text).not.toContain('<!DOCTYPE')
})
