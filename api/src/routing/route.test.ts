import {
  type RoutedMatter,
  type RoutingTable,
  routedMatterSchema,
  routingTableSchema,
  type Service,
} from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { defaultRoutingTable } from './default-table.ts'
import { createDefaultDispatch } from './dispatch.ts'
import { routeMatter } from './route.ts'

const matter = (more: Partial<RoutedMatter> & Pick<RoutedMatter, 'category'>): RoutedMatter =>
  routedMatterSchema.parse(more)
const morning = { clock: '10:00', serviceOpen: true }

describe('by default', () => {
  test('the table is valid', () => {
    expect(routingTableSchema.parse(defaultRoutingTable)).toEqual(defaultRoutingTable)
  })

  test.each<[string, Partial<RoutedMatter> & Pick<RoutedMatter, 'category'>, Service, string]>([
    [
      'a single lamp goes to the municipal electricians',
      { category: 'street-light-out', extent: 'single', fault: 'lampFailure', supply: 'grid', owner: 'municipality' },
      'municipalLighting',
      'category-of-municipalLighting',
    ],
    [
      'a dark circuit to the network operator',
      { category: 'street-dark', extent: 'circuit', fault: 'circuitOutage', supply: 'grid', owner: 'municipality' },
      'networkOperator',
      'circuit-or-supply',
    ],
    [
      'a dark cabinet too',
      { category: 'street-dark', extent: 'cabinet', fault: 'cabinetOutage' },
      'networkOperator',
      'circuit-or-supply',
    ],
    [
      'a group that burns by day too',
      { category: 'street-light-on-by-day', extent: 'dayBurningGroup', fault: 'dayBurningGroup' },
      'networkOperator',
      'day-burning-group',
    ],
    [
      'one lamp that burns by day not',
      { category: 'street-light-on-by-day', extent: 'single', fault: 'lampUnexpectedOn' },
      'municipalLighting',
      'category-of-municipalLighting',
    ],
    [
      "the network operator's own lamp to it",
      { category: 'street-light-out', extent: 'single', owner: 'networkOperator', supply: 'grid' },
      'networkOperator',
      'operator-owned',
    ],
    [
      'a voltage out of bounds to it',
      { category: 'other-lighting', extent: 'single', fault: 'supplyVoltageTooLow' },
      'networkOperator',
      'fault-of-networkOperator',
    ],
    [
      'a tripped breaker to the municipal electricians',
      { category: 'street-dark', extent: 'several', fault: 'circuitBreakerTripped' },
      'municipalLighting',
      'breaker',
    ],
    [
      'a solar light to its contractor',
      { category: 'street-light-out', extent: 'single', supply: 'solar' },
      'solarMaintenance',
      'solar',
    ],
    [
      'a solar light whose battery fails, too',
      { category: 'other-lighting', extent: 'single', fault: 'batteryAged' },
      'solarMaintenance',
      'fault-of-solarMaintenance',
    ],
    ['a knocked-down pole to the emergency crew', { category: 'pole-damaged' }, 'emergency', 'pole-damaged'],
    [
      'a pole that was hit, by its own sensor',
      { category: 'pole-damaged', fault: 'impactDetected', extent: 'single', owner: 'networkOperator' },
      'emergency',
      'knocked-down-or-live',
    ],
    [
      'a leakage',
      { category: 'other-lighting', fault: 'leakageDetected', extent: 'none' },
      'emergency',
      'knocked-down-or-live',
    ],
    [
      'wires, before everything else',
      { category: 'street-dark', extent: 'circuit', fault: 'circuitOutage', danger: true },
      'emergency',
      'danger',
    ],
    ['a pothole to the roads', { category: 'pothole' }, 'roads', 'category-of-roads'],
    ['a question to the citizen line', { category: 'information' }, 'citizenService', 'category-of-citizenService'],
  ])('%s', (_name, asked, service, rule) => {
    const routed = routeMatter(defaultRoutingTable, matter(asked), morning)
    expect(routed.service).toBe(service)
    expect(routed.routedBy.rule).toBe(rule)
    expect(routed.routedBy.el).not.toBe('')
  })

  test.each<[string, Partial<RoutedMatter> & Pick<RoutedMatter, 'category'>, string, string]>([
    [
      'danger is urgent: four hours, day and night',
      { category: 'pothole', danger: true },
      'urgent',
      '2026-04-10T23:00:00.000Z',
    ],
    [
      'a critical fault: a day',
      { category: 'street-dark', severity: 'critical' },
      'urgent',
      '2026-04-11T19:00:00.000Z',
    ],
    [
      'a major one: three days, Easter or not',
      { category: 'street-light-out', severity: 'major' },
      'high',
      '2026-04-13T19:00:00.000Z',
    ],
    ['the rest in working days', { category: 'graffiti' }, 'normal', '2026-04-22T12:00:00.000Z'],
  ])('%s', (_name, asked, priority, dueAt) => {
    const at = Date.parse('2026-04-10T22:00:00+03:00')
    expect(createDefaultDispatch('Europe/Athens').route(matter(asked), at)).toMatchObject({ priority, dueAt })
  })
})

describe('a table of its own', () => {
  const why = { el: 'γιατί', en: 'why' }
  const table = (...rules: RoutingTable['rules']): RoutingTable => ({
    ...defaultRoutingTable,
    rules: [...rules, { id: 'rest', why, when: {}, to: { service: 'citizenService' } }],
  })
  const goes = (rules: RoutingTable, asked: Partial<RoutedMatter>, moment = morning) =>
    routeMatter(rules, matter({ category: 'street-light-out', ...asked }), moment).routedBy.rule

  test('is asked in its order: the first rule that holds decides', () => {
    const both = table(
      { id: 'first', why, when: { groups: ['lighting'] }, to: { service: 'roads' } },
      { id: 'second', why, when: { categories: ['street-light-out'] }, to: { service: 'water' } },
    )
    expect(goes(both, {})).toBe('first')
  })

  test('can tell communities apart', () => {
    const rules = table({ id: 'vyssa', why, when: { communities: ['vyssa'] }, to: { service: 'roads' } })
    expect(goes(rules, { community: 'vyssa' })).toBe('vyssa')
    expect(goes(rules, { community: 'rizia' })).toBe('rest')
    expect(goes(rules, {})).toBe('rest')
  })

  test('can tell the hours apart, over midnight too', () => {
    const night = table({
      id: 'night',
      why,
      when: { hours: { from: '22:00', until: '06:00' } },
      to: { service: 'roads' },
    })
    const at = (clock: string) => goes(night, {}, { clock, serviceOpen: false })
    expect(['21:59', '22:00', '00:00', '05:59', '06:00'].map(at)).toEqual(['rest', 'night', 'night', 'night', 'rest'])
    const closed = table({ id: 'closed', why, when: { serviceOpen: false }, to: { service: 'roads' } })
    expect(goes(closed, {}, morning)).toBe('rest')
    expect(goes(closed, {}, { clock: '10:00', serviceOpen: false })).toBe('closed')
  })

  test('gives team, priority and term', () => {
    const rules = table({
      id: 'all',
      why,
      when: { danger: false },
      to: { service: 'roads', team: 'north', priority: 'low', term: { kind: 'serviceHours', hours: 3 } },
    })
    expect(routeMatter(rules, matter({ category: 'pothole' }), morning)).toEqual({
      service: 'roads',
      team: 'north',
      priority: 'low',
      term: { kind: 'serviceHours', hours: 3 },
      routedBy: { rule: 'all', ...why },
    })
  })

  test.each<[string, unknown]>([
    ['no rule', { ...defaultRoutingTable, rules: [] }],
    ['no rule that always holds', { ...defaultRoutingTable, rules: defaultRoutingTable.rules.slice(0, -1) }],
    [
      'rules after the one that always holds',
      { ...defaultRoutingTable, rules: defaultRoutingTable.rules.toReversed() },
    ],
    ['a rule twice', { ...defaultRoutingTable, rules: [defaultRoutingTable.rules[0], ...defaultRoutingTable.rules] }],
    ['a service that is none', table({ id: 'x', why, when: { danger: true }, to: { service: 'circus' as Service } })],
    ['a condition nobody knows', table({ id: 'x', why, when: { moon: 'full' } as never, to: { service: 'roads' } })],
    ['a condition that lists nothing', table({ id: 'x', why, when: { extents: [] }, to: { service: 'roads' } })],
    ['no reason', table({ id: 'x', why: { el: '', en: 'why' }, when: { danger: true }, to: { service: 'roads' } })],
  ])('is refused with %s', (_name, candidate) => {
    expect(routingTableSchema.safeParse(candidate).success).toBe(false)
  })
})
