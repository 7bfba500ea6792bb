import { hourMs, type Instant, minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { anIncident, aTicket } from '../documents.fixture.ts'
import { type DutyState, decide, hearIncident, hearTicket, initialDuty, setStorm, ticketsDue } from './duty.ts'
import type { DutyPolicy } from './policy.ts'

const policy: DutyPolicy = {
  timeZone: 'Europe/Athens',
  least: 'minor',
  quiet: { minor: { from: 22 * 60, to: 7 * 60 } },
  escalateAfterMs: { critical: 15 * minuteMs, major: 30 * minuteMs },
  groupMs: 30 * minuteMs,
}
/** 20:40 in Athens. */
const evening = Date.parse('2026-11-25T18:40:00Z')

/** What is said, as "kind to: ids (severity)", asked at each of its own moments until `until`. */
const saidUntil = (state: DutyState, from: Instant, until: Instant): { said: string[]; state: DutyState } => {
  const said: string[] = []
  let now = from
  let current = state
  for (;;) {
    const step = decide(current, policy, now)
    current = step.state
    for (const { kind, to, severity, tickets } of step.notices)
      said.push(
        `${new Date(now).toISOString().slice(11, 16)} ${kind} to ${to}: ${tickets.map(({ ticket }) => ticket.id).join(' ')} (${severity})`,
      )
    if (step.nextAt === null || step.nextAt > until) return { said, state: current }
    now = step.nextAt
  }
}
const heard = (severity: 'info' | 'minor' | 'major' | 'critical', at = evening, id = '1'): DutyState =>
  hearTicket(
    hearIncident(initialDuty, anIncident({ id: `i-${id}`, severity })),
    aTicket({ id: `t-${id}`, incident: `i-${id}` }),
    at,
  )

describe('the technician on duty', () => {
  test('is told at once of a major fault, and the supervisor when nobody takes it up', () => {
    expect(saidUntil(heard('major'), evening, evening + 24 * hourMs).said).toEqual([
      '18:40 opened to duty: t-1 (major)',
      '19:10 escalated to supervisor: t-1 (major)',
    ])
  })

  test.for(['assigned', 'inProgress', 'waiting', 'resolved'] as const)(
    'no supervisor is told of a ticket that is %s',
    (status) => {
      const { state } = saidUntil(heard('critical'), evening, evening)
      const taken = hearTicket(state, aTicket({ status, revision: 2 }), evening + minuteMs)
      expect(saidUntil(taken, evening + minuteMs, evening + 24 * hourMs).said).toEqual([])
    },
  )

  test('is not woken for a minor fault', () => {
    // 23:00 in Athens: it waits until 07:00.
    const night = Date.parse('2026-11-25T21:00:00Z')
    expect(saidUntil(heard('minor', night), night, night + 24 * hourMs).said).toEqual([
      '05:00 opened to duty: t-1 (minor)',
    ])
  })

  test('hears in one message what has waited together, the worst first', () => {
    const night = Date.parse('2026-11-25T21:00:00Z')
    let state = heard('minor', night)
    state = hearTicket(
      hearIncident(state, anIncident({ id: 'i-2', severity: 'minor' })),
      aTicket({ id: 't-2', incident: 'i-2' }),
      night + hourMs,
    )
    expect(saidUntil(state, night, night + 24 * hourMs).said).toEqual(['05:00 opened to duty: t-1 t-2 (minor)'])
  })

  test('never hears of what is less than the least severity', () => {
    expect(saidUntil(heard('info'), evening, evening + 48 * hourMs).said).toEqual([])
  })

  test('waits a moment for the incident of a ticket, which may be worse than supposed', () => {
    const alone = hearTicket(initialDuty, aTicket(), evening)
    expect(decide(alone, policy, evening)).toMatchObject({ notices: [], nextAt: evening + 3_000 })
    const known = hearIncident(alone, anIncident({ severity: 'critical' }))
    expect(decide(known, policy, evening + 500).notices).toMatchObject([{ severity: 'critical' }])
    expect(decide(alone, policy, evening + 3_000).notices).toMatchObject([{ severity: 'major' }])
  })

  test.for([
    ['urgent', 'critical'],
    ['high', 'major'],
    ['normal', 'minor'],
  ] as const)("takes a citizen's %s report for %s", ([priority, severity]) => {
    const { incident: _, ...report } = aTicket({ priority, source: 'phone' })
    expect(decide(hearTicket(initialDuty, report, evening), policy, evening).notices).toMatchObject([{ severity }])
  })

  test('hears that it is over, if it was told that it began', () => {
    const { state } = saidUntil(heard('major'), evening, evening)
    const closed = aTicket({ status: 'closed', closedAt: '2026-11-25T19:00:00.000Z', outcome: 'fixed', revision: 3 })
    expect(saidUntil(hearTicket(state, closed, evening), evening, evening + hourMs).said).toEqual([
      '18:40 ended to duty: t-1 (major)',
    ])
    const untold = hearTicket(hearTicket(initialDuty, aTicket(), evening), closed, evening)
    expect(saidUntil(untold, evening, evening + hourMs).said).toEqual([])
  })

  test('is told again when it turns out worse, also after the supervisor was told, and then has his time anew', () => {
    const { incident: _, ...lamp } = aTicket({ priority: 'high', source: 'phone' })
    let { state } = saidUntil(hearTicket(initialDuty, lamp, evening), evening, evening + hourMs)
    state = hearTicket(state, aTicket({ revision: 2 }), evening + hourMs)
    expect(decide(state, policy, evening + hourMs).notices).toEqual([])
    state = hearIncident(state, anIncident({ severity: 'critical' }))
    expect(saidUntil(state, evening + hourMs, evening + 3 * hourMs).said).toEqual([
      '19:40 worsened to duty: t-1 (critical)',
      '19:55 escalated to supervisor: t-1 (critical)',
    ])
  })

  test.for([
    ['milder', 'minor', 'open'],
    ['as bad as before', 'major', 'open'],
    ['worse, but somebody works on it', 'critical', 'inProgress'],
  ] as const)('hears nothing more when it is %s', ([, severity, status]) => {
    const { state } = saidUntil(heard('major'), evening, evening)
    const taken = hearTicket(state, aTicket({ status, revision: 2 }), evening)
    const changed = hearIncident(taken, anIncident({ severity }))
    expect(saidUntil(changed, evening, evening + minuteMs).said).toEqual([])
  })

  test('is not called when an incident ends before its ticket, whose priority alone would be more', () => {
    const { state } = saidUntil(heard('minor'), evening, evening)
    const over = hearIncident(
      hearTicket(state, aTicket({ priority: 'urgent', revision: 2 }), evening),
      anIncident({ state: 'resolved' }),
    )
    expect(saidUntil(over, evening, evening + minuteMs).said).toEqual([])
  })

  test('hears in quiet hours and in heavy weather at their moment that a matter is worse', () => {
    const night = Date.parse('2026-11-25T21:00:00Z')
    const info = { ...policy, least: 'info' } as const
    let state = decide(heard('info', night), info, night).state
    state = hearIncident(state, anIncident({ id: 'i-1', severity: 'minor' }))
    expect(saidUntil(state, night, night + 24 * hourMs).said).toEqual(['05:00 worsened to duty: t-1 (minor)'])
    state = setStorm(hearIncident(state, anIncident({ id: 'i-1', severity: 'major' })), night + hourMs, night)
    expect(saidUntil(state, night + minuteMs, night + 59 * minuteMs).said).toEqual([
      '21:30 worsened to duty: t-1 (major)',
    ])
  })

  test('is told anew of a ticket that is opened again', () => {
    let { state } = saidUntil(heard('major'), evening, evening)
    state = hearTicket(state, aTicket({ status: 'resolved', revision: 2 }), evening)
    state = hearTicket(state, aTicket({ status: 'open', revision: 3 }), evening + hourMs)
    expect(saidUntil(state, evening + hourMs, evening + hourMs).said).toEqual(['19:40 opened to duty: t-1 (major)'])
  })

  test('is not told twice when a document comes twice, or an old one late', () => {
    const { state } = saidUntil(heard('major'), evening, evening)
    expect(hearTicket(state, aTicket(), evening + 1)).toBe(state)
    expect(ticketsDue(state, policy, evening + minuteMs)).toEqual([])
  })

  test('hears of a merged ticket with the one it is part of', () => {
    expect(hearTicket(initialDuty, aTicket({ mergedInto: 't-9' }), evening)).toEqual(initialDuty)
  })
})

describe('in heavy weather', () => {
  test('what is not critical is gathered, and the end lets out the rest', () => {
    const storm = setStorm(initialDuty, evening + 40 * minuteMs, evening)
    const add = (state: DutyState, id: string, severity: 'major' | 'critical', at: Instant) =>
      hearTicket(
        hearIncident(state, anIncident({ id: `i-${id}`, severity })),
        aTicket({ id: `t-${id}`, incident: `i-${id}` }),
        at,
      )
    let { state } = saidUntil(add(storm, '1', 'major', evening + minuteMs), evening + minuteMs, evening + minuteMs)
    state = add(state, '2', 'major', evening + 10 * minuteMs)
    state = add(state, '3', 'critical', evening + 10 * minuteMs)
    expect(saidUntil(state, evening + 10 * minuteMs, evening + 40 * minuteMs).said).toEqual([
      '18:50 opened to duty: t-3 (critical)',
      '19:05 escalated to supervisor: t-3 (critical)',
      '19:10 opened to duty: t-1 t-2 (major)',
    ])
  })

  test('it ends by itself', () => {
    const storm = setStorm(initialDuty, evening + minuteMs, evening)
    expect(decide(storm, policy, evening).nextAt).toBe(evening + minuteMs)
    expect(decide(storm, policy, evening + minuteMs).state.storm).toBeNull()
  })
})
