import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ProblemError,
  pauseReasonSchema,
  type Ticket,
  type TicketStatus,
  toIso,
  type WorkEvent,
  type WorkOrderStatus,
} from '@fanari/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClockStore } from '../clocks/clock-store.ts'
import { createTicketClocks } from '../clocks/ticket-clocks.ts'
import { createInventory } from '../register/inventory.ts'
import { createCitizenLineSettings } from '../reports/settings.ts'
import { createPolicies } from '../routing/policies.ts'
import { createTicketRouting } from '../routing/route-tickets.ts'
import { citizenEventsOfTicket } from '../store/citizen-events.ts'
import { createDatabase, type Database } from '../store/database.ts'
import { migrations } from '../store/migrations.ts'
import { mergeRefusal, mergeTickets, unmergeTicket } from '../tickets/gathering.ts'
import { isSettled, stepTicket, unsettled } from '../tickets/step.ts'
import { createTicketStore } from '../tickets/ticket-store.ts'
import { createWorkEnding } from './end-work.ts'
import type { WorkStep } from './machine.ts'
import { createRecurringProblems } from './problems.ts'
import { createTeams } from './teams.ts'
import { createWork, type Worker } from './work.ts'
import { createWorkStore } from './work-store.ts'

let folder: string
let database: Database
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanari-work-'))
  database = createDatabase(join(folder, 'work.db'), migrations)
  database.open()
})
afterAll(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const town = 'orestiada'
const start = Date.parse('2026-03-26T10:00:00.000Z')

const compose = () => {
  const { dispatchOf } = createPolicies({ database, timeZoneOf: () => 'Europe/Athens' })
  const clocks = createClockStore(database)
  const orders = createWorkStore(database)
  const teams = createTeams(database)
  const tickets = createTicketStore({
    database,
    settings: createCitizenLineSettings(database),
    companions: [
      createTicketRouting({ database, factsOf: () => createInventory(), dispatchOf }),
      createWorkEnding(orders),
      createTicketClocks({ database, clocks, dispatchOf }),
      createRecurringProblems(database).companion,
    ],
  })
  return { clocks, orders, teams, tickets, work: createWork({ tickets, orders, teams, clocks, dispatchOf }) }
}

const ticketAt = (id: string, at: number): Ticket => ({
  id,
  municipality: town,
  category: 'street-light-out',
  source: 'phone',
  status: 'open',
  service: 'municipalLighting',
  reports: 0,
  members: ['L-1'],
  createdAt: toIso(at),
  title: 'Σβηστό φωτιστικό',
  location: { text: 'Νέα Βύσσα' },
  dedupKey: `luminaire:${id}:dark`,
  history: [],
  revision: 0,
})

/* The life of a work order once more, by hand, for comparison: what each event leads to. */
type Status = WorkOrderStatus | 'none'
const life: Record<WorkEvent, Partial<Record<Status, WorkOrderStatus>>> = {
  assign: {
    none: 'assigned',
    created: 'assigned',
    assigned: 'assigned',
    accepted: 'assigned',
    scheduled: 'assigned',
    travelling: 'assigned',
    inProgress: 'assigned',
    waiting: 'assigned',
  },
  accept: { assigned: 'accepted' },
  decline: { assigned: 'created', accepted: 'created', scheduled: 'created' },
  schedule: { assigned: 'scheduled', accepted: 'scheduled', scheduled: 'scheduled' },
  travel: { assigned: 'travelling', accepted: 'travelling', scheduled: 'travelling' },
  start: {
    none: 'inProgress',
    created: 'inProgress',
    assigned: 'inProgress',
    accepted: 'inProgress',
    scheduled: 'inProgress',
    travelling: 'inProgress',
    waiting: 'inProgress',
  },
  wait: {
    none: 'waiting',
    created: 'waiting',
    assigned: 'waiting',
    accepted: 'waiting',
    scheduled: 'waiting',
    travelling: 'waiting',
    inProgress: 'waiting',
  },
  resume: { waiting: 'accepted' },
  done: {
    none: 'done',
    created: 'done',
    assigned: 'done',
    accepted: 'done',
    scheduled: 'done',
    travelling: 'done',
    inProgress: 'done',
    waiting: 'done',
  },
  amend: { done: 'done' },
  cancel: {
    created: 'cancelled',
    assigned: 'cancelled',
    accepted: 'cancelled',
    scheduled: 'cancelled',
    travelling: 'cancelled',
    inProgress: 'cancelled',
    waiting: 'cancelled',
  },
}
/** What a ticket is while its order is this. */
const agreed: Record<Status, readonly TicketStatus[]> = {
  none: ['open', 'resolved', 'closed'],
  created: ['open'],
  assigned: ['assigned'],
  accepted: ['assigned'],
  scheduled: ['assigned'],
  travelling: ['assigned'],
  inProgress: ['inProgress'],
  waiting: ['waiting'],
  done: ['open', 'resolved', 'closed'],
  cancelled: ['open', 'resolved', 'closed'],
}

const workers: Record<string, Worker> = {
  dispatcher: { name: 'dora', team: null, dispatches: true },
  crew: { name: 'maria', team: 'night', dispatches: false },
  stranger: { name: 'nikos', team: 'day', dispatches: false },
}

const stepArbitrary: fc.Arbitrary<WorkStep> = fc.oneof(
  fc.constantFrom<WorkStep>(
    { event: 'assign', team: 'night' },
    { event: 'assign', assignee: 'maria' },
    { event: 'assign' },
    { event: 'accept' },
    { event: 'decline', note: 'δεν είναι δικό μας' },
    { event: 'schedule', scheduledFor: start },
    { event: 'travel' },
    { event: 'start' },
    { event: 'wait' },
    { event: 'resume' },
    { event: 'done', note: 'άλλαξε ο λαμπτήρας', parts: [{ name: 'LED 60 W', quantity: 1, costEur: 42.5 }] },
    { event: 'amend', workMinutes: 20 },
    { event: 'cancel', note: 'λάθος' },
  ),
  fc.constantFrom(...pauseReasonSchema.options).map((reason): WorkStep => ({ event: 'wait', reason })),
)
type Turn = 'lit' | 'dark' | 'forward' | 'merge' | 'unmerge'
const deedArbitrary = fc.record({
  afterMs: fc.nat(30 * 3_600_000),
  deed: fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({ who: fc.constantFrom('dispatcher', 'crew', 'stranger'), step: stepArbitrary }),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Turn>('lit', 'dark', 'dark', 'forward', 'merge', 'unmerge', 'unmerge'),
    },
  ),
})

/** Of which other clocks fell out of step only here. */
const checkAgreement = (parts: ReturnType<typeof compose>, id: string) => {
  const { clocks, orders, tickets } = parts
  const ticket = tickets.ticket(town, id)
  if (ticket === null) throw new Error('no ticket')
  const all = orders.ofTicket(town, id)
  const underWay = all.filter(({ status }) => status !== 'done' && status !== 'cancelled')
  expect(underWay.length).toBeLessThanOrEqual(1)
  const status = underWay[0]?.status ?? all.at(-1)?.status ?? 'none'
  const isPart = ticket.mergedInto !== undefined
  if (!isPart) expect(agreed[status]).toContain(ticket.status)
  if (isSettled(ticket) || isPart) expect(underWay).toEqual([])

  const repair = clocks.clock({ municipality: town, kind: 'ticket', id }, 'repair')
  expect(repair?.dueAt).toBe(ticket.dueAt)
  expect(repair?.state === 'stopped').toBe(isSettled(ticket) || isPart)
  if (repair?.state === 'paused') expect(ticket.status).toBe('waiting')
  const ends = (repair?.pauses ?? []).flatMap(({ from, until }) => [from, until ?? '9999'])
  expect(ends.toSorted()).toEqual(ends)

  // Every order's events follow each other without a gap, from nothing to what it is now.
  const events = citizenEventsOfTicket(database, town, id)
  for (const order of all) {
    const own = events.filter(({ subject }) => subject.kind === 'workOrder' && subject.id === order.id)
    expect(own[0]).toMatchObject({ event: 'workOrderCreated', details: { from: 'none', to: 'created' } })
    expect(own.at(-1)?.details.to).toBe(order.status)
    for (const [index, event] of own.entries())
      if (index > 0) expect(event.details.from).toBe(own[index - 1]?.details.to)
    expect(own).toHaveLength(order.revision + 1)
  }
}

describe('whatever people and lights do to a ticket', () => {
  test('its order goes only legal ways, both agree, the history is complete and no pauses overlap', () => {
    const parts = compose()
    const { orders, teams, tickets, work } = parts
    teams.put(
      town,
      'night',
      { name: 'Νυχτερινό', service: 'municipalLighting', communities: [], members: [] },
      { by: 'ops', at: start },
    )
    let run = 0
    let taken = 0
    fc.assert(
      fc.property(fc.array(deedArbitrary, { minLength: 1, maxLength: 25 }), (deeds) => {
        const id = `t-${run++}`
        let at = start
        const by = 'telemetry'
        for (const one of [id, `${id}-whole`]) {
          const opened = stepTicket('ticket.opened', ticketAt(one, at), { event: 'opened', by, at })
          database.transaction(() => tickets.write(opened))
        }
        for (const { afterMs, deed } of deeds) {
          at += afterMs
          const before = tickets.ticket(town, id)
          if (before === null) throw new Error('no ticket')
          if (typeof deed === 'string') {
            const change = turn(before, deed, at)
            if (change !== null) database.transaction(() => tickets.write(change))
            const whole = tickets.ticket(town, `${id}-whole`)
            if (whole !== null && deed === 'merge' && mergeRefusal(before, whole) === null) {
              const steps = mergeTickets(before, whole, [], { by: 'dora', at })
              database.transaction(() => steps.map((step) => tickets.write(step)))
            }
            if (whole !== null && deed === 'unmerge' && before.mergedInto !== undefined) {
              const steps = unmergeTicket(before, whole, { by: 'dora', at })
              database.transaction(() => steps.map((step) => tickets.write(step)))
            }
            if (deed === 'forward' && !isSettled(before) && before.mergedInto === undefined) {
              const to = { service: 'networkOperator', reason: 'βλάβη δικτύου' } as const
              database.transaction(() => work.forward(town, id, to, { by: 'dora', at }))
            }
          } else {
            const worker = workers[deed.who] ?? { name: deed.who, team: null, dispatches: false }
            const last = orders.ofTicket(town, id).at(-1)
            const isOver = last === undefined || last.status === 'done' || last.status === 'cancelled'
            const status: Status = isOver && !(deed.step.event === 'amend' && last !== undefined) ? 'none' : last.status
            const to = life[deed.step.event][status]
            let outcome: string
            try {
              database.transaction(() => work.step(town, id, deed.step, { worker, at }))
              outcome = 'taken'
              taken++
            } catch (error) {
              if (!(error instanceof ProblemError)) throw error
              outcome = error.code
            }
            const possible =
              to !== undefined && before.mergedInto === undefined && (!isSettled(before) || deed.step.event === 'amend')
            if (!possible) expect(outcome).not.toBe('taken')
            if (possible && deed.who === 'dispatcher' && deed.step.event !== 'travel') expect(outcome).toBe('taken')
            if (outcome === 'taken') expect(orders.ofTicket(town, id).at(-1)?.status).toBe(to)
            else expect(tickets.ticket(town, id)).toEqual(before)
          }
          checkAgreement(parts, id)
        }
      }),
      // The same deeds every time, so that how many are possible is no matter of chance.
      { numRuns: 150, seed: 1 },
    )
    expect(taken).toBeGreaterThan(100)
  }, 120_000)
})

/** What telemetry, or a citizen, makes of a ticket. */
const turn = (ticket: Ticket, deed: Turn, at: number) => {
  if (ticket.mergedInto !== undefined) return null
  const by = 'telemetry'
  if (deed === 'lit' && ticket.status !== 'closed') {
    const closed: Ticket = { ...ticket, status: 'closed', closedAt: toIso(at), outcome: 'fixed' }
    return stepTicket('ticket.closed', closed, { event: 'closed', by, at })
  }
  if (deed === 'dark' && isSettled(ticket)) {
    return stepTicket('ticket.reopened', { ...unsettled(ticket), status: 'open' }, { event: 'reopened', by, at })
  }
  return null
}
