import { describe, expect, test } from 'vitest'
import { compare, type JudgedIncident } from './compare.ts'

const incident = (id: string, light: string, [from, detectedAt, to]: [number, number, number], ticket: string | null) =>
  ({
    id,
    fault: 'lampFailure',
    scope: { kind: 'luminaire', id: light },
    from,
    to,
    detectedAt,
    ticket,
  }) satisfies JudgedIncident

const forEver = Number.POSITIVE_INFINITY

describe('two rule sets over the same history', () => {
  test('that decide the same differ in nothing', () => {
    const decided = [incident('i1', 'a', [0, 10, 100], 't1')]
    expect(compare(decided, structuredClone(decided))).toEqual({
      differences: [],
      first: { incidents: 1, tickets: 1 },
      second: { incidents: 1, tickets: 1 },
    })
  })

  test('one of which sees more', () => {
    const { differences, second } = compare([], [incident('i1', 'a', [0, 10, 100], 't1')])
    expect(differences).toMatchObject([
      { type: 'incident.onlyInSecond', at: 10, incident: 'i1', ticket: 't1' },
      { type: 'ticket.onlyInSecond', at: 10, ticket: 't1' },
    ])
    expect(second).toEqual({ incidents: 1, tickets: 1 })
  })

  test('one of which sees less', () => {
    const { differences } = compare([incident('i1', 'a', [0, 10, 100], null)], [])
    expect(differences).toMatchObject([{ type: 'incident.onlyInFirst', incident: 'i1', ticket: null }])
  })

  test('one of which is faster, by however other an id', () => {
    const { differences } = compare(
      [incident('i1', 'a', [1_000, 11_000, 90_000], 't1')],
      [incident('i2', 'a', [0, 6_000, 90_000], 't2')],
    )
    expect(differences).toEqual([
      {
        type: 'incident.earlier',
        at: 6_000,
        fault: 'lampFailure',
        scope: { kind: 'luminaire', id: 'a' },
        first: { incident: 'i1', detectedAt: 11_000 },
        second: { incident: 'i2', detectedAt: 6_000 },
        seconds: 5,
      },
    ])
  })

  test('the second of two failures of one lamp is compared with the second', () => {
    const first = [incident('i1', 'a', [0, 10, 100], 't1'), incident('i2', 'a', [200, 210, forEver], 't2')]
    const second = [incident('i2', 'a', [200, 230, forEver], 't2'), incident('i1', 'a', [0, 10, 100], 't1')]
    expect(compare(first, second).differences).toMatchObject([{ type: 'incident.later', first: { incident: 'i2' } }])
  })

  test('the same incident with a ticket in one alone', () => {
    const { differences } = compare(
      [incident('i1', 'a', [0, 10, 100], null)],
      [incident('i1', 'a', [0, 10, 100], 't1')],
    )
    expect(differences).toMatchObject([{ type: 'ticket.onlyInSecond', ticket: 't1' }])
  })

  test('differences come in the order of their moments', () => {
    const { differences } = compare(
      [incident('i1', 'a', [500, 510, forEver], null)],
      [incident('i2', 'b', [0, 10, 100], null)],
    )
    expect(differences.map(({ at }) => at)).toEqual([10, 510])
  })
})
