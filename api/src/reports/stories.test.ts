import { type DetectedIncident, dayMs, hourMs, minuteMs, type Ticket, toIso } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { incidentChange } from '../test-documents.ts'
import { base, circuitLamps, epoch, startTestLine, type TestLine } from './test-line.ts'

let t: TestLine
beforeEach(async () => {
  t = await startTestLine()
})
afterEach(() => t.close())

const circuit: Partial<DetectedIncident> = {
  fault: 'circuitOutage',
  scope: { kind: 'circuit', id: 'K7-2' },
  severity: 'critical',
  reason: 'membersDarkTogether',
  members: circuitLamps,
}
const lampIncident = (id: string): Partial<DetectedIncident> => ({
  scope: { kind: 'luminaire', id },
  members: [id],
})
const apply = (...changes: ReturnType<typeof incidentChange>[]) => t.api.incidents.apply('orestiada', changes)
const eventsNamed = async (...names: string[]) => (await t.events()).filter(({ event }) => names.includes(event))

describe('forty lamps of a circuit dark, and 25 calls in ten minutes', () => {
  const call = (index: number) =>
    t.report(
      {
        clientId: `call-${index}`,
        channel: 'phone',
        // Some name a lamp, some say the whole street, some only point.
        ...(index % 3 === 0
          ? { luminaire: `A-${index + 1}` }
          : index % 3 === 1
            ? { luminaire: `A-${index + 1}`, wholeStreet: true, category: 'street-dark' }
            : { lat: 41.58005, lon: 26.5301 + index * 0.0001 }),
        contact: { phone: `25520 1234${index % 10}`, name: `Καλούσα ${index}` },
      },
      { token: 'test-admin-token' },
    )

  beforeEach(async () => {
    for (const id of circuitLamps) t.light(id, 'dark', { incident: 'i-circuit' })
    apply(incidentChange('incident.opened', epoch, { id: 'i-circuit', ...circuit }))
    for (let index = 0; index < 25; index++) {
      t.clock.set(epoch + Math.round((index * 10 * minuteMs) / 25))
      expect((await call(index)).status).toBe(201)
    }
  })

  test('are one incident, one ticket, 25 reports and 25 acknowledgements that say what is known', async () => {
    const tickets = await t.tickets()
    expect(tickets).toHaveLength(1)
    const [ticket] = tickets
    expect(ticket).toMatchObject({ incident: 'i-circuit', source: 'telemetry', reports: 25, priority: 'urgent' })
    expect(ticket?.detectedBeforeReportMs).toBe(0)
    expect(ticket?.history.filter(({ event }) => event === 'reported')).toEqual([
      { at: expect.any(String), event: 'reported', by: 'citizen', note: '25 αναφορές πολιτών' },
    ])
    expect(await t.reportsOf(ticket?.id ?? '')).toHaveLength(25)
    expect(await eventsNamed('reportAcknowledged')).toHaveLength(25)
    const { body } = await call(25)
    expect(body.known).toMatchObject({
      ticket: ticket?.id,
      incident: 'i-circuit',
      circuit: 'K7-2',
      dark: 40,
      reports: 25,
    })
    expect(body.known?.el).toMatch(/^Σκοτεινό από τις 20:00, κύκλωμα K7-2, .*25 αναφορές\.$/)
    expect(body.known?.en).toMatch(/^Dark since 20:00, circuit K7-2, .*expected by .*, 25 reports\.$/)
  })

  test('hear each step, and the close of all in one, and none is a duplicate', async () => {
    const [ticket] = await t.tickets()
    await t.post(`tickets/${ticket?.id}/events`, { event: 'assigned' })
    expect(await eventsNamed('firstResponse')).toHaveLength(25)
    t.clock.set(epoch + 3 * hourMs)
    apply(
      incidentChange('incident.resolved', epoch + 3 * hourMs, {
        id: 'i-circuit',
        revision: 2,
        ...circuit,
        resolution: 'supplyRestored',
      }),
    )
    const closings = (await eventsNamed('reportStatusChanged')).filter(({ details }) => details.to === 'closed')
    expect(new Set(closings.map(({ subject }) => subject.id)).size).toBe(25)
    expect(closings.every(({ details }) => details.outcome === 'fixed')).toBe(true)
    expect((await t.reportsOf(ticket?.id ?? '')).every(({ status }) => status === 'closed')).toBe(true)
    expect(JSON.stringify(await t.events())).not.toMatch(/duplicate|25520|Καλούσα/i)
  })

  test('nothing of who called is on MQTT', () => {
    expect(JSON.stringify(t.mqtt.messages)).not.toMatch(/25520|Καλούσα/)
  })
})

describe('a citizen is first', () => {
  test('and telemetry joins: one ticket, with its source and its report', async () => {
    const { body } = await t.report({ clientId: 'c', luminaire: 'A-5' })
    apply(incidentChange('incident.opened', epoch + 20 * minuteMs, { id: 'i-1', ...lampIncident('A-5') }))
    const tickets = await t.tickets()
    expect(tickets).toHaveLength(1)
    expect(tickets[0]).toMatchObject({
      id: body.ticket,
      source: 'web',
      incident: 'i-1',
      reports: 1,
      verified: 'confirmed',
      detectedBeforeReportMs: -20 * minuteMs,
    })
  })

  test('and a circuit joins what three of them reported at three lamps', async () => {
    const answers = []
    for (const id of ['A-1', 'A-10', 'A-20']) answers.push((await t.report({ clientId: id, luminaire: id })).body)
    expect(new Set(answers.map(({ ticket }) => ticket)).size).toBe(3)
    apply(incidentChange('incident.opened', epoch + minuteMs, { id: 'i-c', ...circuit }))
    const tickets = await t.tickets()
    const [whole, ...others] = tickets.filter(({ mergedInto }) => mergedInto === undefined)
    expect(others).toEqual([])
    expect(whole).toMatchObject({ incident: 'i-c', reports: 3, status: 'open' })
    expect(tickets.filter(({ mergedInto }) => mergedInto === whole?.id)).toHaveLength(2)
    // Each of them sees the one matter in the end.
    apply(
      incidentChange('incident.resolved', epoch + hourMs, {
        id: 'i-c',
        revision: 2,
        ...circuit,
        resolution: 'supplyRestored',
      }),
    )
    for (const { trackingCode } of answers) {
      expect(await t.tracking(trackingCode)).toMatchObject({ status: 'closed', outcome: 'fixed' })
    }
  })

  test('and a wider cause that takes the lamp over takes the report along', async () => {
    apply(incidentChange('incident.opened', epoch, { id: 'i-1', ...lampIncident('A-1') }))
    apply(incidentChange('incident.opened', epoch + 1, { id: 'i-2', ...lampIncident('A-2') }))
    t.light('A-2', 'dark', { incident: 'i-2' })
    const { body } = await t.report({ clientId: 'c', luminaire: 'A-2' })
    apply(
      incidentChange('incident.opened', epoch + minuteMs, { id: 'i-9', ...circuit, absorbs: ['i-1', 'i-2'] }),
      incidentChange('incident.resolved', epoch + minuteMs, {
        id: 'i-1',
        revision: 2,
        ...lampIncident('A-1'),
        resolution: 'absorbed',
        parent: 'i-9',
      }),
      incidentChange('incident.resolved', epoch + minuteMs, {
        id: 'i-2',
        revision: 2,
        ...lampIncident('A-2'),
        resolution: 'absorbed',
        parent: 'i-9',
      }),
    )
    const child = await t.ticket(body.ticket)
    const parent = await t.ticket(child.mergedInto ?? '')
    expect(parent).toMatchObject({ incident: 'i-9', reports: 1, status: 'open', children: [child.id] })
    expect(child.status).toBe('open')
  })

  test('and when the wide cause is split the report goes back with its lamp, and nobody is told it is mended', async () => {
    apply(incidentChange('incident.opened', epoch, { id: 'i-9', ...circuit }))
    const dark = (await t.report({ clientId: 'dark', luminaire: 'A-3' })).body
    const mended = (await t.report({ clientId: 'mended', luminaire: 'A-4' })).body
    expect(dark.ticket).toBe(mended.ticket)
    apply(
      incidentChange('incident.resolved', epoch + hourMs, { id: 'i-9', revision: 2, ...circuit, resolution: 'split' }),
      incidentChange('incident.opened', epoch + hourMs, { id: 'i-3', ...lampIncident('A-3') }),
    )
    expect(await t.tracking(dark.trackingCode)).toMatchObject({ status: 'open' })
    expect(await t.tracking(mended.trackingCode)).toMatchObject({ status: 'closed', outcome: 'fixed' })
  })
})

describe('gateway loss', () => {
  test('tells citizens of no outage: silence is not darkness', async () => {
    for (const id of circuitLamps) t.light(id, 'unknown', { reason: 'gatewayOutage' as never, incident: 'i-gw' })
    apply(
      incidentChange('incident.opened', epoch, {
        id: 'i-gw',
        fault: 'gatewayOutage',
        scope: { kind: 'gateway', id: 'G-1' },
        members: circuitLamps,
      }),
    )
    const { body } = await t.call('GET', `${base}/known?luminaire=A-7`, { token: null })
    expect(body).toEqual({ known: null })
    const answer = await t.report({ clientId: 'c', luminaire: 'A-7' })
    expect(answer.body.known).toBeNull()
    const [report] = await t.reportsOf(answer.body.ticket)
    expect(report).toMatchObject({ verified: 'unknown' })
  })
})

describe('a wrong merge', () => {
  test('is undone with both histories whole', async () => {
    const one = (await t.report({ clientId: '1', luminaire: 'A-1' })).body
    const two = (await t.report({ clientId: '2', luminaire: 'A-30' })).body
    await t.report({ clientId: '3', luminaire: 'A-30' })
    const before: Ticket[] = [await t.ticket(one.ticket), await t.ticket(two.ticket)]
    expect((await t.post(`tickets/${two.ticket}/merge`, { into: one.ticket, note: 'ίδιος δρόμος' })).status).toBe(200)
    expect(await t.ticket(one.ticket)).toMatchObject({ reports: 3, children: [two.ticket] })
    await t.post(`tickets/${one.ticket}/events`, { event: 'assigned' })
    expect(await t.ticket(two.ticket)).toMatchObject({ status: 'assigned', mergedInto: one.ticket })
    expect((await t.post(`tickets/${two.ticket}/unmerge`, { note: 'λάθος' })).status).toBe(200)
    const after = [await t.ticket(one.ticket), await t.ticket(two.ticket)]
    expect(after.map(({ reports }) => reports)).toEqual([1, 2])
    expect(after.map(({ status }) => status)).toEqual(['assigned', 'open'])
    expect(after.map(({ children, mergedInto }) => [children, mergedInto])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ])
    for (const [index, ticket] of after.entries()) {
      expect(ticket.history.slice(0, before[index]?.history.length)).toEqual(before[index]?.history)
      expect(ticket.history.map(({ event }) => event)).toEqual(expect.arrayContaining(['merged', 'unmerged']))
    }
    expect((await eventsNamed('ticketMerged', 'ticketUnmerged')).map(({ by }) => by)).toEqual([
      'admin',
      'admin',
      'admin',
      'admin',
    ])
  })
})

describe('a part of another ticket', () => {
  test('brings the next report of its lamp to the whole', async () => {
    const one = (await t.report({ clientId: '1', luminaire: 'A-1' })).body
    const two = (await t.report({ clientId: '2', luminaire: 'A-30' })).body
    await t.post(`tickets/${two.ticket}/merge`, { into: one.ticket })
    expect((await t.report({ clientId: '3', luminaire: 'A-30' })).body.ticket).toBe(one.ticket)
    expect(await t.ticket(one.ticket)).toMatchObject({ reports: 3 })
  })
})

describe('proof', () => {
  const resolvedTicket = async (body: Record<string, unknown> = { luminaire: 'A-5' }) => {
    const answer = (await t.report({ clientId: 'c', ...body })).body
    t.clock.set(epoch + hourMs)
    expect((await t.post(`tickets/${answer.ticket}/events`, { event: 'resolved' })).status).toBe(200)
    return answer
  }
  const answerLit = (code: string, lit: unknown, token: string | undefined) =>
    t.call('POST', `${base}/tracking/${code}/answer`, { token: null, body: { lit, token: token ?? 'none' } })

  test('by the citizen: a link that is fetched shows, and only the answer acts', async () => {
    const { ticket, trackingCode, answerToken } = await resolvedTicket()
    for (let fetched = 0; fetched < 3; fetched++) {
      expect(await t.tracking(trackingCode)).toMatchObject({ status: 'resolved', asks: { el: 'Ανάβει;' } })
    }
    const spoken = `${trackingCode.slice(0, 3)}-${trackingCode.slice(3, 6)} ${trackingCode.slice(6)}`
    expect((await answerLit(encodeURIComponent(spoken), 'yes', answerToken)).status).toBe(200)
    expect(await t.ticket(ticket)).toMatchObject({ status: 'closed', outcome: 'fixed' })
    expect((await answerLit(trackingCode, 'yes', answerToken)).status).toBe(200)
    expect((await t.ticket(ticket)).history.filter(({ event }) => event === 'closed')).toHaveLength(1)
  })

  test('"no" opens it again, and the next round asks anew', async () => {
    const { ticket, trackingCode, answerToken } = await resolvedTicket()
    expect((await answerLit(trackingCode, 'no', answerToken)).status).toBe(200)
    expect(await t.ticket(ticket)).toMatchObject({ status: 'open', reopenedCount: 1 })
    t.clock.set(epoch + 2 * hourMs)
    await t.post(`tickets/${ticket}/events`, { event: 'resolved' })
    expect((await t.tracking(trackingCode)).asks).not.toBeNull()
    expect((await answerLit(trackingCode, 'no', answerToken)).status).toBe(200)
    expect(await t.ticket(ticket)).toMatchObject({ status: 'open', reopenedCount: 2 })
  })

  test('of nobody in 14 days closes it as unconfirmed, which is not fixed; who answers later is heard', async () => {
    const { ticket, trackingCode, answerToken } = await resolvedTicket({ address: 'Ορφέως 3' })
    t.clock.set(epoch + hourMs + 14 * dayMs - 1)
    await t.api.lookAround()
    expect(await t.ticket(ticket)).toMatchObject({ status: 'resolved' })
    t.clock.set(epoch + hourMs + 14 * dayMs)
    await t.api.lookAround()
    expect(await t.ticket(ticket)).toMatchObject({ status: 'closed', outcome: 'unconfirmed' })
    expect((await answerLit(trackingCode, true, answerToken)).status).toBe(200)
    expect(await t.ticket(ticket)).toMatchObject({ status: 'closed', outcome: 'fixed' })
  })

  test.each<[string, ('lit' | 'dark' | 'off' | 'unknown')[], Ticket['status']]>([
    ['a whole period lit to its end', ['lit', 'lit', 'off'], 'closed'],
    ['lit, and the night not over', ['lit', 'lit', 'lit'], 'resolved'],
    ['dark in between, so that the period has to begin anew', ['lit', 'dark', 'off'], 'resolved'],
    ['nothing heard', ['unknown', 'unknown', 'off'], 'resolved'],
  ])('by the lights: %s', async (_name, states, status) => {
    const { ticket } = await resolvedTicket()
    for (const [index, state] of states.entries()) {
      t.clock.set(epoch + 2 * hourMs + index * hourMs)
      t.light('A-5', state)
      await t.api.lookAround()
    }
    const found = await t.ticket(ticket)
    expect([found.status, found.outcome]).toEqual([status, status === 'closed' ? 'fixed' : undefined])
  })

  test('is never the lights’ alone when they said all along that all is well', async () => {
    t.light('A-5', 'lit')
    const { ticket } = await resolvedTicket()
    for (const [index, state] of (['lit', 'lit', 'off'] as const).entries()) {
      t.clock.set(epoch + 2 * hourMs + index * hourMs)
      t.light('A-5', state)
      await t.api.lookAround()
    }
    expect(await t.ticket(ticket)).toMatchObject({ status: 'resolved', verified: 'contradicted' })
  })

  test.each([
    ['with a wrong token', 403],
    ['of a report that is not asked', 409],
  ])('%s is refused: %i', async (what, status) => {
    if (status === 403) {
      const { trackingCode } = await resolvedTicket()
      expect((await answerLit(trackingCode, 'yes', 'guess')).status).toBe(403)
    } else {
      const { body } = await t.report({ clientId: what, luminaire: 'A-1' })
      expect((await answerLit(body.trackingCode, 'yes', body.answerToken)).status).toBe(409)
    }
  })

  test('a late report reopens what was closed within 72 h, and not later', async () => {
    const first = await resolvedTicket()
    await answerLit(first.trackingCode, 'yes', first.answerToken)
    t.clock.set(epoch + hourMs + 72 * hourMs)
    const late = (await t.report({ clientId: 'late', luminaire: 'A-5' })).body
    expect(late.ticket).toBe(first.ticket)
    expect(await t.ticket(first.ticket)).toMatchObject({ status: 'open', reports: 2, reopenedCount: 1 })
    // Who reported it first is told, too.
    expect(await t.tracking(first.trackingCode)).toMatchObject({ status: 'open' })
    await t.post(`tickets/${first.ticket}/events`, { event: 'resolved' })
    await answerLit(late.trackingCode, 'yes', late.answerToken)
    t.clock.set(epoch + hourMs + 144 * hourMs + 1)
    expect((await t.report({ clientId: 'later', luminaire: 'A-5' })).body.ticket).not.toBe(first.ticket)
  })
})

test('what was reported survives a restart', async () => {
  const { body } = await t.report({ clientId: 'c', luminaire: 'A-5' })
  await t.restart()
  expect(await t.tracking(body.trackingCode)).toMatchObject({ status: 'open', createdAt: toIso(epoch) })
  expect((await t.report({ clientId: 'c', luminaire: 'A-9' })).body).toEqual(body)
})
