import { expect, test } from 'vitest'
import { maskAddresses } from './mask-addresses.ts'

test.each<[string, string]>([
  ['Καλέστε 6912345678 το πρωί', 'Καλέστε … το πρωί'],
  ['τηλ. 691 234 5678, 25520-12345', 'τηλ. …, …'],
  ['+30 691 234 5678 ή 00302552012345.', '… ή ….'],
  ['γράψτε στο maria.p@inbox.example!', 'γράψτε στο …@…!'],
  ['μαρία@παράδειγμα.ελ', '…@…'],
  ['Κύκλωμα K7-2, στύλος 2552, 60 W', 'Κύκλωμα K7-2, στύλος 2552, 60 W'],
  ['2026-11-25 10:00:00, 2026-11-26', '2026-11-25 10:00:00, 2026-11-26'],
  ['41.503120, 26.531970', '41.503120, 26.531970'],
  ['orestias-0015 σβηστό από 21:40', 'orestias-0015 σβηστό από 21:40'],
  ['8 λαμπτήρες @ 60 W', '8 λαμπτήρες @ 60 W'],
])('%j becomes %j', (text, expected) => {
  expect(maskAddresses(text)).toBe(expected)
})

test('a long text of almost-addresses comes to an end', () => {
  const text = `${'a.'.repeat(20_000)}${'2'.repeat(20_000)}${'6 9 '.repeat(5_000)}`
  expect(maskAddresses(text).startsWith('a.a.')).toBe(true)
})
