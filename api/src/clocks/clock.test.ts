import { type ClockDocument, type ClockTerm, clockPolicySchema, clockSchema, hourMs } from '@fanari/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextMilestoneAt, pauseClock, reachMilestones, resumeClock, startClock, stopClock } from './clock.ts'
import { defaultClockPolicy } from './default-policy.ts'
import { createServiceDays } from './service-days.ts'

const days = createServiceDays(defaultClockPolicy.calendar, 'Europe/Athens')
const at = (text: string) => Date.parse(text)
const workingDays: ClockTerm = { kind: 'workingDays', days: 2 }
const start = (from: string, term: ClockTerm = workingDays) =>
  startClock('repair', term, at(from), defaultClockPolicy.milestones, days)
const waiting = { reason: 'waitingForNetworkOperator', by: 'maria' } as const

describe('a clock', () => {
  const started = start('2026-04-09T16:00+03:00')

  test('starts with its deadline and its milestones', () => {
    expect(clockSchema.parse(started)).toEqual({
      kind: 'repair',
      term: workingDays,
      state: 'running',
      startedAt: '2026-04-09T13:00:00.000Z',
      dueAt: '2026-04-15T12:00:00.000Z',
      pauses: [],
      milestones: [
        { share: 0.75, event: 'warned', level: 'team', at: '2026-04-15T08:00:00.000Z', reached: false },
        { share: 1, event: 'breached', level: 'supervisor', at: '2026-04-15T12:00:00.000Z', reached: false },
        { share: 1.5, event: 'escalated', level: 'administrator', at: '2026-04-16T12:00:00.000Z', reached: false },
      ],
    })
  })

  test('keeps its deadline while it stands, and moves it when it goes on: the span is kept with its reason', () => {
    const paused = pauseClock(started, at('2026-04-14T07:00+03:00'), { ...waiting, note: 'Βλάβη δικτύου 1183' })
    expect(paused).toMatchObject({ state: 'paused', dueAt: '2026-04-15T12:00:00.000Z' })
    const resumed = resumeClock(paused, at('2026-04-15T07:00+03:00'), days)
    expect(resumed).toMatchObject({
      state: 'running',
      dueAt: '2026-04-16T12:00:00.000Z',
      pauses: [
        {
          reason: 'waitingForNetworkOperator',
          from: '2026-04-14T04:00:00.000Z',
          until: '2026-04-15T04:00:00.000Z',
          by: 'maria',
          note: 'Βλάβη δικτύου 1183',
        },
      ],
    })
    expect(resumed.milestones.map((milestone) => milestone.at)).toEqual([
      '2026-04-16T08:00:00.000Z',
      '2026-04-16T12:00:00.000Z',
      '2026-04-17T12:00:00.000Z',
    ])
  })

  test('says nothing while it stands', () => {
    const paused = pauseClock(started, at('2026-04-14T07:00+03:00'), waiting)
    expect(nextMilestoneAt(paused)).toBeNull()
    expect(reachMilestones(paused, at('2027-01-01T00:00Z')).reached).toEqual([])
  })

  test('cannot be paused twice at once, nor go on when it runs', () => {
    const paused = pauseClock(started, at('2026-04-14T07:00+03:00'), waiting)
    expect(pauseClock(paused, at('2026-04-14T08:00+03:00'), waiting)).toBe(paused)
    expect(resumeClock(started, at('2026-04-14T08:00+03:00'), days)).toBe(started)
  })

  test('gives each milestone out once, at its own moment, however late it is looked at', () => {
    const late = reachMilestones(started, at('2026-04-20T00:00Z'))
    expect(late.reached.map(({ event, level, at: moment }) => [event, level, new Date(moment).toISOString()])).toEqual([
      ['warned', 'team', '2026-04-15T08:00:00.000Z'],
      ['breached', 'supervisor', '2026-04-15T12:00:00.000Z'],
      ['escalated', 'administrator', '2026-04-16T12:00:00.000Z'],
    ])
    expect(reachMilestones(late.clock, at('2027-01-01T00:00Z')).reached).toEqual([])
    expect(nextMilestoneAt(late.clock)).toBeNull()
  })

  test('keeps a milestone that was reached before a pause', () => {
    const warned = reachMilestones(started, at('2026-04-15T11:00+03:00')).clock
    const resumed = resumeClock(
      pauseClock(warned, at('2026-04-15T12:00+03:00'), waiting),
      at('2026-04-16T12:00+03:00'),
      days,
    )
    expect(resumed.milestones[0]).toMatchObject({ reached: true, at: '2026-04-15T08:00:00.000Z' })
    expect(new Date(nextMilestoneAt(resumed) ?? 0).toISOString()).toBe('2026-04-16T12:00:00.000Z')
  })

  test.each<[string, string, boolean]>([
    ['at its deadline: in time', '2026-04-15T15:00+03:00', true],
    ['a minute later: late', '2026-04-15T15:01+03:00', false],
  ])('stops %s', (_name, moment, inTime) => {
    const stopped = stopClock(started, at(moment), days)
    expect(stopped).toMatchObject({ state: 'stopped', inTime })
    expect(nextMilestoneAt(stopped)).toBeNull()
    expect(stopClock(stopped, at('2027-01-01T00:00Z'), days)).toBe(stopped)
  })

  test('that is stopped while it stands counts nothing of its last pause', () => {
    const paused = pauseClock(started, at('2026-04-14T07:00+03:00'), waiting)
    expect(stopClock(paused, at('2026-06-30T12:00+03:00'), days)).toMatchObject({ state: 'stopped', inTime: true })
  })
})

describe('whatever happens to a clock', () => {
  const step = fc.record({ kind: fc.constantFrom('pause', 'resume', 'look', 'stop'), afterMs: fc.nat(40 * hourMs) })

  test('its pauses are apart, each milestone comes once and in order, and a stopped clock stays as it is', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let clock: ClockDocument = start('2026-03-27T16:00+02:00', { kind: 'serviceHours', hours: 40 })
        let now = at('2026-03-27T16:00+02:00')
        const reached: string[] = []
        let stopped: ClockDocument | null = null
        for (const { kind, afterMs } of steps) {
          now += afterMs
          const looked = reachMilestones(clock, now)
          reached.push(...looked.reached.map(({ event }) => event))
          clock = looked.clock
          if (kind === 'pause') clock = pauseClock(clock, now, waiting)
          if (kind === 'resume') clock = resumeClock(clock, now, days)
          if (kind === 'stop') clock = stopClock(clock, now, days)
          if (clock.state === 'stopped') stopped ??= clock
        }
        expect(['warned', 'breached', 'escalated'].slice(0, reached.length)).toEqual(reached)
        const ends = clock.pauses.flatMap(({ from, until }) => [from, until ?? new Date(now).toISOString()])
        expect([...ends].sort()).toEqual(ends)
        expect(clock.pauses.filter(({ until }) => until === undefined)).toHaveLength(clock.state === 'paused' ? 1 : 0)
        if (stopped !== null) expect(clock).toBe(stopped)
        clockSchema.parse(clock)
      }),
    )
  })
})

describe('a clock policy', () => {
  const week = defaultClockPolicy.calendar.weekly
  const withWeek = (more: Record<string, unknown>) => ({
    ...defaultClockPolicy,
    calendar: { ...defaultClockPolicy.calendar, weekly: { ...week, ...more } },
  })

  test('has a default that is valid', () => {
    expect(clockPolicySchema.parse(defaultClockPolicy)).toEqual(defaultClockPolicy)
  })

  test.each<[string, unknown]>([
    ['hours that end before they begin', withWeek({ monday: [{ from: '15:00', until: '07:00' }] })],
    [
      'hours that overlap',
      withWeek({
        monday: [
          { from: '07:00', until: '12:00' },
          { from: '11:00', until: '15:00' },
        ],
      }),
    ],
    ['a time that no clock shows', withWeek({ monday: [{ from: '07:00', until: '25:00' }] })],
    ['a week without any hour', withWeek(Object.fromEntries(Object.keys(week).map((day) => [day, []])))],
    [
      'a date given twice',
      {
        ...defaultClockPolicy,
        calendar: {
          ...defaultClockPolicy.calendar,
          dates: [
            { date: '2026-05-04', name: 'α', hours: [] },
            { date: '2026-05-04', name: 'β', hours: [] },
          ],
        },
      },
    ],
    [
      'a day that is none',
      {
        ...defaultClockPolicy,
        calendar: { ...defaultClockPolicy.calendar, yearly: [{ day: '13-01', name: 'α' }] },
      },
    ],
    ['a term of nothing', { ...defaultClockPolicy, response: { kind: 'serviceHours', hours: 0 } }],
    ['milestones without a breach', { ...defaultClockPolicy, milestones: defaultClockPolicy.milestones.slice(0, 1) }],
    ['milestones out of order', { ...defaultClockPolicy, milestones: defaultClockPolicy.milestones.toReversed() }],
  ])('refuses %s', (_name, policy) => {
    expect(clockPolicySchema.safeParse(policy).success).toBe(false)
  })
})
