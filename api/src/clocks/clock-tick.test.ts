import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CitizenEventName, hourMs, toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCitizenLineSettings } from '../reports/settings.ts'
import { createPolicies } from '../routing/policies.ts'
import { citizenEventsAfter, writeCitizenEvent } from '../store/citizen-events.ts'
import { createDatabase, type Database } from '../store/database.ts'
import { migrations } from '../store/migrations.ts'
import { createTicketStore } from '../tickets/ticket-store.ts'
import { createClockStore } from './clock-store.ts'
import { createClockTick } from './clock-tick.ts'

let folder: string
let database: Database
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-clocks-'))
  database = createDatabase(join(folder, 'clocks.db'), migrations)
  database.open()
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const town = 'orestiada'
/** Good Friday's eve, after service. */
const received = Date.parse('2026-04-09T16:00:00+03:00')

const tick = () => {
  const { dispatchOf } = createPolicies({ database, timeZoneOf: () => 'Europe/Athens' })
  const clocks = createClockStore(database)
  const tickets = createTicketStore({ database, settings: createCitizenLineSettings(database), companions: [] })
  return { clocks, look: createClockTick({ database, clocks, tickets, dispatchOf }).look }
}
const happens = (event: CitizenEventName, at: number, details: Record<string, string> = {}, report = 'r-1') =>
  writeCitizenEvent(database, {
    municipality: town,
    at,
    by: 'ops',
    subject: { kind: 'report', id: report },
    ticket: 't-1',
    event,
    details,
  })
const clockOf = (kind: 'response' | 'legal', report = 'r-1') =>
  tick().clocks.clock({ municipality: town, kind: 'report', id: report }, kind)
const told = () =>
  citizenEventsAfter(database, town, 0, 1_000)
    .filter(({ event }) => ['dueWarning', 'overdue', 'escalated'].includes(event))
    .map(({ event, at, subject, details }) => [event, at, subject.id, details.clock])

describe('a report', () => {
  test('has eight hours of service for its first answer, and fifty days by law', () => {
    happens('reportReceived', received)
    tick().look(received)
    expect(clockOf('response')).toMatchObject({ state: 'running', dueAt: '2026-04-14T12:00:00.000Z' })
    expect(clockOf('legal')).toMatchObject({ state: 'running', dueAt: '2026-05-29T21:00:00.000Z' })
  })

  test('that is answered in time has nothing told of it, though it is looked at much later', () => {
    happens('reportReceived', received)
    happens('firstResponse', Date.parse('2026-04-14T10:00:00+03:00'))
    happens('reportStatusChanged', Date.parse('2026-04-14T11:00:00+03:00'), { from: 'open', to: 'resolved' })
    tick().look(received + 400 * 24 * hourMs)
    expect(clockOf('response')).toMatchObject({ state: 'stopped', inTime: true })
    expect(clockOf('legal')).toMatchObject({ state: 'stopped', inTime: true })
    expect(told()).toEqual([])
  })

  test('that nobody answers is told of once, in the order of time', () => {
    happens('reportReceived', received)
    const until = Date.parse('2026-04-20T00:00:00Z')
    tick().look(until)
    tick().look(until)
    expect(told()).toEqual([
      ['dueWarning', '2026-04-14T10:00:00.000Z', 'r-1', 'response'],
      ['overdue', '2026-04-14T12:00:00.000Z', 'r-1', 'response'],
      ['escalated', '2026-04-15T08:00:00.000Z', 'r-1', 'response'],
    ])
  })

  test('that asked for information only is answered with it', () => {
    happens('reportReceived', received)
    happens('informationGiven', received + 60_000)
    tick().look(received + hourMs)
    expect(clockOf('response')).toMatchObject({ state: 'stopped', inTime: true })
    expect(clockOf('legal')).toMatchObject({ state: 'stopped', inTime: true })
  })

  test('whose matter opens again waits for the law again, from its own beginning', () => {
    happens('reportReceived', received)
    happens('reportStatusChanged', received + hourMs, { from: 'open', to: 'resolved' })
    happens('reportStatusChanged', received + 2 * hourMs, { from: 'resolved', to: 'open' })
    tick().look(received + 3 * hourMs)
    expect(clockOf('legal')).toMatchObject({ state: 'running', startedAt: toIso(received) })
  })

  test('is followed over many events, and over a stop between them', () => {
    database.transaction(() => {
      for (let index = 0; index < 450; index++) happens('reportReceived', received, {}, `r-${index}`)
    })
    tick().look(received)
    happens('reportReceived', received, {}, 'r-last')
    tick().look(received)
    expect(database.get('SELECT count(*) AS n FROM clocks')).toEqual({ n: 902 })
    expect(clockOf('response', 'r-last')).toMatchObject({ state: 'running' })
  })
})
