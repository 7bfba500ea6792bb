import { lightStateCodes } from '@fanari/contracts'
import { placeholder, Select } from './influxql.ts'
import { build } from './layout.ts'
import { colours, doorMapping, openShutMapping, rollCallMapping } from './looks.ts'
import { chart, grid, stat, steps, timeline } from './panels.ts'
import { lightsInState, ofMunicipality } from './shared-panels.ts'
import { cabinet, circuit as circuitVariable, community, municipality } from './variables.ts'

const here = placeholder('cabinet')

const meter = () => Select.from('cabinet_reading').is('municipality', ofMunicipality).is('cabinet', here)
/** Roll-ups by hour: what spans days is read from them. */
const hourly = () => Select.from('cabinet_reading', 'h1').is('municipality', ofMunicipality).is('cabinet', here)

const phases = (quantity: 'voltage' | 'current' | 'power', unit: 'v' | 'a' | 'w') => {
  const query = meter()
  for (const phase of ['l1', 'l2', 'l3'] as const) query.column(`mean("${quantity}_${phase}_${unit}")`, phase)
  return [{ query: query.every('$__interval'), alias: '$col' }]
}
/** The colours of the three conductors (HD 308 S2): brown, black, grey; black is drawn white on the dark page. */
const phaseCurves = [
  { column: 'l1', title: 'L1', color: '#a0522d' },
  { column: 'l2', title: 'L2', color: 'text' },
  { column: 'l3', title: 'L3', color: '#8e8e8e' },
]

/** EN 50160: 230 V, ten per cent either way. */
const voltageLimits = steps(colours.dark, [207, 'transparent'], [253, colours.dark])

/** Power of the lights of the circuits chosen: each one's mean by hour, added up. */
const lampPower = Select.of(
  Select.from('luminaire_reading', 'h1')
    .call('mean', 'active_power_w_mean', 'power')
    .is('municipality', ofMunicipality)
    .is('cabinet', here)
    .among('circuit', 'circuit')
    .by('luminaire')
    .every('$__interval'),
)
  .column('sum("power")', 'lamps')
  .every('$__interval')

const stats = [
  stat(
    {
      title: 'Ισχύς τώρα',
      description: 'Active power of the three phases together, as the meter of the cabinet reports it.',
    },
    meter().call('last', 'power_total_w'),
    { unit: 'watt' },
  ),
  stat(
    { title: 'Κύκλωμα φωτισμού', description: 'Whether the contactor feeds the circuits. Shut means fed.' },
    meter().column('last("contactor_closed")', 'contactor_closed'),
    { mappings: openShutMapping, column: 'contactor_closed' },
  ),
  stat({ title: 'Πόρτα', description: 'The door of the cabinet.' }, meter().column('last("door_open")', 'door_open'), {
    mappings: doorMapping,
    column: 'door_open',
  }),
  stat(
    {
      title: 'Ρεύμα διαρροής',
      description: 'Leakage to earth, the last value. The rule is the catalogue’s `leakageDetected`.',
    },
    meter().call('last', 'leakage_current_ma'),
    { unit: 'mamp', decimals: 1, thresholds: steps(colours.good, [30, colours.unexpectedlyOn], [300, colours.dark]) },
  ),
  stat(
    {
      title: 'Ενέργεια',
      description: 'Energy of the lights of the circuits chosen in the shown time, from their own counters.',
    },
    Select.from('energy')
      .call('sum', 'energy_kwh')
      .is('municipality', ofMunicipality)
      .is('cabinet', here)
      .among('circuit', 'circuit'),
    { unit: 'kwatth', decimals: 1 },
  ),
]

export const circuit = () =>
  build({
    name: 'circuit',
    title: 'Πίλαρ και κύκλωμα',
    description:
      'A feeder cabinet and its circuits: phases, switching, energy, and every light at every roll-call. For the electricians.',
    tags: ['πίλαρ', 'κύκλωμα'],
    last: '2d',
    refresh: '1m',
    variables: [municipality(), community({ all: true }), cabinet({ all: false }), circuitVariable()],
    rows: [
      {
        height: 4,
        panels: stats.map((panel, index) => [index === 2 ? 4 : 5, panel] as const),
      },
      {
        height: 9,
        panels: [
          [
            24,
            grid(
              {
                title: 'Προσκλητήριο, φωτιστικό προς φωτιστικό',
                description:
                  'Each light of the circuits chosen at each roll-call: lit, dark, or unknown. A dark row is a lamp, a dark column a supply.',
              },
              Select.from('roll_call_light')
                .call('last', 'result_code')
                .is('municipality', ofMunicipality)
                .is('cabinet', here)
                .among('circuit', 'circuit')
                .by('luminaire')
                .every('$__interval'),
              '$tag_luminaire',
              rollCallMapping,
            ).interval('10m'),
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
                title: 'Τάση ανά φάση',
                description: 'Voltage of each phase, with the limits of EN 50160 (207 to 253 V).',
              },
              phases('voltage', 'v'),
              { unit: 'volt', curves: phaseCurves, interval: '1m', limits: voltageLimits },
            ),
          ],
          [
            8,
            chart({ title: 'Ρεύμα ανά φάση', description: 'Current of each phase.' }, phases('current', 'a'), {
              unit: 'amp',
              curves: phaseCurves,
              interval: '1m',
              min: 0,
            }),
          ],
          [
            8,
            chart(
              {
                title: 'Ισχύς: μετρητής και λαμπτήρες',
                description:
                  'Power at the meter, and of the lights that report, by hour. A steady gap is loss, theft, or silent lights.',
              },
              [
                { query: hourly().call('mean', 'power_total_w_mean', 'meter').every('$__interval'), alias: '$col' },
                { query: lampPower, alias: '$col' },
              ],
              {
                unit: 'watt',
                interval: '1h',
                min: 0,
                curves: [
                  { column: 'meter', title: 'Μετρητής', color: colours.plain },
                  { column: 'lamps', title: 'Λαμπτήρες', color: colours.lit },
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
            12,
            timeline(
              {
                title: 'Χειρισμοί: ρελέ και πόρτα',
                description: 'When the contactor fed the circuits, and when the door stood open.',
              },
              [
                {
                  query: meter()
                    .column('last("contactor_closed")', 'contactor_closed')
                    .column('last("door_open")', 'door_open')
                    .every('$__interval'),
                  alias: '$col',
                },
              ],
              openShutMapping,
              [
                { column: 'contactor_closed', title: 'Ρελέ' },
                { column: 'door_open', title: 'Πόρτα', mappings: doorMapping },
              ],
            ).interval('1m'),
          ],
          [
            12,
            chart(
              {
                title: 'Ενέργεια ανά ώρα',
                description: 'Energy by hour and circuit, from the roll-ups of the lights’ counters.',
              },
              [
                {
                  query: Select.from('energy')
                    .call('sum', 'energy_kwh')
                    .is('municipality', ofMunicipality)
                    .is('cabinet', here)
                    .among('circuit', 'circuit')
                    .by('circuit')
                    .every('$__interval'),
                  alias: '$tag_circuit',
                },
              ],
              { unit: 'kwatth', style: 'bars', stacked: true, min: 0, interval: '1h' },
            ),
          ],
        ],
      },
      {
        height: 8,
        panels: [
          [
            12,
            chart(
              {
                title: 'Αιχμή και ελάχιστο ισχύος',
                description:
                  'The highest and lowest power of the cabinet in each hour, from the roll-ups: how far the load is from what is usual.',
              },
              [
                {
                  query: hourly()
                    .call('max', 'power_total_w_max', 'highest')
                    .call('mean', 'power_total_w_mean', 'mean')
                    .call('min', 'power_total_w_min', 'lowest')
                    .every('$__interval'),
                  alias: '$col',
                },
              ],
              {
                unit: 'watt',
                interval: '1h',
                min: 0,
                curves: [
                  { column: 'highest', title: 'Μέγιστη', color: colours.unexpectedlyOn },
                  { column: 'mean', title: 'Μέση', color: colours.plain },
                  { column: 'lowest', title: 'Ελάχιστη', color: colours.off },
                ],
              },
            ),
          ],
          [
            12,
            lightsInState(
              {
                title: 'Φωτιστικά εκτός λειτουργίας',
                description:
                  'Lights of the circuits chosen that are dark, on by day, or unknown, by the last change of their state within two weeks.',
              },
              'circuit',
              [lightStateCodes.dark, lightStateCodes.unexpectedlyOn, lightStateCodes.unknown],
            ).timeFrom('14d'),
          ],
        ],
      },
    ],
  })
