import type { ClockDocument, RoutingTable, Ticket, WorkOrder } from '@fanari/contracts'
import { clockPolicySchema, dossierSchema, hourMs, routingTableSchema, toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch, startTestApi, type TestApi } from '../test-api.ts'
import { cabinet, collection, community, incidentChange, luminaire, point } from '../test-documents.ts'

const base = '/api/v1/municipalities/orestiada'

let t: TestApi
const tokens: Record<string, string> = {}
beforeEach(async () => {
  t = await startTestApi()
  const assets = collection(
    community('vyssa', 'Νέα Βύσσα'),
    cabinet('K-7', { supplyNumber: '1 02345678-01 2' }),
    luminaire('L-1', { street: 'Καραθεοδωρή', pole: '12', cabinet: 'K-7', circuit: 'K-7-2' }, point(26.53, 41.58)),
    luminaire('L-2', { street: 'Καραθεοδωρή', pole: '13', cabinet: 'K-7', circuit: 'K-7-2' }, point(26.531, 41.581)),
    luminaire('L-3', { cabinet: 'K-7', circuit: 'K-7-2' }, point(26.532, 41.582)),
  )
  expect((await t.call('PUT', `${base}/assets`, { body: assets })).status).toBe(200)
  for (const [name, role] of Object.entries({ maria: 'technician', nikos: 'technician', ops: 'operator' })) {
    const { body } = await t.call('POST', '/api/v1/tokens', { body: { name, role } })
    tokens[name] = (body as { token: string }).token
  }
  const team = { name: 'Νυχτερινό συνεργείο', service: 'municipalLighting', communities: [], members: ['maria'] }
  expect((await t.call('PUT', `${base}/teams/night`, { body: team })).status).toBe(200)
})
afterEach(() => t.close())

const call = async <Body>(who: string, method: string, path: string, body?: unknown) => {
  const answer = await t.call(method, `${base}${path}`, {
    token: tokens[who] ?? null,
    ...(body === undefined ? {} : { body }),
  })
  return { status: answer.status, body: answer.body as Body, text: answer.text }
}
const asAdmin = async <Body>(method: string, path: string, body?: unknown) => {
  const answer = await t.call(method, `${base}${path}`, body === undefined ? {} : { body })
  return { status: answer.status, body: answer.body as Body, text: answer.text }
}

const openLamp = async (id = 'i-1', lamp = 'L-1'): Promise<Ticket> => {
  const scope = { kind: 'luminaire', id: lamp } as const
  t.api.incidents.apply('orestiada', [incidentChange('incident.opened', t.clock.now(), { id, scope, members: [lamp] })])
  return ticketOf(id)
}
const circuit = {
  fault: 'circuitOutage',
  scope: { kind: 'circuit', id: 'K-7-2' },
  severity: 'critical',
  members: ['L-1', 'L-2', 'L-3'],
  evidence: [{ at: toIso(epoch), kind: 'members', subject: 'K-7-2', detail: '3 of 3 dark' }],
} as const
const openCircuit = async (): Promise<Ticket> => {
  t.api.incidents.apply('orestiada', [
    incidentChange('incident.opened', epoch, {
      id: 'i-9',
      ...circuit,
      members: [...circuit.members],
      evidence: [...circuit.evidence],
    }),
  ])
  return ticketOf('i-9')
}
const ticketOf = async (incident: string): Promise<Ticket> => {
  const { body } = await asAdmin<{ items: Ticket[] }>('GET', '/tickets')
  const ticket = body.items.find((one) => one.incident === incident)
  if (ticket === undefined) throw new Error(`no ticket of ${incident}`)
  return ticket
}
interface TicketWork {
  order: WorkOrder | null
  earlier: WorkOrder[]
  actions: string[]
  clocks: ClockDocument[]
}
const workOf = async (ticket: Ticket, who = 'maria'): Promise<TicketWork> =>
  (await call<TicketWork>(who, 'GET', `/tickets/${ticket.id}/work`)).body

describe('a lamp that is dark', () => {
  test('is assigned, accepted, planned, waited for, mended and written down, and each step is seen', async () => {
    const ticket = await openLamp()
    const step = async (who: string, body: unknown) => {
      const answer = await call<Ticket>(who, 'POST', `/tickets/${ticket.id}/work`, body)
      expect(answer.status, answer.text).toBe(200)
      return answer.body
    }
    expect(await step('ops', { event: 'assign', team: 'night' })).toMatchObject({ status: 'assigned', team: 'night' })
    const mine = await call<{ items: { order: WorkOrder; ticket: Ticket; actions: string[] }[] }>(
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
    expect((await call<{ items: unknown[] }>('nikos', 'GET', '/my-work')).body.items).toEqual([])

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

    const { order, earlier, actions, clocks } = await workOf(ticket)
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
    const { body } = await asAdmin<{ items: { event: string; subject: { kind: string } }[] }>('GET', '/citizen-events')
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
    const ticket = await openLamp()
    await call('ops', 'POST', `/tickets/${ticket.id}/work`, { event: 'assign', assignee: 'maria' })
    t.api.incidents.apply('orestiada', [
      incidentChange('incident.resolved', epoch + hourMs, { id: 'i-1', revision: 2, resolution: 'litAgain' }),
    ])
    expect((await workOf(ticket)).earlier).toMatchObject([{ status: 'cancelled' }])
    expect((await call('maria', 'POST', `/tickets/${ticket.id}/work`, { event: 'start' })).status).toBe(409)
  })

  test('by the actions of a ticket, as clients have always sent them, has a work order too', async () => {
    const ticket = await openLamp()
    for (const event of ['assigned', 'started', 'waiting', 'started', 'resolved']) {
      const { status } = await call('ops', 'POST', `/tickets/${ticket.id}/events`, { event, note: event })
      expect(status).toBe(200)
    }
    expect((await workOf(ticket)).earlier).toMatchObject([{ status: 'done', createdBy: 'ops' }])
    const reopened = await call<Ticket>('ops', 'POST', `/tickets/${ticket.id}/events`, { event: 'reopened' })
    expect(reopened.body).toMatchObject({ status: 'open', reopenedCount: 1 })
    expect((await call('ops', 'POST', `/tickets/${ticket.id}/events`, { event: 'reopened' })).status).toBe(409)
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
    const ticket = await openLamp()
    const before = (await workOf(ticket)).order
    expect((await call(who, 'POST', `/tickets/${ticket.id}/work`, body)).status).toBe(status)
    if (status !== 200) expect((await workOf(ticket)).order).toEqual(before)
  })

  test("of another's order is for its holder", async () => {
    const ticket = await openLamp()
    await call('ops', 'POST', `/tickets/${ticket.id}/work`, { event: 'assign', assignee: 'maria' })
    expect((await call('nikos', 'POST', `/tickets/${ticket.id}/work`, { event: 'start' })).status).toBe(403)
    expect((await workOf(ticket, 'nikos')).actions).toEqual([])
    expect((await call('maria', 'POST', `/tickets/${ticket.id}/work`, { event: 'start' })).status).toBe(200)
  })

  test('of a ticket that is not there', async () => {
    expect((await call('ops', 'POST', '/tickets/t-none/work', { event: 'start' })).status).toBe(404)
  })
})

describe('many at once', () => {
  test('are each changed whole or not at all', async () => {
    const first = await openLamp('i-1', 'L-1')
    const second = await openLamp('i-2', 'L-2')
    await call('ops', 'POST', `/tickets/${second.id}/work`, { event: 'done' })
    const { body } = await call<{ results: unknown[] }>('ops', 'POST', '/tickets/bulk', {
      ids: [first.id, second.id, 't-none'],
      action: { kind: 'work', step: { event: 'assign', team: 'night' } },
    })
    expect(body.results).toMatchObject([
      { id: first.id, outcome: 'done', status: 'assigned' },
      { id: second.id, outcome: 'refused', code: 'conflict' },
      { id: 't-none', outcome: 'refused', code: 'not-found' },
    ])
    expect((await ticketOf('i-2')).status).toBe('resolved')
  })

  test('are for dispatchers', async () => {
    const body = { ids: ['t-1'], action: { kind: 'route' } }
    expect((await call('maria', 'POST', '/tickets/bulk', body)).status).toBe(403)
  })
})

describe('a dark circuit', () => {
  test("goes to the network operator with its dossier and the operator's own clock", async () => {
    const ticket = await openCircuit()
    expect(ticket).toMatchObject({
      service: 'networkOperator',
      priority: 'urgent',
      routedBy: { rule: 'circuit-or-supply', el: expect.stringContaining('ΔΕΔΔΗΕ') },
    })
    expect((await workOf(ticket)).clocks.map(({ kind, state }) => [kind, state])).toEqual([
      ['networkOperator', 'running'],
      ['repair', 'running'],
    ])
    const { body } = await call('ops', 'GET', `/tickets/${ticket.id}/dossier`)
    const dossier = dossierSchema.parse(body)
    expect(dossier).toMatchObject({
      ticket: ticket.id,
      pillars: [{ id: 'K-7', supplyNumber: '1 02345678-01 2' }],
      circuits: ['K-7-2'],
      lamps: [{ id: 'L-1', pole: '12', street: 'Καραθεοδωρή', lat: 41.58, lon: 26.53 }, { id: 'L-2' }, { id: 'L-3' }],
      since: toIso(epoch),
      evidence: [{ subject: 'K-7-2', detail: '3 of 3 dark' }],
    })
    const { text } = await call('ops', 'GET', `/tickets/${ticket.id}/dossier?format=text`)
    expect(text).toContain('Πίλαρ K-7, αριθμός παροχής: 1 02345678-01 2')
    expect(text).toContain('- L-1, ιστός 12, Καραθεοδωρή, 41.580000, 26.530000')
    expect(text).toContain('Από: 10/1/26, 8:00 μ.μ.')
  })

  test('that turns out to be the municipality’s is forwarded with its reason, and no rule takes it back', async () => {
    const ticket = await openCircuit()
    await call('ops', 'POST', `/tickets/${ticket.id}/work`, { event: 'assign', assignee: 'maria' })
    const to = { service: 'municipalLighting', team: 'night', reason: 'Η ασφάλεια είναι στο πίλαρ του Δήμου' }
    const { body } = await call<Ticket>('ops', 'POST', `/tickets/${ticket.id}/forward`, to)
    expect(body).toMatchObject({
      service: 'municipalLighting',
      team: 'night',
      status: 'open',
      dueAt: ticket.dueAt,
      routedBy: { rule: 'byHand', el: expect.stringContaining('πίλαρ του Δήμου') },
    })
    const { earlier, clocks } = await workOf(ticket)
    expect(earlier).toMatchObject([{ status: 'cancelled' }])
    expect(clocks.map(({ kind, state, inTime }) => [kind, state, inTime])).toEqual([
      ['forwarding', 'stopped', true],
      ['networkOperator', 'stopped', true],
      ['repair', 'running', undefined],
    ])
    t.api.incidents.apply('orestiada', [
      incidentChange('incident.updated', epoch + hourMs, {
        id: 'i-9',
        revision: 2,
        ...circuit,
        members: ['L-1', 'L-2'],
        evidence: [],
      }),
    ])
    expect(await ticketOf('i-9')).toMatchObject({ service: 'municipalLighting', routedBy: { rule: 'byHand' } })
    expect((await call('ops', 'GET', `/tickets/${ticket.id}/dossier`)).status).toBe(409)
    const { body: again } = await call<Ticket>('ops', 'POST', `/tickets/${ticket.id}/route`)
    expect(again).toMatchObject({ service: 'networkOperator', routedBy: { rule: 'circuit-or-supply' } })
  })

  test.each<[string, unknown, number]>([
    ['to nowhere', { service: 'circus', reason: 'x' }, 400],
    ['without a reason', { service: 'roads' }, 400],
    ['to a crew of another service', { service: 'roads', team: 'night', reason: 'x' }, 409],
  ])('is not forwarded %s', async (_name, body, status) => {
    const ticket = await openCircuit()
    expect((await call('ops', 'POST', `/tickets/${ticket.id}/forward`, body)).status).toBe(status)
  })
})

describe('the routing rules', () => {
  interface Edition<Document> {
    revision: number
    document: Document
  }

  test('are edited with a number, tried without a ticket, and hold from then on', async () => {
    const { body } = await asAdmin<Edition<RoutingTable>>('GET', '/routing')
    expect(body.revision).toBe(0)
    const document = routingTableSchema.parse(body.document)
    const own = {
      id: 'vyssa-nights',
      why: { el: 'Η Νέα Βύσσα έχει δικό της συνεργείο.', en: 'Nea Vyssa has a crew of its own.' },
      when: { communities: ['vyssa'], extents: ['single'] },
      to: { service: 'municipalLighting', team: 'night', priority: 'urgent', term: { kind: 'hours', hours: 6 } },
    }
    const edited = { revision: 0, document: { ...document, rules: [own, ...document.rules] } }
    const matter = { category: 'street-light-out', community: 'vyssa', extent: 'single' }
    const tried = await asAdmin('POST', '/routing/dry-run', { matter, table: edited.document, at: epoch })
    expect(tried.body).toMatchObject({
      team: 'night',
      dueAt: toIso(epoch + 6 * hourMs),
      routedBy: { rule: 'vyssa-nights' },
    })
    expect((await asAdmin('POST', '/routing/dry-run', { matter })).body).toMatchObject({
      team: null,
      routedBy: { rule: 'category-of-municipalLighting' },
    })

    expect((await asAdmin('PUT', '/routing', edited)).body).toMatchObject({ revision: 1 })
    expect((await asAdmin('PUT', '/routing', edited)).status).toBe(409)
    expect(await openLamp()).toMatchObject({
      team: 'night',
      priority: 'urgent',
      dueAt: toIso(epoch + 6 * hourMs),
      routedBy: { rule: 'vyssa-nights', el: own.why.el },
    })
    await t.restart()
    expect((await asAdmin<Edition<RoutingTable>>('GET', '/routing')).body.document.rules[0]).toEqual(own)
    const { body: trail } = await asAdmin<{ items: { subject: string }[] }>('GET', '/audit')
    expect(trail.items.map(({ subject }) => subject)).toContain('policy/routing')
  })

  test.each<[string, (table: RoutingTable) => unknown, number]>([
    ['without the rule that always holds', (table) => ({ ...table, rules: table.rules.slice(0, -1) }), 400],
    [
      'with a crew that is none',
      (table) => ({
        ...table,
        rules: [
          { id: 'x', why: { el: 'x', en: 'x' }, when: { danger: true }, to: { service: 'roads', team: 'none' } },
          ...table.rules,
        ],
      }),
      409,
    ],
  ])('are refused %s', async (_name, change, status) => {
    const { body } = await asAdmin<Edition<RoutingTable>>('GET', '/routing')
    expect((await asAdmin('PUT', '/routing', { revision: 0, document: change(body.document) })).status).toBe(status)
  })

  test('and the clocks are for managers', async () => {
    expect((await call('ops', 'PUT', '/routing', {})).status).toBe(403)
    expect((await call('maria', 'PUT', '/clock-policy', {})).status).toBe(403)
  })
})

describe('clocks', () => {
  const events = async () =>
    (
      await asAdmin<{ items: { event: string; at: string; by: string; details: Record<string, unknown> }[] }>(
        'GET',
        '/citizen-events',
      )
    ).body.items.filter(({ event }) => ['dueWarning', 'overdue', 'escalated'].includes(event))

  test('that run out are told once, each at its own moment, however late and however often it is looked', async () => {
    const ticket = await openLamp()
    t.clock.set(epoch + 30 * 24 * hourMs)
    await t.restart()
    await t.restart()
    expect((await events()).map(({ event, at, by, details }) => [event, at, by, details.level, details.clock])).toEqual(
      [
        ['dueWarning', toIso(epoch + 54 * hourMs), 'platform', 'team', 'repair'],
        ['overdue', toIso(epoch + 72 * hourMs), 'platform', 'supervisor', 'repair'],
        ['escalated', toIso(epoch + 108 * hourMs), 'platform', 'administrator', 'repair'],
      ],
    )
    const history = (await ticketOf('i-1')).history.map(({ event, note }) => [event, note])
    expect(history.slice(-3)).toEqual([
      ['dueWarning', 'Αποκατάσταση: πλησιάζει η προθεσμία'],
      ['overdue', 'Αποκατάσταση: πέρασε η προθεσμία'],
      ['escalated', 'Αποκατάσταση: κλιμακώθηκε'],
    ])
    expect((await workOf(ticket)).clocks[0]?.milestones.every(({ reached }) => reached)).toBe(true)
  })

  test('say nothing of what waits, nor of what was mended in time', async () => {
    const waiting = await openLamp('i-1', 'L-1')
    const mended = await openLamp('i-2', 'L-2')
    await call('ops', 'POST', `/tickets/${waiting.id}/work`, { event: 'wait', reason: 'waitingForNetworkOperator' })
    await call('ops', 'POST', `/tickets/${mended.id}/work`, { event: 'done' })
    t.clock.set(epoch + 30 * 24 * hourMs)
    await t.restart()
    expect(await events()).toEqual([])
  })

  test('follow a calendar that the municipality edits', async () => {
    const { body } = await asAdmin<{ revision: number; document: unknown }>('GET', '/clock-policy')
    const policy = clockPolicySchema.parse(body.document)
    const calendar = {
      ...policy.calendar,
      yearly: [{ day: '05-21', name: 'Πολιούχος' }],
      weekly: { ...policy.calendar.weekly, monday: [] },
    }
    const edited = { revision: 0, document: { ...policy, calendar } }
    expect((await asAdmin('PUT', '/clock-policy', edited)).status).toBe(200)
    expect((await asAdmin('PUT', '/clock-policy', edited)).status).toBe(409)
    const tried = await asAdmin('POST', '/routing/dry-run', {
      matter: { category: 'graffiti' },
      at: '2026-01-16T12:00:00+02:00',
      table: {
        ...routingTableSchema.parse((await asAdmin<{ document: unknown }>('GET', '/routing')).body.document),
        terms: {
          urgent: { kind: 'workingDays', days: 1 },
          high: { kind: 'workingDays', days: 1 },
          normal: { kind: 'workingDays', days: 1 },
          low: { kind: 'workingDays', days: 1 },
        },
      },
    })
    expect(tried.body).toMatchObject({ dueAt: '2026-01-20T13:00:00.000Z' })
    const wrong = { revision: 1, document: { ...policy, milestones: [] } }
    expect((await asAdmin('PUT', '/clock-policy', wrong)).status).toBe(400)
  })
})

describe('what keeps coming back', () => {
  const darkAgain = async (id: string, days: number) => {
    t.clock.set(epoch + days * 24 * hourMs)
    const ticket = await openLamp(id)
    t.api.incidents.apply('orestiada', [
      incidentChange('incident.resolved', t.clock.now() + hourMs, { id, revision: 2, resolution: 'litAgain' }),
    ])
    return ticket
  }

  test('three times in 90 days is a problem, flagged on its ticket, that people write the cause of and close', async () => {
    expect(await darkAgain('i-1', 0)).not.toHaveProperty('problem')
    expect(await darkAgain('i-2', 40)).not.toHaveProperty('problem')
    const third = await darkAgain('i-3', 80)
    expect(third.problem).toMatch(/^p-/)
    const { body } = await asAdmin<{ items: { id: string; tickets: string[]; status: string }[] }>('GET', '/problems')
    expect(body.items).toMatchObject([{ id: third.problem, status: 'open', dedupKey: 'luminaire:L-1:dark' }])
    expect(body.items[0]?.tickets).toHaveLength(3)

    const cause = 'Υγρασία στο κιβώτιο του ιστού'
    const path = `/problems/${third.problem}`
    expect((await call('maria', 'PATCH', path, { cause })).status).toBe(403)
    expect((await asAdmin('PATCH', path, { cause })).body).toMatchObject({ cause, status: 'open' })
    expect((await asAdmin('PATCH', path, { status: 'closed' })).body).toMatchObject({ cause, status: 'closed' })
    expect((await asAdmin('PATCH', path, { note: 'x' })).status).toBe(409)
    expect((await asAdmin<{ items: unknown[] }>('GET', '/problems')).body.items).toEqual([])
  })

  test('too seldom is chance', async () => {
    await darkAgain('i-1', 0)
    await darkAgain('i-2', 60)
    expect(await darkAgain('i-3', 120)).not.toHaveProperty('problem')
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
