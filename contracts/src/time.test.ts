import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRealClock, createSimulatedClock, instantSchema, isoInstantSchema, toIso } from './time.ts'

describe('a time on the wire', () => {
  test.each([
    ['ISO 8601 in UTC', '2026-01-14T16:00:00Z', 1_768_406_400_000],
    ['ISO 8601 with milliseconds', '2026-01-14T16:00:00.250Z', 1_768_406_400_250],
    ['ISO 8601 with microseconds, cut to milliseconds', '2026-01-14T16:00:00.250999Z', 1_768_406_400_250],
    ['ISO 8601 with a zone east', '2026-01-14T18:00:00+02:00', 1_768_406_400_000],
    ['ISO 8601 with a zone west', '2026-01-14T10:30:00-05:30', 1_768_406_400_000],
    ['a leap day', '2028-02-29T00:00:00Z', 1_835_395_200_000],
    ['milliseconds since 1970', 1_768_406_400_000, 1_768_406_400_000],
    ['the epoch itself', 0, 0],
    ['before 1970', -1, -1],
    ['the last instant a date can show', 8_640_000_000_000_000, 8_640_000_000_000_000],
    // Seconds look like milliseconds of January 1970: a valid time, which the intake sets aside as ancient.
    ['seconds since 1970', 1_768_406_400, 1_768_406_400],
  ])('%s is taken', (_what, wire, expected) => {
    expect(instantSchema.parse(wire)).toBe(expected)
  })

  test.each([
    ['ISO 8601 without a zone', '2026-01-14T16:00:00'],
    ['a date alone', '2026-01-14'],
    ['a date without leading zeros', '2026-1-4T16:00:00Z'],
    ['a zone without a colon', '2026-01-14T16:00:00+0200'],
    ['a zone of hours alone', '2026-01-14T16:00:00+02'],
    ['a zone by name', '2026-01-14T16:00:00 Europe/Athens'],
    ['a blank for the T', '2026-01-14 16:00:00Z'],
    ['no seconds', '2026-01-14T16:00Z'],
    ['the 29th of February of an ordinary year', '2026-02-29T00:00:00Z'],
    ['the 31st of April', '2026-04-31T00:00:00Z'],
    ['a 13th month', '2026-13-01T00:00:00Z'],
    ['hour 24', '2026-01-14T24:00:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['blanks around', ' 2026-01-14T16:00:00Z '],
    ['milliseconds as text', '1768406400000'],
    ['the empty text', ''],
    ['a fraction of a millisecond', 1_768_406_400_000.5],
    ['one beyond the last instant', 8_640_000_000_000_001],
    ['one before the first instant', -8_640_000_000_000_001],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['null', null],
    ['a boolean', true],
    ['an array', [1_768_406_400_000]],
    ['an object', { $date: 1_768_406_400_000 }],
    ['nothing', undefined],
  ])('%s is refused', (_what, wire) => {
    expect(instantSchema.safeParse(wire).success).toBe(false)
  })

  test('what the platform writes, it reads back', () => {
    const anyInstant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(9999, 11, 31) })
    fc.assert(fc.property(anyInstant, (at) => instantSchema.parse(isoInstantSchema.parse(toIso(at))) === at))
  })

  test('the platform writes UTC with milliseconds', () => {
    expect(toIso(1_768_406_400_000)).toBe('2026-01-14T16:00:00.000Z')
  })

  test('a document with another zone is none of the platform', () => {
    expect(isoInstantSchema.safeParse('2026-01-14T18:00:00+02:00').success).toBe(false)
  })
})

describe('the clock', () => {
  test('a real one shows the wall', () => {
    const clock = createRealClock(() => 1_234)
    expect([clock.now(), clock.speed]).toEqual([1_234, 1])
  })

  test.each([
    { speed: 1, elapsed: 500, shown: 1_000_500 },
    { speed: 60, elapsed: 1_000, shown: 1_060_000 },
    { speed: 0.5, elapsed: 3, shown: 1_000_002 },
    { speed: 60, elapsed: 0, shown: 1_000_000 },
  ])('a simulated one at speed $speed shows $shown after $elapsed ms', ({ speed, elapsed, shown }) => {
    const clock = createSimulatedClock({ epoch: 1_000_000, wallEpoch: 77, speed, wallNow: () => 77 + elapsed })
    expect([clock.now(), clock.speed]).toEqual([shown, speed])
  })

  test.each([0, -1, Number.NaN])('speed %d is refused', (speed) => {
    expect(() => createSimulatedClock({ epoch: 0, wallEpoch: 0, speed, wallNow: () => 0 })).toThrow(RangeError)
  })
})
