import { percentile, Select } from './influxql.ts'
import { build } from './layout.ts'
import { colours } from './looks.ts'
import { chart, stat, steps } from './panels.ts'
import { ofMunicipality, openTicketsTable } from './shared-panels.ts'
import { table } from './tables.ts'
import { community, municipality } from './variables.ts'

const tickets = (event?: 'opened' | 'closed') => {
  const select = Select.from('ticket').is('municipality', ofMunicipality).among('community', 'community')
  return event === undefined ? select : select.is('event', event)
}
const reports = () => Select.from('report').is('municipality', ofMunicipality).among('community', 'community')

const stats = [
  stat(
    {
      title: 'Βρέθηκαν πριν από κλήση',
      description:
        'Of the tickets opened in the shown time, the share that telemetry opened before anybody called. The number this platform is for.',
    },
    tickets('opened').column('100 * mean("found_before_call")', 'share'),
    { unit: 'percent', decimals: 0, thresholds: steps(colours.unexpectedlyOn, [50, colours.lit], [80, colours.good]) },
  ),
  stat(
    { title: 'Αναφορές πολιτών', description: 'Reports that came in the shown time.' },
    reports().call('sum', 'reports'),
    {
      decimals: 0,
    },
  ),
  stat(
    { title: 'Νέα αιτήματα', description: 'Tickets opened in the shown time, by telemetry or by a report.' },
    tickets('opened').call('count', 'ticket', 'opened'),
    { decimals: 0 },
  ),
  stat(
    {
      title: 'Χρόνος ως το τέλος',
      description: 'Median time from opening to the proven end, of the tickets closed in the shown time.',
    },
    tickets('closed').call('median', 'to_close_s'),
    { unit: 's', decimals: 1 },
  ),
  stat(
    {
      title: 'Χρόνος ως την πρώτη ενέργεια',
      description: 'Median time from opening until a person did something about it.',
    },
    tickets().call('median', 'to_first_step_s'),
    { unit: 's', decimals: 1 },
  ),
  stat(
    { title: 'Γνωστά ήδη', description: 'Of the reports, the share about something that had a ticket already.' },
    reports().column('100 * mean("known")', 'known'),
    { unit: 'percent', decimals: 0 },
  ),
]

export const citizenLine = () =>
  build({
    name: 'citizenLine',
    title: 'Γραμμή του πολίτη',
    description:
      'How much comes in, how fast it is done, what waits, and how much was found before anyone called. For the service’s head and the mayor.',
    tags: ['αιτήματα', 'πολίτες'],
    last: '30d',
    refresh: '5m',
    variables: [municipality(), community({ all: true })],
    rows: [
      { height: 4, panels: stats.map((panel) => [4, panel] as const) },
      {
        height: 9,
        panels: [
          [
            8,
            chart(
              { title: 'Αναφορές ανά ημέρα', description: 'Reports of citizens by the way they came.' },
              [{ query: reports().call('sum', 'reports').by('channel').everyDay(), alias: '$tag_channel' }],
              {
                unit: 'short',
                style: 'bars',
                stacked: true,
                min: 0,
                decimals: 0,
                interval: '1d',
                curves: [
                  { column: 'phone', title: 'Τηλέφωνο' },
                  { column: 'web', title: 'Ιστοσελίδα' },
                  { column: 'app', title: 'Εφαρμογή' },
                  { column: 'open311', title: 'Open311' },
                ],
              },
            ),
          ],
          [
            8,
            chart(
              {
                title: 'Αιτήματα: νέα και κλεισμένα',
                description:
                  'Tickets opened and closed, day by day. Where the second stays below the first, work piles up.',
              },
              [
                { query: tickets('opened').call('count', 'ticket', 'opened').everyDay('0'), alias: '$col' },
                { query: tickets('closed').call('count', 'ticket', 'closed').everyDay('0'), alias: '$col' },
              ],
              {
                unit: 'short',
                style: 'bars',
                min: 0,
                decimals: 0,
                interval: '1d',
                curves: [
                  { column: 'opened', title: 'Νέα', color: colours.unexpectedlyOn },
                  { column: 'closed', title: 'Έκλεισαν', color: colours.good },
                ],
              },
            ),
          ],
          [
            8,
            chart(
              {
                title: 'Ανοιχτά στον χρόνο',
                description: 'Tickets neither resolved nor closed, of the whole installation (all municipalities).',
              },
              [
                {
                  query: Select.from('platform_health').call('max', 'tickets_open', 'open').every('$__interval'),
                  alias: '$col',
                },
              ],
              {
                unit: 'short',
                min: 0,
                decimals: 0,
                stepped: true,
                interval: '5m',
                curves: [{ column: 'open', title: 'Ανοιχτά', color: colours.plain }],
              },
            ),
          ],
        ],
      },
      {
        height: 9,
        panels: [
          [
            12,
            table(
              {
                title: 'Χρόνοι ανά κατηγορία',
                description: 'Tickets closed in the shown time, with half and nine tenths of them done within.',
              },
              tickets('closed')
                .call('count', 'to_close_s', 'closed')
                .column(percentile('to_close_s', 50), 'half')
                .column(percentile('to_close_s', 90), 'most')
                .by('category'),
              {
                sortBy: 'Έκλεισαν',
                columns: [
                  { column: 'category', title: 'Κατηγορία' },
                  { column: 'closed', title: 'Έκλεισαν', unit: 'short', decimals: 0 },
                  { column: 'half', title: 'Τα μισά μέσα σε', unit: 's', decimals: 1 },
                  { column: 'most', title: 'Τα 9 στα 10 μέσα σε', unit: 's', decimals: 1 },
                ],
              },
            ),
          ],
          [
            12,
            table(
              {
                title: 'Ανά υπηρεσία και πηγή',
                description:
                  'Tickets opened in the shown time by who repairs and by who found them; the share found before a call.',
              },
              tickets('opened')
                .call('count', 'ticket', 'opened')
                .column('100 * mean("found_before_call")', 'found')
                .by('service', 'source'),
              {
                sortBy: 'Νέα',
                columns: [
                  { column: 'service', title: 'Υπηρεσία' },
                  { column: 'source', title: 'Πηγή' },
                  { column: 'opened', title: 'Νέα', unit: 'short', decimals: 0 },
                  { column: 'found', title: 'Πριν από κλήση', unit: 'percent', decimals: 0 },
                ],
              },
            ),
          ],
        ],
      },
      {
        height: 10,
        panels: [
          [
            24,
            openTicketsTable(
              {
                title: 'Τι περιμένει',
                description:
                  'Tickets of the last 90 days that are neither resolved nor closed, the longest untouched first.',
              },
              true,
            ).timeFrom('90d'),
          ],
        ],
      },
    ],
  })
