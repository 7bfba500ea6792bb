import type { Incident, LightSummary, RollCall, Ticket } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { reduce, type Snapshot, type TownEvent } from './reducer.ts'
import { emptyRegister } from './register.ts'
import { initialState, platformTime, type TownState } from './state.ts'

const light = (id: string, state: LightSummary['state']): LightSummary => ({ id, state, reason: 'poweredAsExpected' })

const incident = (changes: Partial<Incident> = {}): Incident => ({
  id: 'i-1',
  municipality: 'orestiada',
  fault: 'lampFailure',
  scope: { kind: 'luminaire', id: 'L1' },
  members: ['L1'],
  startedAt: '2026-11-22T19:00:00.000Z',
  detectedAt: '2026-11-22T19:05:00.000Z',
  state: 'open',
  severity: 'major',
  reason: 'noPowerWhenExpectedOn',
  evidence: [],
  revision: 1,
  ...changes,
})

const ticket = (changes: Partial<Ticket> = {}): Ticket => ({
  id: 't-1',
  municipality: 'orestiada',
  category: 'street-light-out',
  source: 'telemetry',
  status: 'open',
  service: 'municipalLighting',
  reports: 0,
  members: ['L1'],
  createdAt: '2026-11-22T19:05:00.000Z',
  title: 'Βλάβη λαμπτήρα',
  location: { text: 'Ορεστιάς' },
  history: [],
  revision: 1,
  ...changes,
})

const community = { name: 'Θούριον', lit: 2, dark: 0, unknown: 0, total: 2, darkCommunity: false }
const snapshot = (changes: Partial<Snapshot> = {}): TownEvent => ({
  type: 'snapshot',
  snapshot: {
    register: emptyRegister,
    lights: [light('L1', 'lit'), light('L2', 'lit')],
    communities: [{ id: 'thourio', at: '2026-11-22T19:00:00.000Z', ...community }],
    incidents: [],
    rollCalls: [],
    tickets: [],
    ...changes,
  },
})

const after = (...events: TownEvent[]): TownState => events.reduce(reduce, initialState)

describe('the picture', () => {
  test('is live and counted once the first snapshot is there', () => {
    const state = after(snapshot({ lights: [light('L1', 'lit'), light('L2', 'dark'), light('L3', 'unknown')] }))
    expect(state.loaded).toBe(true)
    expect(state.connection).toEqual({ state: 'live' })
    expect(state.totals).toEqual({ lit: 1, dark: 1, off: 0, unexpectedlyOn: 0, unknown: 1, maintenance: 0 })
  })

  test('follows the lights that change and keeps the others as the same objects', () => {
    const before = after(snapshot())
    const state = reduce(before, { type: 'lights', lights: [light('L1', 'dark')] })
    expect(state.lights.get('L1')?.state).toBe('dark')
    expect(state.lights.get('L2')).toBe(before.lights.get('L2'))
    expect(state.totals).toMatchObject({ lit: 1, dark: 1 })
    expect(before.totals).toMatchObject({ lit: 2, dark: 0 })
  })

  test('takes a community’s new counts and keeps its name', () => {
    const at = '2026-11-22T19:10:00.000Z'
    const change = { id: 'thourio', lit: 0, dark: 2, unknown: 0, total: 2, darkCommunity: true, at }
    const state = after(snapshot(), { type: 'community', community: change })
    expect(state.communities.get('thourio')).toEqual({ name: 'Θούριον', ...change })
  })

  test('leaves a community it has no name for to the next snapshot', () => {
    const before = after(snapshot())
    const change = { id: 'elsewhere', lit: 1, dark: 0, unknown: 0, total: 1, darkCommunity: false, at: '' }
    expect(reduce(before, { type: 'community', community: change })).toBe(before)
  })
})

describe('an incident', () => {
  const heardAt = (wallMs: number, changes: Partial<Incident> = {}): TownEvent => ({
    type: 'incident',
    incident: incident(changes),
    wallMs,
  })
  const resolved = { state: 'resolved', resolution: 'litAgain', revision: 2 } as const

  test('is listed as open when it is heard of', () => {
    expect(after(snapshot(), heardAt(1_000)).incidents.get('i-1')).toEqual({ document: incident(), endedSeenAt: null })
  })

  test('stays, marked with when we heard of its end', () => {
    const state = after(snapshot(), heardAt(1_000), heardAt(2_000, resolved))
    expect(state.incidents.get('i-1')).toMatchObject({ document: resolved, endedSeenAt: 2_000 })
  })

  test('is let go of some time after its end', () => {
    const ended = after(snapshot(), heardAt(1_000), heardAt(2_000, resolved))
    expect(reduce(ended, { type: 'tidied', endedBefore: 2_000 })).toBe(ended)
    expect(reduce(ended, { type: 'tidied', endedBefore: 2_001 }).incidents.size).toBe(0)
  })

  test.each([
    ['the same revision again', 2],
    ['an older revision', 1],
  ])('is not changed by %s', (_name, revision) => {
    const state = after(snapshot(), heardAt(1_000, { revision: 2, members: ['L1', 'L2'] }))
    expect(reduce(state, heardAt(2_000, { revision, members: [] }))).toBe(state)
  })

  test('that a new snapshot no longer lists is gone, unless it is shown as ended', () => {
    const ended = heardAt(1_000, { id: 'i-2', ...resolved })
    const state = after(snapshot(), heardAt(1_000), ended, snapshot())
    expect([...state.incidents.keys()]).toEqual(['i-2'])
  })

  test('that has ended and is open again in a new snapshot is open', () => {
    const again = incident({ revision: 3 })
    const state = after(snapshot(), heardAt(1_000, resolved), snapshot({ incidents: [again] }))
    expect(state.incidents.get('i-1')).toEqual({ document: again, endedSeenAt: null })
  })
})

describe('a ticket', () => {
  test.each(['open', 'assigned', 'inProgress', 'waiting', 'resolved'] as const)(
    'that is %s has not ended',
    (status) => {
      const state = after(snapshot(), { type: 'ticket', ticket: ticket({ status }), wallMs: 1_000 })
      expect(state.tickets.get('t-1')?.endedSeenAt).toBeNull()
    },
  )

  test('has ended when it is closed', () => {
    const state = after(snapshot(), { type: 'ticket', ticket: ticket({ status: 'closed' }), wallMs: 1_000 })
    expect(state.tickets.get('t-1')?.endedSeenAt).toBe(1_000)
  })
})

describe('a lost connection', () => {
  test('keeps the last picture, and its age counts from the first loss', () => {
    const before = after(snapshot())
    const lost = reduce(before, { type: 'lost', wallMs: 1_000 })
    expect(lost.connection).toEqual({ state: 'lost', since: 1_000 })
    expect(lost.lights).toBe(before.lights)
    expect(reduce(lost, { type: 'lost', wallMs: 9_000 }).connection).toEqual({ state: 'lost', since: 1_000 })
  })

  test('is over with the next snapshot', () => {
    expect(after(snapshot(), { type: 'lost', wallMs: 1_000 }, snapshot()).connection).toEqual({ state: 'live' })
  })
})

describe('the clock', () => {
  test('runs on at the platform’s speed from what was last heard', () => {
    const { clock } = after({ type: 'clock', clock: { time: '2026-11-22T19:00:00.000Z', speed: 60 }, wallMs: 5_000 })
    expect(clock && new Date(platformTime(clock, 7_000)).toISOString()).toBe('2026-11-22T19:02:00.000Z')
  })

  test('does not run back when the wall clock does', () => {
    const clock = { timeMs: 1_000_000, speed: 1, wallMs: 5_000 }
    expect(platformTime(clock, 4_000)).toBe(1_000_000)
  })
})

describe('roll-calls', () => {
  const call = (changes: Partial<RollCall> = {}): RollCall => ({
    night: '2026-11-22',
    community: 'thourio',
    moment: 'midnight',
    plannedAt: '2026-11-22T22:00:00.000Z',
    at: '2026-11-22T22:00:00.000Z',
    lit: 2,
    dark: 0,
    unknown: 0,
    darkLights: [],
    unknownLights: [],
    ...changes,
  })
  const after = (...calls: RollCall[]) => [
    ...calls
      .reduce((state, rollCall) => reduce(state, { type: 'rollCall', rollCall }), initialState)
      .rollCalls.values(),
  ]

  test('the last one of each community is kept', () => {
    const morning = call({ moment: '05:00', plannedAt: '2026-11-23T03:00:00.000Z' })
    const other = call({ community: 'kastanies' })
    expect(after(call(), other, morning)).toEqual([morning, other])
  })

  test('one that comes late changes nothing', () => {
    expect(after(call(), call({ moment: 'switchOn+10m', plannedAt: '2026-11-22T15:30:00.000Z' }))).toEqual([call()])
    expect(after(call(), call({ night: '2026-11-21', plannedAt: '2026-11-21T22:00:00.000Z' }))).toEqual([call()])
  })

  test('a new night begins a new list', () => {
    const next = call({ night: '2026-11-23', community: 'kastanies', plannedAt: '2026-11-23T15:30:00.000Z' })
    expect(after(call(), next)).toEqual([next])
  })
})
