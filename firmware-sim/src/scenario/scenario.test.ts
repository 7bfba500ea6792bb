import { describe, expect, test } from 'vitest'
import { createZone } from '../local-time.ts'
import { nightAt } from '../nights.ts'
import { loadOrestiada } from '../town/orestiada.ts'
import { createDemo } from './demo.ts'
import { createActiveFaults } from './faults.ts'
import { parseScenario, scripted } from './scenario.ts'
import { createTargets } from './targets.ts'
import { parseDuration, parseMoment } from './times.ts'

const minute = 60_000
const origin = { now: 1_000_000, dusk: 50_000_000, dawn: 90_000_000 }

describe('times of a scenario', () => {
  test.each([
    ['90s', 90_000],
    ['40m', 40 * minute],
    ['1h30m', 90 * minute],
    ['2d', 2_880 * minute],
    ['1d2h3m4s', 93_784_000],
    ['', null],
    ['h', null],
    ['5', null],
    ['30m1h', null],
    ['-5m', null],
    ['1.5h', null],
  ])('a duration of "%s" is %s ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected)
  })

  test.each([
    ['+90s', 1_090_000],
    ['dusk', 50_000_000],
    ['dusk+25m', 50_000_000 + 25 * minute],
    ['dawn-1h', 90_000_000 - 60 * minute],
    ['2026-11-16T17:00:00+02:00', Date.UTC(2026, 10, 16, 15)],
    ['2026-11-16T17:00:00', null],
    ['-90s', null],
    ['noon', null],
    ['dusk+', null],
    ['dusk25m', null],
    ['+', null],
    ['', null],
  ])('a time of "%s" is %s', (text, expected) => {
    expect(parseMoment(text, origin)).toBe(expected)
  })
})

describe('a scenario file', () => {
  const trip = { at: 'dusk+25m', fault: 'circuitTrip', target: 'rizia-p1-c1', for: '40m' }
  const planned = {
    at: origin.dusk + 25 * minute,
    action: 'break',
    fault: 'circuitTrip',
    target: 'rizia-p1-c1',
    forMs: 40 * minute,
  }

  test.each([
    ['an array', JSON.stringify([trip])],
    ['one object a line, with comments', `# the evening\n\n${JSON.stringify(trip)}\n`],
  ])('may be %s', (_, text) => {
    expect(parseScenario(text, origin)).toEqual([planned])
  })

  test('a repair, and a fault at once until repaired', () => {
    const text = '{"fault":"lamp","target":"a"}\n{"at":"+5m","repair":"lamp","target":"a"}'
    expect(parseScenario(text, origin)).toEqual([
      { at: origin.now, action: 'break', fault: 'lamp', target: 'a' },
      { at: origin.now + 5 * minute, action: 'repair', fault: 'lamp', target: 'a' },
    ])
  })

  test.each([
    ['no JSON', '{"fault":', /line 1: /],
    ['an unknown fault', '\n{"fault":"gremlins","target":"a"}', /line 2: .*circuitTrip/],
    ['an unknown key', '{"fault":"lamp","target":"a","until":"1h"}', /line 1: a scenario line is/],
    ['no target', '{"fault":"lamp"}', /line 1: a scenario line is/],
    ['a bad time', '{"at":"tea time","fault":"lamp","target":"a"}', /"at" must be .* got "tea time"/],
    ['a bad duration', '{"fault":"lamp","target":"a","for":"long"}', /"for" must be .* got "long"/],
    ['a duration of nothing', '{"fault":"lamp","target":"a","for":"0s"}', /"for" must be/],
    ['a number instead of a line', '42', /line 1: a scenario line is/],
  ])('%s is refused with the place', (_, text, reason) => {
    expect(() => parseScenario(text, origin)).toThrow(reason)
  })

  test('is told once', () => {
    const night = { noon: 0, nextNoon: 1, dusk: 0, dawn: 1 }
    const scenario = scripted(parseScenario(JSON.stringify([trip]), origin))
    expect([scenario(night).length, scenario(night).length]).toEqual([1, 0])
  })
})

describe('faults', () => {
  test('what is broken twice works again after two repairs', () => {
    const faults = createActiveFaults()
    faults.begin('lamp', 'a')
    faults.begin('lamp', 'a')
    expect(faults.end('lamp', 'a')).toBe(true)
    expect(faults.has('lamp', 'a')).toBe(true)
    expect(faults.end('lamp', 'a')).toBe(true)
    expect(faults.has('lamp', 'a')).toBe(false)
    expect(faults.end('lamp', 'a')).toBe(false)
  })

  test.each([
    ['lamp', 'nobody'],
    ['poleFuse', 'solar'],
    ['drainedBattery', 'grid'],
    ['circuitTrip', 'orestias-p1'],
    ['cabinetSupply', 'orestias-p1-c1'],
    ['phaseLoss', 'orestias-p1'],
    ['phaseLoss', 'orestias-p1:L4'],
    ['gatewayFailure', 'orestias-p1'],
    ['radioLoss', 'orestias-gw1'],
    ['knockdown', 'solar'],
    ['panelSoiled', 'grid'],
    ['poorLink', 'solar'],
    ['cableCut', 'orestias-p1-c1'],
    ['cableCut', 'orestias-p1-c1#999'],
    ['overvoltage', 'orestias-p1-c1:L2'],
    ['areaSupply', 'orestias-p1+nowhere'],
    ['providerOutage', 'nobody'],
    ['illegalTap', 'orestias-p1-c1'],
  ] as const)('%s of %s is refused', async (kind, target) => {
    const town = await loadOrestiada(1, { lights: 60 })
    const example = town.luminaires.find(({ supply }) => supply === target)?.id
    expect(createTargets(town)(kind, example ?? target).ok).toBe(false)
  })
})

describe('the demonstration', async () => {
  const town = await loadOrestiada(1)
  const epoch = Date.parse('2026-11-16T15:10:00Z')
  const scenario = createDemo(town, { seed: 1, epoch })
  const [centre] = town.communities
  if (centre === undefined) throw new Error('no community')
  const nightOf = (days: number) => nightAt(epoch + days * 86_400_000, centre, createZone('Europe/Athens'))

  test('on the first night a village circuit of 20 to 40 lights trips 25 minutes after dusk, for 35 minutes', () => {
    const [trip, ...others] = scenario(nightOf(0))
    expect(trip).toMatchObject({
      action: 'break',
      fault: 'circuitTrip',
      at: nightOf(0).dusk + 25 * minute,
      forMs: 35 * minute,
    })
    const members = town.luminaires.filter(({ circuit }) => circuit === trip?.target)
    expect(members.length).toBeGreaterThanOrEqual(20)
    expect(members.length).toBeLessThanOrEqual(40)
    expect(members[0]?.community).not.toBe('orestias')
    expect(others.map(({ fault }) => fault)).toEqual(['lamp', 'gatewayFailure', 'dayBurner'])
  })

  test('later nights differ, each is always the same, and everything that breaks exists and is repaired', () => {
    const targets = createTargets(town)
    const nights = Array.from({ length: 30 }, (_, i) => scenario(nightOf(i + 1)))
    expect(new Set(nights.map((night) => JSON.stringify(night))).size).toBe(30)
    expect(scenario(nightOf(3))).toEqual(nights[2])
    for (const { fault, target, forMs } of nights.flat()) {
      expect(targets(fault, target)).toMatchObject({ ok: true })
      expect(forMs).toBeGreaterThan(0)
    }
    expect(new Set(nights.flat().map(({ fault }) => fault)).size).toBe(11)
    for (const night of nights) expect(night.some(({ fault }) => fault === 'circuitTrip')).toBe(true)
  })

  test('nothing breaks before the beginning', () => {
    expect(scenario(nightOf(-1))).toEqual([])
  })
})
