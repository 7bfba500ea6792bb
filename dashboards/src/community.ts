import { lightStateCodes } from '@fanari/contracts'
import { placeholder, Select } from './influxql.ts'
import { build } from './layout.ts'
import { colours } from './looks.ts'
import { chart, stat, steps } from './panels.ts'
import { lightsInState, lightsNow, lightsThroughTime, ofMunicipality, openIncidentsTable } from './shared-panels.ts'
import { table } from './tables.ts'
import { community as communityVariable, municipality } from './variables.ts'

const remembered = '2d'
const here = placeholder('community')

/** The indices of the community's nights; each night is one point, at the noon before it. */
const nights = () =>
  Select.from('night_index').is('municipality', ofMunicipality).is('group_kind', 'community').is('group', here)

const stats = [
  stat(
    { title: 'Σκοτεινά τώρα', description: 'Lights of the community that should be on, and are known to be dark.' },
    lightsNow('dark', true),
    {
      decimals: 0,
      thresholds: steps(colours.good, [1, colours.unexpectedlyOn], [3, colours.dark]),
    },
  ).timeFrom(remembered),
  stat(
    { title: 'Άγνωστα τώρα', description: 'Lights of the community that should be on, and of which nothing is known.' },
    lightsNow('unknown', true),
    {
      decimals: 0,
      thresholds: steps(colours.good, [1, colours.unknown]),
    },
  ).timeFrom(remembered),
  stat({ title: 'Αναμμένα τώρα', description: 'Lights of the community that are lit.' }, lightsNow('lit', true), {
    decimals: 0,
  }).timeFrom(remembered),
  stat({ title: 'Φωτιστικά', description: 'All lights of the community.' }, lightsNow('total', true), {
    decimals: 0,
  }).timeFrom(remembered),
  stat(
    {
      title: 'Ώρες σκότους ανά φωτιστικό',
      description: 'L-SAIDI: dark hours a light, added up over the nights shown (docs/indices.md).',
    },
    nights().call('sum', 'l_saidi_h'),
    { unit: 'h', decimals: 2 },
  ),
  stat(
    {
      title: 'Διακοπές ανά φωτιστικό',
      description: 'L-SAIFI: dark episodes a light, added up over the nights shown (docs/indices.md).',
    },
    nights().call('sum', 'l_saifi'),
    { decimals: 2 },
  ),
]

export const community = () =>
  build({
    name: 'community',
    title: 'Κοινότητα',
    description:
      'One community: how its nights were, which of its lights are dark, and what is being done. For its president and the dispatcher.',
    tags: ['κοινότητα'],
    last: '7d',
    refresh: '1m',
    variables: [municipality(), communityVariable({ all: false })],
    rows: [
      { height: 4, panels: stats.map((panel) => [4, panel] as const) },
      {
        height: 9,
        panels: [
          [
            12,
            lightsThroughTime(
              {
                title: 'Φωτισμός στον χρόνο',
                description: 'Lights of the community lit, dark and unknown through the shown time.',
              },
              true,
            ),
          ],
          [
            12,
            chart(
              {
                title: 'Οι νύχτες μία μία',
                description:
                  'Light-hours in the dark and unknown, night by night, and the share of the planned light that was given.',
              },
              [
                {
                  query: nights().get('dark_h').get('unknown_h').get('lights_in_light_pct'),
                  alias: '$col',
                },
              ],
              {
                unit: 'h',
                style: 'bars',
                stacked: true,
                min: 0,
                curves: [
                  { column: 'dark_h', title: 'Ώρες σκοτεινές', color: colours.dark },
                  { column: 'unknown_h', title: 'Ώρες άγνωστες', color: colours.unknown },
                  {
                    column: 'lights_in_light_pct',
                    title: 'Φως που δόθηκε',
                    color: colours.good,
                    unit: 'percent',
                    right: true,
                    style: 'points',
                  },
                ],
              },
            ),
          ],
        ],
      },
      {
        height: 9,
        panels: [
          [
            14,
            lightsInState(
              {
                title: 'Φωτιστικά που θέλουν προσοχή',
                description:
                  'Lights of the community that are dark, on by day, or unknown, by the last change of their state within two weeks.',
              },
              'community',
              [lightStateCodes.dark, lightStateCodes.unexpectedlyOn, lightStateCodes.unknown],
            ).timeFrom('14d'),
          ],
          [
            10,
            table(
              {
                title: 'Προσκλητήρια της νύχτας',
                description: 'Lights confirmed lit, found dark, and unknown at the fixed moments of each night.',
              },
              Select.from('roll_call')
                .get('night')
                .get('moment')
                .get('lit')
                .get('dark')
                .get('unknown')
                .is('municipality', ofMunicipality)
                .is('community', here)
                .newest(60),
              {
                columns: [
                  { column: 'night', title: 'Νύχτα' },
                  { column: 'moment', title: 'Στιγμή' },
                  { column: 'lit', title: 'Αναμμένα', unit: 'short', decimals: 0 },
                  { column: 'dark', title: 'Σκοτεινά', unit: 'short', decimals: 0 },
                  { column: 'unknown', title: 'Άγνωστα', unit: 'short', decimals: 0 },
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
            openIncidentsTable(
              {
                title: 'Ανοιχτά συμβάντα',
                description: 'Incidents of the community that are open, of the last 30 days.',
              },
              true,
            ).timeFrom('30d'),
          ],
        ],
      },
    ],
  })
