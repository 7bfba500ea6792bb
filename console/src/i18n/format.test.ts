import { describe, expect, test } from 'vitest'
import { createFormats } from './format.ts'

const greek = createFormats('el', 'Europe/Athens')
const english = createFormats('en', 'Europe/Athens')
const at = (iso: string) => Date.parse(iso)

describe('numbers and quantities', () => {
  test.each([
    ['thousands and decimals are Greek in Greek', greek.number(1537.25), '1.537,25'],
    ['thousands and decimals are English in English', english.number(1537.25), '1,537.25'],
    ['a unit follows its value', greek.quantity(59.96, 'W'), '60 W'],
    ['a ratio has no unit and two decimals', greek.quantity(0.944, '1'), '0,94'],
  ])('%s', (_name, shown, expected) => {
    expect(shown).toBe(expected)
  })
})

describe('times', () => {
  test.each([
    ['of today are hour and minute in the zone of the municipality', '2026-11-22T19:05:00Z', '21:05'],
    ['just after midnight there are of a new day', '2026-11-21T21:59:00Z', '21 Νοε, 23:59'],
  ])('%s', (_name, moment, expected) => {
    expect(greek.moment(at(moment), at('2026-11-22T20:00:00Z'))).toBe(expected)
  })

  test('midnight is 00 and not 24', () => {
    expect(greek.clock(at('2026-11-22T22:00:00Z'), true)).toBe('00:00:00')
  })

  test('summer time is the zone’s', () => {
    expect(greek.clock(at('2026-07-01T19:00:00Z'), false)).toBe('22:00')
  })
})

describe('spans are cut to their largest unit', () => {
  test.each([
    [-5_000, '0 secs'],
    [999, '0 secs'],
    [59_999, '59 secs'],
    [60_000, '1 min'],
    [119_999, '1 min'],
    [3_600_000, '1 hr'],
    [172_800_000, '2 days'],
  ])('%i ms', (ms, expected) => {
    expect(english.span(ms)).toBe(expected)
  })
})
