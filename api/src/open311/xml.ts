import { XMLBuilder } from 'fast-xml-parser'

/** Names of the elements that stand in a container, by the container's. */
const itemNames: Record<string, string> = {
  attributes: 'attribute',
  values: 'value',
  endpoints: 'endpoint',
  formats: 'format',
  notes: 'note',
}

/** What XML 1.0 (section 2.2) cannot write, not even escaped: control characters but for tab and line ends, and halves of a pair. */
const writable = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (character) => ('\t\n\r'.includes(character) ? character : '\ufffd'))

const builder = new XMLBuilder({ suppressEmptyNode: true, processEntities: true })

const asElements = (value: unknown): unknown => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return writable(value)
  if (typeof value !== 'object') return String(value)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const item = itemNames[name]
      return [name, item !== undefined && Array.isArray(inner) ? { [item]: inner.map(asElements) } : asElements(inner)]
    }),
  )
}

/**
 * The XML of a JSON answer of GeoReport: `root` around it, and `item` around each of a list.
 * @param value what the JSON answer is
 */
export const toXml = (root: string, item: string | null, value: unknown): string => {
  const inner = item === null ? asElements(value) : { [item]: (value as unknown[]).map(asElements) }
  return `<?xml version="1.0" encoding="utf-8"?>\n${builder.build({ [root]: inner })}`
}
