import { LegendDisplayMode, LegendPlacement, VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common'
import { placeholder, quoted, Select } from './influxql.ts'
import { toDashboard, toLightPage, toTicketPage } from './links.ts'
import { colours, faultMapping, lightStateMapping, severityMapping, ticketStatusMapping } from './looks.ts'
import { chart, type Naming } from './panels.ts'
import { firstOf, newestOfEach, onlyWhere, table } from './tables.ts'

/*
 * Panels that more than one dashboard shows. `municipality` is a variable of one value, `community` of one or several.
 */

export const ofMunicipality = placeholder('municipality')

/** Lit, dark and unknown lights now: the last word of each community, added up. */
export const lightsNow = (
  column: 'lit' | 'dark' | 'unknown' | 'total' | 'dark_community_code',
  inCommunities: boolean,
) => {
  const each = Select.from('community_light').call('last', column).is('municipality', ofMunicipality)
  if (inCommunities) each.among('community', 'community')
  return Select.of(each.by('community')).call('sum', column)
}

/**
 * Lit, dark and unknown lights through the night: a curve a community, stacked, so that the bands of one colour add up. A sub-query could
 * add them, but InfluxDB 1.x keeps its series apart where gaps are filled with the value before.
 */
export const lightsThroughTime = (naming: Naming, inCommunities: boolean) => {
  const bands = [
    { column: 'lit', word: 'αναμμένα', color: colours.lit },
    { column: 'dark', word: 'σκοτεινά', color: colours.dark },
    { column: 'unknown', word: 'άγνωστα', color: colours.unknown },
  ] as const
  const queries = bands.map(({ column, word }) => {
    const each = Select.from('community_light').call('last', column).is('municipality', ofMunicipality)
    if (inCommunities) each.among('community', 'community')
    return { query: each.by('community').every('$__interval', 'previous'), alias: `$tag_community, ${word}` }
  })
  const panel = chart(naming, queries, {
    unit: 'short',
    decimals: 0,
    min: 0,
    stacked: true,
    stepped: true,
    interval: '2m',
  }).legend(
    new VizLegendOptionsBuilder()
      .displayMode(LegendDisplayMode.List)
      .placement(LegendPlacement.Bottom)
      .showLegend(false)
      .calcs([]),
  )
  for (const [index, { color }] of bands.entries())
    panel.overrideByQuery(String.fromCharCode(65 + index), [
      { id: 'color', value: { mode: 'fixed', fixedColor: color } },
    ])
  return panel
}

/** Incidents that are open, each with its place: the last word on every fault of every scope. */
export const openIncidents = (inCommunities: boolean) => {
  const each = Select.from('incident').is('municipality', ofMunicipality)
  for (const field of ['open', 'severity_code', 'members', 'ticket', 'lat', 'lon'] as const) each.call('last', field)
  if (inCommunities) each.among('community', 'community')
  return Select.of(each.by('community', 'fault', 'scope_kind', 'scope'))
    .get('fault')
    .get('scope')
    .get('community')
    .get('severity_code')
    .get('members')
    .get('open')
    .get('ticket')
    .get('lat')
    .get('lon')
    .when(`${quoted('open')} = 1`)
}

export const openIncidentsTable = (naming: Naming, inCommunities: boolean) =>
  table(naming, openIncidents(inCommunities), {
    noValue: 'Κανένα ανοιχτό συμβάν',
    sortBy: 'Σοβαρότητα',
    columns: [
      { column: 'severity_code', title: 'Σοβαρότητα', mappings: severityMapping, shown: 'colouredText', width: 110 },
      { column: 'fault', title: 'Τι συμβαίνει', mappings: faultMapping },
      { column: 'scope', title: 'Πού' },
      { column: 'community', title: 'Κοινότητα', links: [toDashboard('community')] },
      { column: 'members', title: 'Φωτιστικά', unit: 'short', decimals: 0, width: 90 },
      { column: 'ticket', title: 'Αίτημα', links: [toTicketPage()] },
    ],
  })

const ticketColumns = ['title', 'status_code', 'open', 'age_s', 'reports', 'community', 'service'] as const

/** Tickets that are neither resolved nor closed. InfluxDB holds their history; the newest line of each is what counts. */
export const openTicketsTable = (naming: Naming, inCommunities: boolean) => {
  const history = Select.from('ticket').get('ticket')
  for (const column of ticketColumns) history.get(column)
  history.is('municipality', ofMunicipality)
  if (inCommunities) history.among('community', 'community')
  return table(naming, history.newest(5_000), {
    noValue: 'Κανένα ανοιχτό αίτημα',
    transformations: [newestOfEach('ticket', ['Time', ...ticketColumns]), onlyWhere(firstOf('open'), 1)],
    sortBy: 'Τελευταίο νέο',
    ascending: true,
    columns: [
      { column: firstOf('title'), title: 'Θέμα' },
      {
        column: firstOf('status_code'),
        title: 'Κατάσταση',
        mappings: ticketStatusMapping,
        shown: 'colouredText',
        width: 110,
      },
      { column: firstOf('Time'), title: 'Τελευταίο νέο', unit: 'dateTimeFromNow', width: 130 },
      { column: firstOf('reports'), title: 'Αναφορές', unit: 'short', decimals: 0, width: 90 },
      { column: firstOf('community'), title: 'Κοινότητα' },
      { column: 'ticket', title: 'Αίτημα', links: [toTicketPage()] },
    ],
  })
}

/** Lights and what they are now, for those in one of these states. */
export const lightsInState = (naming: Naming, where: 'community' | 'circuit', codes: readonly number[]) => {
  const each = Select.from('light_state')
    .call('last', 'state_code')
    .get('reason')
    .get('incident')
    .is('municipality', ofMunicipality)
  if (where === 'community') each.is('community', placeholder('community'))
  else each.is('cabinet', placeholder('cabinet')).among('circuit', 'circuit')
  const query = Select.of(each.by('cabinet', 'circuit', 'luminaire'))
    .get('luminaire')
    .get('cabinet')
    .get('circuit')
    .get('state_code')
    .get('reason')
    .when(`(${codes.map((code) => `${quoted('state_code')} = ${code}`).join(' OR ')})`)
  return table(naming, query, {
    noValue: 'Κανένα',
    sortBy: 'Από πότε',
    columns: [
      { column: 'luminaire', title: 'Φωτιστικό', links: [toDashboard('luminaire'), toLightPage()] },
      { column: 'state_code', title: 'Κατάσταση', mappings: lightStateMapping, shown: 'colouredText' },
      { column: 'Time', title: 'Από πότε', unit: 'dateTimeFromNow' },
      { column: 'reason', title: 'Γιατί' },
      { column: 'cabinet', title: 'Πίλαρ' },
      { column: 'circuit', title: 'Κύκλωμα' },
    ],
  })
}
