import { describe, expect, test } from 'vitest'
import { readingFields } from './reading-fields.ts'
import { readingSchema, telemetrySchema } from './readings.ts'

const at = 1_768_406_400_000
const taken = (fields: Record<string, unknown>): boolean => readingSchema.safeParse({ at, ...fields }).success

/** Ranges that the contract names: the least and greatest value taken. */
const contractRanges: [field: string, min: number, max: number][] = [
  ['lightLevel', 0, 100],
  ['supplyVoltage', 0, 1_000],
  ['supplyCurrent', 0, 1_000],
  ['activePower', -100_000, 1_000_000],
  ['powerFactor', -1, 1],
  ['panelVoltage', 0, 500],
  ['panelCurrent', 0, 100],
  ['batteryVoltage', 0, 500],
  ['batteryLevel', 0, 100],
]

/** Fields to which the contract gives a unit and no range: everyday values, and what no device can have measured. */
const physical: [field: string, everyday: number[], absurd: number[]][] = [
  ['uptime', [0, 0.5, 86_400, 3_000_000_000], [-1]],
  ['activeEnergy', [0, 1_204.6, 10_000_000], [-0.1]],
  ['operatingHours', [0, 9_812.3, 200_000], [-1]],
  ['temperature', [-40, 0, 85, 125], [-274, 10_000]],
  ['tilt', [0, 90, 180], [-1, 181]],
  ['rssi', [-140, -60, 0], [-10_000, 1_000]],
  ['snr', [-25, 0, 30], [-1_000, 1_000]],
  ['batteryCurrent', [-100, -0.4, 0, 100], [-100_000, 100_000]],
  ['batteryTemperature', [-30, 25, 80], [-274, 10_000]],
  ['voltageL1', [0, 230, 400], [-1, 100_000]],
  ['voltageL2', [0, 230, 400], [-1, 100_000]],
  ['voltageL3', [0, 230, 400], [-1, 100_000]],
  ['currentL1', [0, 63], [-1, 100_000]],
  ['currentL2', [0, 63], [-1, 100_000]],
  ['currentL3', [0, 63], [-1, 100_000]],
  ['powerL1', [-500, 0, 14_000], [-1e9, 1e9]],
  ['powerL2', [-500, 0, 14_000], [-1e9, 1e9]],
  ['powerL3', [-500, 0, 14_000], [-1e9, 1e9]],
  ['leakageCurrent', [0, 30, 300], [-1, 1e12]],
  ['illuminance', [0, 0.1, 120_000], [-1, 1e9]],
]

const counters = ['seq', 'switchOnCount', 'supplyLossCount']

describe('a number of a reading', () => {
  describe.each(contractRanges)('%s', (field, min, max) => {
    test('is taken at both ends and between', () => {
      expect([min, max, (min + max) / 2].map((value) => taken({ [field]: value }))).toEqual([true, true, true])
    })
    test('is refused beyond either end', () => {
      expect([min - 0.001, max + 0.001].map((value) => taken({ [field]: value }))).toEqual([false, false])
    })
  })

  test.each(physical)('%s takes what is measured and refuses what cannot be', (field, everyday, absurd) => {
    expect(everyday.filter((value) => !taken({ [field]: value }))).toEqual([])
    expect(absurd.filter((value) => taken({ [field]: value }))).toEqual([])
  })

  test.each(counters)('%s is a whole number from 0', (field) => {
    expect([0, 1, 4_294_967_295, 9_007_199_254_740_991].filter((value) => !taken({ [field]: value }))).toEqual([])
    expect([-1, 0.5, 9_007_199_254_740_992].filter((value) => taken({ [field]: value }))).toEqual([])
  })

  test.each([...contractRanges.map(([field]) => field), ...physical.map(([field]) => field), ...counters])(
    '%s is refused when it is no number',
    (field) => {
      const wrong = ['1', '', null, true, [1], { value: 1 }, Number.NaN, Number.POSITIVE_INFINITY]
      expect(wrong.filter((value) => taken({ [field]: value }))).toEqual([])
    },
  )
})

describe('the other fields', () => {
  const chargerStates = ['off', 'bulk', 'absorption', 'float', 'equalize', 'night', 'fault']
  const loadStates = ['on', 'off', 'lowVoltageDisconnect', 'fault']
  test.each([
    ['chargerState', chargerStates, ['on', 'Bulk', '', null, 1]],
    ['loadState', loadStates, ['bulk', 'ON', '', null, true]],
    ['doorOpen', [true, false], [0, 1, 'true', null]],
    ['contactorClosed', [true, false], [0, 1, 'true', null]],
    [
      'faults',
      [[], ['lampFailure'], ['batteryEmpty', 'supplyLoss']],
      ['lampFailure', ['LampFailure'], ['x'], [1], null, {}],
    ],
    [
      'measurements',
      [{}, { pm10: 24.1 }, { 'θόρυβος dB': -3 }],
      [{ pm10: '24' }, { pm10: null }, { pm10: Number.NaN }, { '': 1 }, { ['n'.repeat(65)]: 1 }, [1], 'pm10', null],
    ],
  ])('%s', (field, good: unknown[], bad: unknown[]) => {
    expect(good.filter((value) => !taken({ [field]: value }))).toEqual([])
    expect(bad.filter((value) => taken({ [field]: value }))).toEqual([])
  })

  test('measurements hold at most 64 names', () => {
    const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i]))
    expect([taken({ measurements: named(64) }), taken({ measurements: named(65) })]).toEqual([true, false])
  })
})

describe('a reading', () => {
  test('has the fields of the contract and no others', () => {
    const withoutTime = [
      ...contractRanges.map(([field]) => field),
      ...physical.map(([field]) => field),
      ...counters,
      'chargerState',
      'loadState',
      'doorOpen',
      'contactorClosed',
      'faults',
      'measurements',
    ]
    expect(Object.keys(readingFields).sort()).toEqual(withoutTime.sort())
    expect(Object.keys(readingSchema.shape).sort()).toEqual([...withoutTime, 'at'].sort())
  })

  test('needs its time and nothing else', () => {
    expect(readingSchema.parse({ at })).toEqual({ at })
    expect(readingSchema.safeParse({ lightLevel: 100 }).success).toBe(false)
  })

  test('loses the fields the contract does not name', () => {
    expect(readingSchema.parse({ at, lightLevel: 50, vendorSecret: 1, __proto__x: 2 })).toEqual({ at, lightLevel: 50 })
  })

  test('carries no property into the prototype', () => {
    const hostile: unknown = JSON.parse(
      `{"at":${at},"__proto__":{"lightLevel":5},"measurements":{"__proto__":1,"a":2}}`,
    )
    const reading = readingSchema.parse(hostile)
    expect(reading.lightLevel).toBeUndefined()
    expect(Object.getPrototypeOf(reading)).toBe(Object.prototype)
    expect(reading.measurements).toEqual({ a: 2 })
  })

  test('is none when it is something else', () => {
    expect([null, 1, 'x', [], true].filter((value) => readingSchema.safeParse(value).success)).toEqual([])
  })
})

describe('a telemetry publish', () => {
  const readings = (count: number) => Array.from({ length: count }, (_, seq) => ({ at, seq }))
  test.each([
    ['one reading', { at }, true],
    ['an array of one', readings(1), true],
    ['an array of 500', readings(500), true],
    ['an array of 501', readings(501), false],
    ['an empty array', [], false],
    ['an array with one bad reading', [{ at }, { at, lightLevel: 101 }], false],
    ['a nested array', [[{ at }]], false],
  ])('%s', (_what, payload, valid) => {
    expect(telemetrySchema.safeParse(payload).success).toBe(valid)
  })
})
