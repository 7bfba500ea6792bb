import type { FieldOf } from '@fanari/contracts'
import { rate, Select } from './influxql.ts'
import { build } from './layout.ts'
import { colours, hearingMapping, reachableMapping } from './looks.ts'
import { chart, stat, steps } from './panels.ts'

type HealthField = FieldOf<'platform_health'>

const health = () => Select.from('platform_health')
/** The last word of each process, added up (what a process does not count is missing there). */
const sumNow = (field: HealthField) => Select.of(health().call('last', field).by('service')).call('sum', field)

/** Rates of counters by process. */
const rates = (...counters: [counter: HealthField, as: string][]) => {
  const select = health()
  for (const [counter, as] of counters) select.column(rate(counter), as)
  return [{ query: select.by('service').every('$__interval'), alias: '$col' }]
}

/** The platform writes its health four times a minute; a rate needs two of them an interval. */
const interval = '1m'

const stats = [
  stat(
    {
      title: 'Μετρήσεις ανά δευτερόλεπτο',
      description: 'Readings taken a second, repeats left out, over the last five minutes.',
    },
    Select.of(health().column(rate('readings_total'), 'rate').by('service').every('30s')).column(
      'mean("rate")',
      'readings',
    ),
    { unit: 'short', decimals: 1, thresholds: steps(colours.dark, [0.001, colours.good]) },
  ).timeFrom('5m'),
  stat(
    {
      title: 'Ακούει η πλατφόρμα;',
      description:
        'Whether the platform says of itself that it cannot hear (`platformBlind`). Then nothing is called dark.',
    },
    health().call('max', 'platform_blind'),
    { mappings: hearingMapping },
  ).timeFrom('5m'),
  stat(
    { title: 'InfluxDB', description: 'Whether InfluxDB answered the platform at the last look.' },
    health().call('last', 'influx_reachable'),
    { mappings: reachableMapping },
  ).timeFrom('5m'),
  stat(
    { title: 'Μεγαλύτερη υστέρηση', description: 'Journal entries that the slowest follower has not taken yet.' },
    Select.of(Select.from('platform_follower').call('last', 'lag_entries').by('service', 'follower')).call(
      'max',
      'lag_entries',
    ),
    { decimals: 0, thresholds: steps(colours.good, [10_000, colours.unexpectedlyOn], [100_000, colours.dark]) },
  ).timeFrom('5m'),
  stat(
    { title: 'Συνδέσεις MQTT', description: 'Open MQTT sockets of devices and services.' },
    sumNow('mqtt_connections'),
    {
      decimals: 0,
    },
  ).timeFrom('5m'),
  stat(
    { title: 'Ελεύθερος δίσκος', description: 'Free space where the journal lies, of the whole.' },
    health().column('100 * last("disk_free_bytes") / last("disk_total_bytes")', 'free'),
    { unit: 'percent', decimals: 0, thresholds: steps(colours.dark, [10, colours.unexpectedlyOn], [20, colours.good]) },
  ).timeFrom('5m'),
]

export const platform = () =>
  build({
    name: 'platform',
    title: 'Η πλατφόρμα',
    description:
      'Whether Fanari itself is well: what it takes in, how far its followers are behind, what it sets aside, its broker and its disk. For whoever runs it.',
    tags: ['πλατφόρμα'],
    last: '6h',
    refresh: '30s',
    variables: [],
    rows: [
      { height: 4, panels: stats.map((panel) => [4, panel] as const) },
      {
        height: 8,
        panels: [
          [
            12,
            chart(
              {
                title: 'Εισροή',
                description: 'Messages of known devices, readings taken, and repeats dropped, a second.',
              },
              rates(['messages_total', 'messages'], ['readings_total', 'readings'], ['duplicates_total', 'duplicates']),
              {
                unit: 'short',
                min: 0,
                interval,
                curves: [
                  { column: 'readings', title: 'Μετρήσεις', color: colours.plain },
                  { column: 'messages', title: 'Μηνύματα', color: colours.good },
                  { column: 'duplicates', title: 'Επαναλήψεις', color: colours.off },
                ],
              },
            ),
          ],
          [
            12,
            chart(
              {
                title: 'Υστέρηση ακολούθων',
                description:
                  'Journal entries that each follower has not taken yet. After a stop it rises and then falls by itself.',
              },
              [
                {
                  query: Select.from('platform_follower')
                    .call('max', 'lag_entries')
                    .by('follower')
                    .every('$__interval'),
                  alias: '$tag_follower',
                },
              ],
              { unit: 'short', min: 0, decimals: 0, interval, calcs: ['lastNotNull', 'max'] },
            ),
          ],
        ],
      },
      {
        height: 8,
        panels: [
          [
            8,
            chart(
              {
                title: 'Καραντίνα ανά αιτία',
                description: 'Messages and readings set aside a second, by reason. The pages show what they were.',
              },
              [
                {
                  query: Select.from('platform_quarantine')
                    .column(rate('total'), 'rate')
                    .by('reason')
                    .every('$__interval'),
                  alias: '$tag_reason',
                },
              ],
              { unit: 'short', min: 0, interval, stacked: true },
            ),
          ],
          [
            8,
            chart(
              {
                title: 'Εγγραφή στον δίσκο',
                description: 'Mean time of a durable write. Every acknowledgement to a device waits for one.',
              },
              [
                {
                  query: health()
                    .column(`${rate('journal_commit_ms_total')} / ${rate('journal_commits_total')}`, 'mean')
                    .by('service')
                    .every('$__interval'),
                  alias: '$col',
                },
              ],
              {
                unit: 'ms',
                min: 0,
                interval,
                curves: [{ column: 'mean', title: 'Μέσος χρόνος', color: colours.plain }],
              },
            ),
          ],
          [
            8,
            chart(
              {
                title: 'Προς την InfluxDB',
                description: 'Points that InfluxDB took and refused a second, and derived points that wait for it.',
              },
              [
                ...rates(['influx_points_total', 'taken'], ['influx_rejected_total', 'refused']),
                { query: health().call('max', 'influx_spooled', 'waiting').every('$__interval'), alias: '$col' },
              ],
              {
                unit: 'short',
                min: 0,
                interval,
                curves: [
                  { column: 'taken', title: 'Γράφτηκαν', color: colours.good },
                  { column: 'refused', title: 'Απορρίφθηκαν', color: colours.dark },
                  { column: 'waiting', title: 'Περιμένουν', color: colours.unexpectedlyOn, right: true },
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
            8,
            chart(
              {
                title: 'Μεσίτης MQTT',
                description:
                  'Packets a second, with refusals and pauses of sockets that sent too much; open sockets on the right.',
              },
              [
                ...rates(
                  ['mqtt_packets_total', 'packets'],
                  ['mqtt_refused_total', 'refused'],
                  ['mqtt_pauses_total', 'pauses'],
                ),
                { query: health().call('max', 'mqtt_connections', 'sockets').every('$__interval'), alias: '$col' },
              ],
              {
                unit: 'short',
                min: 0,
                interval,
                curves: [
                  { column: 'packets', title: 'Πακέτα', color: colours.plain },
                  { column: 'refused', title: 'Απορρίψεις', color: colours.dark },
                  { column: 'pauses', title: 'Παύσεις', color: colours.unexpectedlyOn },
                  { column: 'sockets', title: 'Συνδέσεις', color: colours.off, right: true },
                ],
              },
            ),
          ],
          [
            8,
            chart(
              {
                title: 'Μνήμη και επεξεργαστής',
                description: 'Resident memory and CPU seconds a second of each process.',
              },
              [
                {
                  query: health().call('max', 'memory_bytes', 'memory').by('service').every('$__interval'),
                  alias: '$tag_service μνήμη',
                },
                {
                  query: health().column(rate('cpu_s'), 'cpu').by('service').every('$__interval'),
                  alias: '$tag_service CPU',
                },
              ],
              { unit: 'bytes', min: 0, interval },
            ).overrideByRegexp('/ CPU$/', [
              { id: 'unit', value: 'percentunit' },
              { id: 'custom.axisPlacement', value: 'right' },
            ]),
          ],
          [
            8,
            chart(
              {
                title: 'Ημερολόγιο και ουρές',
                description: 'Size of the journal, and documents that are stored and not yet published on MQTT.',
              },
              [
                {
                  query: health()
                    .call('max', 'journal_bytes', 'journal')
                    .call('max', 'announcements_pending', 'pending')
                    .every('$__interval'),
                  alias: '$col',
                },
              ],
              {
                unit: 'bytes',
                min: 0,
                interval,
                curves: [
                  { column: 'journal', title: 'Ημερολόγιο', color: colours.plain },
                  {
                    column: 'pending',
                    title: 'Αδημοσίευτα',
                    color: colours.unexpectedlyOn,
                    unit: 'short',
                    right: true,
                  },
                ],
              },
            ),
          ],
        ],
      },
    ],
  })
