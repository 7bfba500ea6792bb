import { dayMs, hourMs, type ReportAnswer } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { adminToken, until } from '../test-api.ts'
import { base, epoch, startTestLine, type TestLine } from './test-line.ts'

let t: TestLine
beforeEach(async () => {
  t = await startTestLine()
})
afterEach(() => t.close())

const reportCount = async () => ((await t.call('GET', `${base}/reports`)).body as { items: unknown[] }).items.length

describe('a report', () => {
  test('is answered 201 with its own number, a code for the telephone, its ticket and what is known', async () => {
    const { status, body } = await t.report({ clientId: 'c-1', luminaire: 'A-5', contact: 'eleni@example.org' })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.stringMatching(/^r-[0-9a-f]{16}$/),
      trackingCode: expect.stringMatching(/^\d{10}$/),
      ticket: expect.stringMatching(/^t-[0-9a-f]{16}$/),
      known: null,
      answerToken: expect.stringMatching(/^[\w-]{22}$/),
    })
    expect(await t.ticket(body.ticket)).toMatchObject({
      category: 'street-light-out',
      source: 'web',
      status: 'open',
      service: 'municipalLighting',
      reports: 1,
      members: ['A-5'],
      dedupKey: 'luminaire:A-5:dark',
      title: 'Σβηστό φωτιστικό, Νέα Βύσσα, Καραθεοδωρή, ιστός A-5-p',
    })
  })

  test('five times at once is one: 201 once, 200 four times, the same answer', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => t.report({ clientId: 'c-1', luminaire: 'A-5' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201])
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(await reportCount()).toBe(1)
    expect((await t.tickets()).map(({ reports }) => reports)).toEqual([1])
  })

  test('under a clientId that was used stands as it was first told', async () => {
    const first = await t.report({ clientId: 'c-1', luminaire: 'A-5' })
    const second = await t.report({ clientId: 'c-1', luminaire: 'B-1', category: 'pothole' })
    expect([second.status, second.body]).toEqual([200, first.body])
    expect((await t.call('GET', `${base}/reports/${first.body.id}`)).body).toMatchObject({ luminaire: 'A-5' })
  })

  test('of the same clientId in another municipality is another report', async () => {
    await t.call('PUT', '/api/v1/municipalities/didymoteicho', { body: { name: 'Διδυμότειχο' } })
    await t.report({ clientId: 'c-1', luminaire: 'A-5' })
    const other = await t.call('POST', '/api/v1/municipalities/didymoteicho/reports', {
      token: null,
      body: { category: 'pothole', channel: 'web', clientId: 'c-1', address: 'Πλατεία' },
    })
    expect(other.status).toBe(201)
  })

  test('by telephone needs the token of who answers, who is named and not the caller', async () => {
    expect((await t.report({ clientId: 'c', channel: 'phone', luminaire: 'A-5' })).status).toBe(401)
    const { status, body } = await t.report(
      { clientId: 'c', channel: 'phone', luminaire: 'A-5' },
      { token: adminToken },
    )
    expect(status).toBe(201)
    const report = (await t.call('GET', `${base}/reports/${body.id}`)).body
    expect(report).toMatchObject({ by: 'admin', channel: 'phone', firstResponseAt: expect.any(String) })
  })

  test.each<[string, Record<string, unknown>, string[]]>([
    ['its id', { luminaire: 'A-5' }, ['A-5']],
    ["its device's id", { luminaire: 'dev-A-5' }, ['A-5']],
    ['the number on its pole, in any case', { pole: 'a-5-P' }, ['A-5']],
    ['a number that nobody knows: it is taken all the same', { luminaire: 'X-99' }, []],
    ['an address alone', { address: 'Καραθεοδωρή 12' }, []],
    ['nothing at all', {}, []],
  ])('finds its light by %s', async (_name, place, members) => {
    const { status, body } = await t.report({ clientId: 'c', ...place })
    expect(status).toBe(201)
    expect((await t.ticket(body.ticket)).members).toEqual(members)
  })

  test('joins the matter of the same lamp, whatever it calls the trouble, and raises its priority with the third voice', async () => {
    const first = await t.report({ clientId: '1', luminaire: 'A-5' })
    t.clock.set(epoch + 1_000)
    const second = await t.report({ clientId: '2', luminaire: 'A-5', category: 'street-light-flickering' })
    t.clock.set(epoch + 2_000)
    await t.report({ clientId: '3', pole: 'A-5-p' })
    expect(second.body.ticket).toBe(first.body.ticket)
    expect(await t.ticket(first.body.ticket)).toMatchObject({ reports: 3, priority: 'high' })
    const reports = await t.reportsOf(first.body.ticket)
    expect(reports.map(({ attached }) => attached.rule)).toEqual(['opened', 'luminaire', 'luminaire'])
    expect(reports[1]?.attached).toMatchObject({ score: 1, by: 'platform', reasons: [{ en: 'The same light: A-5' }] })
    expect(reports[1]?.known).toMatchObject({ ticket: first.body.ticket, reports: 1 })
  })

  test('is in the list by status, category, channel, time and ticket, page by page', async () => {
    for (let index = 0; index < 5; index++) {
      t.clock.set(epoch + index * hourMs)
      await t.report({ clientId: `c-${index}`, category: index < 2 ? 'pothole' : 'noise', address: `Οδός ${index}` })
    }
    const list = async (query: string) => {
      const { body } = await t.call('GET', `${base}/reports?${query}`)
      return (body as { items: { clientId: string }[] }).items.map(({ clientId }) => clientId)
    }
    expect(await list('category=pothole')).toEqual(['c-1', 'c-0'])
    expect(await list('status=closed')).toEqual([])
    expect(await list('channel=app')).toEqual([])
    expect(await list(`from=${epoch + hourMs}&until=${epoch + 3 * hourMs}`)).toEqual(['c-2', 'c-1'])
    const page = (await t.call('GET', `${base}/reports?limit=3`)).body as { items: unknown[]; next: string }
    expect(page.items).toHaveLength(3)
    expect(await list(`limit=3&cursor=${page.next}`)).toEqual(['c-1', 'c-0'])
  })
})

describe('what the lights say', () => {
  test.each<[string, 'dark' | 'lit' | 'off' | 'unknown', string, 'confirmed' | 'contradicted' | 'unknown']>([
    ['dark', 'dark', 'street-light-out', 'confirmed'],
    ['lit', 'lit', 'street-light-out', 'contradicted'],
    ['off by its program: it is day', 'off', 'street-light-out', 'unknown'],
    ['nothing', 'unknown', 'street-light-out', 'unknown'],
    ['off, of a lamp said to burn by day', 'off', 'street-light-on-by-day', 'contradicted'],
    ['lit, of a pole said to be damaged', 'lit', 'pole-damaged', 'unknown'],
  ])('%s: the report is taken, and marked', async (_name, state, category, verified) => {
    t.light('A-5', state)
    const { status, body } = await t.report({ clientId: 'c', luminaire: 'A-5', category })
    expect(status).toBe(201)
    const [report] = await t.reportsOf(body.ticket)
    expect(report).toMatchObject({ verified, evidence: [{ luminaire: 'A-5', state, planned: 'unknown' }] })
    expect((await t.ticket(body.ticket)).verified).toBe(verified)
  })

  test('against the citizen leaves the matter open, with its priority, and asks the light to report', async () => {
    t.light('A-5', 'lit')
    const { body } = await t.report({ clientId: 'c', luminaire: 'A-5' })
    expect(await t.ticket(body.ticket)).toMatchObject({ status: 'open', priority: 'high', verified: 'contradicted' })
    const topic = 'city/v1/orestiada/devices/dev-A-5/command'
    await until(() => t.mqtt.messages.some((message) => message.topic === topic))
    const poll = t.mqtt.messages.find((message) => message.topic === topic)
    expect(poll?.retain).toBe(false)
    expect(JSON.parse(poll?.payload ?? '')).toEqual({ id: `poll-${body.id}`, type: 'poll' })
  })
})

describe('danger', () => {
  beforeEach(() => t.call('PUT', `${base}/citizen-line/settings`, { body: { dutyNumber: '2552 351 199' } }))

  test.each<[string, Record<string, unknown>]>([
    ['a damaged pole', { category: 'pole-damaged', luminaire: 'A-5' }],
    ['bare wires at a lamp that is out', { danger: ['looseWires'], luminaire: 'A-5' }],
    [
      'all dark after a collision',
      { category: 'street-dark', wholeStreet: true, danger: ['collision'], luminaire: 'A-5' },
    ],
    ['a tree across the road', { category: 'fallen-tree', address: 'Ορφέως' }],
  ])('of %s stops the form, rings the duty number and goes to the emergency crew', async (_name, what) => {
    const { status, body } = await t.report({ clientId: 'c', ...what })
    expect(status).toBe(201)
    expect(body.danger).toMatchObject({ stop: true, call: '2552 351 199', el: expect.stringContaining('2552 351 199') })
    expect(await t.ticket(body.ticket)).toMatchObject({
      priority: 'urgent',
      safetyClass: 'danger',
      service: 'emergency',
    })
    const rung = (await t.events()).filter(({ event }) => event === 'dutyCalled')
    expect(rung).toMatchObject([{ ticket: body.ticket, details: { call: '2552 351 199' } }])
  })

  test('is never put behind a matter that has none', async () => {
    const dark = await t.report({ clientId: '1', luminaire: 'A-5' })
    const live = await t.report({ clientId: '2', luminaire: 'A-5', danger: ['looseWires'] })
    expect(live.body.ticket).not.toBe(dark.body.ticket)
    const again = await t.report({ clientId: '3', luminaire: 'A-5', danger: ['electricShock'] })
    expect(again.body.ticket).toBe(live.body.ticket)
    expect((await t.ticket(live.body.ticket)).danger).toEqual(['looseWires', 'electricShock'])
  })

  test('calls 112 until the municipality gives its own number', async () => {
    await t.call('PUT', `${base}/citizen-line/settings`, { body: {} })
    const { body } = await t.report({ clientId: 'c', category: 'pole-damaged', luminaire: 'A-5' })
    expect(body.danger?.call).toBe('112')
  })
})

describe('a question', () => {
  test.each<[string, Record<string, unknown>]>([
    ['of the category information', { category: 'information', description: 'Πότε παίζει το θέατρο;' }],
    ['about a lamp that is known to be dark', { luminaire: 'A-5', informationOnly: true }],
  ])('%s is a ticket that is closed as answered, and no work', async (_name, what) => {
    const matter = await t.report({ clientId: 'matter', luminaire: 'A-5' })
    const { status, body } = await t.report({ clientId: 'c', channel: 'phone', ...what }, { token: adminToken })
    expect(status).toBe(201)
    expect(body.ticket).not.toBe(matter.body.ticket)
    const ticket = await t.ticket(body.ticket)
    expect(ticket).toMatchObject({
      status: 'closed',
      outcome: 'answered',
      category: 'information',
      members: [],
      reports: 1,
    })
    expect(ticket.dueAt).toBeUndefined()
    expect(await t.tracking(body.trackingCode)).toMatchObject({ status: 'closed', outcome: 'answered', asks: null })
    expect((await t.ticket(matter.body.ticket)).reports).toBe(1)
  })
})

describe('a place', () => {
  const known = async (query: string) =>
    (await t.call('GET', `${base}/known?${query}`, { token: null })).body as { known: ReportAnswer['known'] }

  test('of which something is known says it to who names the lamp, the pole or the point', async () => {
    const { body } = await t.report({ clientId: 'c', luminaire: 'A-5' })
    await t.post(`tickets/${body.ticket}/events`, { event: 'assigned' })
    for (const query of ['luminaire=A-5', 'pole=A-5-p', 'lat=41.58&lon=26.5312']) {
      expect((await known(query)).known, query).toMatchObject({ ticket: body.ticket, status: 'assigned', reports: 1 })
    }
    expect((await known('luminaire=A-5')).known?.el).toMatch(
      /^Γνωστό από τις 20:00, έχει ανατεθεί \(Συνεργείο ηλεκτροφωτισμού Δήμου\), αναμένεται έως 13\/1 20:00, 1 αναφορά\.$/,
    )
    expect((await known('luminaire=B-1')).known).toBeNull()
  })

  test('where a lamp is dark and nobody has said so is known all the same', async () => {
    t.light('A-5', 'dark')
    expect((await known('luminaire=A-5')).known).toMatchObject({ ticket: null, dark: 1, el: 'Σκοτεινό από τις 20:00.' })
  })

  test.each(['', 'lat=41.5', 'lat=91&lon=0', 'lat=x&lon=y', `address=${'α'.repeat(301)}`])(
    '%s is refused',
    async (query) => {
      expect((await t.call('GET', `${base}/known?${query}`, { token: null })).status).toBe(400)
    },
  )
})

describe('an operator', () => {
  test('detaches a report, and puts it back', async () => {
    const first = await t.report({ clientId: '1', luminaire: 'A-5' })
    const second = await t.report({ clientId: '2', luminaire: 'A-5' })
    const detached = await t.post(`reports/${second.body.id}/detach`, { note: 'άλλη κολόνα' })
    expect(detached.status).toBe(200)
    const own = (detached.body as ReportAnswer).ticket
    expect(own).not.toBe(first.body.ticket)
    expect(await t.ticket(first.body.ticket)).toMatchObject({ reports: 1, status: 'open' })
    expect(await t.ticket(own)).toMatchObject({ reports: 1, status: 'open' })
    expect((await t.post(`reports/${second.body.id}/move`, { ticket: first.body.ticket })).status).toBe(200)
    expect(await t.ticket(first.body.ticket)).toMatchObject({ reports: 2, status: 'open' })
    expect(await t.ticket(own)).toMatchObject({ reports: 0, status: 'closed', outcome: 'superseded' })
    // And once more: the ticket that was its own is its own again.
    expect((await t.post(`reports/${second.body.id}/detach`)).body).toMatchObject({ ticket: own, status: 'open' })
    expect(await t.ticket(own)).toMatchObject({ reports: 1, status: 'open' })
    const moves = (await t.events()).filter(({ event }) => event === 'reportMoved' || event === 'reportDetached')
    expect(moves.map(({ event, by }) => [event, by])).toEqual([
      ['reportDetached', 'admin'],
      ['reportMoved', 'admin'],
      ['reportDetached', 'admin'],
    ])
  })

  test('takes a report back: its matter is closed as withdrawn, unless somebody else speaks of it', async () => {
    const alone = (await t.report({ clientId: '1', luminaire: 'A-5' })).body
    expect((await t.post(`reports/${alone.id}/withdraw`)).body).toEqual({ closed: true })
    expect(await t.ticket(alone.ticket)).toMatchObject({ status: 'closed', outcome: 'withdrawn' })
    expect((await t.tracking(alone.trackingCode)).outcome).toBe('withdrawn')
    const one = (await t.report({ clientId: '2', luminaire: 'A-20' })).body
    await t.report({ clientId: '3', luminaire: 'A-20' })
    expect((await t.post(`reports/${one.id}/withdraw`)).body).toEqual({ closed: false })
    expect(await t.ticket(one.ticket)).toMatchObject({ status: 'open', reports: 2 })
  })

  test('lets another part stand for the whole when the parent was the wrong one', async () => {
    const ids: string[] = []
    for (const luminaire of ['A-1', 'A-10', 'A-20'])
      ids.push((await t.report({ clientId: luminaire, luminaire })).body.ticket)
    const [parent = '', one = '', two = ''] = ids
    for (const child of [one, two]) await t.post(`tickets/${child}/merge`, { into: parent })
    expect((await t.post(`tickets/${parent}/reparent`, { to: one, keepParent: false })).status).toBe(200)
    expect(await t.ticket(one)).toMatchObject({ reports: 2, children: [two] })
    expect(await t.ticket(two)).toMatchObject({ mergedInto: one })
    expect((await t.ticket(parent)).children).toBeUndefined()
    expect((await t.ticket(parent)).reports).toBe(1)
  })

  test.each<[string, (ids: { lamp: string; hole: string; report: string }) => [string, unknown], number]>([
    ['merging across groups', ({ lamp, hole }) => [`tickets/${hole}/merge`, { into: lamp }], 409],
    ['merging a ticket into itself', ({ lamp }) => [`tickets/${lamp}/merge`, { into: lamp }], 409],
    ['merging into nothing', ({ lamp }) => [`tickets/${lamp}/merge`, { into: 't-none' }], 404],
    ['merging without saying where', ({ lamp }) => [`tickets/${lamp}/merge`, {}], 400],
    ['parting what is whole', ({ lamp }) => [`tickets/${lamp}/unmerge`, {}], 409],
    ['reparenting to a stranger', ({ lamp, hole }) => [`tickets/${lamp}/reparent`, { to: hole }], 409],
    ['detaching the only report', ({ report }) => [`reports/${report}/detach`, {}], 409],
    ['moving a report to where it is', ({ report, lamp }) => [`reports/${report}/move`, { ticket: lamp }], 409],
    ['moving a report to nowhere', ({ report }) => [`reports/${report}/move`, { ticket: 't-none' }], 404],
    ['moving no report', ({ lamp }) => ['reports/r-none/move', { ticket: lamp }], 404],
    ['an answer for a report that is not asked', ({ report }) => [`reports/${report}/answer`, { lit: true }], 409],
    ['an answer that is none', ({ report }) => [`reports/${report}/answer`, { lit: 'perhaps' }], 400],
  ])('is told why not: %s', async (_name, request, status) => {
    const lamp = (await t.report({ clientId: '1', luminaire: 'A-5' })).body
    const hole = (await t.report({ clientId: '2', category: 'pothole', lat: 41.58, lon: 26.53 })).body
    const [path, body] = request({ lamp: lamp.ticket, hole: hole.ticket, report: lamp.id })
    const before = [await t.ticket(lamp.ticket), await t.ticket(hole.ticket)]
    expect((await t.post(path, body)).status).toBe(status)
    expect([await t.ticket(lamp.ticket), await t.ticket(hole.ticket)]).toEqual(before)
  })
})

describe('bad input', () => {
  const good = { category: 'street-light-out', channel: 'web', clientId: 'c' }
  test.each<[string, Record<string, unknown>]>([
    ['an unknown category', { ...good, category: 'dragons' }],
    ['a channel that is not the reporter’s', { ...good, channel: 'open311' }],
    ['no clientId', { ...good, clientId: undefined }],
    ['an empty clientId', { ...good, clientId: '' }],
    ['a latitude beyond the pole', { ...good, lat: 90.1, lon: 26 }],
    ['a description of a book', { ...good, description: 'α'.repeat(4_001) }],
    ['an address that is no e-mail', { ...good, contact: { email: 'nobody' } }],
    ['a telephone of letters', { ...good, contact: { phone: 'call me' } }],
    ['a contact of nothing', { ...good, contact: 'hello there' }],
    ['a danger nobody knows', { ...good, danger: ['boredom'] }],
    ['a language nobody speaks here', { ...good, language: 'tlh' }],
  ])('%s is refused, and nothing is stored', async (_name, body) => {
    expect((await t.call('POST', `${base}/reports`, { body, token: null })).status).toBe(400)
    expect(await reportCount()).toBe(0)
  })

  test.each<[string, string, number]>([
    ['of a municipality nobody knows', '/api/v1/municipalities/nowhere/reports', 404],
    ['that is no JSON', `${base}/reports`, 400],
  ])('a report %s is refused', async (name, path, status) => {
    const body = name.includes('JSON') ? '{"category":' : good
    expect((await t.call('POST', path, { body, token: null })).status).toBe(status)
  })

  test.each(['0000000001', '12345', 'abcdefghij', '1234567890123'])('the code %s is none', async (code) => {
    expect((await t.call('GET', `${base}/tracking/${code}`, { token: null })).status).toBe(404)
  })

  test('settings outside their range are refused, and the old ones hold', async () => {
    for (const body of [{ dutyNumber: 'help' }, { townRadiusM: -1 }, { proofDays: 0 }]) {
      expect((await t.call('PUT', `${base}/citizen-line/settings`, { body })).status).toBe(400)
    }
    expect((await t.call('GET', `${base}/citizen-line/settings`)).body).toMatchObject({
      dutyNumber: '112',
      townRadiusM: 50,
    })
  })
})

test('nothing of who reports is public: not in tickets, tracking, events or on MQTT', async () => {
  const secret = { name: 'Ελένη Μυστική', phone: '+30 694 1234567', email: 'eleni.mystiki@example.org' }
  const { body } = await t.report({ clientId: 'c', luminaire: 'A-5', description: 'Με λένε Μυστική', contact: secret })
  t.clock.set(epoch + dayMs)
  await until(() => t.mqtt.messages.some(({ topic }) => topic.includes('/tickets/')))
  const seen = [
    JSON.stringify(t.mqtt.messages),
    JSON.stringify(await t.tickets()),
    JSON.stringify(await t.tracking(body.trackingCode)),
    JSON.stringify(await t.events()),
    (await t.call('GET', `${base}/reports/${body.id}`)).text.replace('Με λένε Μυστική', ''),
  ].join('\n')
  expect(seen).not.toMatch(/Μυστική|1234567|mystiki/)
})
