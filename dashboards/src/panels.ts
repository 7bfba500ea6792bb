import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PanelBuilder as StatusHistoryBuilder } from '@grafana/grafana-foundation-sdk/statushistory'
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import type { Query } from './influxql.ts'
import { colours } from './looks.ts'
import { InfluxTarget, influxdb } from './target.ts'

/** What a panel is called on the screen (Greek), and what it answers (English, behind its (i)). */
export interface Naming {
  title: string
  description: string
}

/** Steps of colour: the first from the least value on. */
export const steps = (
  first: string,
  ...further: [value: number, color: string][]
): Builder<ReturnType<ThresholdsConfigBuilder['build']>> => {
  const list: Threshold[] = [{ value: null, color: first }, ...further.map(([value, color]) => ({ value, color }))]
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(list)
}

const legend = (calcs: string[] = []) =>
  new VizLegendOptionsBuilder()
    .displayMode(calcs.length === 0 ? LegendDisplayMode.List : LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(calcs)

const tooltipOfAll = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending)

export interface StatOptions {
  unit?: string
  decimals?: number
  mappings?: ValueMapping[]
  /** Colours by value; plain otherwise. */
  thresholds?: ReturnType<typeof steps>
  /** What becomes of several values; default: the last. */
  calc?: 'lastNotNull' | 'sum' | 'mean' | 'max' | 'count'
  /** The column to show, when it is no number: of others Grafana finds the numbers itself. */
  column?: string
  /** Text when there is nothing to show. */
  noValue?: string
}

/** One number. It is coloured whole, so that it is seen from across the room. */
export const stat = ({ title, description }: Naming, query: Query, options: StatOptions = {}): StatBuilder => {
  const { unit = 'short', decimals, mappings, thresholds, calc = 'lastNotNull', column, noValue = '–' } = options
  const builder = new StatBuilder()
    .title(title)
    .description(description)
    .datasource(influxdb)
    .withTarget(new InfluxTarget(query, 'time_series', '$col'))
    .unit(unit)
    .noValue(noValue)
    .graphMode(BigValueGraphMode.None)
    .colorMode(
      thresholds === undefined && mappings === undefined ? BigValueColorMode.None : BigValueColorMode.Background,
    )
    .reduceOptions(
      new ReduceDataOptionsBuilder()
        .values(false)
        .calcs([calc])
        .fields(column === undefined ? '' : `/^${column}$/`),
    )
  if (decimals !== undefined) builder.decimals(decimals)
  if (mappings !== undefined) builder.mappings(mappings)
  builder.thresholds(thresholds ?? steps('text'))
  return builder
}

/** A curve of a chart: what the answer calls it, its name on the screen, its colour. */
export interface Curve {
  column: string
  title: string
  color?: string
  unit?: string
  /** On the other axis. */
  right?: boolean
  /** As bars, where the others are lines (or a line among bars). */
  style?: 'line' | 'bars' | 'points'
}

export interface ChartOptions {
  unit: string
  curves?: readonly Curve[]
  style?: 'line' | 'bars' | 'points'
  stacked?: boolean
  /** Held until the next value, as states and counts are. */
  stepped?: boolean
  min?: number
  max?: number
  decimals?: number
  /** Least span of an interval, such as that of the roll-ups it reads. */
  interval?: string
  /** Columns of a table below the chart. */
  calcs?: string[]
  /** Limits, drawn as dashed lines. */
  limits?: ReturnType<typeof steps>
}

const drawStyles = { line: GraphDrawStyle.Line, bars: GraphDrawStyle.Bars, points: GraphDrawStyle.Points }

const curveOverride = ({ title, color, unit, right, style }: Curve): DynamicConfigValue[] => [
  { id: 'displayName', value: title },
  ...(color === undefined ? [] : [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } }]),
  ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
  ...(right ? [{ id: 'custom.axisPlacement', value: 'right' }] : []),
  ...(style === undefined
    ? []
    : [
        { id: 'custom.drawStyle', value: style },
        { id: 'custom.stacking', value: { mode: 'none' } },
        { id: 'custom.fillOpacity', value: style === 'bars' ? 70 : 0 },
      ]),
]

/** Values through time. Each query is a set of curves; `alias` names them, `$col` and `$tag_x` stand for column and tag. */
export const chart = (
  { title, description }: Naming,
  queries: readonly { query: Query; alias: string }[],
  options: ChartOptions,
): TimeSeriesBuilder => {
  const { unit, curves = [], style = 'line', stacked = false, stepped = false, min, max, decimals, interval } = options
  const builder = new TimeSeriesBuilder()
    .title(title)
    .description(description)
    .datasource(influxdb)
    .unit(unit)
    .drawStyle(drawStyles[style])
    .lineWidth(style === 'bars' ? 0 : 1)
    .fillOpacity(style === 'bars' ? 80 : stacked ? 60 : 8)
    .lineInterpolation(stepped ? LineInterpolation.StepAfter : LineInterpolation.Linear)
    .showPoints(style === 'points' ? VisibilityMode.Always : VisibilityMode.Never)
    .pointSize(5)
    .spanNulls(stepped)
    .stacking(new StackingConfigBuilder().mode(stacked ? StackingMode.Normal : StackingMode.None))
    .legend(legend(options.calcs))
    .tooltip(tooltipOfAll())
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
  for (const [index, { query, alias }] of queries.entries())
    builder.withTarget(new InfluxTarget(query, 'time_series', alias).refId(String.fromCharCode(65 + index)))
  for (const curve of curves) builder.overrideByName(curve.column, curveOverride(curve))
  if (min !== undefined) builder.min(min)
  if (max !== undefined) builder.max(max)
  if (decimals !== undefined) builder.decimals(decimals)
  if (interval !== undefined) builder.interval(interval)
  if (options.limits !== undefined)
    builder
      .thresholds(options.limits)
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
  return builder
}

/** States through time, one row a curve: what changed when. */
export const timeline = (
  { title, description }: Naming,
  queries: readonly { query: Query; alias: string }[],
  mappings: ValueMapping[],
  curves: readonly (Pick<Curve, 'column' | 'title'> & { mappings?: ValueMapping[] })[] = [],
): StateTimelineBuilder => {
  const builder = new StateTimelineBuilder()
    .title(title)
    .description(description)
    .datasource(influxdb)
    .mappings(mappings)
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.9)
    .fillOpacity(80)
    .lineWidth(0)
    .legend(legend())
  for (const [index, { query, alias }] of queries.entries())
    builder.withTarget(new InfluxTarget(query, 'time_series', alias).refId(String.fromCharCode(65 + index)))
  for (const { column, title: name, mappings: own } of curves)
    builder.overrideByName(column, [
      { id: 'displayName', value: name },
      ...(own === undefined ? [] : [{ id: 'mappings', value: own }]),
    ])
  return builder
}

/** A grid of single findings: rows of curves, columns of moments. */
export const grid = (
  { title, description }: Naming,
  query: Query,
  alias: string,
  mappings: ValueMapping[],
): StatusHistoryBuilder =>
  new StatusHistoryBuilder()
    .title(title)
    .description(description)
    .datasource(influxdb)
    .withTarget(new InfluxTarget(query, 'time_series', alias))
    .mappings(mappings)
    .thresholds(steps(colours.off))
    .showValue(VisibilityMode.Never)
    .rowHeight(0.9)
    .colWidth(0.9)
    .fillOpacity(80)
    .lineWidth(1)
    .perPage(40)
    .legend(legend())
