import type { RetentionPolicy } from '@fanari/contracts'
import { Select } from './influxql.ts'
import { build } from './layout.ts'
import { toDashboard } from './links.ts'
import { colours } from './looks.ts'
import { chart, stat } from './panels.ts'
import { ofMunicipality } from './shared-panels.ts'
import { table } from './tables.ts'
import { community, municipality } from './variables.ts'

/** By hour, or by the municipality's own day: what spans weeks is read from days. */
const energyFrom = (policy: Extract<RetentionPolicy, 'h1' | 'd1'>) =>
  Select.from('energy', policy).is('municipality', ofMunicipality).among('community', 'community')

const stats = [
  stat(
    { title: 'Ενέργεια', description: 'Energy the lights took in the shown time, from their counters.' },
    energyFrom('d1').call('sum', 'energy_kwh'),
    {
      unit: 'kwatth',
      decimals: 0,
    },
  ),
  stat(
    { title: 'Κόστος', description: 'At the price in FANARI_ENERGY_EUR_PER_KWH; empty without one.' },
    energyFrom('d1').call('sum', 'cost_eur'),
    { unit: 'currencyEUR', decimals: 0 },
  ),
  stat(
    { title: 'CO₂', description: 'At the factor in FANARI_CO2_G_PER_KWH; empty without one.' },
    energyFrom('d1').call('sum', 'co2_kg'),
    { unit: 'masskg', decimals: 0 },
  ),
  stat(
    { title: 'Εξοικονόμηση από ντίμινγκ', description: 'What lit lights did not take because they were dimmed.' },
    energyFrom('d1').call('sum', 'dimming_saved_kwh'),
    { unit: 'kwatth', decimals: 0 },
  ),
  stat(
    {
      title: 'Μερίδιο εξοικονόμησης',
      description: 'Saved by dimming, of what the same lights would have taken at full power.',
    },
    energyFrom('d1').column('100 * sum("dimming_saved_kwh") / sum("full_energy_kwh")', 'share'),
    { unit: 'percent', decimals: 1 },
  ),
  stat(
    { title: 'Ανά φωτιστικό-ώρα', description: 'Mean power of a lit light: energy over the hours of light it gave.' },
    energyFrom('d1').column('1000 * sum("energy_kwh") / sum("lit_h")', 'power'),
    { unit: 'watt', decimals: 1 },
  ),
]

export const energy = () =>
  build({
    name: 'energy',
    title: 'Ενέργεια και κόστος',
    description:
      'What the lighting takes, costs and emits, and what dimming saves, by community. For the technical service and the treasurer.',
    tags: ['ενέργεια', 'κόστος'],
    last: '30d',
    refresh: '15m',
    variables: [municipality(), community({ all: true })],
    rows: [
      { height: 4, panels: stats.map((panel) => [4, panel] as const) },
      {
        height: 10,
        panels: [
          [
            14,
            chart(
              { title: 'Ενέργεια ανά ημέρα και κοινότητα', description: 'Energy of each local day, by community.' },
              [
                {
                  query: energyFrom('d1').call('sum', 'energy_kwh').by('community').everyDay(),
                  alias: '$tag_community',
                },
              ],
              { unit: 'kwatth', style: 'bars', stacked: true, min: 0, interval: '1d' },
            ),
          ],
          [
            10,
            table(
              {
                title: 'Ανά κοινότητα',
                description: 'Sums of the shown time by community. Click one for its dashboard.',
              },
              energyFrom('d1')
                .call('sum', 'energy_kwh')
                .call('sum', 'dimming_saved_kwh')
                .call('sum', 'cost_eur')
                .call('sum', 'co2_kg')
                .call('sum', 'lit_h')
                .by('community'),
              {
                sortBy: 'Ενέργεια',
                columns: [
                  { column: 'community', title: 'Κοινότητα', links: [toDashboard('community')] },
                  { column: 'energy_kwh', title: 'Ενέργεια', unit: 'kwatth', decimals: 0 },
                  { column: 'dimming_saved_kwh', title: 'Εξοικονόμηση', unit: 'kwatth', decimals: 0 },
                  { column: 'cost_eur', title: 'Κόστος', unit: 'currencyEUR', decimals: 0 },
                  { column: 'co2_kg', title: 'CO₂', unit: 'masskg', decimals: 0 },
                  { column: 'lit_h', title: 'Φωτιστικό-ώρες', unit: 'short', decimals: 0 },
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
            12,
            chart(
              {
                title: 'Με και χωρίς ντίμινγκ',
                description:
                  'Energy of each local day beside what dimming saved: together, what full power would have taken.',
              },
              [
                {
                  query: energyFrom('d1').call('sum', 'energy_kwh').call('sum', 'dimming_saved_kwh').everyDay(),
                  alias: '$col',
                },
              ],
              {
                unit: 'kwatth',
                style: 'bars',
                stacked: true,
                min: 0,
                interval: '1d',
                curves: [
                  { column: 'energy_kwh', title: 'Ενέργεια', color: colours.plain },
                  { column: 'dimming_saved_kwh', title: 'Εξοικονομήθηκε', color: colours.good },
                ],
              },
            ),
          ],
          [
            12,
            chart(
              {
                title: 'Καμπύλη φορτίου',
                description: 'Energy by hour over the last three days: by grid, and by solar lights’ own panels.',
              },
              [
                {
                  query: energyFrom('h1').call('sum', 'energy_kwh').by('supply').every('$__interval'),
                  alias: '$tag_supply',
                },
              ],
              {
                unit: 'kwatth',
                style: 'bars',
                stacked: true,
                min: 0,
                interval: '1h',
                curves: [
                  { column: 'grid', title: 'Δίκτυο', color: colours.plain },
                  { column: 'solar', title: 'Ήλιος', color: colours.lit },
                ],
              },
            ).timeFrom('3d'),
          ],
        ],
      },
    ],
  })
