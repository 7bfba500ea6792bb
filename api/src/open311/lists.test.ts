import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { base } from '../reports/test-line.ts'
import { epoch } from '../test-api.ts'
import { incidentChange } from '../test-documents.ts'
import { type Request, requestSchema, updateReceiptSchema, updateSchema } from './schemas.ts'
import { startTestOpen311, type TestOpen311 } from './test-open311.ts'

let t: TestOpen311
beforeEach(async () => {
  t = await startTestOpen311()
})
afterEach(() => t.close())

describe('a list', () => {
  const ids = async (query: string): Promise<string[]> =>
    (await t.json(`requests.json?${query}`, z.array(requestSchema))).map(({ service_request_id }) => service_request_id)

  test('is filtered; an empty parameter is none, and ids go before all else', async () => {
    const light = await t.request()
    t.clock.set(epoch + 3_600_000)
    const hole = await t.request({ service_code: 'pothole', lat: '41.60', long: '26.60' })
    expect(await ids('')).toEqual([hole, light])
    expect(await ids('service_code=&status=')).toEqual([hole, light])
    expect(await ids('service_code=pothole')).toEqual([hole])
    expect(await ids('status=closed')).toEqual([])
    expect(await ids('status=open,closed')).toEqual([hole, light])
    expect(await ids(`start_date=${new Date(epoch + 1).toISOString()}`)).toEqual([hole])
    expect(await ids(`end_date=${encodeURIComponent('2026-01-10T20:30:00+02:00')}`)).toEqual([light])
    expect(await ids(`service_request_id=${light},nothing&service_code=pothole&start_date=2020-01-01`)).toEqual([light])
    expect(await ids('lat=41.6001&long=26.6001&radius=50')).toEqual([hole])
  })

  test('has what telemetry found with nobody calling', async () => {
    await t.api.incidents.apply('orestiada', [
      incidentChange('incident.opened', epoch, {
        id: 'i-1',
        members: ['A-9'],
        scope: { kind: 'luminaire', id: 'A-9' },
      }),
    ])
    const [request] = await t.json('requests.json?extensions=true', z.array(requestSchema))
    expect(request).toMatchObject({
      service_code: 'street-light-out',
      address_id: 'A-9',
      extended_attributes: { channel: 'telemetry', detected_by_telemetry: true, incident: 'i-1', reports: 0 },
    })
  })

  test('comes in pages', async () => {
    for (let second = 0; second < 5; second++) {
      t.clock.set(epoch + second * 1_000)
      await t.request({ service_code: 'pothole', lat: String(41.6 + second / 10), long: '26.6' })
    }
    const { text, headers } = await t.get('requests.json?page=2&page_size=2')
    expect(JSON.parse(text)).toHaveLength(2)
    expect(headers.get('x-total-count')).toBe('5')
    expect(headers.get('link')).toContain('page=3')
    const all = await ids('')
    expect([
      ...(await ids('page=1&page_size=2')),
      ...(await ids('page=2&page_size=2')),
      ...(await ids('page=3&page_size=2')),
    ]).toEqual(all)
  })

  test('leaves out what looks as if a machine had sent it, until somebody has judged it', async () => {
    const id = await t.request()
    await t.call('PUT', `${base}/reports/${id}/moderation`, { body: { moderation: 'rejected' } })
    expect(await ids('')).toEqual([])
    await t.call('PUT', `${base}/reports/${id}/moderation`, { body: { moderation: 'clear' } })
    const [request] = await t.json(`requests/${id}.json`, z.array(requestSchema))
    expect(request?.description).toBe('Δεν ανάβει από χθες')
  })
})

describe('updates', () => {
  test('tell each step in mySociety’s words, and never of a duplicate', async () => {
    const id = await t.request()
    const { ticket } = (await t.call('GET', `${base}/reports/${id}`)).body as { ticket: string }
    for (const event of ['assigned', 'started', 'resolved']) {
      t.clock.set(t.clock.now() + 60_000)
      expect((await t.post(`tickets/${ticket}/events`, { event })).status).toBe(200)
    }
    const updates = await t.json('servicerequestupdates.json', z.array(updateSchema))
    expect(updates.map(({ service_request_id, status }) => [service_request_id, status])).toEqual([
      [id, 'open'],
      [id, 'investigating'],
      [id, 'in_progress'],
      [id, 'fixed'],
    ])
    const [request] = await t.json(`requests/${id}.json`, z.array(requestSchema))
    expect(request).toMatchObject({
      status: 'closed',
      updated_datetime: updates.at(-1)?.updated_datetime ?? '',
    } satisfies Partial<Request>)
  })

  test('of another system are taken once, and what they say stands with the report', async () => {
    const id = await t.request()
    const form = {
      api_key: t.key,
      update_id: 'u-1',
      service_request_id: id,
      status: 'OPEN',
      updated_datetime: '2026-01-10T21:00:00+02:00',
      description: 'Ακόμα σβηστό',
    }
    const first = await t.send('servicerequestupdates.json', form)
    expect(z.array(updateReceiptSchema).parse(JSON.parse(first.text))).toEqual([{ update_id: 'u-1' }])
    const again = await t.send('servicerequestupdates.json', form)
    expect(again.status).toBe(400)
    expect(again.text).toContain('already exists')
    const { description } = (await t.call('GET', `${base}/reports/${id}`)).body as { description: string }
    expect(description.match(/Ακόμα σβηστό/g)).toHaveLength(1)
    expect((await t.get('servicerequestupdates.json')).text).not.toContain('Ακόμα')
  })

  test('REOPEN is the reporter’s "no"', async () => {
    const id = await t.request()
    const { ticket } = (await t.call('GET', `${base}/reports/${id}`)).body as { ticket: string }
    for (const event of ['assigned', 'resolved']) await t.post(`tickets/${ticket}/events`, { event })
    const form = {
      api_key: t.key,
      service_request_id: id,
      updated_datetime: '2026-01-10T21:00:00Z',
      description: 'Όχι',
    }
    expect((await t.send('servicerequestupdates.xml', { ...form, update_id: 'u-2', status: 'REOPEN' })).status).toBe(
      200,
    )
    expect((await t.ticket(ticket)).status).toBe('open')
  })

  test.each([
    [{ update_id: '' }, 400],
    [{ status: 'DONE' }, 400],
    [{ service_request_id: 'nothing' }, 404],
    [{ updated_datetime: 'now' }, 400],
    [{ api_key: 'wrong' }, 403],
  ])('%j is refused', async (more, status) => {
    const form = {
      api_key: t.key,
      update_id: 'u',
      service_request_id: await t.request(),
      status: 'OPEN',
      updated_datetime: '2026-01-10T21:00:00Z',
      description: 'x',
    }
    expect((await t.send('servicerequestupdates.json', { ...form, ...more })).status).toBe(status)
  })
})
