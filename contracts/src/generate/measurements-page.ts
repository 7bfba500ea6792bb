import {
  type Measurement,
  measurements,
  type PointField,
  retentionPolicies,
  rolledUpMeasurements,
} from '../measurements.ts'

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const kept = (days: number | null): string => (days === null ? 'for ever' : days < 365 ? `${days} days` : '5 years')

const fieldRow = ([name, { type, unit, title, rolledUp }]: [string, PointField]): string =>
  row([`\`${name}\``, type, unit, rolledUp ? 'yes' : '', title])

const section = ([name, { title, retention, tags, fields }]: [string, Measurement]): string => `## ${name}

${title}. Policy \`${retention}\`${(rolledUpMeasurements as string[]).includes(name) ? ', rolled up into `h1` and `d1`' : ''}.

Tags: ${tags.map((tag) => `\`${tag}\``).join(', ')}

| field | type | unit | rolled up | meaning |
|---|---|---|---|---|
${Object.entries<PointField>(fields).map(fieldRow).join('\n')}
`

/** Every measurement that is written into InfluxDB, as a page. */
export const measurementsPage = (): string => `# Measurements in InfluxDB

Generated from \`contracts/src/measurements.ts\` by \`npm run generate\`. How they get there: \`docs/influxdb.md\`.

| policy | kept | holds |
|---|---|---|
${Object.entries(retentionPolicies)
  .map(([name, { keptDays, title }]) => row([`\`${name}\``, kept(keptDays), title]))
  .join('\n')}

A tag without a value is \`none\`. Roll-ups have \`readings\`, and of each field that is rolled up \`{field}_count\`, \`_mean\`, \`_min\`, \`_max\` and \`_last\`.

${Object.entries<Measurement>(measurements).map(section).join('\n')}`
