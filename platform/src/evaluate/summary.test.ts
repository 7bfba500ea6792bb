import { minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { checkFloors } from './floors.ts'
import type { CauseScore, TicketScore } from './score.ts'
import { summarize } from './summary.ts'
import { showSummary } from './tables.ts'
import type { WeekScore } from './week.ts'

const cause = (change: Partial<CauseScore>): CauseScore => ({
  id: 'f1',
  kind: 'lamp',
  scope: 'luminaire a1',
  lights: 1,
  from: 0,
  to: 1,
  evidence: { visible: true, sign: 'reading', from: 0 },
  told: [],
  found: true,
  right: true,
  tickets: ['t1'],
  latency: { sinceEvidenceMs: 5 * minuteMs, sinceOnsetMs: 10 * minuteMs },
  intervalMs: 5 * minuteMs,
  ...change,
})

const ticket = (change: Partial<TicketScore>): TicketScore => ({
  id: 't1',
  fault: 'lampFailure',
  scope: 'luminaire a1',
  createdAt: 0,
  cause: 'f1',
  right: true,
  afterRestart: false,
  ...change,
})

const week = (change: Partial<WeekScore['detection']>, forecast: Partial<WeekScore['forecast']> = {}): WeekScore => ({
  seed: 1,
  season: 'winter',
  lights: 100,
  lightNights: 700,
  messages: 1_000,
  quarantined: 0,
  stops: [],
  scored: { from: 0, to: 1 },
  detection: { causes: [], tickets: [], names: {}, ...change },
  forecast: { dusk: [], dayAhead: [], leadHours: [], missing: { dusk: 0, dayAhead: 0 }, excluded: 0, ...forecast },
})

const missed = { found: false, right: false, tickets: [], latency: null }

describe('the figures over weeks', () => {
  test('recall is of what could be seen, right of what was found', () => {
    const causes = [
      cause({}),
      cause({ right: false }),
      cause(missed),
      cause({ ...missed, evidence: { visible: false, why: 'tooShort' } }),
    ]
    const { overall } = summarize([week({ causes })])
    expect(overall).toMatchObject({
      causes: 3,
      found: 2,
      recall: 2 / 3,
      causeRight: 0.5,
      unobservable: { tooShort: 1 },
    })
  })

  test('tickets a cause is of the causes that have one', () => {
    const causes = [cause({ tickets: ['t1', 't2'] }), cause({}), cause(missed)]
    expect(summarize([week({ causes })]).overall.ticketsPerCause).toBe(1.5)
  })

  test('false tickets are counted over all weeks and their light-nights', () => {
    const tickets = [ticket({}), ticket({ cause: null }), ticket({ cause: null, afterRestart: true })]
    const { overall } = summarize([week({ tickets }), week({ tickets: [ticket({})] })])
    expect(overall).toMatchObject({ precision: 0.5, falseTickets: 2, falseAfterRestart: 1 })
    expect(overall.falsePer1000LightNights).toBeCloseTo(1.4286, 4)
  })

  test('delays are in intervals from the first reading, in seconds from a last gasp', () => {
    const intervals = [1, 2, 3].map((n) => cause({ latency: { sinceEvidenceMs: n * 5 * minuteMs, sinceOnsetMs: 0 } }))
    const gasp = cause({
      kind: 'poleFuse',
      evidence: { visible: true, sign: 'gasp', from: 0 },
      latency: { sinceEvidenceMs: 7_000, sinceOnsetMs: 8_000 },
    })
    const { overall } = summarize([week({ causes: [...intervals, gasp] })])
    expect(overall).toMatchObject({ detectMedianIntervals: 2, detectP95Intervals: 3 })
    expect(overall.gasp).toEqual({ count: 1, p50: 7, p95: 7, max: 7 })
  })

  test('what needs no ticket is not asked for one, but stands under its fault', () => {
    const hot = cause({ ...missed, kind: 'overheating' })
    const summary = summarize([week({ causes: [hot] })])
    expect(summary.overall.causes).toBe(0)
    expect(summary.faults.highTemperature).toMatchObject({ causes: 1, recall: 0 })
    expect(summary.causes.overheating).toMatchObject({ causes: 1, recall: 0 })
  })

  test('the precision of a name is over the incidents told by it', () => {
    const names = { lampFailure: { told: 3, true: 2 } }
    expect(summarize([week({ names }), week({ names })]).faults.lampFailure).toMatchObject({
      told: 6,
      precision: 2 / 3,
    })
  })

  test('a forecast is measured against foretelling the average', () => {
    const dusk = [
      { probability: 0.8, dark: true },
      { probability: 0.4, dark: true },
      { probability: 0.6, dark: false },
      { probability: 0.2, dark: false },
    ]
    const { forecast } = summarize([week({}, { dusk, leadHours: [2, 5] })])
    expect(forecast).toMatchObject({ prevalence: 0.5, dusk: { recall: 1, precision: 2 / 3, medianLeadHours: 2 } })
    // Squares 0.04 + 0.36 + 0.36 + 0.04 = 0.8, against 4 × 0.25 = 1.
    expect(forecast.dusk.brierSkill).toBeCloseTo(0.2, 12)
    expect(forecast.dusk.ece).toBeCloseTo((0.2 + 0.6 + 0.6 + 0.2) / 4, 12)
  })

  test('with nothing to count there is no figure, and no floor is held', () => {
    const summary = summarize([week({})])
    expect(summary.overall).toMatchObject({ recall: null, precision: null, detectMedianIntervals: null })
    expect(checkFloors(summary).length).toBeGreaterThan(0)
    expect(showSummary(summary)).toContain('–')
  })
})

describe('the floors', () => {
  const foretold = [
    { probability: 1, dark: true },
    { probability: 0, dark: false },
  ]
  const good = week({ causes: [cause({})], tickets: [ticket({})] }, { dusk: foretold, dayAhead: foretold })

  test('hold while every figure does', () => {
    expect(checkFloors(summarize([good]))).toEqual([])
  })

  test.each([
    [
      'a miss',
      { causes: [cause(missed), cause(missed), cause({})], tickets: [ticket({})] },
      /recall is 0\.3333, below/,
    ],
    [
      'a ticket after a restart',
      { causes: [cause({})], tickets: [ticket({}), ticket({ cause: null, afterRestart: true })] },
      /false tickets after restarts is 1\.0000, above 0/,
    ],
  ])('%s is told by name and number', (_, change, message) => {
    expect(checkFloors(summarize([week(change)])).join('\n')).toMatch(message)
  })
})
