import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import type { ClassicDashboard, ClassicPanel } from './classic-model.ts'

const generated = resolve(import.meta.dirname, '../generated')
const provisioning = resolve(import.meta.dirname, '../provisioning')

/** A query that Grafana would send, and who asks it. */
export interface PlacedQuery {
  /** The dashboard's uid, or the alert rule's. */
  owner: string
  kind: 'panel' | 'variable' | 'annotation' | 'alert'
  /** The panel's or rule's title, the variable's or annotation's name. */
  title: string
  query: string
  /** How far back from now it looks: the panel's own span, or the dashboard's. */
  last: string
  /** Whether it looks back so far whatever time is chosen above the panels. */
  isFixed: boolean
  /** Least span of an interval, such as that of the roll-ups it reads. */
  interval?: string
}

/** The dashboards as they are committed: what Grafana reads. */
export const readDashboards = (): { path: string; dashboard: ClassicDashboard }[] =>
  readdirSync(generated, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map((path) => ({ path, dashboard: JSON.parse(readFileSync(join(generated, path), 'utf8')) as ClassicDashboard }))

/** The YAML files under `provisioning/`, parsed, by their path. */
export const readProvisioning = (): Map<string, unknown> =>
  new Map(
    readdirSync(provisioning, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.yaml'))
      .sort()
      .map((path) => [path, parse(readFileSync(join(provisioning, path), 'utf8')) as unknown]),
  )

const lastOf = (from: string): string => from.replace(/^now-/, '')

const panelQueries = (owner: string, panel: ClassicPanel, last: string): PlacedQuery[] =>
  panel.targets.map(({ query }) => ({
    owner,
    kind: 'panel',
    title: panel.title,
    query,
    last: panel.timeFrom ?? last,
    isFixed: panel.timeFrom !== undefined,
    ...(panel.interval === undefined ? {} : { interval: panel.interval }),
  }))

interface AlertRules {
  groups: {
    rules: {
      uid: string
      title: string
      data: { relativeTimeRange?: { from: number }; model: { query?: string } }[]
    }[]
  }[]
}

/** Every query of every panel, variable, annotation and alert rule. */
export const allQueries = (): PlacedQuery[] => {
  const ofDashboards = readDashboards().flatMap(({ dashboard }) => {
    const { uid: owner } = dashboard
    const last = lastOf(dashboard.time.from)
    return [
      ...dashboard.panels.flatMap((panel) => panelQueries(owner, panel, last)),
      ...dashboard.templating.list.map(({ name, query }) => ({
        owner,
        kind: 'variable' as const,
        title: name,
        query,
        last,
        isFixed: false,
      })),
      ...dashboard.annotations.list.map(({ name, target }) => ({
        owner,
        kind: 'annotation' as const,
        title: name,
        query: target.query,
        last,
        isFixed: false,
      })),
    ]
  })
  const { groups } = readProvisioning().get('alerting/platform-health.yaml') as AlertRules
  const ofAlerts = groups.flatMap(({ rules }) =>
    rules.flatMap(({ uid: owner, title, data }) =>
      data.flatMap(({ relativeTimeRange, model: { query } }) =>
        query === undefined
          ? []
          : [{ owner, kind: 'alert' as const, title, query, last: `${relativeTimeRange?.from}s`, isFixed: true }],
      ),
    ),
  )
  return [...ofDashboards, ...ofAlerts]
}

/** What stands for Grafana's macros and variables when a query is run without Grafana. */
export interface Substitution {
  /** The shown time [ms since 1970 UTC]. */
  from: number
  to: number
  /** Span of one interval [ms]. */
  intervalMs: number
  /** Chosen values by variable; several, or `all`. */
  variables: Readonly<Record<string, string | readonly string[] | 'all'>>
}

const escapeRegex = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** As Grafana's format `regex` writes values; all of them as the variable's own `.*`. */
const asRegex = (value: string | readonly string[]): string => {
  if (value === 'all') return '.*'
  const values = [value].flat().map(escapeRegex)
  return values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`
}

/**
 * A query as it reaches InfluxDB: `$timeFilter`, `$__interval_ms`, `$__interval`, `$interval`, and variables as `$x`, `${x}`, `${x:regex}`,
 * `[[x]]` and `[[x:regex]]`.
 * @throws when something is left that nothing stands for
 */
export const substitute = (query: string, { from, to, intervalMs, variables }: Substitution): string => {
  const chosen = (name: string, format: string | undefined): string => {
    const value = variables[name]
    if (value === undefined) throw new Error(`no value for the variable ${name} in: ${query}`)
    return format === 'regex' || typeof value !== 'string' || value === 'all' ? asRegex(value) : value
  }
  return query
    .replaceAll('$timeFilter', `time >= ${from}ms and time <= ${to}ms`)
    .replaceAll('$__interval_ms', String(intervalMs))
    .replaceAll(/\$(__interval|interval)\b/g, `${intervalMs}ms`)
    .replaceAll(/\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)(?::(\w+))?\]\]/g, (_all, name, format, other, otherFormat) =>
      chosen(name ?? other, format ?? otherFormat),
    )
    .replaceAll(/\$(\w+)/g, (_all, name) => chosen(name, undefined))
}
