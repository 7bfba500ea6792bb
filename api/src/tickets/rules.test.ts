import { type DetectedIncident, dayMs, hourMs, type Resolution, type Ticket } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { reopenTicket } from './rules.ts'
import { circuit, only, opened, play, resolved, t0, updated } from './test-rules.ts'

describe('an incident opens a ticket', () => {
  test('of one lamp, with its place and its due time', () => {
    const ticket = only(play(opened('i-1', t0)).tickets)
    expect(ticket).toEqual({
      id: ticket.id,
      municipality: 'orestiada',
      category: 'street-light-out',
      safetyClass: 'safety',
      dedupKey: 'luminaire:L-1:dark',
      source: 'telemetry',
      status: 'open',
      service: 'municipalLighting',
      incident: 'i-1',
      reports: 0,
      members: ['L-1'],
      createdAt: '2026-01-10T18:00:00.000Z',
      dueAt: '2026-01-13T18:00:00.000Z',
      priority: 'high',
      repairTerm: { kind: 'hours', hours: 72 },
      routedBy: {
        rule: 'category-of-municipalLighting',
        el: 'Κατηγορία της υπηρεσίας: Συνεργείο ηλεκτροφωτισμού Δήμου.',
        en: 'A category of the service: Municipal lighting crew.',
      },
      title: 'Βλάβη λαμπτήρα L-1, Νέα Βύσσα',
      location: { lat: 41.58, lon: 26.53, community: 'vyssa', text: 'Νέα Βύσσα, Καραθεοδωρή, ιστός 12' },
      history: [{ at: '2026-01-10T18:00:00.000Z', event: 'opened', by: 'telemetry' }],
      revision: 1,
    })
    expect(ticket.id).toMatch(/^t-[0-9a-f]{16}$/)
  })

  test('of a circuit, in the middle of its lights', () => {
    const ticket = only(play(opened('i-1', t0, circuit(['L-1', 'L-2']))).tickets)
    expect(ticket.title).toBe('Σκοτεινό κύκλωμα C-12 (2 φωτιστικά), Νέα Βύσσα')
    expect(ticket.location).toEqual({ lat: 41.59, lon: 26.535, community: 'vyssa', text: 'Νέα Βύσσα, Καραθεοδωρή' })
    expect(ticket.dueAt).toBe('2026-01-11T18:00:00.000Z')
  })

  test('with the same id in every replay', () => {
    expect(play(opened('i-1', t0)).tickets).toEqual(play(opened('i-1', t0)).tickets)
  })

  test('only once, however often the change comes', () => {
    expect(play(opened('i-1', t0), opened('i-1', t0)).types).toEqual([['ticket.opened'], []])
  })

  test('even when the register knows none of the lights', () => {
    const ticket = only(play(opened('i-1', t0, { members: ['X-1'], scope: { kind: 'luminaire', id: 'X-1' } })).tickets)
    expect(ticket.location).toEqual({ community: 'vyssa', text: 'Νέα Βύσσα' })
  })

  test.each<[string, Partial<DetectedIncident>, Ticket['service']]>([
    ['a solar light to solar maintenance', { members: ['S-1'] }, 'solarMaintenance'],
    ["the operator's light to the operator", { members: ['L-3'] }, 'networkOperator'],
    ['a mixed group to whom its category says', { members: ['L-1', 'L-3', 'S-1'] }, 'municipalLighting'],
    ['a dark circuit to the operator, whose network feeds it', circuit(['L-1', 'L-2']), 'networkOperator'],
    [
      'a tripped breaker to the crew that puts it in again',
      { ...circuit(['L-1', 'L-2']), fault: 'circuitBreakerTripped' },
      'municipalLighting',
    ],
    ['a pole that was hit to the emergency crew', { fault: 'impactDetected' }, 'emergency'],
    ['a dark cabinet to the operator', { fault: 'cabinetOutage', members: ['L-1', 'L-2'] }, 'networkOperator'],
  ])('and routes %s', (_name, incident, service) => {
    expect(only(play(opened('i-1', t0, incident)).tickets).service).toBe(service)
  })

  test.each<[DetectedIncident['fault']]>([
    ['communicationFailure'],
    ['gatewayOutage'],
    ['platformBlind'],
    ['communityDark'],
  ])('but not when it is a %s: that is no work for the citizen line', (fault) => {
    expect(play(opened('i-1', t0, { fault }), resolved('i-1', t0 + hourMs, 2, 'unknown', { fault })).tickets).toEqual(
      [],
    )
  })
})

describe('a ticket follows its incident', () => {
  test('as members join and leave, with one line of history for a run of updates', () => {
    const { types, tickets } = play(
      opened('i-1', t0, circuit(['L-1'])),
      updated('i-1', t0 + 1_000, 2, circuit(['L-1', 'L-2'])),
      updated('i-1', t0 + 2_000, 3, circuit(['L-1', 'L-2', 'L-3'])),
      updated('i-1', t0 + 3_000, 4, circuit(['L-1', 'L-2', 'L-3'])),
    )
    expect(types).toEqual([['ticket.opened'], ['ticket.updated'], ['ticket.updated'], []])
    const ticket = only(tickets)
    expect(ticket.members).toEqual(['L-1', 'L-2', 'L-3'])
    expect(ticket.title).toBe('Σκοτεινό κύκλωμα C-12 (3 φωτιστικά), Νέα Βύσσα')
    expect(ticket.history).toEqual([
      { at: '2026-01-10T18:00:00.000Z', event: 'opened', by: 'telemetry' },
      { at: '2026-01-10T18:00:02.000Z', event: 'updated', by: 'telemetry', note: 'Τώρα: 3 φωτιστικά' },
    ])
    expect(ticket.revision).toBe(3)
  })

  test.each<[Resolution, string[], Ticket['status']]>([
    ['litAgain', ['ticket.resolved', 'ticket.closed'], 'closed'],
    ['offAgain', ['ticket.resolved', 'ticket.closed'], 'closed'],
    ['supplyRestored', ['ticket.resolved', 'ticket.closed'], 'closed'],
    ['membersReturned', ['ticket.resolved', 'ticket.closed'], 'closed'],
    ['clearedByDevice', ['ticket.resolved', 'ticket.closed'], 'closed'],
    ['withinLimits', ['ticket.resolved', 'ticket.closed'], 'closed'],
    ['split', ['ticket.closed'], 'closed'],
    ['assetRemoved', ['ticket.closed'], 'closed'],
    ['underMaintenance', ['ticket.resolved'], 'resolved'],
    ['unknown', ['ticket.resolved'], 'resolved'],
    ['absorbed', ['ticket.resolved'], 'resolved'],
    ['scheduleEnded', [], 'open'],
  ])('to its end: %s', (resolution, types, status) => {
    const end = play(opened('i-1', t0), resolved('i-1', t0 + hourMs, 2, resolution))
    expect(end.types[1]).toEqual(types)
    expect(only(end.tickets).status).toBe(status)
  })

  test('and closes by proof with both steps in its history', () => {
    const ticket = only(play(opened('i-1', t0), resolved('i-1', t0 + hourMs, 2, 'litAgain')).tickets)
    expect(ticket.history.slice(1)).toEqual([
      { at: '2026-01-10T19:00:00.000Z', event: 'resolved', by: 'telemetry', note: 'Ανάβει ξανά' },
      { at: '2026-01-10T19:00:00.000Z', event: 'closed', by: 'telemetry', note: 'Ανάβει ξανά' },
    ])
    expect(ticket).toMatchObject({ resolvedAt: '2026-01-10T19:00:00.000Z', closedAt: '2026-01-10T19:00:00.000Z' })
  })
})

describe('the same fault again', () => {
  const again = (after: number) =>
    play(
      opened('i-1', t0),
      resolved('i-1', t0 + hourMs, 2, 'litAgain'),
      opened('i-2', t0 + hourMs + after),
      resolved('i-2', t0 + 2 * hourMs + after, 2, 'litAgain'),
    )

  test('within 72 h reopens the ticket and links the new incident', () => {
    const { types, tickets } = again(72 * hourMs)
    expect(types).toEqual([
      ['ticket.opened'],
      ['ticket.resolved', 'ticket.closed'],
      ['ticket.reopened'],
      ['ticket.resolved', 'ticket.closed'],
    ])
    const ticket = only(tickets)
    expect(ticket.incident).toBe('i-2')
    expect(ticket.history.map(({ event }) => event)).toEqual([
      'opened',
      'resolved',
      'closed',
      'reopened',
      'resolved',
      'closed',
    ])
  })

  test('later than that opens a new one', () => {
    const { types, tickets } = again(72 * hourMs + 1)
    expect(types[2]).toEqual(['ticket.opened'])
    expect(tickets).toHaveLength(2)
  })

  test('after a night that ended takes up the ticket that stayed open', () => {
    const { types, tickets } = play(
      opened('i-1', t0),
      resolved('i-1', t0 + 12 * hourMs, 2, 'scheduleEnded'),
      opened('i-2', t0 + dayMs),
    )
    expect(types).toEqual([['ticket.opened'], [], ['ticket.updated']])
    expect(only(tickets)).toMatchObject({ status: 'open', incident: 'i-2' })
  })

  test('of another lamp is another ticket', () => {
    const other = { scope: { kind: 'luminaire' as const, id: 'L-2' }, members: ['L-2'] }
    expect(play(opened('i-1', t0), opened('i-2', t0, other)).tickets).toHaveLength(2)
  })

  test('sets the due time anew', () => {
    expect(only(play(...againChanges()).tickets).dueAt).toBe('2026-01-13T20:00:00.000Z')
  })
  const againChanges = () => [
    opened('i-1', t0),
    resolved('i-1', t0 + hourMs, 2, 'litAgain'),
    opened('i-2', t0 + 2 * hourMs),
  ]
})

describe('a ticket that is settled', () => {
  const ticket = only(play(opened('i-1', t0)).tickets)

  test.each<Ticket['status']>(['resolved', 'closed'])('and %s, opens again when a person says so', (status) => {
    const reopened = reopenTicket({ ...ticket, status, resolvedAt: ticket.createdAt }, { by: 'maria', at: t0 })?.ticket
    expect(reopened).toMatchObject({ status: 'open', reopenedCount: 1 })
    expect(reopened).not.toHaveProperty('resolvedAt')
    expect(reopened?.history.at(-1)).toEqual({ at: '2026-01-10T18:00:00.000Z', event: 'reopened', by: 'maria' })
  })

  test.each<Ticket['status']>(['open', 'assigned', 'inProgress', 'waiting'])('cannot be %s', (status) => {
    expect(reopenTicket({ ...ticket, status }, { by: 'maria', at: t0 })).toBeNull()
  })
})
