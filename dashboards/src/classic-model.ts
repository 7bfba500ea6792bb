/*
 * The part of Grafana's Classic dashboard model (schemaVersion 42) that these dashboards use, as a type and as the JSON Schema they are
 * checked against. It is written from Grafana's documentation of that model; a key it does not know is refused, because Grafana would
 * pass over it in silence.
 */

export interface ClassicTarget {
  refId: string
  query: string
  rawQuery: true
  resultFormat: 'time_series' | 'table'
  alias?: string
}

export interface ClassicLink {
  title: string
  url?: string
}

export interface ClassicPanel {
  id: number
  type: string
  title: string
  description: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets: ClassicTarget[]
  timeFrom?: string
  interval?: string
  transformations?: { id: string; options: Record<string, unknown> }[]
  fieldConfig: {
    defaults: Record<string, unknown>
    overrides: { matcher: { id: string; options: string }; properties: { id: string; value?: unknown }[] }[]
  }
  options: Record<string, unknown>
}

export interface ClassicDashboard {
  uid: string
  title: string
  description: string
  tags: string[]
  time: { from: string; to: string }
  panels: ClassicPanel[]
  templating: { list: { name: string; query: string; hide?: number; includeAll?: boolean }[] }
  annotations: { list: { name: string; target: { query: string; textColumn: string; tagsColumn: string } }[] }
  links: (ClassicLink & { type: string; tags: string[] })[]
}

const text = { type: 'string' }
const filled = { type: 'string', minLength: 1 }
const flag = { type: 'boolean' }
const count = { type: 'integer', minimum: 0 }
const span = { type: 'string', pattern: '^[1-9]\\d*[smhdwMy]$' }
const object = (required: Record<string, unknown>, optional: Record<string, unknown> = {}) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
})
const list = (items: unknown, minItems = 0) => ({ type: 'array', items, minItems })

const datasource = object({ type: { const: 'influxdb' }, uid: { const: 'fanari-influxdb' } })
const link = object(
  { title: filled, type: { enum: ['link', 'dashboards'] } },
  {
    url: filled,
    icon: text,
    tooltip: text,
    tags: list(filled),
    asDropdown: flag,
    targetBlank: flag,
    includeVars: flag,
    keepTime: flag,
  },
)
const target = object(
  {
    refId: { type: 'string', pattern: '^[A-Z]$' },
    datasource,
    query: filled,
    rawQuery: { const: true },
    resultFormat: { enum: ['time_series', 'table'] },
  },
  { alias: filled },
)
const mapping = {
  type: 'object',
  required: ['type', 'options'],
  properties: { type: { const: 'value' }, options: { type: 'object', minProperties: 1 } },
  additionalProperties: false,
}
const thresholds = object({
  mode: { enum: ['absolute', 'percentage'] },
  steps: list(object({ value: { type: ['number', 'null'] }, color: filled }), 1),
})
const defaults = object(
  {},
  {
    unit: filled,
    decimals: count,
    min: { type: 'number' },
    max: { type: 'number' },
    noValue: text,
    mappings: list(mapping),
    thresholds,
    color: { type: 'object', required: ['mode'] },
    custom: { type: 'object' },
  },
)
const override = object({
  matcher: object({ id: { enum: ['byName', 'byRegexp', 'byFrameRefID'] }, options: filled }),
  properties: list(object({ id: filled, value: {} }), 1),
})
const panel = object(
  {
    id: { type: 'integer', minimum: 1 },
    type: { enum: ['stat', 'timeseries', 'table', 'state-timeline', 'status-history', 'xychart', 'geomap'] },
    title: filled,
    description: filled,
    datasource,
    gridPos: object({
      x: { type: 'integer', minimum: 0, maximum: 23 },
      y: count,
      w: { type: 'integer', minimum: 1, maximum: 24 },
      h: { type: 'integer', minimum: 1 },
    }),
    targets: list(target, 1),
    options: { type: 'object' },
    fieldConfig: object({ defaults, overrides: list(override) }),
  },
  {
    transparent: flag,
    repeatDirection: { enum: ['h', 'v'] },
    interval: span,
    timeFrom: span,
    transformations: list(object({ id: filled, options: { type: 'object' } })),
  },
)
const variable = object(
  {
    name: { type: 'string', pattern: '^\\w+$' },
    type: { const: 'query' },
    label: filled,
    description: filled,
    datasource,
    query: filled,
  },
  {
    definition: filled,
    regex: text,
    refresh: { enum: [1, 2] },
    sort: count,
    hide: count,
    skipUrlSync: flag,
    auto: flag,
    auto_min: text,
    auto_count: count,
    multi: flag,
    includeAll: flag,
    allValue: filled,
    allowCustomValue: flag,
    current: { type: 'object' },
    options: list({ type: 'object' }),
  },
)
const annotation = object(
  {
    name: filled,
    datasource,
    enable: flag,
    iconColor: filled,
    target: object({
      refId: filled,
      datasource,
      query: filled,
      rawQuery: { const: true },
      queryType: { const: 'tags' },
      fromAnnotations: { const: true },
      textColumn: filled,
      tagsColumn: filled,
      titleColumn: text,
      timeEndColumn: text,
    }),
  },
  { hide: flag, builtIn: count },
)

export const classicSchema = object(
  {
    uid: { type: 'string', pattern: '^[a-z0-9-]{8,40}$' },
    title: filled,
    description: filled,
    tags: list(filled, 1),
    timezone: filled,
    schemaVersion: { const: 42 },
    time: object({ from: { type: 'string', pattern: '^now-[1-9]\\d*[hd]$' }, to: { const: 'now' } }),
    panels: list(panel, 1),
    templating: object({ list: list(variable) }),
    annotations: object({ list: list(annotation) }),
    links: list(link),
  },
  {
    version: count,
    editable: flag,
    graphTooltip: count,
    fiscalYearStartMonth: count,
    weekStart: text,
    refresh: span,
  },
)
