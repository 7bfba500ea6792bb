import { request } from 'node:http'
import type { Call, CallContext } from '@fanari/contracts'
import { dayMs, minuteMs } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { base, circuitLamps, epoch, startTestLine, type TestLine } from '../reports/test-line.ts'
import { incidentChange } from '../test-documents.ts'
import { callerDigits, writtenForms } from './caller-number.ts'

let t: TestLine
let token: string
beforeEach(async () => {
  t = await startTestLine()
  const made = await t.call('POST', '/api/v1/tokens', {
    body: { name: 'pbx', role: 'telephony', municipalities: ['orestiada'] },
  })
  token = (made.body as { token: string }).token
})
afterEach(() => t.close())

/** As Asterisk's CURL() sends it with CURLOPT(httpheader): HTTP/1.1, a form, and libcurl's headers. */
const curl = (path: string, form: string, key: string | null = token) =>
  new Promise<{ status: number; body: never }>((resolve, reject) => {
    const sent = request(
      t.url(`${base}/${path}`),
      {
        method: 'POST',
        headers: {
          'user-agent': 'asterisk-libcurl-agent/1.0',
          accept: '*/*',
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(form),
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as never }))
      },
    )
    sent.on('error', reject)
    sent.end(form)
  })

const report = async (clientId: string, more: Record<string, unknown> = {}) =>
  (
    await t.report(
      { clientId, luminaire: 'A-1', channel: 'phone', contact: { phone: '+30 691 234 5678', name: 'Μαρία' }, ...more },
      { token: 'test-admin-token' },
    )
  ).body
const counts = async () =>
  (await t.call('GET', `${base}/call-counts?from=${epoch - dayMs}&until=${epoch + dayMs}`)).body as Record<
    string,
    number
  >

describe('a call from a number that is known', () => {
  test('shows what the caller has reported, what is open, and the outages they may ask about', async () => {
    const { id, ticket, trackingCode } = await report('earlier')
    await report('of another', { luminaire: 'B-1', contact: { phone: '2552351199' } })
    t.api.incidents.apply('orestiada', [
      incidentChange('incident.opened', epoch, {
        id: 'i-1',
        fault: 'circuitOutage',
        scope: { kind: 'circuit', id: 'K7-2' },
        severity: 'critical',
        reason: 'membersDarkTogether',
        members: circuitLamps,
      }),
    ])
    const rung = await curl('calls', 'call=1732543210.42&caller=00306912345678&line=15321')
    expect(rung.status).toBe(201)
    const context = rung.body as CallContext
    expect(context).toMatchObject({
      call: { id: '1732543210.42', state: 'ringing', line: '15321', caller: 'number' },
      history: [{ report: id, trackingCode }],
      openMatters: 1,
      outages: [{ incident: 'i-1', lights: 40, place: 'Νέα Βύσσα, Καραθεοδωρή' }],
    })
    expect([ticket, (await t.tickets())[0]?.id]).toContain(context.history[0]?.ticket)
    expect(JSON.stringify(context)).not.toMatch(/6912345678|Μαρία/)
  })

  test('gives its duration to its reports, once, however often it is told', async () => {
    await curl('calls', 'call=c.1&caller=6912345678&line=15321')
    t.clock.set(epoch + minuteMs)
    expect((await curl('calls/c.1/answered', 'operator=desk-1')).body).toMatchObject({
      state: 'answered',
      answeredBy: 'desk-1',
    })
    const first = await report('one')
    const second = await report('two', { luminaire: 'B-1' })
    t.clock.set(epoch + 4 * minuteMs)
    for (let times = 0; times < 3; times++) {
      const ended = await curl('calls/c.1/ended', `durationS=175&reports=${first.id}%2C${second.id}`)
      expect([ended.status, ended.body]).toMatchObject([
        200,
        { state: 'ended', durationS: 175, reports: [first.id, second.id] },
      ])
      expect((await curl('calls', 'call=c.1&caller=6912345678&line=15321')).status).toBe(200)
    }
    for (const { id } of [first, second]) {
      expect((await t.call('GET', `${base}/reports/${id}`)).body).toMatchObject({ callDurationS: 175 })
    }
    const events = (await t.events()).filter(({ event }) => event === 'callEnded')
    expect(events.map(({ subject, details }) => [subject.id, details.durationS])).toEqual([
      [first.id, 175],
      [second.id, 175],
    ])
    expect(await counts()).toEqual({
      calls: 1,
      answered: 1,
      missed: 0,
      hidden: 0,
      informationOnly: 0,
      withReport: 1,
      talkS: 175,
    })
  })

  test('whose report was written down after it ended gets the duration that was counted here', async () => {
    await curl('calls', 'call=c.2&caller=6912345678&line=')
    await curl('calls/c.2/answered', '')
    t.clock.set(epoch + 90_000)
    expect((await curl('calls/c.2/ended', 'durationS=&reports=')).body).toMatchObject({ durationS: 90 })
    const { id } = await report('late')
    expect((await t.call('PUT', `${base}/calls/c.2/reports/${id}`)).body).toMatchObject({ reports: [id] })
    expect((await t.call('GET', `${base}/reports/${id}`)).body).toMatchObject({ callDurationS: 90 })
    expect((await t.call('PUT', `${base}/calls/c.2/reports/r-none`)).status).toBe(404)
  })
})

describe('a call that is not like that', () => {
  test.each(['', 'anonymous', 'Restricted', '<unknown>'])('from "%s" is taken as hidden', async (caller) => {
    const { body } = await curl('calls', `call=h.1&caller=${encodeURIComponent(caller)}&line=15321`)
    expect(body).toMatchObject({ call: { caller: 'hidden' }, history: [], openMatters: 0 })
    expect(await counts()).toMatchObject({ calls: 1, hidden: 1 })
  })

  test('for information alone, or that nobody answered, is counted as such', async () => {
    await curl('calls', 'call=q.1&caller=6900000000')
    await curl('calls/q.1/answered', '')
    await curl('calls/q.1/ended', 'informationOnly=1&durationS=30')
    await curl('calls', 'call=m.1&caller=6900000001')
    await curl('calls/m.1/ended', '')
    expect(await counts()).toMatchObject({ calls: 2, answered: 1, missed: 1, informationOnly: 1, withReport: 0 })
  })

  test('of which the beginning was lost is made up for', async () => {
    expect((await curl('calls/lost.1/ended', 'durationS=12')).body).toMatchObject({ state: 'ended', durationS: 12 })
    expect((await curl('calls/lost.1/answered', '')).body).toMatchObject({ state: 'ended', answeredAt: null })
  })

  test.each([
    ['calls', 'caller=6912345678'],
    ['calls', 'call=a%20b'],
    ['calls', `call=${'1'.repeat(65)}`],
    ['calls/c.1/ended', 'durationS=-1'],
    ['calls/c.1/ended', 'durationS=long'],
    ['calls/c.1/ended', 'reports=..%2Fx'],
  ])('is refused when it makes no sense: %s %s', async (path, form) => {
    expect((await curl(path, form)).status).toBe(400)
  })

  test('with reports that there are not changes nothing', async () => {
    expect((await curl('calls/c.1/ended', 'reports=r-none')).status).toBe(404)
    expect(await counts()).toMatchObject({ calls: 0 })
  })
})

describe('who may', () => {
  test('tell of calls: the exchange, whose token opens nothing else', async () => {
    expect((await curl('calls', 'call=c.1', null)).status).toBe(401)
    expect((await curl('calls', 'call=c.1', 'wrong')).status).toBe(401)
    for (const path of ['calls', 'reports', 'calls/c.1', 'notices']) {
      expect((await t.call('GET', `${base}/${path}`, { token })).status).toBe(403)
    }
  })

  test('see the number: the desk, and each look is in the trail', async () => {
    await curl('calls', 'call=c.1&caller=%2B306912345678')
    expect((await t.call('GET', `${base}/calls/c.1`)).body).toMatchObject({ number: '6912345678' })
    const { body } = await t.call('GET', `${base}/audit`)
    expect((body as { items: unknown[] }).items).toContainEqual(
      expect.objectContaining({ subject: 'call/c.1', event: 'contactViewed', by: 'admin' }),
    )
    const { items } = (await t.call('GET', `${base}/calls`)).body as { items: Call[] }
    expect(JSON.stringify(items)).not.toContain('6912345678')
  })

  test('hear of it on the live stream: operators, and no citizen', async () => {
    const listen = async (key: string | null) => {
      const leaving = new AbortController()
      const response = await fetch(t.url(`${base}/stream`), {
        signal: leaving.signal,
        headers: key === null ? {} : { authorization: `Bearer ${key}` },
      })
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      return { leaving, next: async () => (await reader?.read())?.value ?? '' }
    }
    const operator = await listen('test-admin-token')
    const citizen = await listen(null)
    for (const { next } of [operator, citizen]) expect(await next()).toContain('event: clock')
    await curl('calls', 'call=c.1&caller=6912345678&line=15321')
    // The next that everyone hears.
    await t.report({ clientId: 'x', luminaire: 'A-1' })
    const heard = await operator.next()
    expect(heard).toContain('event: call\n')
    expect(heard).not.toContain('6912345678')
    expect(await citizen.next()).toMatch(/^event: ticket/)
    operator.leaving.abort()
    citizen.leaving.abort()
  })
})

describe('numbers of callers', () => {
  test('are handed over and erased with the person, and without a report after thirty days', async () => {
    await curl('calls', 'call=c.1&caller=6912345678')
    await curl('calls', 'call=c.2&caller=6900000000')
    const person = { email: null, phone: '+30 691 234 5678', proof: 'inPerson' }
    expect((await t.post('privacy/export', person)).body).toMatchObject({
      held: { calls: [{ id: 'c.1', caller: '6912345678' }] },
    })
    expect((await t.post('privacy/erasure', person)).body).toMatchObject({ erased: { calls: 1 } })
    expect((await t.call('GET', `${base}/calls/c.1`)).body).toMatchObject({ number: null })
    t.clock.set(epoch + 31 * dayMs)
    const run = (dryRun: boolean) => t.post('privacy/retention/run', { dryRun })
    expect((await run(true)).body).toMatchObject({ erased: { calls: 1 } })
    expect((await run(false)).body).toMatchObject({ erased: { calls: 1 } })
    expect((await t.call('GET', `${base}/calls/c.2`)).body).toMatchObject({ number: null })
    expect((await run(false)).body).toMatchObject({ erased: { calls: 0 } })
  })

  test.each([
    ['+306912345678', '6912345678'],
    ['00306912345678', '6912345678'],
    ['306912345678', '6912345678'],
    ['2552351199', '2552351199'],
    ['00359881234567', '359881234567'],
    ['101', '101'],
    ['anonymous', null],
    ['', null],
    [undefined, null],
    ['1234567890123456', null],
  ])('%s is %s', (text, expected) => {
    expect(callerDigits(text)).toBe(expected)
  })

  test('that are extensions are no person’s', () => {
    expect(writtenForms('101')).toEqual([])
    expect(writtenForms('6912345678')).toEqual(['6912345678', '306912345678', '00306912345678'])
  })
})
