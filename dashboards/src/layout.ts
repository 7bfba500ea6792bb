import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  type AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type Panel,
  type QueryVariableBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { timeZone } from './influxql.ts'
import { type DashboardName, dashboardLinks, dashboardUids } from './links.ts'
import type { Naming } from './panels.ts'
import { consoleAddress } from './variables.ts'

/** Panels side by side, of one height; widths in 24ths of the page. */
export interface Row {
  height: number
  panels: readonly (readonly [width: number, panel: Builder<Panel>])[]
}

export interface DashboardPlan extends Naming {
  name: DashboardName
  /** Greek words for the search. */
  tags: readonly string[]
  /** Shown at first, until now: `12h`, `7d`. */
  last: string
  refresh: string
  variables: readonly QueryVariableBuilder[]
  annotations?: readonly AnnotationQueryBuilder[]
  /** From the top: what matters first. */
  rows: readonly Row[]
}

/** The SDK hides links and annotations in a menu unless it is told where to put them; without a place they stand above the panels. */
const inSight = <T extends { placement?: unknown }>(builder: Builder<T>): Builder<Omit<T, 'placement'>> => ({
  build: () => {
    const { placement: _menu, ...shown } = builder.build()
    return shown
  },
})

/** Puts the panels on their places and everything that all dashboards have around them. */
export const build = (plan: DashboardPlan): Dashboard => {
  const builder = new DashboardBuilder(plan.title)
    .uid(dashboardUids[plan.name])
    .description(plan.description)
    .tags(['fanari', ...plan.tags])
    .timezone(timeZone)
    .weekStart('monday')
    .time({ from: `now-${plan.last}`, to: 'now' })
    .refresh(plan.refresh)
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .version(1)
    .variables([...plan.variables, consoleAddress()])
    .annotations((plan.annotations ?? []).map(inSight))
    .links(dashboardLinks().map(inSight))
  let id = 0
  let y = 0
  for (const { height, panels } of plan.rows) {
    let x = 0
    for (const [width, panel] of panels) {
      id++
      const placed: Panel = { ...panel.build(), id, gridPos: { h: height, w: width, x, y } }
      builder.withPanel({ build: () => placed })
      x += width
    }
    y += height
  }
  return builder.build()
}
