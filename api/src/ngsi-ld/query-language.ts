import { NgsiLdError } from './errors.ts'
import { knownIris, shortNameOf } from './vocabulary.ts'

/** A value of a query, as it was written. */
export type Literal =
  | { kind: 'number'; value: number }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'time'; value: number; text: string }
  | { kind: 'text'; value: string }

/** `attribute`, `attribute.observedAt`, `attribute[part.part]`. */
interface Path {
  attribute: string
  rest: readonly string[]
}

export type Condition =
  | { kind: 'and' | 'or'; of: readonly Condition[] }
  | { kind: 'exists'; path: Path }
  | { kind: 'equals'; path: Path; negated: boolean; values: readonly Literal[] }
  | { kind: 'inRange'; path: Path; negated: boolean; from: Literal; to: Literal }
  | { kind: 'compares'; path: Path; operator: '<' | '<=' | '>' | '>='; value: Literal }
  | { kind: 'matches'; path: Path; negated: boolean; pattern: RegExp }

const longestQuery = 2_000
const deepestParentheses = 20

/**
 * Reads `q` (ETSI GS CIM 009, 4.9): `;` is and, `|` is or, and binds less. Beyond the grammar, text need not stand in quotes, and a dot
 * leads into a compound value as brackets do. @throws NgsiLdError `BadRequestData`, naming the place.
 */
export const readQuery = (text: string): Condition => {
  if (text.length > longestQuery) throw new NgsiLdError('BadRequestData', `q is longer than ${longestQuery} characters`)
  const reader = createReader(text)
  const condition = either(reader, 0)
  if (!reader.atEnd()) throw reader.wrong('; or |')
  return condition
}

type Reader = ReturnType<typeof createReader>

const createReader = (text: string) => {
  let at = 0
  return {
    atEnd: () => at === text.length,
    /** Takes what the sticky pattern finds here, or `null`. */
    take: (pattern: RegExp): string | null => {
      pattern.lastIndex = at
      const [found] = pattern.exec(text) ?? []
      if (found === undefined) return null
      at += found.length
      return found
    },
    takeText: (one: string): boolean => {
      const isNext = text.startsWith(one, at)
      if (isNext) at += one.length
      return isNext
    },
    wrong: (expected: string) =>
      new NgsiLdError('BadRequestData', `q is not valid: expected ${expected} at character ${at + 1}`),
  }
}

const either = (reader: Reader, depth: number): Condition => joined('or', '|', reader, () => all(reader, depth))
const all = (reader: Reader, depth: number): Condition => joined('and', ';', reader, () => term(reader, depth))

const joined = (kind: 'and' | 'or', sign: string, reader: Reader, next: () => Condition): Condition => {
  const of = [next()]
  while (reader.takeText(sign)) of.push(next())
  const [only] = of
  return of.length === 1 && only !== undefined ? only : { kind, of }
}

const term = (reader: Reader, depth: number): Condition => {
  if (reader.takeText('(')) {
    if (depth === deepestParentheses) throw reader.wrong('fewer parentheses')
    const inner = either(reader, depth + 1)
    if (!reader.takeText(')')) throw reader.wrong(')')
    return inner
  }
  const path = readPath(reader)
  const operator = reader.take(/==|!=|>=|<=|!~=|~=|>|</y)
  switch (operator) {
    case null:
      return { kind: 'exists', path }
    case '~=':
    case '!~=':
      return { kind: 'matches', path, negated: operator === '!~=', pattern: readPattern(reader) }
    case '==':
    case '!=':
      return equality(reader, path, operator === '!=')
    default:
      return { kind: 'compares', path, operator: operator as '<', value: readLiteral(reader) }
  }
}

const readPath = (reader: Reader): Path => {
  const iri = knownIris.find((known) => reader.takeText(known))
  const name = iri ?? reader.take(/[\p{L}_][\p{L}\p{N}_:/#-]*/uy)
  if (name === null) throw reader.wrong('the name of an attribute')
  const dotted = reader.take(/(\.[\p{L}\p{N}_]+)+/uy)
  const inner = reader.take(/\[[^\]]{1,200}\]/y)
  const partsOf = (found: string | null) => (found === null ? [] : found.split('.'))
  return {
    attribute: shortNameOf(name),
    rest: [...partsOf(dotted?.slice(1) ?? null), ...partsOf(inner?.slice(1, -1) ?? null)],
  }
}

const equality = (reader: Reader, path: Path, negated: boolean): Condition => {
  const first = readLiteral(reader)
  if (reader.takeText('..')) return { kind: 'inRange', path, negated, from: first, to: readLiteral(reader) }
  const values = [first]
  while (reader.takeText(',')) values.push(readLiteral(reader))
  return { kind: 'equals', path, negated, values }
}

const isoTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d))?$/

const readLiteral = (reader: Reader): Literal => {
  const quoted = readQuoted(reader)
  if (quoted !== null) return timeOr(quoted)
  // Up to a sign of the grammar; two dots are a range.
  const bare = reader.take(/(?:[^;|()",.]|\.(?!\.))+/y)
  if (bare === null) throw reader.wrong('a value')
  if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(bare)) return { kind: 'number', value: Number(bare) }
  if (bare === 'true' || bare === 'false') return { kind: 'boolean', value: bare === 'true' }
  return timeOr(bare)
}

const timeOr = (text: string): Literal => {
  const at = isoTime.test(text) ? Date.parse(text.replace(',', '.')) : Number.NaN
  return Number.isNaN(at) ? { kind: 'text', value: text } : { kind: 'time', value: at, text }
}

const readQuoted = (reader: Reader): string | null => {
  const found = reader.take(/"(?:[^"\\]|\\.)*"/y)
  return found === null ? null : found.slice(1, -1).replaceAll(/\\(["\\])/g, '$1')
}

const readPattern = (reader: Reader): RegExp => {
  const source = readQuoted(reader) ?? reader.take(/[^;|()]+/y)
  if (source === null) throw reader.wrong('a pattern')
  return patternOf(source, 'the pattern in q')
}

/** A pattern of the request's. Whoever tries it must bound the time that takes (`within-time.ts`). @throws NgsiLdError `BadRequestData` */
export const patternOf = (source: string, where: string): RegExp => {
  try {
    return new RegExp(source, 'u')
  } catch {
    throw new NgsiLdError('BadRequestData', `${where} is not a regular expression`)
  }
}

/** Whether a pattern must be tried, which can take long. */
export const triesPatterns = (condition: Condition): boolean => {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.of.some(triesPatterns)
    case 'matches':
      return true
    default:
      return false
  }
}
