import { readFileSync } from 'node:fs'
import { type Metric, measurements } from '@fanari/contracts'
import { allQueries, type PlacedQuery, readDashboards, readProvisioning, substitute } from '@fanari/dashboards/queries'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { readAddress } from '../../console/src/address.ts'
import { type FilledWeek, fillWeek } from './dashboard-week.ts'
import { eventually } from './eventually.ts'
import { createInfluxd, type Influxd, type InfluxSeries, influxdPath } from './influxd.ts'
import { createPlatformProcess } from './platform-process.ts'

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const spanMs = (span: string): number =>
  Number.parseInt(span, 10) * (unitsMs[span.at(-1) as keyof typeof unitsMs] ?? Number.NaN)

/** Metrics of a running platform that writes to InfluxDB, out of the Prometheus text format. */
const metricsOfAPlatform = async (): Promise<Metric[]> => {
  const server = await createInfluxd()
  const platform = await createPlatformProcess({ FANARI_INFLUX_URL: server.url })
  try {
    await server.start()
    await platform.start()
    return await eventually(async () => {
      const { text } = await platform.api.call('GET', '/metrics')
      expect(text).toMatch(/^fanari_influx_reachable 1$/m)
      return readMetrics(text)
    })
  } finally {
    await platform.dispose()
    await server.dispose()
  }
}

const readMetrics = (text: string): Metric[] => {
  const metrics = new Map<string, Metric>()
  for (const line of text.split('\n')) {
    const [, typed = '', type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (type === 'counter' || type === 'gauge') metrics.set(typed, { name: typed, help: '', type, values: [] })
    const [, name = '', written = '', value] = /^([a-z]\w*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    const labels = [...written.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, content]) => [label, content])
    if (value !== undefined)
      metrics.get(name)?.values.push({ labels: Object.fromEntries(labels), value: Number(value) })
  }
  return [...metrics.values()]
}

/** What a week need not have: nobody has to run out of light, and a ticket of a whole circuit has no light of its own. */
const mayLack = new Set(['hours_until_dark_h', 'ticket', 'lat', 'lon'])

/** The columns that a query asks for, by the names it gives them: those of its outermost SELECT. */
const columnsOf = (query: string): string[] => {
  if (query.startsWith('SHOW TAG VALUES')) return ['key', 'value']
  const outermost = query.slice(0, query.indexOf(' FROM '))
  return ['time', ...[...outermost.matchAll(/ AS "(\w+)"/g)].map(([, name]) => name ?? '')]
}

const urlsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'url' && typeof inner === 'string' ? [inner] : urlsIn(inner),
  )
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

describe('the dashboards', () => {
  it('link to lights and tickets in the way the console reads its address', () => {
    const links = readDashboards()
      .flatMap(({ dashboard }) => urlsIn(dashboard))
      .flatMap((url) => /^\$\{console\}\/(#.*)$/.exec(url)?.[1] ?? [])
    expect(links.length).toBeGreaterThan(8)
    for (const hash of links) {
      const written = hash.replaceAll(/\$\{[^}]*\}/g, 'x-1')
      const { municipality, light, ticket } = readAddress(written)
      expect(municipality, hash).toBe('x-1')
      expect(
        [light, ticket].filter((named) => named !== null),
        hash,
      ).toEqual(['x-1'])
    }
  })

  it('are given by docker-compose.yml all that their provisioning asks for', () => {
    const asked = [...readProvisioning().values()].map((content) => JSON.stringify(content)).join()
    const { grafana } = parse(read('docker-compose.yml')).services as {
      grafana: { environment: Record<string, string>; secrets: string[]; volumes: string[] }
    }
    const variables = [...asked.matchAll(/\$(FANARI_\w+)/g)].map(([, name]) => name ?? '')
    expect(variables.length).toBeGreaterThan(3)
    expect(variables.filter((name) => !(name in grafana.environment))).toEqual([])
    const secrets = [...asked.matchAll(/\$__file\{\/run\/secrets\/([\w-]+)\}/g)].map(([, name]) => name ?? '')
    expect(secrets.toSorted()).toEqual(['grafana-hook-token', 'influx-read-password'])
    expect(grafana.secrets).toEqual(expect.arrayContaining(secrets))
    expect(grafana.volumes).toEqual(
      expect.arrayContaining([
        './dashboards/provisioning:/etc/grafana/provisioning:ro',
        './dashboards/generated:/etc/grafana/dashboards:ro',
      ]),
    )
    const home = grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? ''
    expect(readDashboards().map(({ path }) => `/etc/grafana/dashboards/${path}`)).toContain(home)
    // Every variable is told to those who run a Grafana of their own.
    const readme = read('dashboards/README.md')
    for (const name of [...variables, 'GF_PLUGINS_PREINSTALL_AUTO_UPDATE']) expect(readme).toContain(`\`${name}\``)
  })
})

describe.skipIf(influxdPath === undefined)('the dashboards, asked of an InfluxDB that holds a simulated week', () => {
  let server: Influxd
  let week: FilledWeek
  let metrics: Metric[]
  /** What is chosen above the panels. */
  let chosen: Record<string, string | readonly string[] | 'all'>

  /** As Grafana does: about a thousand points across the screen, and no interval below a panel's least one. */
  const run = ({ owner, query, last, interval }: PlacedQuery): Promise<InfluxSeries[]> => {
    const from = week.now - spanMs(last)
    const intervalMs = Math.max(spanMs(interval ?? '15s'), Math.ceil(spanMs(last) / 1_000))
    const variables = owner === 'fanari-solar' ? { ...chosen, luminaire: 'all' } : chosen
    return server.query(substitute(query, { from, to: week.now, intervalMs, variables }), 'fanari')
  }

  beforeAll(async () => {
    metrics = await metricsOfAPlatform()
    // A platform that has just started has set nothing aside yet.
    metrics
      .find(({ name }) => name === 'fanari_intake_quarantined_total')
      ?.values.push({ labels: { reason: 'malformed' }, value: 1 })
    server = await createInfluxd()
    await server.start()
    week = await fillWeek({ server, seed: 11, lights: 60, metrics })
    const { municipality } = week
    // A light on the grid whose lamp has failed.
    const failed = await server.query(
      `SELECT last("open") FROM "records"."incident" WHERE "fault" = 'lampFailure' GROUP BY "scope"`,
      'fanari',
    )
    const onTheGrid = await server.query(
      `SELECT last("supply_voltage_v") FROM "raw"."luminaire_reading" WHERE "supply" = 'grid' GROUP BY "luminaire", "community", "cabinet"`,
      'fanari',
    )
    const { luminaire, community, cabinet } =
      onTheGrid.find(({ tags }) => failed.some((one) => one.tags?.scope === tags?.luminaire))?.tags ?? {}
    if (luminaire === undefined || community === undefined || cabinet === undefined)
      throw new Error('no lamp on the grid has failed in this week: choose another')
    chosen = { municipality, community, cabinet, circuit: 'all', luminaire }
  }, 300_000)
  afterAll(() => server?.dispose())

  it('finds all of the week taken', () => {
    expect(week.points.refused).toBe(0)
    expect(week.points.points).toBeGreaterThan(50_000)
  })

  it('has the health of a real platform: each of its fields is one that the platform measures', async () => {
    const [keys] = await server.query('SHOW FIELD KEYS ON "fanari" FROM "raw"."platform_health"')
    const found = keys?.values.map(([field]) => field)
    expect(Object.keys(measurements.platform_health.fields).filter((field) => !found?.includes(field))).toEqual([])
  })

  test.each(allQueries().map((query) => [query.owner, query.kind, query.title, query] as const))(
    '%s, %s "%s"',
    async (_owner, kind, title, query) => {
      const series = await run(query)
      const rows = series.flatMap(({ values }) => values)
      expect(rows.length).toBeGreaterThan(0)
      const columns = columnsOf(query.query)
      for (const { columns: answered } of series) expect(answered).toEqual(columns)
      for (const [index, column] of columns.entries())
        if (!mayLack.has(column) && rows.every((row) => row[index] === null)) throw new Error(`no row has ${column}`)
      // What is chosen is among what can be chosen.
      const choice = chosen[title]
      if (kind === 'variable' && choice !== undefined && choice !== 'all' && query.owner !== 'fanari-solar')
        expect(rows.map(([, value]) => value)).toContain(choice)
    },
  )
})
