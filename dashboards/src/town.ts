import { Select } from './influxql.ts'
import { build } from './layout.ts'
import { toDashboard } from './links.ts'
import { colours } from './looks.ts'
import { incidentMap } from './map.ts'
import { stat, steps } from './panels.ts'
import { lightsNow, lightsThroughTime, ofMunicipality, openTicketsTable } from './shared-panels.ts'
import { table } from './tables.ts'
import { municipality } from './variables.ts'

/** Current states count however long ago they changed, within this span. */
const remembered = '2d'

const indexOfTown = (field: 'lights_in_light_pct' | 'dark_h') =>
  Select.from('night_index').call('last', field).is('municipality', ofMunicipality).is('group_kind', 'municipality')

const communities = Select.of(
  Select.from('community_light')
    .call('last', 'dark')
    .call('last', 'unknown')
    .call('last', 'lit')
    .call('last', 'total')
    .call('last', 'dark_community_code')
    .is('municipality', ofMunicipality)
    .by('community'),
)
  .get('community')
  .get('dark')
  .get('unknown')
  .get('lit')
  .get('total')
  .column('100 * "dark" / "total"', 'dark_pct')
  .get('dark_community_code')

const stats = [
  stat(
    {
      title: 'Κοινότητες στο σκοτάδι',
      description:
        'Communities in which at least 30 % of the lights that should be on are dark, and at least three. Should be 0.',
    },
    lightsNow('dark_community_code', false),
    { decimals: 0, thresholds: steps(colours.good, [1, colours.dark]) },
  ).timeFrom(remembered),
  stat(
    { title: 'Σκοτεινά φωτιστικά', description: 'Lights that should be on, and are known to be dark.' },
    lightsNow('dark', false),
    { decimals: 0, thresholds: steps(colours.good, [1, colours.unexpectedlyOn], [20, colours.dark]) },
  ).timeFrom(remembered),
  stat(
    { title: 'Αναμμένα', description: 'Lights that are lit now. By day 0 is as it should be.' },
    lightsNow('lit', false),
    { decimals: 0 },
  ).timeFrom(remembered),
  stat(
    {
      title: 'Άγνωστα',
      description:
        'Lights that should be on, and of which nothing is known: silent, never heard, or not confirmed. Not counted as dark.',
    },
    lightsNow('unknown', false),
    { decimals: 0, thresholds: steps(colours.good, [1, colours.unknown]) },
  ).timeFrom(remembered),
  stat(
    {
      title: 'Φως απόψε',
      description:
        "Of the last night's planned light-hours of which anything is known, the share that was lit (docs/indices.md).",
    },
    indexOfTown('lights_in_light_pct'),
    { unit: 'percent', decimals: 1, thresholds: steps(colours.dark, [95, colours.unexpectedlyOn], [99, colours.good]) },
  ).timeFrom(remembered),
  stat(
    { title: 'Ώρες σκότους', description: 'Light-hours in the dark in the last night: lights times hours.' },
    indexOfTown('dark_h'),
    { unit: 'h', decimals: 1 },
  ).timeFrom(remembered),
]

export const town = () =>
  build({
    name: 'town',
    title: 'Η πόλη απόψε',
    description:
      'Is any community in the dark tonight, where, and who is on it? For the operations centre and the mayor.',
    tags: ['πόλη', 'απόψε'],
    last: '18h',
    refresh: '1m',
    variables: [municipality()],
    rows: [
      { height: 4, panels: stats.map((panel) => [4, panel] as const) },
      {
        height: 9,
        panels: [
          [
            14,
            lightsThroughTime(
              {
                title: 'Η νύχτα ως τώρα',
                description:
                  'Lights lit, dark and unknown through the shown time, stacked by community: yellow lit, red dark, purple unknown. A red or purple band is what should not be there.',
              },
              false,
            ),
          ],
          [
            10,
            table(
              {
                title: 'Κοινότητες, οι πιο σκοτεινές πρώτες',
                description: 'Every community with its dark, unknown and lit lights now. Click one for its dashboard.',
              },
              communities,
              {
                sortBy: 'Σκοτεινά %',
                columns: [
                  { column: 'community', title: 'Κοινότητα', links: [toDashboard('community')] },
                  {
                    column: 'dark_pct',
                    title: 'Σκοτεινά %',
                    unit: 'percent',
                    decimals: 0,
                    shown: { barMax: 100, color: colours.dark },
                  },
                  { column: 'dark', title: 'Σκοτεινά', unit: 'short', decimals: 0, width: 90 },
                  { column: 'unknown', title: 'Άγνωστα', unit: 'short', decimals: 0, width: 90 },
                  { column: 'lit', title: 'Αναμμένα', unit: 'short', decimals: 0, width: 90 },
                  { column: 'total', title: 'Σύνολο', unit: 'short', decimals: 0, width: 80 },
                ],
              },
            ).timeFrom(remembered),
          ],
        ],
      },
      {
        height: 13,
        panels: [
          [
            12,
            incidentMap({
              title: 'Ανοιχτά συμβάντα στον χάρτη',
              description:
                'Incidents that are open, of the last 30 days; the larger the marker, the more lights. Works without internet.',
            }).timeFrom('30d'),
          ],
          [
            12,
            openTicketsTable(
              {
                title: 'Ανοιχτά αιτήματα',
                description:
                  'Tickets of the last 90 days that are neither resolved nor closed, the longest untouched first. Click one to open it in the console.',
              },
              false,
            ).timeFrom('90d'),
          ],
        ],
      },
    ],
  })
