import { expect, test } from 'vitest'
import { monthsBefore } from './retention-terms.ts'

test.each<[string, number, string]>([
  ['2026-11-25T10:00:00.000Z', 12, '2025-11-25T10:00:00.000Z'],
  ['2026-03-31T10:00:00.000Z', 1, '2026-02-28T10:00:00.000Z'],
  ['2024-03-31T10:00:00.000Z', 1, '2024-02-29T10:00:00.000Z'],
  ['2024-02-29T23:59:59.999Z', 12, '2023-02-28T23:59:59.999Z'],
  ['2026-01-01T00:00:00.000Z', 1, '2025-12-01T00:00:00.000Z'],
  ['2026-11-25T10:00:00.000Z', 60, '2021-11-25T10:00:00.000Z'],
])('%s less %i months is %s', (at, months, expected) => {
  expect(new Date(monthsBefore(Date.parse(at), months)).toISOString()).toBe(expected)
})
