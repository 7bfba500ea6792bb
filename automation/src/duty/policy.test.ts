import { expect, test } from 'vitest'
import { afterQuiet, type DutyPolicy, parseEscalation, parseQuietHours, parseSeverity } from './policy.ts'

const policy = (quiet: string): DutyPolicy => ({
  timeZone: 'Europe/Athens',
  least: 'minor',
  quiet: parseQuietHours(quiet),
  escalateAfterMs: {},
  groupMs: 0,
})

test.for([
  ['before quiet hours', '22:00-07:00', '2026-11-25T19:59:00Z', '2026-11-25T19:59:00Z'],
  ['from their first minute', '22:00-07:00', '2026-11-25T20:00:00Z', '2026-11-26T05:00:00Z'],
  ['after midnight', '22:00-07:00', '2026-11-26T00:30:00Z', '2026-11-26T05:00:00Z'],
  ['at their end', '22:00-07:00', '2026-11-26T05:00:00Z', '2026-11-26T05:00:00Z'],
  ['within a day', '14:00-17:00', '2026-11-25T13:00:00Z', '2026-11-25T15:00:00Z'],
  ['over the clock change of March', '22:00-07:00', '2026-03-28T21:00:00Z', '2026-03-29T04:00:00Z'],
  ['over the clock change of October', '22:00-07:00', '2026-10-24T20:00:00Z', '2026-10-25T05:00:00Z'],
  ['of no length', '22:00-22:00', '2026-11-25T20:00:00Z', '2026-11-25T20:00:00Z'],
])('quiet hours %s', ([, hours = '', at = '', after = '']) => {
  expect(afterQuiet(Date.parse(at), 'minor', policy(`minor=${hours}`))).toBe(Date.parse(after))
  expect(afterQuiet(Date.parse(at), 'critical', policy(`minor=${hours}`))).toBe(Date.parse(at))
})

test('minutes are read by severity', () => {
  expect(parseEscalation(' critical=15, major = 0.5 ,')).toEqual({ critical: 900_000, major: 30_000 })
  expect(parseEscalation('')).toEqual({})
})

test.for([
  () => parseQuietHours('minor'),
  () => parseQuietHours('minor=22:00'),
  () => parseQuietHours('minor=25:00-07:00'),
  () => parseQuietHours('small=22:00-07:00'),
  () => parseEscalation('critical='),
  () => parseEscalation('critical=-1'),
  () => parseEscalation('critical=soon'),
  () => parseSeverity(''),
])('what cannot be read is refused: %s', (read) => {
  expect(read).toThrow(/"/)
})
