import {
  type Measurement,
  type MeasurementName,
  measurements,
  rolledUpMeasurements,
  rollupFieldsOf,
} from '@fanari/contracts'

/** One SELECT (or SHOW) of a query that reads a measurement itself. */
interface Reading {
  policy: string
  measurement: string
  /** All of it but the source: columns, conditions, groups. */
  text: string
}

/** The innermost question of a query, and what is asked about its answer. */
const peel = (query: string): { innermost: string; outer: string[] } => {
  const outer: string[] = []
  let rest = query
  for (let at = rest.indexOf(' FROM ('); at >= 0; at = rest.indexOf(' FROM (')) {
    const begin = at + ' FROM ('.length
    let depth = 1
    let end = begin
    for (; depth > 0 && end < rest.length; end++) depth += rest[end] === '(' ? 1 : rest[end] === ')' ? -1 : 0
    outer.push(rest.slice(0, at) + rest.slice(end))
    rest = rest.slice(begin, end - 1)
  }
  return { innermost: rest, outer }
}

const readingOf = (text: string): Reading | null => {
  const source = / FROM "(\w+)"\."(\w+)"/.exec(text)
  if (source === null) return null
  const [all, policy = '', measurement = ''] = source
  return { policy, measurement, text: text.replace(all, '') }
}

const names = (text: string): string[] => [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? '')
const aliases = (text: string): string[] => [...text.matchAll(/ AS "([^"]+)"/g)].map(([, name]) => name ?? '')
const withoutAliases = (text: string): string => text.replaceAll(/ AS "[^"]+"/g, '')

/** Fields and tags that a measurement has under a retention policy; null when it is not kept there. */
const columnsOf = (measurement: string, policy: string): Set<string> | null => {
  if (!(measurement in measurements)) return null
  const name = measurement as MeasurementName
  const { tags, fields, retention }: Measurement = measurements[name]
  const isRollup = (policy === 'h1' || policy === 'd1') && rolledUpMeasurements.includes(name)
  if (isRollup) return new Set([...tags, ...Object.keys(rollupFieldsOf(name))])
  // Energy is made by the roll-up job: by hour, and by day from the hours.
  if (policy === retention || (name === 'energy' && policy === 'd1')) return new Set([...tags, ...Object.keys(fields)])
  return null
}

/** What in a query does not agree with the schema of InfluxDB, or reads more than the shown time; one line each. */
export const complaintsAbout = (query: string): string[] => {
  const { innermost, outer } = peel(query)
  const reading = readingOf(innermost)
  if (reading === null) return [`reads no measurement: ${innermost}`]
  const { policy, measurement, text } = reading
  const known = columnsOf(measurement, policy)
  if (known === null) return [`${policy}.${measurement} is not in the schema`]
  const complaints = names(withoutAliases(text))
    .filter((name) => !known.has(name))
    .map((name) => `${policy}.${measurement} has no ${name}`)
  let offered = new Set([...aliases(innermost), ...known])
  for (const asked of outer.toReversed()) {
    complaints.push(
      ...names(withoutAliases(asked))
        .filter((name) => !offered.has(name))
        .map((name) => `the inner query answers no ${name}`),
    )
    offered = new Set([...offered, ...aliases(asked)])
  }
  if (!/ WHERE (?:.* AND )?\$timeFilter\b/.test(innermost)) complaints.push('the time is not bounded')
  return complaints
}
