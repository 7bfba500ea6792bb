import { createHmac } from 'node:crypto'
import { createLocalTime, hourMs, minuteMs } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { base, epoch, startTestLine, type TestLine } from '../reports/test-line.ts'
import { type Gateway, startGateway } from './gateway.fixture.ts'
import { mobileOf } from './phone-number.ts'
import { quietUntil } from './quiet-hours.ts'

const secret = 'a secret of the test'
let sms: Gateway
let hook: Gateway
let t: TestLine
beforeEach(async () => {
  sms = await startGateway()
  hook = await startGateway()
  t = await startTestLine({
    publicUrl: 'https://fanari.example',
    notices: {
      sms: {
        url: sms.url,
        body: '{"to":"{{to}}","text":"{{text}}","ref":"{{key}}"}',
        contentType: 'application/json',
        authorization: 'Bearer key-of-gateway',
      },
      webhook: { url: hook.url, signingSecret: secret },
    },
  })
})
afterEach(async () => {
  await t.close()
  await sms.stop()
  await hook.stop()
})

const sent = () => sms.requests.map(({ body }) => JSON.parse(body) as { to: string; text: string; ref: string })
const report = async (clientId: string, more: Record<string, unknown> = {}) =>
  (await t.report({ clientId, luminaire: 'A-1', contact: { phone: '691 234 5678' }, ...more })).body
const notices = async (query = '') =>
  ((await t.call('GET', `${base}/notices${query}`)).body as { items: Record<string, unknown>[] }).items

describe('an SMS', () => {
  test('goes to the gateway as it was told to, and no value breaks out of its body', async () => {
    await t.call('PUT', base, { body: { name: 'Δήμος "Ορεστιάδας"', timeZone: 'Europe/Athens' } })
    const { trackingCode } = await report('maria')
    await t.api.lookAround()
    const code = trackingCode.replace(/(...)(...)(....)/, '$1 $2 $3')
    expect(sent()).toEqual([
      {
        to: '+306912345678',
        text: `Δήμος "Ορεστιάδας": λάβαμε το αίτημα ${code}.`,
        ref: expect.stringMatching(/^notice-\d+-\d+$/),
      },
    ])
    expect(sms.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer key-of-gateway',
      'idempotency-key': sent()[0]?.ref,
    })
  })

  test('waits for the morning, and that of danger does not', async () => {
    await t.call('PUT', `${base}/citizen-line/settings`, { body: { dutyNumber: '697 000 0000' } })
    // 23:30 in Athens.
    t.clock.set(Date.parse('2026-01-10T21:30:00Z'))
    await report('maria', { danger: ['looseWires'] })
    await t.api.lookAround()
    expect(sent()).toMatchObject([{ to: '+306970000000', text: expect.stringContaining('ΚΙΝΔΥΝΟΣ') }])
    t.clock.set(Date.parse('2026-01-11T06:00:00Z'))
    t.wall.now += 9 * hourMs
    await t.api.lookAround()
    expect(sent().slice(1)).toMatchObject([{ to: '+306912345678' }])
  })

  test('goes to no fixed line, and 112 is sent none', async () => {
    await report('fixed', { contact: { phone: '2552 351 199' }, danger: ['looseWires'] })
    await t.api.lookAround()
    expect(sms.requests).toEqual([])
  })

  test.each([
    [400, 'failed', 1],
    [429, 'pending', 1],
    [503, 'pending', 0],
    [401, 'pending', 0],
    [302, 'pending', 0],
  ])('that is answered %i is %s after %i tries that count', async (status, state, attempts) => {
    sms.answer = () => ({ status, headers: { location: hook.url }, text: 'no 6912345678 here' })
    await report('maria')
    await t.api.lookAround()
    const [notice] = (await notices()).filter(({ channel }) => channel === 'sms')
    expect(notice).toMatchObject({ state, attempts, reason: `${status} no … here` })
    expect(hook.requests).toHaveLength(1)
    sms.answer = () => ({ status: 200 })
    t.wall.now += minuteMs
    await t.api.lookAround()
    expect(sms.requests).toHaveLength(state === 'failed' ? 1 : 2)
  })

  test('waits as long as the gateway says', async () => {
    sms.answer = () => ({ status: 429, headers: { 'retry-after': '600' } })
    await report('maria')
    await t.api.lookAround()
    t.wall.now += 9 * minuteMs
    await t.api.lookAround()
    expect(sms.requests).toHaveLength(1)
    t.wall.now += 2 * minuteMs
    await t.api.lookAround()
    expect(sms.requests).toHaveLength(2)
  })
})

describe('a webhook', () => {
  test('hears every step, signed, and nothing of who reported', async () => {
    const { id, ticket } = await report('maria', { contact: { phone: '6912345678', name: 'Μαρία' } })
    for (const event of ['assigned', 'resolved']) {
      await t.api.lookAround()
      t.clock.set(t.clock.now() + minuteMs)
      await t.post(`tickets/${ticket}/events`, { event })
    }
    await t.api.lookAround()
    expect(hook.requests.map(({ body }) => JSON.parse(body))).toMatchObject([
      { step: 'received', report: id, ticket, municipality: 'orestiada', language: 'el' },
      { step: 'assigned', report: id, ticket },
      { step: 'resolved', report: id, ticket },
    ])
    for (const { headers, body } of hook.requests) {
      expect(body).not.toMatch(/6912345678|Μαρία|https?:/)
      const [, time = '', signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['fanari-signature'])) ?? []
      expect(Number(time)).toBe(Math.floor(t.wall.now / 1_000))
      expect(signature).toBe(createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'))
    }
  })
})

test.each([
  ['6912345678', '+306912345678'],
  ['+30 691 234 5678', '+306912345678'],
  ['0030 6912345678', '+306912345678'],
  ['306912345678', '+306912345678'],
  ['+359 88 123 4567', '+359881234567'],
  ['2552351199', null],
  ['+302552351199', null],
  ['112', null],
  ['15321', null],
])('%s takes messages as %s', (text, expected) => {
  expect(mobileOf(text)).toBe(expected)
})

test.each([
  ['2026-01-10T21:30:00Z', '22:00', '08:00', '2026-01-11T06:00:00.000Z'],
  ['2026-01-11T05:59:00Z', '22:00', '08:00', '2026-01-11T06:00:00.000Z'],
  ['2026-01-11T06:00:00Z', '22:00', '08:00', null],
  ['2026-01-10T12:30:00Z', '14:00', '17:00', '2026-01-10T15:00:00.000Z'],
  // The night the clocks go forward: eight is an hour sooner.
  ['2026-03-28T21:00:00Z', '22:00', '08:00', '2026-03-29T05:00:00.000Z'],
  // And back.
  ['2026-10-24T20:00:00Z', '22:00', '08:00', '2026-10-25T06:00:00.000Z'],
])('at %s, quiet from %s until %s, nothing goes out before %s', (at, from, until, expected) => {
  const end = quietUntil({ from, until }, Date.parse(at), createLocalTime('Europe/Athens'))
  expect(end === null ? null : new Date(end).toISOString()).toBe(expected)
})

test('a municipality sets its quiet hours', async () => {
  const path = `${base}/notice-settings`
  expect((await t.call('GET', path)).body).toEqual({
    quietHours: { from: '22:00', until: '08:00' },
    areaMessagesPerDay: 20,
  })
  expect((await t.call('PUT', path, { body: { quietHours: null } })).body).toMatchObject({ quietHours: null })
  for (const body of [
    { quietHours: { from: '25:00', until: '08:00' } },
    { quietHours: { from: '08:00', until: '08:00' } },
  ]) {
    expect((await t.call('PUT', path, { body })).status).toBe(400)
  }
  t.clock.set(epoch + 5 * hourMs)
  await report('late')
  await t.api.lookAround()
  expect(sent()).toHaveLength(1)
})
