import type { RoutingTable, Ticket } from '@fanari/contracts'
import { dossierSchema, hourMs, routingTableSchema, toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch } from '../test-api.ts'
import { incidentChange } from '../test-documents.ts'
import { darkCircuit, startTestWork, type TestWork } from '../work/test-work.ts'

let t: TestWork
beforeEach(async () => {
  t = await startTestWork()
})
afterEach(() => t.close())

describe('a dark circuit', () => {
  test("goes to the network operator with its dossier and the operator's own clock", async () => {
    const ticket = await t.openCircuit()
    expect(ticket).toMatchObject({
      service: 'networkOperator',
      priority: 'urgent',
      routedBy: { rule: 'circuit-or-supply', el: expect.stringContaining('ΔΕΔΔΗΕ') },
    })
    expect((await t.workOf(ticket)).clocks.map(({ kind, state }) => [kind, state])).toEqual([
      ['networkOperator', 'running'],
      ['repair', 'running'],
    ])
    const { body } = await t.as('ops', 'GET', `/tickets/${ticket.id}/dossier`)
    const dossier = dossierSchema.parse(body)
    expect(dossier).toMatchObject({
      ticket: ticket.id,
      pillars: [{ id: 'K-7', supplyNumber: '1 02345678-01 2' }],
      circuits: ['K-7-2'],
      lamps: [{ id: 'L-1', pole: '12', street: 'Καραθεοδωρή', lat: 41.58, lon: 26.53 }, { id: 'L-2' }, { id: 'L-3' }],
      since: toIso(epoch),
      evidence: [{ subject: 'K-7-2', detail: '3 of 3 dark' }],
    })
    const { text } = await t.as('ops', 'GET', `/tickets/${ticket.id}/dossier?format=text`)
    expect(text).toContain('Πίλαρ K-7, αριθμός παροχής: 1 02345678-01 2')
    expect(text).toContain('- L-1, ιστός 12, Καραθεοδωρή, 41.580000, 26.530000')
    expect(text).toContain('Από: 10/1/26, 8:00 μ.μ.')
  })

  test('that turns out to be the municipality’s is forwarded with its reason, and no rule takes it back', async () => {
    const ticket = await t.openCircuit()
    await t.as('ops', 'POST', `/tickets/${ticket.id}/work`, { event: 'assign', assignee: 'maria' })
    const to = { service: 'municipalLighting', team: 'night', reason: 'Η ασφάλεια είναι στο πίλαρ του Δήμου' }
    const { body } = await t.as<Ticket>('ops', 'POST', `/tickets/${ticket.id}/forward`, to)
    expect(body).toMatchObject({
      service: 'municipalLighting',
      team: 'night',
      status: 'open',
      dueAt: ticket.dueAt,
      routedBy: { rule: 'byHand', el: expect.stringContaining('πίλαρ του Δήμου') },
    })
    const { earlier, clocks } = await t.workOf(ticket)
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
        ...darkCircuit,
        members: ['L-1', 'L-2'],
        evidence: [],
      }),
    ])
    expect(await t.ticketOf('i-9')).toMatchObject({ service: 'municipalLighting', routedBy: { rule: 'byHand' } })
    expect((await t.as('ops', 'GET', `/tickets/${ticket.id}/dossier`)).status).toBe(409)
    const { body: again } = await t.as<Ticket>('ops', 'POST', `/tickets/${ticket.id}/route`)
    expect(again).toMatchObject({ service: 'networkOperator', routedBy: { rule: 'circuit-or-supply' } })
  })

  test.each<[string, unknown, number]>([
    ['to nowhere', { service: 'circus', reason: 'x' }, 400],
    ['without a reason', { service: 'roads' }, 400],
    ['to a crew of another service', { service: 'roads', team: 'night', reason: 'x' }, 409],
  ])('is not forwarded %s', async (_name, body, status) => {
    const ticket = await t.openCircuit()
    expect((await t.as('ops', 'POST', `/tickets/${ticket.id}/forward`, body)).status).toBe(status)
  })
})

describe('the routing rules', () => {
  interface Edition<Document> {
    revision: number
    document: Document
  }

  test('are edited with a number, tried without a ticket, and hold from then on', async () => {
    const { body } = await t.asAdmin<Edition<RoutingTable>>('GET', '/routing')
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
    const tried = await t.asAdmin('POST', '/routing/dry-run', { matter, table: edited.document, at: epoch })
    expect(tried.body).toMatchObject({
      team: 'night',
      dueAt: toIso(epoch + 6 * hourMs),
      routedBy: { rule: 'vyssa-nights' },
    })
    expect((await t.asAdmin('POST', '/routing/dry-run', { matter })).body).toMatchObject({
      team: null,
      routedBy: { rule: 'category-of-municipalLighting' },
    })

    expect((await t.asAdmin('PUT', '/routing', edited)).body).toMatchObject({ revision: 1 })
    expect((await t.asAdmin('PUT', '/routing', edited)).status).toBe(409)
    expect(await t.openLamp()).toMatchObject({
      team: 'night',
      priority: 'urgent',
      dueAt: toIso(epoch + 6 * hourMs),
      routedBy: { rule: 'vyssa-nights', el: own.why.el },
    })
    await t.restart()
    expect((await t.asAdmin<Edition<RoutingTable>>('GET', '/routing')).body.document.rules[0]).toEqual(own)
    const { body: trail } = await t.asAdmin<{ items: { subject: string }[] }>('GET', '/audit')
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
    const { body } = await t.asAdmin<Edition<RoutingTable>>('GET', '/routing')
    expect((await t.asAdmin('PUT', '/routing', { revision: 0, document: change(body.document) })).status).toBe(status)
  })

  test('and the clocks are for managers', async () => {
    expect((await t.as('ops', 'PUT', '/routing', {})).status).toBe(403)
    expect((await t.as('maria', 'PUT', '/clock-policy', {})).status).toBe(403)
  })
})
