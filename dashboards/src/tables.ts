import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common'
import type { DataTransformerConfig, DynamicConfigValue, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import type { Query } from './influxql.ts'
import type { DataLink } from './links.ts'
import type { Naming } from './panels.ts'
import { InfluxTarget, influxdb } from './target.ts'

/** A column of a table, in the order it is shown. */
export interface TableColumn {
  /** As the answer names it (after the transformations). */
  column: string
  title: string
  unit?: string
  decimals?: number
  width?: number
  mappings?: ValueMapping[]
  /** `text`: words in the colour of the mapping; `bar`: a bar of this length at most. */
  shown?: 'colouredText' | { barMax: number; color: string }
  links?: readonly DataLink[]
}

export interface TableOptions {
  columns: readonly TableColumn[]
  /** The column it is sorted by, in the words of its title; the greatest first. */
  sortBy?: string
  ascending?: boolean
  /** Before the columns are put in order. */
  transformations?: readonly DataTransformerConfig[]
  noValue?: string
}

const properties = ({ title, unit, decimals, width, mappings, shown, links }: TableColumn): DynamicConfigValue[] => [
  { id: 'displayName', value: title },
  ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
  ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
  ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
  ...(mappings === undefined ? [] : [{ id: 'mappings', value: mappings }]),
  ...(links === undefined ? [] : [{ id: 'links', value: links }]),
  ...(shown === undefined
    ? []
    : shown === 'colouredText'
      ? [{ id: 'custom.cellOptions', value: { type: 'color-text' } }]
      : [
          { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic' } },
          { id: 'min', value: 0 },
          { id: 'max', value: shown.barMax },
          { id: 'color', value: { mode: 'fixed', fixedColor: shown.color } },
        ]),
]

/** Rows with names, numbers and links. Columns that are not named are left out. */
export const table = (
  { title, description }: Naming,
  query: Query,
  { columns, sortBy, ascending = false, transformations = [], noValue = '' }: TableOptions,
): TableBuilder => {
  const names = columns.map(({ column }) => column)
  const builder = new TableBuilder()
    .title(title)
    .description(description)
    .datasource(influxdb)
    .withTarget(new InfluxTarget(query, 'table'))
    .noValue(noValue)
    .transformations([
      ...transformations,
      { id: 'filterFieldsByName', options: { include: { names } } },
      {
        id: 'organize',
        options: {
          excludeByName: {},
          indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
          renameByName: {},
        },
      },
    ])
  for (const column of columns) builder.overrideByName(column.column, properties(column))
  if (sortBy !== undefined) builder.sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(!ascending)])
  return builder
}

/** What is left of several rows of one thing: the first of each column. Rows come with the newest first. */
export const newestOfEach = (key: string, columns: readonly string[]): DataTransformerConfig => ({
  id: 'groupBy',
  options: {
    fields: Object.fromEntries([
      [key, { operation: 'groupby', aggregations: [] }],
      ...columns.map((column) => [column, { operation: 'aggregate', aggregations: ['first'] }]),
    ]),
  },
})

/** Names a column has after `newestOfEach`. */
export const firstOf = (column: string): string => `${column} (first)`

/** Keeps the rows in which a number has this value. */
export const onlyWhere = (column: string, value: number): DataTransformerConfig => ({
  id: 'filterByValue',
  options: {
    type: 'include',
    match: 'all',
    filters: [{ fieldName: column, config: { id: 'equal', options: { value } } }],
  },
})
