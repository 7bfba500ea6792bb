/**
 * What lines of recorded telemetry have in common: the same fields in the same order, with the same words in them. Only the numbers differ,
 * and the device.
 */
export interface LineShape {
  municipality: string
  /** What stands before each number that follows, and after the last one. */
  between: readonly string[]
  /** The payload's fields that hold those numbers, in order. */
  names: readonly string[]
  /** A payload of this shape; its numbers are any. */
  payload: Readonly<Record<string, unknown>>
}

const line =
  /^\{"receivedAt":\d+,"municipality":"([\w-]+)","device":"([\w-]+)(","channel":"telemetry","payload":)(\{.*\})\}$/s
/** A field of a flat payload; what it cannot read ends the search for a shape. */
const field = /([{,]"([A-Za-z]\w*)":)(?:(-?\d[\d.eE+-]*)|"[^"\\]*"|true|false)/y

/** More fields than any device sends. */
export const mostNumbers = 64

/**
 * The shape of a line, and its device; `null` for one that is no plain telemetry as controllers write it. The line itself must still be
 * read as JSON and checked: that its words are in order is known from there, for every line of this shape.
 */
export const shapeOf = (text: string): { device: string; shape: LineShape } | null => {
  const [, municipality, device, channel, payload] = line.exec(text) ?? []
  if (municipality === undefined || device === undefined || channel === undefined || payload === undefined) return null
  const names: string[] = []
  const between: string[] = []
  const seen = new Set<string>()
  let words = channel
  field.lastIndex = 0
  while (field.lastIndex < payload.length - 1) {
    const found = field.exec(payload)
    if (found === null) return null
    const [whole, opening = '', name = '', number] = found
    // Of two fields with one name the last counts: that is for JSON.parse to say.
    if (seen.has(name)) return null
    seen.add(name)
    words += number === undefined ? whole : opening
    if (number === undefined) continue
    names.push(name)
    between.push(words)
    words = ''
  }
  if (names.length === 0 || names.length > mostNumbers) return null
  between.push(`${words}}}`)
  try {
    return { device, shape: { municipality, between, names, payload: JSON.parse(payload) as Record<string, unknown> } }
  } catch {
    return null
  }
}
