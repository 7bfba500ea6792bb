import { type DetectedIncident, hourMs, type IncidentChange, minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { circuit, only, opened, play, resolved, t0, updated } from './test-rules.ts'

describe('a wider cause', () => {
  const wider = opened('i-9', t0 + minuteMs, circuit(['L-1', 'L-2', 'L-3']))
  const absorbed = updated('i-1', t0 + minuteMs, 2, { parent: 'i-9' })

  test.each<[string, IncidentChange[][]]>([
    ['that is known first', [[opened('i-1', t0)], [wider], [absorbed]]],
    ['that comes in the same batch', [[opened('i-1', t0)], [wider, absorbed]]],
    ['that comes later in the same batch', [[opened('i-1', t0)], [absorbed, wider]]],
    [
      'that resolves the narrower incident',
      [[opened('i-1', t0)], [wider, resolved('i-1', t0 + minuteMs, 2, 'absorbed', { parent: 'i-9' })]],
    ],
  ])('closes the ticket of the narrower one, with a link: %s', (_name, batches) => {
    const { tickets } = play(...batches)
    const open = tickets.filter(({ status }) => status === 'open')
    const [closed] = tickets.filter(({ status }) => status === 'closed')
    expect(only(open).incident).toBe('i-9')
    expect(closed?.history.at(-1)).toMatchObject({
      event: 'closed',
      by: 'telemetry',
      note: `Εξηγείται από ευρύτερη βλάβη: αίτημα ${only(open).id}`,
    })
    expect(tickets).toHaveLength(2)
  })

  test('that says what it absorbs goes on with the first ticket; the others close with a link to it', () => {
    const second = { scope: { kind: 'luminaire' as const, id: 'L-2' }, members: ['L-2'] }
    const { types, tickets } = play(
      [opened('i-1', t0)],
      [opened('i-2', t0 + 1_000, second)],
      [
        opened('i-9', t0 + minuteMs, { ...circuit(['L-1', 'L-2', 'L-3']), absorbs: ['i-2', 'i-1'] }),
        resolved('i-1', t0 + minuteMs, 2, 'absorbed', { parent: 'i-9' }),
        resolved('i-2', t0 + minuteMs, 2, 'absorbed', { ...second, parent: 'i-9' }),
      ],
      [resolved('i-9', t0 + hourMs, 2, 'supplyRestored', circuit(['L-1', 'L-2', 'L-3']))],
    )
    expect(types).toEqual([
      ['ticket.opened'],
      ['ticket.opened'],
      ['ticket.updated', 'ticket.closed'],
      ['ticket.resolved', 'ticket.closed'],
    ])
    const [first, other] = tickets
    expect(first).toMatchObject({
      incident: 'i-9',
      status: 'closed',
      category: 'street-dark',
      createdAt: '2026-01-10T18:00:00.000Z',
      dueAt: '2026-01-11T18:01:00.000Z',
      title: 'Σκοτεινό κύκλωμα C-12 (3 φωτιστικά), Νέα Βύσσα',
    })
    expect(other?.history.at(-1)?.note).toBe(`Εξηγείται από ευρύτερη βλάβη: αίτημα ${first?.id}`)
  })

  test('keeps the narrower one from opening a ticket', () => {
    const { tickets } = play([wider, opened('i-1', t0 + minuteMs, { parent: 'i-9' })])
    expect(only(tickets).incident).toBe('i-9')
  })

  test('that opens no ticket of its own takes none away: no dark light is left without one', () => {
    const dark = opened('i-8', t0 + minuteMs, { fault: 'communityDark', scope: { kind: 'community', id: 'vyssa' } })
    const { tickets } = play([dark, opened('i-1', t0 + minuteMs, { parent: 'i-8' })])
    expect(only(tickets)).toMatchObject({ incident: 'i-1', status: 'open' })
  })

  test('that is partly repaired gives the light that is still dark its ticket back', () => {
    const { tickets } = play(
      [opened('i-1', t0)],
      [wider, absorbed],
      [resolved('i-9', t0 + hourMs, 2, 'split', circuit(['L-1', 'L-2', 'L-3'])), opened('i-10', t0 + hourMs)],
    )
    const open = tickets.filter(({ status }) => status === 'open')
    expect(only(open)).toMatchObject({ incident: 'i-10', members: ['L-1'] })
    expect(tickets).toHaveLength(2)
  })

  test('that lets go of the narrower incident while it is open reopens its ticket', () => {
    const { types } = play([opened('i-1', t0)], [wider, absorbed], [updated('i-1', t0 + hourMs, 3)])
    expect(types.at(-1)).toEqual(['ticket.reopened'])
  })
})

describe('a lamp that goes off and on is one matter, however it shows', () => {
  const a1 = (fault: DetectedIncident['fault']): Partial<DetectedIncident> => ({
    fault,
    scope: { kind: 'luminaire', id: 'A-1' },
    members: ['A-1'],
  })

  test('dark, lit again and then seen to go off and on, it has one ticket', () => {
    const { types, tickets } = play(
      opened('dark-1', t0, a1('lampFailure')),
      resolved('dark-1', t0 + hourMs / 4, 2, 'litAgain', a1('lampFailure')),
      opened('cycling-1', t0 + hourMs / 2, a1('cyclingFailure')),
    )
    expect(types).toEqual([['ticket.opened'], ['ticket.resolved', 'ticket.closed'], ['ticket.reopened']])
    expect(only(tickets)).toMatchObject({ incident: 'cycling-1', status: 'open' })
  })

  test('what its circuit suffers from is another', () => {
    const { tickets } = play(
      opened('dark-1', t0, a1('lampFailure')),
      opened('circuit-1', t0 + hourMs, { fault: 'circuitOutage', scope: { kind: 'circuit', id: 'A-1' } }),
    )
    expect(tickets).toHaveLength(2)
  })
})

describe('what runs a solar light down is one matter', () => {
  const s1 = (fault: DetectedIncident['fault']): Partial<DetectedIncident> => ({
    fault,
    scope: { kind: 'luminaire', id: 'S-1' },
    members: ['S-1'],
  })

  test('the risk, the dark night and the risk of the nights after have one ticket', () => {
    const { types, tickets } = play(
      opened('risk-1', t0, s1('autonomyAtRisk')),
      [
        opened('empty-1', t0 + 6 * hourMs, s1('batteryEmpty')),
        resolved('risk-1', t0 + 6 * hourMs, 2, 'absorbed', { ...s1('autonomyAtRisk'), parent: 'empty-1' }),
      ],
      resolved('empty-1', t0 + 23 * hourMs, 2, 'litAgain', s1('batteryEmpty')),
      opened('risk-2', t0 + 24 * hourMs, s1('autonomyAtRisk')),
    )
    expect(types).toEqual([
      ['ticket.opened'],
      ['ticket.updated'],
      ['ticket.resolved', 'ticket.closed'],
      ['ticket.reopened'],
    ])
    expect(only(tickets)).toMatchObject({ incident: 'risk-2', status: 'open', service: 'solarMaintenance' })
  })

  test('energy that suffices again closes it', () => {
    const { types } = play(
      opened('risk-1', t0, s1('autonomyAtRisk')),
      resolved('risk-1', t0 + hourMs, 2, 'autonomyRegained', s1('autonomyAtRisk')),
    )
    expect(types[1]).toEqual(['ticket.resolved', 'ticket.closed'])
  })

  test('another light has its own', () => {
    const { tickets } = play(opened('risk-1', t0, s1('autonomyAtRisk')), opened('i-2', t0 + hourMs))
    expect(tickets).toHaveLength(2)
  })
})
