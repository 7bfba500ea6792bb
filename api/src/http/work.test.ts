import type { Ticket, WorkOrder } from '@fanari/contracts'
import { hourMs, toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch } from '../test-api.ts'
import { incidentChange } from '../test-documents.ts'
import { startTestWork, type TestWork } from '../work/test-work.ts'

let t: TestWork
beforeEach(async () => {
  t = await startTestWork()
})
afterEach(() => t.close())

describe('a lamp that is dark', () => {
  test('is assigned, accepted, planned, waited for, mended and written down, and each step is seen', async () => {
    const ticket = await t.openLamp()
    const step = async (who: string, body: unknown) => {
      const answer = await t.as<Ticket>(who, 'POST', `/tickets/${ticket.id}/work`, body)
      expect(answer.status, answer.text).toBe(200)
      return answer.body
    }
    expect(await step('ops', { event: 'assign', team: 'night' })).toMatchObject({ status: 'assigned', team: 'night' })
    const mine = await t.as<{ items: { order: WorkOrder; ticket: Ticket; actions: string[] }[] }>(
      'maria',
      'GET',
      '/my-work',
    )
    expect(mine.body.items).toMatchObject([
      {
        order: { status: 'assigned', team: 'night', ticket: ticket.id },
        ticket: { id: ticket.id, title: ticket.title, location: { community: 'vyssa' } },
      },
    ])
    expect(mine.body.items[0]?.actions).toEqual([
      'assign',
      'accept',
      'decline',
      'schedule',
      'travel',
      'start',
      'wait',
      'done',
    ])
    expect((await t.as<{ items: unknown[] }>('nikos', 'GET', '/my-work')).body.items).toEqual([])

    await step('maria', { event: 'accept' })
    await step('maria', { event: 'schedule', scheduledFor: toIso(epoch + 2 * hourMs), note: 'με καλαθοφόρο' })
    await step('maria', { event: 'travel' })
    expect(await step('maria', { event: 'start' })).toMatchObject({ status: 'inProgress' })
    t.clock.set(epoch + hourMs)
    expect(await step('maria', { event: 'wait', reason: 'weather', note: 'καταιγίδα' })).toMatchObject({
      status: 'waiting',
      dueAt: ticket.dueAt,
    })
    t.clock.set(epoch + 3 * hourMs)
    const resumed = await step('maria', { event: 'resume' })
    expect(resumed).toMatchObject({ status: 'assigned', dueAt: toIso(Date.parse(ticket.dueAt ?? '') + 2 * hourMs) })
    await step('maria', { event: 'start' })
    const parts = [
      { name: 'LED 60 W', quantity: 2, costEur: 42.5 },
      { name: 'Κλέμα', quantity: 1, costEur: 1.2 },
    ]
    const done = await step('maria', { event: 'done', note: 'Αλλαγή λαμπτήρα', parts, workMinutes: 35 })
    expect(done).toMatchObject({ status: 'resolved', resolvedAt: toIso(epoch + 3 * hourMs) })
    expect(done.history.map(({ event, by }) => `${event} ${by}`)).toEqual([
      'opened telemetry',
      'assigned ops',
      'worked maria',
      'worked maria',
      'worked maria',
      'started maria',
      'waiting maria',
      'worked maria',
      'started maria',
      'resolved maria',
    ])
    expect(JSON.stringify(done.history)).not.toContain('καταιγίδα')

    const { order, earlier, actions, clocks } = await t.workOf(ticket)
    expect(order).toBeNull()
    expect(earlier).toMatchObject([
      { status: 'done', parts, workMinutes: 35, costEur: 86.2, note: 'με καλαθοφόρο\nκαταιγίδα\nΑλλαγή λαμπτήρα' },
    ])
    expect(actions).toEqual(['amend'])
    expect(clocks).toMatchObject([
      {
        kind: 'repair',
        state: 'stopped',
        inTime: true,
        pauses: [{ reason: 'weather', from: toIso(epoch + hourMs), until: toIso(epoch + 3 * hourMs), by: 'maria' }],
      },
    ])
    const { body } = await t.asAdmin<{ items: { event: string; subject: { kind: string } }[] }>(
      'GET',
      '/citizen-events',
    )
    expect(body.items.filter(({ subject }) => subject.kind === 'workOrder').map(({ event }) => event)).toEqual([
      'workOrderCreated',
      'workOrderAssigned',
      'workOrderAccepted',
      'workOrderScheduled',
      'workOrderTravelling',
      'workOrderStarted',
      'workOrderWaiting',
      'workOrderResumed',
      'workOrderStarted',
      'workOrderDone',
    ])
  })

  test('that lights up again before the crew comes takes the order back, and the crew cannot go on with it', async () => {
    const ticket = await t.openLamp()
    await t.as('ops', 'POST', `/tickets/${ticket.id}/work`, { event: 'assign', assignee: 'maria' })
    t.api.incidents.apply('orestiada', [
      incidentChange('incident.resolved', epoch + hourMs, { id: 'i-1', revision: 2, resolution: 'litAgain' }),
    ])
    expect((await t.workOf(ticket)).earlier).toMatchObject([{ status: 'cancelled' }])
    expect((await t.as('maria', 'POST', `/tickets/${ticket.id}/work`, { event: 'start' })).status).toBe(409)
  })

  test('by the actions of a ticket, as clients have always sent them, has a work order too', async () => {
    const ticket = await t.openLamp()
    for (const event of ['assigned', 'started', 'waiting', 'started', 'resolved']) {
      const { status } = await t.as('ops', 'POST', `/tickets/${ticket.id}/events`, { event, note: event })
      expect(status).toBe(200)
    }
    expect((await t.workOf(ticket)).earlier).toMatchObject([{ status: 'done', createdBy: 'ops' }])
    const reopened = await t.as<Ticket>('ops', 'POST', `/tickets/${ticket.id}/events`, { event: 'reopened' })
    expect(reopened.body).toMatchObject({ status: 'open', reopenedCount: 1 })
    expect((await t.as('ops', 'POST', `/tickets/${ticket.id}/events`, { event: 'reopened' })).status).toBe(409)
  })
})

describe('a step', () => {
  test.each<[string, string, unknown, number]>([
    ['to give work to another, by a technician', 'nikos', { event: 'assign', assignee: 'maria' }, 403],
    ['to take it oneself', 'nikos', { event: 'assign' }, 200],
    ['to give it to a crew that is none', 'ops', { event: 'assign', team: 'day' }, 409],
    ['to accept what nobody has given', 'maria', { event: 'accept' }, 409],
    ['nobody knows', 'ops', { event: 'explode' }, 400],
    ['to decline without a reason', 'ops', { event: 'decline' }, 400],
    ['to wait without a reason', 'ops', { event: 'wait' }, 400],
    ['with a field too many', 'ops', { event: 'start', mood: 'good' }, 400],
    ['with parts of no quantity', 'ops', { event: 'done', parts: [{ name: 'x', quantity: 0 }] }, 400],
    ['with a photograph nobody took', 'ops', { event: 'done', photos: ['p-1'] }, 409],
  ])('%s: %s', async (_name, who, body, status) => {
    const ticket = await t.openLamp()
    const before = (await t.workOf(ticket)).order
    expect((await t.as(who, 'POST', `/tickets/${ticket.id}/work`, body)).status).toBe(status)
    if (status !== 200) expect((await t.workOf(ticket)).order).toEqual(before)
  })

  test("of another's order is for its holder", async () => {
    const ticket = await t.openLamp()
    await t.as('ops', 'POST', `/tickets/${ticket.id}/work`, { event: 'assign', assignee: 'maria' })
    expect((await t.as('nikos', 'POST', `/tickets/${ticket.id}/work`, { event: 'start' })).status).toBe(403)
    expect((await t.workOf(ticket, 'nikos')).actions).toEqual([])
    expect((await t.as('maria', 'POST', `/tickets/${ticket.id}/work`, { event: 'start' })).status).toBe(200)
  })

  test('of a ticket that is not there', async () => {
    expect((await t.as('ops', 'POST', '/tickets/t-none/work', { event: 'start' })).status).toBe(404)
  })
})

describe('many at once', () => {
  test('are each changed whole or not at all', async () => {
    const first = await t.openLamp('i-1', 'L-1')
    const second = await t.openLamp('i-2', 'L-2')
    await t.as('ops', 'POST', `/tickets/${second.id}/work`, { event: 'done' })
    const { body } = await t.as<{ results: unknown[] }>('ops', 'POST', '/tickets/bulk', {
      ids: [first.id, second.id, 't-none'],
      action: { kind: 'work', step: { event: 'assign', team: 'night' } },
    })
    expect(body.results).toMatchObject([
      { id: first.id, outcome: 'done', status: 'assigned' },
      { id: second.id, outcome: 'refused', code: 'conflict' },
      { id: 't-none', outcome: 'refused', code: 'not-found' },
    ])
    expect((await t.ticketOf('i-2')).status).toBe('resolved')
  })

  test('are for dispatchers', async () => {
    const body = { ids: ['t-1'], action: { kind: 'route' } }
    expect((await t.as('maria', 'POST', '/tickets/bulk', body)).status).toBe(403)
  })
})

describe('the machine', () => {
  test('is served as the table it is, without a sign-in', async () => {
    const { body, status } = await t.call('GET', '/api/v1/work-order-machine', { token: null })
    expect(status).toBe(200)
    const { transitions, ticketStatusOf } = body as { transitions: { event: string }[]; ticketStatusOf: object }
    expect(transitions.map(({ event }) => event)).toContain('accept')
    expect(ticketStatusOf).toMatchObject({ waiting: 'waiting', done: 'resolved', cancelled: null })
  })
})
