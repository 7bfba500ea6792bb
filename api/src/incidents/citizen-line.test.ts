import { hourMs, type Incident, incidentSchema, minuteMs, type Ticket, ticketSchema } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { epoch, startTestApi, type TestApi, until } from '../test-api.ts'
import { collection, community, incidentChange, luminaire } from '../test-documents.ts'

const base = '/api/v1/municipalities/orestiada'

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
  const body = collection(community('vyssa', 'Νέα Βύσσα'), luminaire('L-1'), luminaire('L-2'))
  await t.call('PUT', `${base}/assets`, { body })
})
afterEach(() => t.close())

const open = (id = 'i-1', at = epoch) => incidentChange('incident.opened', at, { id })
const resolved = (id = 'i-1', at = epoch + hourMs, revision = 2) =>
  incidentChange('incident.resolved', at, {
    id,
    revision,
    resolution: 'litAgain',
    resolvedAt: new Date(at).toISOString(),
  })

const list = async <Item>(path: string): Promise<Item[]> => {
  const { status, body } = await t.call('GET', `${base}/${path}`)
  expect(status).toBe(200)
  return (body as { items: Item[] }).items
}
const published = (topic: RegExp) => t.mqtt.messages.filter((message) => topic.test(message.topic))
const quiet = () => until(() => t.mqtt.messages.length > 0)

describe('an incident', () => {
  test('and its ticket can be read at once, each naming the other', async () => {
    t.api.incidents.apply('orestiada', [open()])
    const [incident] = await list<Incident>('incidents?state=open')
    const [ticket] = await list<Ticket>('tickets?status=open')
    expect(incidentSchema.parse(incident)).toMatchObject({ id: 'i-1', ticket: ticket?.id, state: 'open' })
    expect(ticketSchema.parse(ticket)).toMatchObject({ incident: 'i-1', title: 'Βλάβη λαμπτήρα L-1, Νέα Βύσσα' })
    expect((await t.call('GET', `${base}/incidents/i-1`)).body).toEqual(incident)
    expect((await t.call('GET', `${base}/tickets/${ticket?.id}`)).body).toEqual(ticket)
  })

  test('keeps the link to its ticket when it changes', async () => {
    t.api.incidents.apply('orestiada', [open()])
    t.api.incidents.apply('orestiada', [incidentChange('incident.updated', epoch + 1_000, { id: 'i-1', revision: 2 })])
    const [incident] = await list<Incident>('incidents?state=open')
    expect(incident).toMatchObject({ revision: 2, ticket: expect.stringMatching(/^t-/) })
  })

  test('that is told again, whole or in part, changes nothing', async () => {
    const changes = [open(), resolved()]
    t.api.incidents.apply('orestiada', changes)
    const before = [await list('incidents'), await list('tickets')]
    t.api.incidents.apply('orestiada', changes)
    t.api.incidents.apply('orestiada', [open()])
    await t.restart()
    t.api.incidents.apply('orestiada', changes)
    expect([await list('incidents'), await list('tickets')]).toEqual(before)
  })

  test('of a batch that fails leaves nothing of the batch', async () => {
    const bad = { ...open('i-2'), incident: { ...open('i-2').incident, detectedAt: 'never' } }
    expect(() => t.api.incidents.apply('orestiada', [open(), bad])).toThrow()
    expect(await list('incidents')).toEqual([])
    t.api.incidents.apply('orestiada', [open()])
    expect(await list('incidents')).toHaveLength(1)
  })

  test('of a municipality the register does not know is kept', () => {
    t.api.incidents.apply('elsewhere', [open()])
    expect(() => t.api.incidents.apply('elsewhere', [resolved()])).not.toThrow()
  })
})

describe('on MQTT', () => {
  test('documents are retained while open, and end with the final one', async () => {
    t.api.incidents.apply('orestiada', [open()])
    await until(() => published(/incidents|tickets/).length === 2)
    const [incident] = published(/incidents/)
    const [ticket] = published(/tickets/)
    expect(incident).toMatchObject({ topic: 'city/v1/orestiada/incidents/i-1', retain: true })
    expect(incidentSchema.parse(JSON.parse(incident?.payload ?? ''))).toMatchObject({ state: 'open' })
    expect(ticket).toMatchObject({ topic: expect.stringMatching(/^city\/v1\/orestiada\/tickets\/t-/), retain: true })

    t.mqtt.messages.length = 0
    t.api.incidents.apply('orestiada', [resolved()])
    await until(() => published(/incidents|tickets/).length === 4)
    for (const topic of [/incidents/, /tickets/]) {
      const [cleared, final] = published(topic)
      expect(cleared).toMatchObject({ payload: '', retain: true })
      expect(final?.retain).toBe(false)
      expect(JSON.parse(final?.payload ?? '')).toMatchObject(
        topic.test('incidents') ? { state: 'resolved' } : { status: 'closed' },
      )
    }
  })

  test('what the broker would not take is published after the restart, and the open is published anew', async () => {
    t.api.incidents.apply('orestiada', [open('i-1')])
    await quiet()
    t.mqtt.refuse = true
    t.api.incidents.apply('orestiada', [resolved('i-1')])
    t.api.incidents.apply('orestiada', [
      incidentChange('incident.opened', epoch, {
        id: 'i-2',
        scope: { kind: 'luminaire', id: 'L-2' },
        members: ['L-2'],
      }),
    ])
    await t.api.stop()
    t.mqtt.messages.length = 0
    t.mqtt.refuse = false
    await t.restart()
    await until(() => t.mqtt.messages.length >= 6)
    expect(published(/incidents\/i-1/).map(({ payload, retain }) => [payload === '', retain])).toEqual([
      [true, true],
      [false, false],
    ])
    expect(published(/incidents\/i-2/).map(({ retain }) => retain)).toEqual([true])

    t.mqtt.messages.length = 0
    await t.restart()
    await until(() => t.mqtt.messages.length >= 2)
    expect(published(/i-1/)).toEqual([])
    expect(published(/i-2/)).toHaveLength(1)
  })

  test('a broker that comes back gets what it missed without a restart', async () => {
    t.mqtt.refuse = true
    t.api.incidents.apply('orestiada', [open()])
    t.mqtt.refuse = false
    await until(() => t.mqtt.messages.length === 2)
    expect(published(/i-1/)).toHaveLength(1)
  })
})

describe('a ticket', () => {
  const act = (id: string, event: string) =>
    t.call('POST', `${base}/tickets/${id}/events`, { body: { event, note: 'στο σημείο' } })
  const opened = async (): Promise<Ticket> => {
    t.api.incidents.apply('orestiada', [open()])
    const [ticket] = await list<Ticket>('tickets')
    if (ticket === undefined) throw new Error('no ticket')
    return ticket
  }

  test('is worked on, closes when telemetry proves the repair, and all of it is in the trail', async () => {
    const { id } = await opened()
    for (const event of ['assigned', 'started', 'resolved']) expect((await act(id, event)).status).toBe(200)
    t.api.incidents.apply('orestiada', [resolved()])
    const [ticket] = await list<Ticket>('tickets?status=closed')
    expect(ticket?.history.map(({ event, by }) => [event, by])).toEqual([
      ['opened', 'telemetry'],
      ['assigned', 'admin'],
      ['started', 'admin'],
      ['resolved', 'admin'],
      ['closed', 'telemetry'],
    ])
    const trail = await list<{ subject: string; event: string; by: string }>('audit')
    expect(trail.filter(({ subject }) => subject === `ticket/${id}`).map(({ event }) => event)).toEqual([
      'closed',
      'resolved',
      'started',
      'assigned',
      'opened',
    ])
  })

  test.each([
    [14, 'resolved'],
    [15, 'open'],
  ])('called done while the incident goes on is, %i minutes later, %s', async (minutes, status) => {
    const { id } = await opened()
    await act(id, 'resolved')
    const before = published(/incidents/).length
    const goesOn = incidentChange('incident.confirmed', epoch + minutes * minuteMs, { id: 'i-1' })
    t.api.incidents.apply('orestiada', [goesOn, goesOn])
    expect(published(/incidents/)).toHaveLength(before)
    expect(await list<Ticket>('tickets')).toMatchObject([{ status }])
  })

  test('that does not allow the step answers 409; one that is not there 404', async () => {
    const { id } = await opened()
    const refused = await act(id, 'reopened')
    expect([refused.status, refused.body]).toEqual([
      409,
      expect.objectContaining({ type: '/problems/conflict', detail: 'A ticket that is open cannot be reopened' }),
    ])
    expect((await act('t-none', 'assigned')).status).toBe(404)
    expect((await act(id, 'closed')).status).toBe(400)
  })

  test('that a user changes is published again', async () => {
    const { id } = await opened()
    await until(() => published(/tickets/).length === 1)
    await act(id, 'assigned')
    await until(() => published(/tickets/).length === 2)
    expect(JSON.parse(published(/tickets/)[1]?.payload ?? '')).toMatchObject({ status: 'assigned', revision: 2 })
  })
})

describe('lists', () => {
  const many = 25
  beforeEach(() => {
    t.api.incidents.apply(
      'orestiada',
      Array.from({ length: many }, (_, index) =>
        incidentChange('incident.opened', epoch + Math.floor(index / 2) * 1_000, {
          id: `i-${index}`,
          scope: { kind: 'luminaire', id: `X-${index}` },
          members: [`X-${index}`],
        }),
      ),
    )
  })

  test.each(['incidents', 'tickets'])('of %s page through every one, newest first', async (what) => {
    const seen: { id: string; at: string }[] = []
    let cursor = ''
    do {
      const { body } = await t.call('GET', `${base}/${what}?limit=7${cursor}`)
      const page = body as { items: (Partial<Incident> & Partial<Ticket> & { id: string })[]; next: string | null }
      seen.push(...page.items.map(({ id, detectedAt, createdAt }) => ({ id, at: detectedAt ?? createdAt ?? '' })))
      cursor = page.next === null ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    expect(new Set(seen.map(({ id }) => id)).size).toBe(many)
    expect(seen).toHaveLength(many)
    expect(seen.map(({ at }) => at)).toEqual(
      seen
        .map(({ at }) => at)
        .sort()
        .reverse(),
    )
  })

  test('are filtered by state and time', async () => {
    t.api.incidents.apply('orestiada', [resolved('i-3', epoch + hourMs)])
    expect(await list('incidents?state=open')).toHaveLength(many - 1)
    expect(await list('incidents?state=resolved')).toHaveLength(1)
    expect(await list('incidents?state=all')).toHaveLength(many)
    const since = new Date(epoch + 12_000).toISOString()
    const recent = await list<Incident>(`incidents?since=${since}`)
    expect(recent.map(({ id }) => id)).toEqual(['i-24', 'i-3'])
    expect(await list('tickets?status=closed')).toHaveLength(1)
    expect(await list('tickets?status=open&status=closed')).toHaveLength(many)
    expect(await list('tickets?status=open,closed')).toHaveLength(many)
    expect(await list('tickets?status=assigned')).toHaveLength(0)
  })
})
