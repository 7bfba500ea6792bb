import { describe, expect, it } from 'vitest'
import { createIncidentBook } from '../detection/incident-book.ts'
import { createDecisionEncoder } from './encode-decisions.ts'
import { incidentTicketLines } from './encode-records.ts'
import { createPlaces } from './places.ts'

const encoder = createDecisionEncoder({ places: createPlaces(), stateOf: () => null, forecastOf: () => null })
const book = createIncidentBook('town')
book.open(
  'circuit/k7-2',
  {
    fault: 'circuitOutage',
    scope: { kind: 'circuit', id: 'k7-2' },
    reason: 'membersDarkTogether',
    community: 'village',
    startedAt: 0,
    members: ['a-01', 'a-02'],
    evidence: [],
  },
  1_000,
)
const evidence = { at: '1970-01-01T00:00:02.000Z', kind: 'event', subject: 'k7', detail: 'a breaker' } as const
book.rename('circuit/k7-2', { fault: 'circuitBreakerTripped', reason: 'breakerTripped', evidence }, 2_000)
book.resolve('circuit/k7-2', 'membersReturned', 3_000)
const [opened, updated, resolved] = book.drain()

/** Name, change and whether it is open; the time. */
const told = (texts: readonly { text: string }[]): string[] =>
  texts.map(({ text }) => {
    const [, change, fault] = /change=(\w+),.*fault=(\w+)/.exec(text) ?? []
    return `${fault} ${change} ${/open=(\d)/.exec(text)?.[1] ?? '-'} ${text.split(' ').at(-1)}`
  })

describe('an incident that gets a nearer name', () => {
  it.each([
    ['opens under its first', opened, ['circuitOutage opened 1 1000']],
    [
      'ends under its first when it goes on under the other',
      updated,
      ['circuitBreakerTripped updated 1 2000', 'circuitOutage updated 0 2000'],
    ],
    ['is resolved under the other', resolved, ['circuitBreakerTripped resolved 0 3000']],
  ])('%s', (_what, change, expected) => {
    if (change === undefined) throw new Error('the book has not told of it')
    expect(told(encoder.encode('town', [change]))).toEqual(expected)
  })

  it('has its ticket under both, and was opened under the first alone', () => {
    const ticketOf = (change: typeof opened) => {
      if (change === undefined) throw new Error('the book has not told of it')
      return told(incidentTicketLines({ ...change.incident, ticket: 't1' }))
    }
    expect(ticketOf(opened)).toEqual(['circuitOutage opened - 1000'])
    expect(ticketOf(updated)).toEqual(['circuitOutage opened - 1000', 'circuitBreakerTripped updated - 1000'])
  })
})
