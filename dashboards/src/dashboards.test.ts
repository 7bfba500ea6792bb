import { measurements } from '@fanari/contracts'
import { Ajv } from 'ajv'
import { describe, expect, it, test } from 'vitest'
import { type ClassicDashboard, classicSchema } from './classic-model.ts'
import { placeholder } from './influxql.ts'
import { dashboardUids } from './links.ts'
import { allQueries, readDashboards, readProvisioning, substitute } from './queries.ts'
import { complaintsAbout } from './query-names.ts'

const dashboards = readDashboards()
const cases = dashboards.map(({ path, dashboard }) => [path, dashboard] as const)
const isAccepted = new Ajv({ allErrors: true, strict: false }).compile(classicSchema)

const greek = /\p{Script=Greek}/u
/** Titles that are the same in every language. */
const international = new Set(['InfluxDB', 'CO₂'])

const urlsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(urlsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'url' && typeof inner === 'string' ? [inner] : urlsIn(inner),
  )
}

describe('a dashboard', () => {
  it('of each subject is there, under its own uid', () => {
    const uids = dashboards.map(({ dashboard }) => dashboard.uid)
    expect(uids.toSorted()).toEqual(Object.values(dashboardUids).toSorted())
    expect(new Set(uids).size).toBe(8)
  })

  it.each(cases)('%s is what Grafana’s Classic model allows', (_path, dashboard) => {
    isAccepted(dashboard)
    expect(isAccepted.errors ?? []).toEqual([])
  })

  it.each(cases)(
    '%s speaks Greek on the screen and English behind it',
    (_path, { title, description, panels, templating }) => {
      expect(title).toMatch(greek)
      expect(description).toMatch(/^[^\p{Script=Greek}]+$/u)
      for (const panel of panels) {
        expect(international.has(panel.title) || greek.test(panel.title), panel.title).toBe(true)
        expect(panel.description, panel.title).toMatch(/^[A-Z][^\p{Script=Greek}]{20,}\.$/u)
      }
      for (const variable of templating.list) expect(JSON.stringify(variable)).toMatch(greek)
    },
  )

  it.each(cases)('%s has each panel on a place of its own, and no row longer than the page', (_path, { panels }) => {
    const taken = new Set<string>()
    for (const { id, gridPos } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), `panel ${id}`).toBe(false)
          taken.add(`${x},${y}`)
        }
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  })

  it.each(cases)(
    '%s names the column of a number that is none: Grafana finds only numbers itself',
    (_path, { panels }) => {
      const booleans = Object.entries(measurements.cabinet_reading.fields).flatMap(([name, { type }]) =>
        type === 'boolean' ? [name] : [],
      )
      expect(booleans.length).toBeGreaterThan(1)
      for (const { type, title, targets, options } of panels) {
        if (type !== 'stat') continue
        const shown = booleans.filter((name) => targets.some(({ query }) => query.includes(`AS "${name}"`)))
        const { fields } = options.reduceOptions as { fields: string }
        expect(fields, title).toBe(shown.length === 0 ? '' : `/^${shown[0]}$/`)
      }
    },
  )

  it.each(cases)('%s shows only columns that its queries answer', (_path, { panels }) => {
    for (const { title, type, targets, transformations = [] } of panels) {
      if (type !== 'table') continue
      const answered = targets.flatMap(({ query }) => [
        'Time',
        ...[...query.matchAll(/"(\w+)"/g)].map(([, name]) => name ?? ''),
      ])
      const shown = transformations.flatMap(({ id, options }) =>
        id === 'filterFieldsByName' ? (options.include as { names: string[] }).names : [],
      )
      expect(shown.length, title).toBeGreaterThan(2)
      expect(
        shown.map((name) => name.replace(/ \(first\)$/, '')).filter((name) => !answered.includes(name)),
        title,
      ).toEqual([])
    }
  })
})

describe('the links', () => {
  const variablesOf = new Map(
    dashboards.map(({ dashboard }) => [dashboard.uid, dashboard.templating.list.map(({ name }) => name)]),
  )
  const linkCases = dashboards.flatMap(({ path, dashboard }) =>
    [...new Set(urlsIn(dashboard))].map((url) => [path, url, dashboard] as [string, string, ClassicDashboard]),
  )

  test.each(linkCases)('of %s lead somewhere: %s', (_path, url, dashboard) => {
    const known = [...(variablesOf.get(dashboard.uid) ?? []), '__url_time_range']
    for (const [, name] of url.matchAll(/\$\{(\w+)[}:]/g)) expect(known).toContain(name)
    const inner = /^\/d\/([a-z-]+)\?(.*)$/.exec(url)
    if (inner !== null) {
      const [, uid = '', parameters = ''] = inner
      expect(variablesOf.has(uid)).toBe(true)
      for (const [, name] of parameters.matchAll(/var-(\w+)=/g)) expect(variablesOf.get(uid)).toContain(name)
      return
    }
    const [page, hash = ''] = url.split('#')
    expect(page).toBe(`${placeholder('console')}/`)
    // That the console reads it so is tested in tests/src/dashboards.test.ts.
    expect(hash).toMatch(/^(municipality=.+&(light|ticket)=.+)?$/)
  })

  test('between a row and the column they take their value from agree', () => {
    for (const { dashboard } of dashboards)
      for (const panel of dashboard.panels)
        for (const url of urlsIn(panel.fieldConfig))
          for (const [, column] of url.matchAll(/__data\.fields\["([^"]+)"\]/g))
            expect(panel.targets.map(({ query }) => query).join(), panel.title).toContain(`"${column}"`)
  })
})

describe('every query', () => {
  const queries = allQueries()

  it('is found: of panels, variables, annotations and alerts', () => {
    const count = (kind: string) => queries.filter((query) => query.kind === kind).length
    expect(count('panel')).toBeGreaterThan(60)
    expect(count('variable')).toBeGreaterThan(15)
    expect(count('annotation')).toBe(2)
    expect(count('alert')).toBe(8)
  })

  it.each(queries.map(({ owner, kind, title, query }) => [owner, kind, title, query]))(
    'of %s, %s "%s", names only what the schema has and stays within the shown time',
    (_owner, _kind, _title, query) => expect(complaintsAbout(query ?? '')).toEqual([]),
  )
})

describe('a query that is not in order', () => {
  it.each([
    ['SELECT last("lit") AS "lit" FROM "records"."community_light"', ['the time is not bounded']],
    [
      'SELECT last("glow") AS "lit" FROM "records"."community_light" WHERE $timeFilter',
      ['records.community_light has no glow'],
    ],
    [
      'SELECT last("lit") AS "lit" FROM "raw"."community_light" WHERE $timeFilter',
      ['raw.community_light is not in the schema'],
    ],
    ['SELECT last("lit") AS "lit" FROM "records"."towns" WHERE $timeFilter', ['records.towns is not in the schema']],
    ['SELECT sum("dark") AS "dark" FROM (SELECT last("lit") AS "x" FROM "records"."roll_call" WHERE $timeFilter)', []],
    [
      'SELECT sum("gone") AS "dark" FROM (SELECT last("lit") AS "x" FROM "records"."roll_call" WHERE $timeFilter)',
      ['the inner query answers no gone'],
    ],
    [
      'SELECT mean("active_power_w") AS "w" FROM "h1"."luminaire_reading" WHERE $timeFilter',
      ['h1.luminaire_reading has no active_power_w'],
    ],
    ['SHOW DATABASES', ['reads no measurement: SHOW DATABASES']],
  ])('is told of: %s', (query, complaints) => expect(complaintsAbout(query)).toEqual(complaints))
})

describe('Grafana’s macros and variables', () => {
  const given = {
    from: 1_000,
    to: 2_000,
    intervalMs: 60_000,
    variables: { one: 'L-1', several: ['a.b', 'c'], everything: 'all' as const },
  }
  it.each([
    ['$timeFilter', 'time >= 1000ms and time <= 2000ms'],
    ['time($__interval) $interval $__interval_ms', 'time(60000ms) 60000ms 60000'],
    [`'${placeholder('one')}' '$one' '[[one]]'`, "'L-1' 'L-1' 'L-1'"],
    [
      `/^${placeholder('several:regex')}$/ /^$several$/ /^[[several:regex]]$/`,
      '/^(a\\.b|c)$/ /^(a\\.b|c)$/ /^(a\\.b|c)$/',
    ],
    [`/^${placeholder('everything:regex')}$/`, '/^.*$/'],
  ])('%s becomes %s', (query, expected) => expect(substitute(query, given)).toBe(expected))

  it('that nothing stands for are an error, not an empty answer', () => {
    expect(() => substitute("'$nobody'", given)).toThrow(/no value for the variable nobody/)
  })
})

describe('what is provisioned', () => {
  const files = readProvisioning()
  const of = <T>(path: string): T => files.get(path) as T

  it('is five files, each of version 1', () => {
    expect([...files.keys()]).toEqual([
      'alerting/contact-points.yaml',
      'alerting/platform-health.yaml',
      'alerting/policies.yaml',
      'dashboards/fanari.yaml',
      'datasources/influxdb.yaml',
    ])
    for (const content of files.values()) expect(content).toMatchObject({ apiVersion: 1 })
  })

  it('has the data source that every panel and rule asks, with a user that reads and a secret from a file', () => {
    const { datasources } = of<{ datasources: Record<string, unknown>[] }>('datasources/influxdb.yaml')
    expect(datasources).toEqual([
      expect.objectContaining({
        uid: 'fanari-influxdb',
        type: 'influxdb',
        access: 'proxy',
        editable: false,
        secureJsonData: { password: expect.stringMatching(/^\$__file\{\/run\/secrets\//) },
      }),
    ])
  })

  it('has a folder for every folder of dashboards, none editable on the screen', () => {
    interface Provider {
      allowUiUpdates: boolean
      folderUid: string
      options: { path: string }
    }
    const { providers } = of<{ providers: Provider[] }>('dashboards/fanari.yaml')
    const folders = providers.map(({ options }) => options.path.replace('/etc/grafana/dashboards/', ''))
    expect(folders.toSorted()).toEqual([...new Set(dashboards.map(({ path }) => path.split('/')[0]))].toSorted())
    expect(new Set(providers.map(({ folderUid }) => folderUid)).size).toBe(providers.length)
    for (const { allowUiUpdates } of providers) expect(allowUiUpdates).toBe(false)
  })

  it('sends every alert to the platform’s own hook', () => {
    const { contactPoints } = of<{ contactPoints: { name: string; receivers: unknown[] }[] }>(
      'alerting/contact-points.yaml',
    )
    const { policies } = of<{ policies: { receiver: string }[] }>('alerting/policies.yaml')
    expect(policies.map(({ receiver }) => receiver)).toEqual(contactPoints.map(({ name }) => name))
    expect(contactPoints[0]?.receivers).toEqual([
      expect.objectContaining({
        type: 'webhook',
        settings: expect.objectContaining({ authorization_scheme: 'Bearer' }),
      }),
    ])
  })

  it('has rules of platform health alone: each reads it, has an uid of its own, a threshold, and words for both readers', () => {
    interface Rule {
      uid: string
      title: string
      noDataState: string
      execErrState: string
      annotations: { summary: string; description: string }
      data: { refId: string; datasourceUid: string; model: { query?: string; type?: string; expression?: string } }[]
    }
    const { groups } = of<{ groups: { rules: Rule[] }[] }>('alerting/platform-health.yaml')
    const rules = groups.flatMap((group) => group.rules)
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length)
    for (const { title, annotations, data } of rules) {
      expect(title).toMatch(greek)
      expect(annotations.summary).toMatch(greek)
      expect(annotations.description).toMatch(/^[A-Z][^\p{Script=Greek}]+\.$/u)
      expect(JSON.stringify(annotations)).not.toContain('$')
      const [asked, reduced, judged] = data
      expect(asked?.model.query).toMatch(/FROM "raw"\."platform_(health|follower)"/)
      expect(asked?.datasourceUid).toBe('fanari-influxdb')
      expect([reduced?.model, judged?.model]).toEqual([
        expect.objectContaining({ type: 'reduce', expression: 'A' }),
        expect.objectContaining({ type: 'threshold', expression: 'B' }),
      ])
    }
    // A rule that takes silence for an alert would go off with every other one: a single rule does.
    const onSilence = rules.filter(
      ({ noDataState, execErrState }) => noDataState === 'Alerting' || execErrState === 'Alerting',
    )
    expect(onSilence.map(({ uid }) => uid)).toEqual(['fanari-health-silent'])
  })
})
