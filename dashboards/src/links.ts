import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard'
import { placeholder } from './influxql.ts'

/** Uids of the dashboards; they are part of addresses that people keep, and never change. */
export const dashboardUids = {
  town: 'fanari-town',
  community: 'fanari-community',
  circuit: 'fanari-circuit',
  luminaire: 'fanari-luminaire',
  solar: 'fanari-solar',
  citizenLine: 'fanari-citizen-line',
  energy: 'fanari-energy',
  platform: 'fanari-platform',
} as const
export type DashboardName = keyof typeof dashboardUids

/** What a link fills in from the row that was clicked. */
const ofRow = (column: string): string => `\${__data.fields["${column}"]}`

/** A page of the console: its address comes from the platform itself, by the hidden variable `console`. */
const consolePage = (what: 'light' | 'ticket', column: string): string =>
  `\${console}/#municipality=\${municipality}&${what}=${ofRow(column)}`

/** A link of a cell. The console opens beside Grafana, another dashboard in its place. */
export interface DataLink {
  title: string
  url: string
  targetBlank: boolean
}
const link = (title: string, url: string): DataLink => ({
  title,
  url,
  targetBlank: url.startsWith(placeholder('console')),
})

/** From a row with a light to its page in the console. */
export const toLightPage = (column = 'luminaire') => link('Το φωτιστικό στην κονσόλα', consolePage('light', column))
/** From a row with a ticket to its page in the console. */
export const toTicketPage = (column = 'ticket') => link('Το αίτημα στην κονσόλα', consolePage('ticket', column))

const targets = {
  community: { title: 'Η κοινότητα', variable: 'community' },
  circuit: { title: 'Το πίλαρ', variable: 'cabinet' },
  luminaire: { title: 'Το φωτιστικό', variable: 'luminaire' },
} as const

/** From a row to the dashboard of its community, cabinet or light, with the same time. */
export const toDashboard = (name: keyof typeof targets, column: string = targets[name].variable) =>
  link(
    targets[name].title,
    `/d/${dashboardUids[name]}?var-municipality=\${municipality}&var-${targets[name].variable}=${ofRow(column)}&\${__url_time_range}`,
  )

/** Above every dashboard: the others, and the console. */
export const dashboardLinks = () => [
  new DashboardLinkBuilder('Πίνακες Fanari')
    .type(DashboardLinkType.Dashboards)
    .tags(['fanari'])
    .asDropdown(true)
    .keepTime(true)
    .tooltip('The other dashboards of Fanari'),
  new DashboardLinkBuilder('Κονσόλα')
    .type(DashboardLinkType.Link)
    .icon('external link')
    .url(`${placeholder('console')}/`)
    .targetBlank(true)
    .tooltip('The live map, incidents and tickets'),
]
