import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import {
  SeriesMapping,
  XYSeriesConfigBuilder,
  XYShowMode,
  PanelBuilder as XyBuilder,
} from '@grafana/grafana-foundation-sdk/xychart'
import { placeholder, quoted, Select } from './influxql.ts'
import { build } from './layout.ts'
import { toLightPage, toTicketPage } from './links.ts'
import { colours, faultMapping, lightStateMapping, severityMapping } from './looks.ts'
import { chart, stat, steps, timeline } from './panels.ts'
import { ofMunicipality } from './shared-panels.ts'
import { table } from './tables.ts'
import { InfluxAnnotation, InfluxTarget, influxdb } from './target.ts'
import { cabinet, circuit, community, luminaire as luminaireVariable, municipality } from './variables.ts'

const here = placeholder('luminaire')

const readings = () => Select.from('luminaire_reading').is('municipality', ofMunicipality).is('luminaire', here)
const hourly = () => Select.from('luminaire_reading', 'h1').is('municipality', ofMunicipality).is('luminaire', here)
const states = () => Select.from('light_state').is('municipality', ofMunicipality).is('luminaire', here)
/** What is told of an incident again and again, though little changed, is left out. */
const incidents = () =>
  Select.from('incident')
    .is('municipality', ofMunicipality)
    .is('scope_kind', 'luminaire')
    .is('scope', here)
    .when(`${quoted('change')} != 'updated'`)
const tickets = () => Select.from('ticket').is('municipality', ofMunicipality).is('luminaire', here)

/** EN 50160: 230 V, ten per cent either way. */
const voltageLimits = steps(colours.dark, [207, 'transparent'], [253, colours.dark])

const powerAgainstLevel = new XyBuilder()
  .title('Ισχύς ως προς τη στάθμη')
  .description(
    'Each point an interval: what the lamp took at what level. A healthy lamp draws one rising line; points below it are a dying lamp, above it a failing driver.',
  )
  .datasource(influxdb)
  .withTarget(
    new InfluxTarget(
      readings().call('mean', 'light_level_pct', 'level').call('mean', 'active_power_w', 'power').every('$__interval'),
      'table',
    ),
  )
  .mapping(SeriesMapping.Manual)
  .show(XYShowMode.Points)
  .series([
    new XYSeriesConfigBuilder()
      .name({ fixed: 'Ισχύς' })
      .x({ matcher: { id: 'byName', options: 'level' } })
      .y({ matcher: { id: 'byName', options: 'power' } }),
  ])
  .interval('5m')
  .overrideByName('level', [
    { id: 'displayName', value: 'Στάθμη' },
    { id: 'unit', value: 'percent' },
    { id: 'min', value: 0 },
    { id: 'max', value: 100 },
  ])
  .overrideByName('power', [
    { id: 'displayName', value: 'Ισχύς' },
    { id: 'unit', value: 'watt' },
    { id: 'min', value: 0 },
  ])

const stats = [
  stat(
    { title: 'Κατάσταση', description: 'What the light is now, by its last change within two weeks.' },
    states().call('last', 'state_code'),
    { mappings: lightStateMapping },
  ).timeFrom('14d'),
  stat({ title: 'Ισχύς', description: 'Power of the last reading.' }, readings().call('last', 'active_power_w'), {
    unit: 'watt',
    decimals: 1,
  }),
  stat(
    { title: 'Στάθμη', description: 'What the driver put out at the last reading.' },
    readings().call('last', 'light_level_pct'),
    {
      unit: 'percent',
      decimals: 0,
    },
  ),
  stat(
    { title: 'Τάση', description: 'Supply voltage of the last reading.' },
    readings().call('last', 'supply_voltage_v'),
    {
      unit: 'volt',
      decimals: 0,
      thresholds: steps(colours.dark, [207, colours.good], [253, colours.dark]),
    },
  ),
  stat(
    { title: 'Ώρες λειτουργίας', description: 'Burning hours of the lamp, as its controller counts them.' },
    readings().call('last', 'operating_hours_h'),
    { unit: 'h', decimals: 0 },
  ),
  stat(
    { title: 'Αναφορές', description: 'Readings that came in the shown time.' },
    readings().call('count', 'received_delay_ms', 'readings'),
    { decimals: 0 },
  ),
]

const annotations = [
  new AnnotationQueryBuilder()
    .name('Συμβάντα')
    .datasource(influxdb)
    .enable(true)
    .iconColor(colours.dark)
    .target(
      new InfluxAnnotation(incidents().get('reason').get('fault').get('change').get('open'), {
        text: 'reason',
        tags: 'fault,change',
      }),
    ),
  new AnnotationQueryBuilder()
    .name('Αιτήματα')
    .datasource(influxdb)
    .enable(true)
    .iconColor(colours.plain)
    .target(
      new InfluxAnnotation(tickets().get('title').get('event').get('status').get('open'), {
        text: 'title',
        tags: 'event',
      }),
    ),
]

export const luminaire = () =>
  build({
    name: 'luminaire',
    title: 'Φωτιστικό',
    description:
      'One light: what it is, what it was, and what its power and voltage say of its health. For the technician before the ladder goes up.',
    tags: ['φωτιστικό'],
    last: '7d',
    refresh: '1m',
    variables: [municipality(), community({ all: true }), cabinet({ all: true }), circuit(), luminaireVariable()],
    annotations,
    rows: [
      { height: 4, panels: stats.map((panel) => [4, panel] as const) },
      {
        height: 5,
        panels: [
          [
            24,
            timeline(
              {
                title: 'Καταστάσεις',
                description: 'Every state of the light in the shown time, from its first change in it on.',
              },
              [{ query: states().get('state_code'), alias: 'Φωτιστικό' }],
              lightStateMapping,
            ),
          ],
        ],
      },
      {
        height: 9,
        panels: [
          [
            14,
            chart(
              {
                title: 'Ισχύς και στάθμη',
                description: 'Power and level through time; flags are incidents and tickets.',
              },
              [
                {
                  query: readings().call('mean', 'active_power_w').call('mean', 'light_level_pct').every('$__interval'),
                  alias: '$col',
                },
              ],
              {
                unit: 'watt',
                min: 0,
                interval: '1m',
                curves: [
                  { column: 'active_power_w', title: 'Ισχύς', color: colours.lit },
                  { column: 'light_level_pct', title: 'Στάθμη', color: colours.plain, unit: 'percent', right: true },
                ],
              },
            ),
          ],
          [10, powerAgainstLevel],
        ],
      },
      {
        height: 8,
        panels: [
          [
            8,
            chart(
              {
                title: 'Τάση',
                description:
                  'Mean, highest and lowest voltage of each interval, with the limits of EN 50160 (207 to 253 V).',
              },
              [
                {
                  query: readings()
                    .call('mean', 'supply_voltage_v', 'mean')
                    .call('max', 'supply_voltage_v', 'highest')
                    .call('min', 'supply_voltage_v', 'lowest')
                    .every('$__interval'),
                  alias: '$col',
                },
              ],
              {
                unit: 'volt',
                interval: '5m',
                limits: voltageLimits,
                curves: [
                  { column: 'mean', title: 'Μέση', color: colours.plain },
                  { column: 'highest', title: 'Μέγιστη', color: colours.unexpectedlyOn },
                  { column: 'lowest', title: 'Ελάχιστη', color: colours.off },
                ],
              },
            ),
          ],
          [
            8,
            chart(
              {
                title: 'Ενέργεια ανά ημέρα',
                description: "What the light's counter rose in each day, from the roll-ups by hour.",
              },
              [{ query: hourly().column('spread("active_energy_kwh_last")', 'energy').everyDay(), alias: '$col' }],
              {
                unit: 'kwatth',
                style: 'bars',
                min: 0,
                interval: '1d',
                curves: [{ column: 'energy', title: 'Ενέργεια', color: colours.plain }],
              },
            ),
          ],
          [
            8,
            chart(
              { title: 'Λήψη', description: 'How well its radio is heard, and how late its readings come.' },
              [
                {
                  query: readings().call('mean', 'rssi_dbm').call('max', 'received_delay_ms').every('$__interval'),
                  alias: '$col',
                },
              ],
              {
                unit: 'dBm',
                interval: '5m',
                curves: [
                  { column: 'rssi_dbm', title: 'Σήμα', color: colours.plain },
                  { column: 'received_delay_ms', title: 'Καθυστέρηση', color: colours.off, unit: 'ms', right: true },
                ],
              },
            ),
          ],
        ],
      },
      {
        height: 8,
        panels: [
          [
            24,
            table(
              {
                title: 'Συμβάντα του φωτιστικού',
                description: 'What was found of this light alone in the shown time, the newest first.',
              },
              incidents()
                .get('fault')
                .get('change')
                .get('reason')
                .get('severity_code')
                .get('ticket')
                .get('scope')
                .newest(100),
              {
                noValue: 'Κανένα συμβάν',
                columns: [
                  { column: 'Time', title: 'Πότε', unit: 'dateTimeAsLocal', width: 180 },
                  { column: 'fault', title: 'Τι συμβαίνει', mappings: faultMapping },
                  { column: 'change', title: 'Αλλαγή' },
                  { column: 'reason', title: 'Γιατί' },
                  { column: 'severity_code', title: 'Σοβαρότητα', mappings: severityMapping, shown: 'colouredText' },
                  { column: 'ticket', title: 'Αίτημα', links: [toTicketPage()] },
                  { column: 'scope', title: 'Φωτιστικό', links: [toLightPage('scope')] },
                ],
              },
            ),
          ],
        ],
      },
    ],
  })
