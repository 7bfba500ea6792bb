import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { expect } from 'vitest'

/** The names that are written out here, so that the writer's are not believed. */
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
/** For tests: what XML says, in the shape of JSON, read independently. */
export const readXml = (text: string): unknown => {
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
