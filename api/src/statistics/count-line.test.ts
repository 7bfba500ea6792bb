import {
  type Category,
  dayMs,
  hourMs,
  type Instant,
  type PauseReason,
  type Service,
  statisticsGroups,
  type TicketOutcome,
} from '@fanari/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultClockPolicy } from '../clocks/default-policy.ts'
import { createServiceDays } from '../clocks/service-days.ts'
import { countLine } from './count-line.ts'
import { type Basis, createFactTable } from './fact-table.ts'
import type { ReportFact, TicketFact } from './facts.ts'
import { createLocalCalendar } from './local-calendar.ts'
import { plainFigures } from './plain-count.fixture.ts'
import { createScratch } from './scratch.ts'
import { createServiceTime } from './service-time.ts'

/** A week before the clocks of Athens go back, and what is counted from. */
const epoch = Date.parse('2026-10-18T00:00:00Z')
const instant = fc.integer({ min: 0, max: 14 * 24 * 4 }).map((quarters): Instant => epoch + (quarters * hourMs) / 4)
const later = fc.integer({ min: 0, max: 20 * 24 * 4 }).map((quarters) => (quarters * hourMs) / 4)
const orNull = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null })
const category = fc.constantFrom<Category>('street-light-out', 'street-light-flickering', 'pothole', 'information')
const community = fc.constantFrom('orestias', 'vyssa', null)
const place = orNull(fc.constant({ lat: 41.5, lon: 26.5 }))
const outcome = fc.constantFrom<TicketOutcome>('fixed', 'unconfirmed', 'answered', 'superseded', 'withdrawn', 'notOurs')
const reason = fc.constantFrom<PauseReason>('waitingForCitizen', 'waitingForNetworkOperator', 'weather')

const reportFact: fc.Arbitrary<ReportFact> = fc
  .record({
    ticket: fc.constantFrom('t-0', 't-1', 't-2', 't-3', 't-unknown'),
    channel: fc.constantFrom('phone', 'web', 'app'),
    category,
    community,
    luminaire: fc.constantFrom('A-1', null),
    point: place,
    at: instant,
    isQuestion: fc.boolean(),
    alreadyKnown: fc.boolean(),
    joined: fc.boolean(),
    parted: fc.boolean(),
    responseMs: orNull(later),
    dueMs: orNull(later),
    answerMs: orNull(later),
    lit: fc.boolean(),
    rating: orNull(fc.integer({ min: 1, max: 5 })),
  })
  .map(({ responseMs, dueMs, answerMs, lit, rating, ...fact }) => ({
    ...fact,
    respondedAt: responseMs === null ? null : fact.at + responseMs,
    responseDueAt: dueMs === null ? null : fact.at + dueMs,
    answer: answerMs === null ? null : { at: fact.at + answerMs, lit, rating },
  }))

/** Turns of open and done, one after the other from the opening on. */
const spansFrom = (at: Instant, turnsMs: readonly number[]): TicketFact['open'] => {
  const spans: { from: Instant; until: Instant | null }[] = [{ from: at, until: null }]
  let now = at
  for (const [index, turnMs] of turnsMs.entries()) {
    now += turnMs
    const last = spans.at(-1)
    if (index % 2 === 0 && last !== undefined) last.until = now
    else spans.push({ from: now, until: null })
  }
  return spans
}

const ticketFact: fc.Arbitrary<TicketFact> = fc
  .record({
    isPart: fc.boolean(),
    category,
    community,
    service: fc.constantFrom<Service>('municipalLighting', 'networkOperator'),
    team: fc.constantFrom('north', 'south', null),
    assignee: fc.constantFrom('maria', null),
    source: fc.constantFrom('telemetry', 'phone', 'web'),
    at: instant,
    turnsMs: fc.array(later, { maxLength: 4 }),
    resolvedMs: orNull(later),
    closedMs: orNull(later),
    outcome: orNull(outcome),
    dueMs: orNull(later),
    point: place,
    reports: fc.nat({ max: 2 }),
    leadMs: orNull(fc.integer({ min: -hourMs, max: hourMs })),
    waits: fc.array(fc.record({ reason, fromMs: later, untilMs: orNull(later) }), { maxLength: 3 }),
    operator: orNull(fc.record({ fromMs: later, untilMs: later, inTime: fc.boolean() })),
  })
  .map(({ turnsMs, resolvedMs, closedMs, dueMs, waits, operator, ...fact }) => ({
    ...fact,
    open: spansFrom(fact.at, turnsMs),
    resolvedAt: resolvedMs === null ? null : fact.at + resolvedMs,
    closedAt: closedMs === null ? null : fact.at + closedMs,
    dueAt: dueMs === null ? null : fact.at + dueMs,
    waits: waits.map(({ reason, fromMs, untilMs }) => ({
      reason,
      from: fact.at + fromMs,
      until: untilMs === null ? null : fact.at + fromMs + untilMs,
    })),
    operator:
      operator === null
        ? null
        : {
            from: fact.at + operator.fromMs,
            until: fact.at + operator.fromMs + operator.untilMs,
            inTime: operator.inTime,
          },
  }))

const basisOf = (timeZone: string): Basis => ({
  calendar: createLocalCalendar(timeZone),
  time: createServiceTime(createServiceDays(defaultClockPolicy.calendar, timeZone)),
})
const bases = { 'Europe/Athens': basisOf('Europe/Athens'), 'Asia/Kathmandu': basisOf('Asia/Kathmandu') }

/** The same for all counts: what one leaves behind is not found by the next. */
const scratch = createScratch()

test('what is counted from rows is what the facts say one by one, for every group, whatever became of them and when it is asked', async () => {
  await fc.assert(
    fc.asyncProperty(
      // The same ones are told of again and again: the last word counts.
      fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), reportFact), { maxLength: 25 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), ticketFact), { maxLength: 20 }),
      fc.record({ from: instant, lastsMs: later, now: instant, moves: fc.boolean() }),
      async (reportsTold, ticketsTold, { from, lastsMs, now, moves }) => {
        const period = { from, until: from + lastsMs + 1 }
        const table = createFactTable(bases['Europe/Athens'])
        const reports = new Map<string, ReportFact>()
        const tickets = new Map<string, TicketFact>()
        for (const [number, fact] of reportsTold) {
          reports.set(`r-${number}`, fact)
          table.putReport(`r-${number}`, fact)
        }
        for (const [number, fact] of ticketsTold) {
          tickets.set(`t-${number}`, fact)
          table.putTicket(`t-${number}`, fact)
        }
        const timeZone = moves ? 'Asia/Kathmandu' : 'Europe/Athens'
        const { calendar, time } = bases[timeZone]
        table.useBasis(bases[timeZone])
        const nothing = {
          ...plainFigures(new Map(), new Map(), { period, now, group: 'hour', timeZone, time }).total,
          backlog: null,
        }
        for (const group of statisticsGroups) {
          const plain = plainFigures(reports, tickets, { period, now, group, timeZone, time })
          const means = { breathe: async () => {}, scratch }
          const { total, items } = await countLine(table, { period, group, now, calendar }, means)
          expect(total).toEqual(plain.total)
          // A chart has no gaps: of hours, weekdays, days and months also the empty ones are listed.
          const isTime = items.some(({ figures }) => figures.backlog === null)
          const expected = items.map(({ key }) => [key, plain.items.get(key) ?? (isTime ? nothing : undefined)])
          expect(items.map(({ key, figures }) => [key, figures])).toEqual(expected)
          expect(items.map(({ key }) => key)).toEqual(expect.arrayContaining([...plain.items.keys()]))
        }
      },
    ),
    { numRuns: 150 },
  )
}, 60_000)

test('tables that outgrow their first rows lose none of them', async () => {
  const table = createFactTable(bases['Europe/Athens'])
  const reports = new Map<string, ReportFact>()
  const [like] = fc.sample(reportFact, { numRuns: 1, seed: 1 })
  for (let number = 0; number < 10_000 && like !== undefined; number++) {
    const fact = { ...like, at: epoch + number, isQuestion: false, respondedAt: epoch + 3 * number }
    reports.set(`r-${number}`, fact)
    table.putReport(`r-${number}`, fact)
  }
  const period = { from: epoch, until: epoch + dayMs }
  const { calendar, time } = bases['Europe/Athens']
  let breaths = 0
  const question = { period, group: 'channel', now: epoch + dayMs } as const
  const means = { breathe: async () => void breaths++, scratch: createScratch() }
  const counted = await countLine(table, { ...question, calendar }, means)
  expect(counted.total).toEqual(
    plainFigures(reports, new Map(), { ...question, timeZone: 'Europe/Athens', time }).total,
  )
  expect(counted.total.reports.received).toBe(10_000)
  expect(breaths).toBeGreaterThan(3)
})
