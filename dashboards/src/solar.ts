import { quoted, Select } from './influxql.ts'
import { build } from './layout.ts'
import { toDashboard, toLightPage } from './links.ts'
import { colours, yesNoMapping } from './looks.ts'
import { chart, stat, steps } from './panels.ts'
import { ofMunicipality } from './shared-panels.ts'
import { table } from './tables.ts'
import { community, municipality, solarLuminaire } from './variables.ts'

/** Every solar light is forecast at each switch-on: the last word of each is not older than this. */
const lastForecast = '36h'

const forecasts = () =>
  Select.from('solar_forecast')
    .is('municipality', ofMunicipality)
    .among('community', 'community')
    .among('luminaire', 'luminaire')
const outcomes = () =>
  Select.from('solar_outcome')
    .is('municipality', ofMunicipality)
    .among('community', 'community')
    .among('luminaire', 'luminaire')
const hourly = () =>
  Select.from('solar_reading', 'h1')
    .is('municipality', ofMunicipality)
    .among('community', 'community')
    .among('luminaire', 'luminaire')

/** Roll-ups by the municipality's day, for what is seen over weeks. */
const daily = () =>
  Select.from('solar_reading', 'd1')
    .is('municipality', ofMunicipality)
    .among('community', 'community')
    .among('luminaire', 'luminaire')

const tonight = (column: 'at_risk' | 'state_of_charge_pct') =>
  Select.of(forecasts().call('last', column).by('luminaire'))

const levelCurves = [
  { column: 'mean', title: 'Μέση', color: colours.plain },
  { column: 'lowest', title: 'Χαμηλότερη', color: colours.dark },
  { column: 'highest', title: 'Υψηλότερη', color: colours.off },
]

const stats = [
  stat(
    { title: 'Κινδυνεύουν απόψε', description: 'Solar lights that are more likely than not to be dark before dawn.' },
    tonight('at_risk').call('sum', 'at_risk'),
    { decimals: 0, thresholds: steps(colours.good, [1, colours.unexpectedlyOn], [5, colours.dark]) },
  ).timeFrom(lastForecast),
  stat(
    { title: 'Φωτοβολταϊκά φωτιστικά', description: 'Solar lights with a forecast for this night.' },
    tonight('at_risk').call('count', 'at_risk', 'lights'),
    { decimals: 0 },
  ).timeFrom(lastForecast),
  stat(
    { title: 'Μέση φόρτιση στο άναμμα', description: 'Mean state of charge at the last switch-on.' },
    tonight('state_of_charge_pct').call('mean', 'state_of_charge_pct'),
    { unit: 'percent', decimals: 0, thresholds: steps(colours.dark, [40, colours.unexpectedlyOn], [70, colours.good]) },
  ).timeFrom(lastForecast),
  stat(
    {
      title: 'Σκοτείνιασαν',
      description: 'Light-nights of the shown time in which a solar light was dark before dawn.',
    },
    outcomes().call('sum', 'went_dark_code'),
    { decimals: 0, thresholds: steps(colours.good, [1, colours.dark]) },
  ),
  stat(
    {
      title: 'Σφάλμα πρόβλεψης (Brier)',
      description:
        'Mean squared error of the probabilities at switch-on: 0 is perfect, 0.25 is what a coin scores (docs/forecast.md).',
    },
    outcomes().call('mean', 'squared_error'),
    { decimals: 3, thresholds: steps(colours.good, [0.1, colours.unexpectedlyOn], [0.25, colours.dark]) },
  ),
  stat(
    { title: 'Συγκομιδή', description: 'Energy from the panels in the shown time, from mean power by hour.' },
    hourly().call('sum', 'panel_power_w_mean', 'harvest'),
    { unit: 'watth', decimals: 0 },
  ),
]

export const solar = () =>
  build({
    name: 'solar',
    title: 'Φωτοβολταϊκά φωτιστικά',
    description:
      'Which solar lights will be dark before dawn, why, and how good such forecasts were. For the solar crew, before sunset.',
    tags: ['φωτοβολταϊκά', 'μπαταρία'],
    last: '3d',
    refresh: '5m',
    variables: [municipality(), community({ all: true }), solarLuminaire()],
    rows: [
      { height: 4, panels: stats.map((panel) => [4, panel] as const) },
      {
        height: 10,
        panels: [
          [
            24,
            table(
              {
                title: 'Απόψε, τα πιο αβέβαια πρώτα',
                description:
                  'The last forecast of every solar light: the probability of no light before dawn, what the battery holds and what the night takes.',
              },
              Select.of(
                forecasts()
                  .call('last', 'probability_dark')
                  .get('at_risk')
                  .get('hours_until_dark_h')
                  .get('state_of_charge_pct')
                  .get('usable_energy_wh')
                  .get('needed_energy_wh')
                  .get('probability_dark_next_1')
                  .by('community', 'luminaire'),
              )
                .get('luminaire')
                .get('community')
                .get('probability_dark')
                .get('at_risk')
                .get('hours_until_dark_h')
                .get('state_of_charge_pct')
                .get('usable_energy_wh')
                .get('needed_energy_wh')
                .get('probability_dark_next_1'),
              {
                sortBy: 'Πιθανότητα σκότους',
                columns: [
                  { column: 'luminaire', title: 'Φωτιστικό', links: [toDashboard('luminaire'), toLightPage()] },
                  { column: 'community', title: 'Κοινότητα', links: [toDashboard('community')] },
                  {
                    column: 'probability_dark',
                    title: 'Πιθανότητα σκότους',
                    unit: 'percentunit',
                    decimals: 0,
                    shown: { barMax: 1, color: colours.dark },
                  },
                  { column: 'at_risk', title: 'Κινδυνεύει', mappings: yesNoMapping, shown: 'colouredText', width: 100 },
                  { column: 'hours_until_dark_h', title: 'Αντέχει ακόμη', unit: 'h', decimals: 1 },
                  { column: 'state_of_charge_pct', title: 'Φόρτιση', unit: 'percent', decimals: 0 },
                  { column: 'usable_energy_wh', title: 'Διαθέσιμη ενέργεια', unit: 'watth', decimals: 0 },
                  { column: 'needed_energy_wh', title: 'Χρειάζεται', unit: 'watth', decimals: 0 },
                  { column: 'probability_dark_next_1', title: 'Αύριο', unit: 'percentunit', decimals: 0 },
                ],
              },
            ).timeFrom(lastForecast),
          ],
        ],
      },
      {
        height: 9,
        panels: [
          [
            8,
            chart(
              {
                title: 'Στάθμη μπαταρίας',
                description:
                  'State of charge of the lights chosen in the last three days: their mean, and the lowest and highest among them. From the roll-ups by hour.',
              },
              [
                {
                  query: hourly()
                    .call('mean', 'battery_level_pct_mean', 'mean')
                    .call('min', 'battery_level_pct_min', 'lowest')
                    .call('max', 'battery_level_pct_max', 'highest')
                    .every('$__interval'),
                  alias: '$col',
                },
              ],
              {
                unit: 'percent',
                min: 0,
                max: 100,
                interval: '1h',
                curves: levelCurves,
              },
            ).timeFrom('3d'),
          ],
          [
            8,
            chart(
              {
                title: 'Στάθμη μπαταρίας ανά ημέρα',
                description:
                  'State of charge of the lights chosen, day by day: their mean, and the lowest and highest among them.',
              },
              [
                {
                  query: daily()
                    .call('mean', 'battery_level_pct_mean', 'mean')
                    .call('min', 'battery_level_pct_min', 'lowest')
                    .call('max', 'battery_level_pct_max', 'highest')
                    .everyDay(),
                  alias: '$col',
                },
              ],
              {
                unit: 'percent',
                min: 0,
                max: 100,
                interval: '1d',
                curves: levelCurves,
              },
            ),
          ],
          [
            8,
            chart(
              {
                title: 'Συγκομιδή ανά ημέρα',
                description:
                  'Energy from the panels of the lights chosen, day by day: mean power of each hour, added up.',
              },
              [
                {
                  query: hourly()
                    .column(`sum(${quoted('panel_power_w_mean')})`, 'harvest')
                    .everyDay(),
                  alias: '$col',
                },
              ],
              {
                unit: 'watth',
                style: 'bars',
                min: 0,
                interval: '1d',
                curves: [{ column: 'harvest', title: 'Συγκομιδή', color: colours.lit }],
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
            chart(
              {
                title: 'Πρόβλεψη και αποτέλεσμα',
                description:
                  'Lights that were expected to be dark (their probabilities added up), and lights that were, night by night.',
              },
              [
                {
                  query: outcomes()
                    .call('sum', 'probability_dark', 'expected')
                    .call('sum', 'went_dark_code', 'happened')
                    .everyDay(),
                  alias: '$col',
                },
              ],
              {
                unit: 'short',
                style: 'bars',
                min: 0,
                interval: '1d',
                curves: [
                  { column: 'expected', title: 'Αναμενόταν', color: colours.plain },
                  { column: 'happened', title: 'Συνέβη', color: colours.dark },
                ],
              },
            ).timeFrom('14d'),
          ],
          [
            12,
            chart(
              {
                title: 'Θερμοκρασία μπαταρίας',
                description:
                  'Cold takes capacity from a battery, heat takes years: mean and extremes of the lights chosen.',
              },
              [
                {
                  query: daily()
                    .call('mean', 'battery_temperature_c_mean', 'mean')
                    .call('min', 'battery_temperature_c_min', 'lowest')
                    .call('max', 'battery_temperature_c_max', 'highest')
                    .everyDay(),
                  alias: '$col',
                },
              ],
              {
                unit: 'celsius',
                interval: '1d',
                curves: [
                  { column: 'mean', title: 'Μέση', color: colours.plain },
                  { column: 'lowest', title: 'Χαμηλότερη', color: colours.maintenance },
                  { column: 'highest', title: 'Υψηλότερη', color: colours.unexpectedlyOn },
                ],
              },
            ).timeFrom('14d'),
          ],
        ],
      },
    ],
  })
