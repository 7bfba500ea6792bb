import { hourMs, type LineFigures, minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { defaultClockPolicy } from '../clocks/default-policy.ts'
import { createServiceDays } from '../clocks/service-days.ts'
import { countReports, createTicketCount } from './count.ts'
import { createFactTable } from './fact-table.ts'
import type { ReportFact, TicketFact } from './facts.ts'
import { figuresOf } from './figures.ts'
import { groupingBy } from './grouping.ts'
import { createLocalCalendar } from './local-calendar.ts'
import { createScratch } from './scratch.ts'
import { createServiceTime } from './service-time.ts'
import { createTallies } from './tallies.ts'

/** A time of November 2026 in Athens, which is at +2: Monday is the 9th. */
const at = (day: number, clock: string) => Date.parse(`2026-11-${String(day).padStart(2, '0')}T${clock}:00+02:00`)

const report = (fact: Partial<ReportFact>): ReportFact => ({
  ticket: 't',
  channel: 'web',
  category: 'street-light-out',
  community: 'vyssa',
  luminaire: null,
  point: null,
  at: at(10, '10:00'),
  isQuestion: false,
  alreadyKnown: false,
  joined: false,
  parted: false,
  respondedAt: null,
  responseDueAt: null,
  answer: null,
  ...fact,
})
const ticket = (fact: Partial<TicketFact>): TicketFact => {
  const openedAt = fact.at ?? at(10, '10:00')
  const doneAt = fact.resolvedAt ?? fact.closedAt ?? null
  return {
    isPart: false,
    category: 'street-light-out',
    community: 'vyssa',
    service: 'municipalLighting',
    team: null,
    assignee: null,
    source: 'web',
    at: openedAt,
    open: [{ from: openedAt, until: doneAt }],
    resolvedAt: null,
    closedAt: null,
    outcome: null,
    dueAt: null,
    point: null,
    reports: 1,
    leadMs: null,
    waits: [],
    operator: null,
    ...fact,
  }
}

/** Of the week from Monday the 9th to Sunday the 15th, looked at on Monday the 16th at noon. */
const week = (reports: ReportFact[], tickets: TicketFact[], now = at(16, '12:00')): LineFigures => {
  const period = { from: at(9, '00:00'), until: at(16, '00:00') }
  const calendar = createLocalCalendar('Europe/Athens')
  const time = createServiceTime(createServiceDays(defaultClockPolicy.calendar, 'Europe/Athens'))
  const table = createFactTable({ calendar, time })
  for (const [index, fact] of reports.entries()) table.putReport(`r-${index}`, fact)
  for (const [index, fact] of tickets.entries()) table.putTicket(`t-${index}`, fact)
  const grouping = groupingBy('none', table, { period, local: calendar })
  const tallies = createTallies(1, reports.length + tickets.length, createScratch())
  const counting = { period, now, grouping, tallies }
  countReports(table, { first: 0, last: table.reports.size }, counting)
  const count = createTicketCount(table, counting)
  count.rows({ first: 0, last: table.tickets.size })
  count.seldom()
  return figuresOf(tallies, false).total()
}

const nothing = { count: 0, medianMin: null, p90Min: null }
const noShare = { count: 0, of: 0, percent: null }

describe('reports of a period', () => {
  test('are those that came from its first instant on and before its end; questions are counted apart', () => {
    const { reports } = week(
      [
        report({ at: at(9, '00:00') - 1 }),
        report({ at: at(9, '00:00') }),
        report({ at: at(16, '00:00') - 1, alreadyKnown: true }),
        report({ at: at(16, '00:00') }),
        report({ at: at(10, '08:00'), isQuestion: true }),
      ],
      [],
    )
    expect(reports).toEqual({
      received: 2,
      questions: 1,
      alreadyKnown: { count: 1, of: 2, percent: 50 },
      joined: 0,
      falselyJoined: noShare,
    })
  })

  test('that a rule joined wrongly are counted by those that staff parted again', () => {
    const { reports } = week(
      [
        report({ joined: true, parted: true }),
        report({ joined: true }),
        report({ joined: true }),
        // Nobody joined this one by rule: that it was moved is no fault of a rule.
        report({ parted: true }),
      ],
      [],
    )
    expect(reports).toMatchObject({ joined: 3, falselyJoined: { count: 1, of: 3, percent: 33.33 } })
  })

  test('have a first response by the clock on the wall and by the open hours, and one that is late without an answer is late', () => {
    const dueAt = at(11, '12:00')
    const { firstResponse } = week(
      [
        // 30 min, all of them open.
        report({ at: at(10, '10:00'), respondedAt: at(10, '10:30'), responseDueAt: dueAt }),
        // From 14:30 to 07:30 of the next day: 17 h, of which 30 + 30 min are open.
        report({ at: at(10, '14:30'), respondedAt: at(11, '07:30'), responseDueAt: dueAt }),
        // From 10:00 to 15:00 of the next day: 29 h, of which 5 + 8 h are open; an hour late.
        report({ at: at(10, '10:00'), respondedAt: at(11, '15:00'), responseDueAt: at(11, '14:00') }),
        report({ at: at(10, '10:00'), responseDueAt: dueAt }),
        report({ at: at(15, '10:00'), responseDueAt: at(16, '15:00') }),
      ],
      [],
    )
    expect(firstResponse).toEqual({
      // Of 30, 1 020 and 1 740: nine tenths of the way is 1 020 + 0.8 × 720.
      elapsed: { count: 3, medianMin: 1_020, p90Min: 1_596 },
      // Of 30, 60 and 780: 60 + 0.8 × 720.
      service: { count: 3, medianMin: 60, p90Min: 636 },
      inTime: { count: 2, of: 4, percent: 50 },
      unanswered: 2,
    })
  })

  test('are answered for when their answer came, with marks where there are some', () => {
    const { satisfaction } = week(
      [
        report({ at: at(1, '10:00'), answer: { at: at(10, '10:00'), lit: true, rating: 5 } }),
        report({ answer: { at: at(11, '10:00'), lit: true, rating: 2 } }),
        report({ answer: { at: at(12, '10:00'), lit: false, rating: null } }),
        report({ answer: { at: at(16, '10:00'), lit: false, rating: 1 } }),
      ],
      [],
    )
    expect(satisfaction).toEqual({ mended: { count: 2, of: 3, percent: 66.67 }, ratings: 2, ratingMean: 3.5 })
  })
})

describe('matters of a period', () => {
  test('fixed and closed are two figures, and each way to end has its own', () => {
    const closedAt = at(12, '10:00')
    const { matters } = week(
      [],
      [
        ticket({ resolvedAt: closedAt, closedAt, outcome: 'fixed' }),
        ticket({ resolvedAt: closedAt, closedAt, outcome: 'fixed' }),
        ticket({ resolvedAt: closedAt, closedAt, outcome: 'unconfirmed' }),
        ticket({ resolvedAt: closedAt, closedAt, outcome: 'answered' }),
        ticket({ closedAt, outcome: 'superseded' }),
        ticket({ closedAt, outcome: 'notOurs' }),
        // Closed before the period, and part of another.
        ticket({ at: at(1, '10:00'), closedAt: at(8, '10:00'), outcome: 'fixed' }),
        ticket({ closedAt, outcome: 'fixed', isPart: true }),
        ticket({}),
      ],
    )
    expect(matters).toMatchObject({
      // Without the question and the one that went on in another.
      opened: 5,
      closed: 6,
      fixed: 2,
      outcomes: { fixed: 2, unconfirmed: 1, answered: 1, superseded: 1, withdrawn: 0, notOurs: 1 },
    })
  })

  test('repair and closing are measured from the opening, in three ways, where something was to be mended', () => {
    const { repair, closing, waiting } = week(
      [],
      [
        // Two hours, in time.
        ticket({ at: at(10, '08:00'), resolvedAt: at(10, '10:00'), dueAt: at(10, '10:00') }),
        // A day, of which 8 h are open; 6 h of it waiting for the network operator and one for the weather; an hour late.
        ticket({
          at: at(10, '10:00'),
          resolvedAt: at(11, '10:00'),
          closedAt: at(12, '10:00'),
          outcome: 'fixed',
          dueAt: at(11, '09:00'),
          waits: [
            { reason: 'waitingForNetworkOperator', from: at(10, '12:00'), until: at(10, '16:00') },
            { reason: 'weather', from: at(10, '18:00'), until: at(10, '19:00') },
            { reason: 'waitingForNetworkOperator', from: at(11, '08:00'), until: null },
          ],
        }),
        // Mended before the period, closed within it.
        ticket({
          at: at(8, '10:00'),
          resolvedAt: at(8, '12:00'),
          closedAt: at(9, '10:00'),
          outcome: 'unconfirmed',
        }),
        ticket({ closedAt: at(10, '12:00'), outcome: 'withdrawn' }),
      ],
    )
    // Of 120 and 1 440 min: the middle is 780, nine tenths of the way 1 308.
    expect(repair.elapsed).toEqual({ count: 2, medianMin: 780, p90Min: 1_308 })
    // Of 120 and 480 min open.
    expect(repair.service).toEqual({ count: 2, medianMin: 300, p90Min: 444 })
    // Of 120 and 1 440 − 360 min.
    expect(repair.withoutThirdParties).toEqual({ count: 2, medianMin: 600, p90Min: 984 })
    expect(repair.inTime).toEqual({ count: 1, of: 2, percent: 50 })
    // Of 2 880 (the fixed one) and 1 440 min; open are 16 h and 3 h (from Monday 07:00, as the 8th is a Sunday).
    expect(closing.elapsed).toEqual({ count: 2, medianMin: 2_160, p90Min: 2_736 })
    expect(closing.service).toEqual({ count: 2, medianMin: 570, p90Min: 882 })
    expect(waiting).toEqual({
      waitingForCitizen: nothing,
      waitingForNetworkOperator: { count: 1, medianMin: 360, p90Min: 360 },
      weather: { count: 1, medianMin: 60, p90Min: 60 },
      forceMajeure: nothing,
    })
  })

  test('what was called done in the period and opened again since counts as reopened, however often', () => {
    const twice = [
      { from: at(9, '10:00'), until: at(9, '12:00') },
      { from: at(10, '10:00'), until: at(10, '12:00') },
      { from: at(17, '10:00'), until: null },
    ]
    const once = [{ from: at(9, '10:00'), until: at(9, '12:00') }]
    const { reopened } = week([], [ticket({ at: at(9, '10:00'), open: twice }), ticket({ open: once })]).matters
    expect(reopened).toEqual({ count: 2, of: 3, percent: 66.67 })
  })

  test('what is open at the end is the backlog, in bands of its age, whatever became of it later', () => {
    const { backlog } = week(
      [],
      [
        // Ages at the end of Sunday: 0 h 30, 2 d, exactly 7 d, 15 d (reopened: age counts from the opening).
        ticket({ at: at(15, '23:30'), dueAt: at(16, '23:30') }),
        ticket({ at: at(14, '00:00'), resolvedAt: at(16, '10:00'), dueAt: at(15, '12:00') }),
        ticket({ at: at(9, '00:00') }),
        ticket({
          at: at(1, '00:00'),
          open: [
            { from: at(1, '00:00'), until: at(2, '00:00') },
            { from: at(12, '00:00'), until: null },
          ],
        }),
        // Not open then: done before, opened after, part of another, gone on in another.
        ticket({ at: at(10, '10:00'), resolvedAt: at(15, '10:00') }),
        ticket({ at: at(16, '01:00') }),
        ticket({ isPart: true }),
        ticket({ open: [{ from: at(10, '10:00'), until: null }], outcome: 'superseded' }),
      ],
    )
    expect(backlog?.open).toBe(4)
    expect(backlog?.overdue).toBe(1)
    expect(backlog?.bands.map(({ open }) => open)).toEqual([1, 1, 0, 2, 0, 0])
    // Of 30, 2 880, 10 080 and 21 600 min.
    expect(backlog?.age.medianMin).toBe(6_480)
  })

  test('a period that goes on ends now', () => {
    const opened = [ticket({ at: at(10, '10:00') }), ticket({ at: at(10, '18:00') })]
    expect(week([], opened, at(10, '12:00')).backlog).toMatchObject({ open: 1, age: { medianMin: 120 } })
  })

  test('telemetry is first where it knew before a citizen, or no citizen called', () => {
    const { detection } = week(
      [],
      [
        ticket({ source: 'telemetry', reports: 0 }),
        ticket({ source: 'telemetry', reports: 3, leadMs: 90 * minuteMs }),
        ticket({ source: 'telemetry', reports: 1, leadMs: 30 * minuteMs }),
        // The citizen was first; nobody else ever knew; nothing that a light could tell.
        ticket({ source: 'web', leadMs: -20 * minuteMs }),
        ticket({ source: 'web' }),
        ticket({ source: 'web', category: 'pothole' }),
      ],
    )
    expect(detection).toEqual({
      beforeFirstCall: { count: 3, of: 5, percent: 60 },
      withoutCall: 1,
      leadMedianMin: 60,
    })
  })

  test('the network operator has a clock of its own', () => {
    const from = at(10, '08:00')
    const { networkOperator } = week(
      [],
      [
        ticket({ operator: { from, until: from + 2 * hourMs, inTime: true } }),
        ticket({ operator: { from, until: from + 4 * hourMs, inTime: false } }),
        ticket({ operator: { from, until: at(16, '01:00'), inTime: false } }),
      ],
    )
    expect(networkOperator).toEqual({
      held: { count: 2, medianMin: 180, p90Min: 228 },
      inTime: { count: 1, of: 2, percent: 50 },
    })
  })
})

test('of an empty period every figure is none, and no share is made up', () => {
  const figures = week([], [])
  expect(figures.firstResponse).toEqual({ elapsed: nothing, service: nothing, inTime: noShare, unanswered: 0 })
  expect(figures.matters.reopened).toEqual(noShare)
  expect(figures.detection.leadMedianMin).toBeNull()
  expect(figures.satisfaction).toEqual({ mended: noShare, ratings: 0, ratingMean: null })
  expect(figures.backlog).toMatchObject({ open: 0, overdue: 0, age: nothing })
})
