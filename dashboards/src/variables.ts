import {
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { quoted, tagValues } from './influxql.ts'
import { influxdb } from './target.ts'

/** Where a variable of several values takes all of them. */
const everything = '.*'

interface Choice {
  /** Greek, beside the choice. */
  label: string
  /** English. */
  description: string
  query: string
  /** Whether "all" can be chosen, and is at first. */
  all?: boolean
  multi?: boolean
}

const choice = (
  name: string,
  { label, description, query, all = false, multi = false }: Choice,
): QueryVariableBuilder => {
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(influxdb)
    .query(query)
    .definition(query)
    // `none` stands where a tag has no value.
    .regex('/^(?!none$).+$/')
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .allowCustomValue(false)
    .multi(multi)
    .includeAll(all)
  if (all) builder.allValue(everything).current({ selected: true, text: 'All', value: multi ? ['$__all'] : '$__all' })
  return builder
}

const inMunicipality = `${quoted('municipality')} = '\${municipality}'`
const within = (tag: string): string => `${quoted(tag)} =~ /^\${${tag}:regex}$/`

export const municipality = (): QueryVariableBuilder =>
  choice('municipality', {
    label: 'Δήμος',
    description: 'The municipality everything below is about',
    query: tagValues('community_light', 'municipality'),
  })

/** `all`: several communities, or all of them. */
export const community = ({ all }: { all: boolean }): QueryVariableBuilder =>
  choice('community', {
    label: 'Κοινότητα',
    description: 'A community of the municipality',
    query: tagValues('community_light', 'community', [inMunicipality]),
    all,
    multi: all,
  })

export const cabinet = ({ all }: { all: boolean }): QueryVariableBuilder =>
  choice('cabinet', {
    label: 'Πίλαρ',
    description: 'A feeder cabinet of the communities chosen',
    query: tagValues('light_state', 'cabinet', [inMunicipality, within('community')]),
    all,
  })

export const circuit = (): QueryVariableBuilder =>
  choice('circuit', {
    label: 'Κύκλωμα',
    description: 'A circuit of the cabinet chosen',
    query: tagValues('light_state', 'circuit', [inMunicipality, within('cabinet')]),
    all: true,
  })

export const luminaire = (): QueryVariableBuilder =>
  choice('luminaire', {
    label: 'Φωτιστικό',
    description: 'A light of what is chosen before it',
    query: tagValues('light_state', 'luminaire', [
      inMunicipality,
      within('community'),
      within('cabinet'),
      within('circuit'),
    ]),
  })

export const solarLuminaire = (): QueryVariableBuilder =>
  choice('luminaire', {
    label: 'Φωτοβολταϊκό φωτιστικό',
    description: 'Solar lights of the communities chosen',
    query: tagValues('solar_forecast', 'luminaire', [inMunicipality, within('community')]),
    all: true,
    multi: true,
  })

/** The address of the console, as the platform tells it; links to lights and tickets begin with it. */
export const consoleAddress = (): QueryVariableBuilder =>
  choice('console', {
    label: 'Κονσόλα',
    description: "The address of the platform's own pages (FANARI_PUBLIC_URL)",
    query: tagValues('platform_info', 'console_url'),
  }).hide(VariableHide.HideVariable)
