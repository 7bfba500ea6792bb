import type { CommunityStatus } from '@fanari/contracts'
import { expect, test } from 'vitest'
import { byDarkness } from './darkness.ts'
import { newestFirst } from './order.ts'

test('communities are listed by darkness, then by what we do not know, then by name', () => {
  const community = (name: string, dark: number, unknown: number, darkCommunity = false): CommunityStatus => ({
    id: name,
    name,
    lit: 10,
    dark,
    unknown,
    total: 10 + dark + unknown,
    darkCommunity,
    at: '',
  })
  const list = [
    community('Ρίζια', 0, 0),
    community('Άρζος', 0, 0),
    community('Δίκαια', 0, 4),
    community('Ορεστιάς', 9, 0),
    community('Χελιδών', 5, 0, true),
  ]
  expect(list.toSorted(byDarkness('el')).map(({ name }) => name)).toEqual([
    'Χελιδών',
    'Ορεστιάς',
    'Δίκαια',
    'Άρζος',
    'Ρίζια',
  ])
})

test('lists have the newest first, and what has ended keeps its place', () => {
  const listed = (at: string, endedSeenAt: number | null) => ({ document: { at }, endedSeenAt })
  const list = [
    listed('2026-11-22T19:00:00Z', null),
    listed('2026-11-22T21:00:00Z', 5),
    listed('2026-11-22T20:00:00Z', null),
  ]
  expect(list.toSorted(newestFirst(({ at }) => at)).map(({ document }) => document.at)).toEqual([
    '2026-11-22T21:00:00Z',
    '2026-11-22T20:00:00Z',
    '2026-11-22T19:00:00Z',
  ])
})
