import { type ClockDocument, hourMs, minuteMs, type Ticket, toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createClockStore } from '../clocks/clock-store.ts'
import { base, circuitLamps, epoch, startTestLine, type TestLine } from '../reports/test-line.ts'
import { createDatabase } from '../store/database.ts'
import { migrations } from '../store/migrations.ts'
import { incidentChange } from '../test-documents.ts'

let t: TestLine
beforeEach(async () => {
  t = await startTestLine()
})
afterEach(() => t.close())

const workOf = async (ticket: Ticket) =>
  (await t.call('GET', `${base}/tickets/${ticket.id}/work`)).body as {
    order: { status: string } | null
    earlier: { status: string }[]
    clocks: ClockDocument[]
  }
/** The clocks of a report, as another connection to the same file sees them. */
const reportClocks = (id: string): ClockDocument[] => {
  const database = createDatabase(`${t.folder}/fanari.db`, migrations)
  database.open()
  try {
    return createClockStore(database).of({ municipality: 'orestiada', kind: 'report', id })
  } finally {
    database.close()
  }
}

describe('a dark circuit that 25 people call about', () => {
  test('has one work order, and closing it is told to each of them', async () => {
    for (const id of circuitLamps) t.light(id, 'dark', { incident: 'i-1' })
    const incident = { id: 'i-1', fault: 'circuitOutage', members: circuitLamps, severity: 'critical' } as const
    const scope = { kind: 'circuit', id: 'K7-2' } as const
    const change = { ...incident, scope, members: [...circuitLamps] }
    t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch, change)])
    for (let index = 0; index < 25; index++) {
      const body = { luminaire: `A-${index + 1}`, clientId: `c-${index}`, channel: 'phone' }
      expect((await t.report(body, { token: 'test-admin-token' })).status).toBe(201)
    }
    const [ticket, ...others] = await t.tickets()
    if (ticket === undefined) throw new Error('no ticket')
    expect(others).toEqual([])
    expect(ticket).toMatchObject({ reports: 25, service: 'networkOperator' })

    t.clock.set(epoch + 20 * minuteMs)
    await t.post(`tickets/${ticket.id}/work`, { event: 'assign', assignee: 'maria' })
    await t.post(`tickets/${ticket.id}/work`, { event: 'start' })
    await t.post(`tickets/${ticket.id}/work`, { event: 'done', note: 'Αποκαταστάθηκε η τροφοδοσία' })
    const { order, earlier } = await workOf(ticket)
    expect(order).toBeNull()
    expect(earlier).toHaveLength(1)
    const orders = new Set(
      (await t.events()).flatMap(({ subject }) => (subject.kind === 'workOrder' ? subject.id : [])),
    )
    expect(orders.size).toBe(1)
    const told = (await t.events()).filter(
      ({ event, details }) => event === 'reportStatusChanged' && details.to === 'resolved',
    )
    expect(new Set(told.map(({ subject }) => subject.id)).size).toBe(25)
  })
})

describe("a citizen's report", () => {
  const reported = async (body: Record<string, unknown>): Promise<{ ticket: Ticket; report: string }> => {
    const { status, body: answer } = await t.report({ clientId: 'c-1', ...body })
    expect(status).toBe(201)
    return { ticket: await t.ticket(answer.ticket), report: answer.id }
  }

  test('is routed and promised by the rules, and its clocks run', async () => {
    const { ticket, report } = await reported({ luminaire: 'A-1' })
    expect(ticket).toMatchObject({
      service: 'municipalLighting',
      routedBy: { rule: 'category-of-municipalLighting' },
      dueAt: toIso(epoch + 72 * hourMs),
      repairTerm: { kind: 'hours', hours: 72 },
    })
    expect((await workOf(ticket)).clocks).toMatchObject([{ kind: 'repair', state: 'running', dueAt: ticket.dueAt }])
    await t.restart()
    // Saturday evening: eight hours of service are those of Monday.
    expect(reportClocks(report)).toMatchObject([
      { kind: 'legal', state: 'running' },
      { kind: 'response', state: 'running', dueAt: '2026-01-12T13:00:00.000Z' },
    ])
    await t.post(`tickets/${ticket.id}/work`, { event: 'assign', assignee: 'maria' })
    await t.restart()
    expect(reportClocks(report)).toMatchObject([
      { kind: 'legal', state: 'running' },
      { kind: 'response', state: 'stopped', inTime: true },
    ])
  })

  test('of a whole street on a known circuit goes to the network operator', async () => {
    const { ticket } = await reported({ luminaire: 'A-1', wholeStreet: true, category: 'street-dark' })
    expect(ticket).toMatchObject({ service: 'networkOperator', routedBy: { rule: 'circuit-or-supply' } })
    expect((await t.call('GET', `${base}/tickets/${ticket.id}/dossier`)).body).toMatchObject({ reports: 1 })
  })

  test('of hanging wires goes to the emergency crew, due in four hours', async () => {
    const { ticket } = await reported({ luminaire: 'A-1', danger: ['looseWires'] })
    expect(ticket).toMatchObject({
      service: 'emergency',
      priority: 'urgent',
      dueAt: toIso(epoch + 4 * hourMs),
      routedBy: { rule: 'danger' },
    })
  })

  test('of danger, merged into a matter that had none, brings that one to the emergency crew, and sooner', async () => {
    const { ticket } = await reported({ luminaire: 'A-1' })
    t.clock.set(epoch + hourMs)
    const { ticket: dangerous } = await reported({ clientId: 'c-2', luminaire: 'A-1', danger: ['poleDown'] })
    expect(dangerous.id).not.toBe(ticket.id)
    expect((await t.post(`tickets/${dangerous.id}/merge`, { into: ticket.id })).status).toBe(200)
    expect(await t.ticket(ticket.id)).toMatchObject({
      service: 'emergency',
      reports: 2,
      dueAt: toIso(epoch + 5 * hourMs),
      routedBy: { rule: 'danger' },
    })
    expect((await workOf(ticket)).clocks).toMatchObject([{ kind: 'repair', dueAt: toIso(epoch + 5 * hourMs) }])
    expect((await workOf(dangerous)).clocks).toMatchObject([{ kind: 'repair', state: 'stopped' }])
    await t.post(`tickets/${dangerous.id}/unmerge`)
    expect((await workOf(dangerous)).clocks).toMatchObject([
      { kind: 'repair', state: 'running', dueAt: dangerous.dueAt },
    ])
  })

  test('that was about something else goes where that belongs', async () => {
    const { ticket } = await reported({ category: 'other-lighting', lat: 41.58, lon: 26.53 })
    expect(ticket).toMatchObject({ service: 'municipalLighting', repairTerm: { kind: 'workingDays', days: 7 } })
    expect((await t.post(`tickets/${ticket.id}/category`, { category: 'pothole' })).status).toBe(200)
    const changed = await t.ticket(ticket.id)
    expect(changed).toMatchObject({
      category: 'pothole',
      safetyClass: 'safety',
      service: 'roads',
      routedBy: { rule: 'category-of-roads' },
      dueAt: toIso(epoch + 72 * hourMs),
    })
    expect(changed.dedupKey).toMatch(/^place:.*:pothole$/)
    expect(changed.history.at(-1)).toMatchObject({
      event: 'categoryChanged',
      note: 'Άλλο θέμα φωτισμού → Λακκούβα στο οδόστρωμα',
    })
    expect((await t.post(`tickets/${ticket.id}/category`, { category: 'moon' })).status).toBe(400)
  })

  test('of a pothole goes to the roads, due in three days for its safety', async () => {
    const { ticket } = await reported({ category: 'pothole', lat: 41.58, lon: 26.53 })
    expect(ticket).toMatchObject({ service: 'roads', dueAt: toIso(epoch + 72 * hourMs) })
  })
})
