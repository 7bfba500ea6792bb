import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hourMs, minuteMs } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase } from '../store/database.ts'
import { migrations } from '../store/migrations.ts'
import { startTestApi, type TestApi } from '../test-api.ts'
import { hashOf } from './secrets.ts'
import { createTokens } from './tokens.ts'

const maria = { handle: 'desk-1', fullName: 'Μαρία Παπαδοπούλου', email: 'maria@dimos.example', role: 'operator' }
const password = 'πέντε λάμπες στη σειρά'

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
})
afterEach(() => t.close())

type Answer = Awaited<ReturnType<TestApi['call']>>

const make = async (grant: object = maria): Promise<{ id: string; code: string }> => {
  const { status, body } = await t.call('POST', '/api/v1/users', { body: grant })
  expect(status).toBe(201)
  return body
}
const redeem = (code: string, more: object = {}) =>
  t.call('POST', '/api/v1/sign-in/code', { token: null, body: { email: maria.email, code, password, ...more } })
const signIn = (more: object = {}, headers: Record<string, string> = {}) =>
  t.call('POST', '/api/v1/sign-in', { token: null, body: { email: maria.email, password, ...more }, headers })
const cookieOf = ({ headers }: Answer): string => (headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
/** As our own page asks. */
const asPage = (cookie: string) => ({ token: null, headers: { cookie, 'sec-fetch-site': 'same-origin' } })

/** Maria's account with a password, signed in. */
const signedIn = async (): Promise<{ id: string; cookie: string }> => {
  const { id, code } = await make()
  expect((await redeem(code)).status).toBe(204)
  return { id, cookie: cookieOf(await signIn()) }
}
const whoIs = async (cookie: string) => (await t.call('GET', '/api/v1/account', asPage(cookie))).status

describe('an account', () => {
  test('is made by an administrator, gets its password by a one-time code, and signs in', async () => {
    const { code } = await make()
    expect(code).toMatch(/^([2-9A-HJKMNP-TV-Z]{4}-){3}[2-9A-HJKMNP-TV-Z]{4}$/)
    expect((await signIn()).status).toBe(401)
    // Read over the phone and typed in small letters.
    expect((await redeem(code.toLowerCase().replaceAll('-', ' '))).status).toBe(204)
    const answer = await signIn({ email: 'MARIA@dimos.example' })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      name: 'desk-1',
      role: 'operator',
      fullName: maria.fullName,
      municipalities: null,
    })
    expect(answer.headers.get('set-cookie')).toMatch(
      /^fanari=[\w-]{32}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { body } = await t.call('GET', '/api/v1/account', asPage(cookieOf(answer)))
    expect(body).toMatchObject({ name: 'desk-1', permissions: expect.arrayContaining(['ticket.work', 'contact.read']) })
  })

  test('uses a code once, in time, and not one that is made up', async () => {
    const { id, code } = await make()
    expect((await redeem('2222-2222-2222-2222')).status).toBe(401)
    t.wall.now += 49 * hourMs
    expect((await redeem(code)).status).toBe(401)
    const { body } = await t.call('POST', `/api/v1/users/${id}/code`)
    const next = (body as { code: string }).code
    expect((await redeem(next, { email: 'nobody@dimos.example' })).status).toBe(401)
    expect((await redeem(next)).status).toBe(204)
    expect((await redeem(next)).status).toBe(401)
  })

  test('whose code is used twice at once takes one password', async () => {
    const { code } = await make()
    const both = await Promise.all([redeem(code), redeem(code, { password: 'another long password' })])
    expect(both.map(({ status }) => status).sort()).toEqual([204, 401])
  })

  test('changes its password, which ends every other session', async () => {
    const { cookie } = await signedIn()
    const other = cookieOf(await signIn())
    const change = (current: string, next: string) =>
      t.call('POST', '/api/v1/account/password', { ...asPage(cookie), body: { current, password: next } })
    expect((await change('not this one', 'a new and long password')).status).toBe(401)
    expect((await change(password, 'maria')).status).toBe(400)
    const changed = await change(password, 'a new and long password')
    expect(changed.status).toBe(204)
    expect([await whoIs(cookie), await whoIs(other), await whoIs(cookieOf(changed))]).toEqual([401, 401, 200])
    expect((await signIn()).status).toBe(401)
    expect((await signIn({ password: 'a new and long password' })).status).toBe(200)
  })

  test('that an administrator changes, closes or removes holds no longer than that', async () => {
    const { id, cookie } = await signedIn()
    const change = (body: object) => t.call('PATCH', `/api/v1/users/${id}`, { body })
    expect((await change({ role: 'technician', municipalities: ['orestiada'] })).body).toMatchObject({
      role: 'technician',
    })
    expect((await t.call('GET', '/api/v1/account', asPage(cookie))).body).toMatchObject({
      role: 'technician',
      municipalities: ['orestiada'],
    })
    await change({ active: false })
    expect([await whoIs(cookie), (await signIn()).status]).toEqual([401, 401])
    await change({ active: true })
    const again = cookieOf(await signIn())
    expect(await whoIs(again)).toBe(200)
    expect((await t.call('DELETE', `/api/v1/users/${id}`)).status).toBe(204)
    expect([await whoIs(again), (await signIn()).status]).toEqual([401, 401])
    expect((await t.call('DELETE', `/api/v1/users/${id}`)).status).toBe(404)
  })

  test('shares neither handle nor e-mail with another, and removes not itself', async () => {
    const { id } = await make({ ...maria, role: 'admin' })
    expect((await t.call('POST', '/api/v1/users', { body: { ...maria, email: 'x@y.example' } })).status).toBe(409)
    expect((await t.call('POST', '/api/v1/users', { body: { ...maria, handle: 'desk-2' } })).status).toBe(409)
    const second = await make({ ...maria, handle: 'desk-2', email: 'x@y.example' })
    expect((await t.call('PATCH', `/api/v1/users/${second.id}`, { body: { handle: 'desk-1' } })).status).toBe(409)
    const { body } = await t.call('POST', `/api/v1/users/${id}/code`)
    await redeem((body as { code: string }).code)
    const mine = asPage(cookieOf(await signIn()))
    expect((await t.call('DELETE', `/api/v1/users/${id}`, mine)).status).toBe(409)
  })

  test.each<[string, object]>([
    ['a handle with letters of a name', { handle: 'Μαρία' }],
    ['a handle that histories give to the platform', { handle: 'telemetry' }],
    ['an e-mail without a place', { email: 'maria' }],
    ['an unknown role', { role: 'mayor' }],
    ['no municipality at all', { municipalities: [] }],
    ['a municipality that is no id', { municipalities: ['../etc'] }],
    ['an empty name', { fullName: ' ' }],
  ])('is refused with %s', async (_name, more) => {
    expect((await t.call('POST', '/api/v1/users', { body: { ...maria, ...more } })).status).toBe(400)
  })

  test('leaves its trail: who made it, signed in, was refused and changed, and no address of a citizen’s mail', async () => {
    const { id } = await signedIn()
    await signIn({ password: 'wrong but long enough' })
    await signIn({ email: 'secret-typed-here@x.example' })
    await t.call('PATCH', `/api/v1/users/${id}`, { body: { role: 'supervisor', fullName: 'Μ. Π.' } })
    const { body, text } = await t.call('GET', '/api/v1/audit')
    const lines = (body as { items: { by: string; subject: string; event: string; note?: string }[] }).items
    expect(lines.map(({ by, subject, event, note }) => [by, subject, event, note ?? ''])).toEqual([
      ['admin', 'user/desk-1', 'changed', 'fullName, role; role operator to supervisor'],
      ['citizen', 'user', 'signInRefused', '127.0.0.1'],
      ['citizen', 'user/desk-1', 'signInRefused', '127.0.0.1'],
      ['desk-1', 'user/desk-1', 'signedIn', '127.0.0.1'],
      ['desk-1', 'user/desk-1', 'passwordSet', ''],
      ['admin', 'user/desk-1', 'created', 'operator'],
    ])
    expect(text).not.toMatch(/secret-typed-here|Παπαδοπούλου|dimos\.example/)
  })
})

describe('a session', () => {
  test('is held by the platform as a hash, survives a restart, and ends at signing out', async () => {
    const { cookie } = await signedIn()
    await t.restart()
    expect(await whoIs(cookie)).toBe(200)
    const out = await t.call('POST', '/api/v1/sign-out', asPage(cookie))
    expect([out.status, out.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringMatching(/^fanari=;.*Expires=Thu, 01 Jan 1970/),
    ])
    expect(await whoIs(cookie)).toBe(401)
  })

  test('ends two hours after its last use, and twelve after its opening whatever its use', async () => {
    const { cookie } = await signedIn()
    t.wall.now += 2 * hourMs - minuteMs
    expect(await whoIs(cookie)).toBe(200)
    t.wall.now += 2 * hourMs
    expect(await whoIs(cookie)).toBe(401)
    const second = cookieOf(await signIn())
    for (let hour = 1; hour < 12; hour++) {
      t.wall.now += hourMs
      expect([hour, await whoIs(second)]).toEqual([hour, 200])
    }
    t.wall.now += hourMs
    expect(await whoIs(second)).toBe(401)
  })

  test('is listed for its owner, who ends it, and nobody else’s', async () => {
    const { cookie } = await signedIn()
    const other = cookieOf(await signIn({}, { 'user-agent': 'a tablet' }))
    const { body } = await t.call('GET', '/api/v1/account/sessions', asPage(cookie))
    const { items } = body as { items: { id: string; agent: string; current: boolean }[] }
    expect(items.map(({ current }) => current).sort()).toEqual([false, true])
    const tablet = items.find(({ agent }) => agent === 'a tablet')
    const { code } = await make({ ...maria, handle: 'desk-2', email: 'x@y.example' })
    await redeem(code, { email: 'x@y.example' })
    const stranger = asPage(cookieOf(await signIn({ email: 'x@y.example' })))
    expect((await t.call('DELETE', `/api/v1/account/sessions/${tablet?.id}`, stranger)).status).toBe(404)
    expect((await t.call('DELETE', `/api/v1/account/sessions/${tablet?.id}`, asPage(cookie))).status).toBe(204)
    expect([await whoIs(cookie), await whoIs(other)]).toEqual([200, 401])
  })

  test.each<[string, Record<string, string>, number]>([
    ['our own page', { 'sec-fetch-site': 'same-origin' }, 204],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 401],
    ['a sister domain', { 'sec-fetch-site': 'same-site' }, 401],
    ['another site in an old browser', { origin: 'https://evil.example' }, 401],
    ['a page without an origin', { origin: 'null' }, 401],
    ['something that says nothing', {}, 401],
  ])('writes for %s: %j is %i', async (_name, headers, expected) => {
    const { cookie } = await signedIn()
    const body = { current: password, password: 'a new and long password' }
    const answer = await t.call('POST', '/api/v1/account/password', {
      token: null,
      body,
      headers: { cookie, ...headers },
    })
    expect(answer.status).toBe(expected)
  })

  test('writes for our own page in an old browser, by its origin', async () => {
    const { cookie } = await signedIn()
    const origin = t.url('').replace(/\/$/, '')
    const body = { current: password, password: 'a new and long password' }
    const answer = await t.call('POST', '/api/v1/account/password', { token: null, body, headers: { cookie, origin } })
    expect(answer.status).toBe(204)
  })

  test('is opened by no other page, and by no cookie that is made up', async () => {
    await signedIn()
    expect((await signIn({}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    for (const cookie of ['fanari=', `fanari=${'x'.repeat(32)}`, 'fanari=%00', `fanari=${'x'.repeat(5_000)}`]) {
      expect(await whoIs(cookie)).toBe(401)
    }
  })
})

describe('guessing', () => {
  test('learns nothing of who has an account, and is slowed down for both alike', async () => {
    await signedIn()
    for (const email of [maria.email, 'nobody@dimos.example']) {
      const answers: Answer[] = []
      for (let guess = 0; guess < 11; guess++) answers.push(await signIn({ email, password: `guess number ${guess}` }))
      expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429])
      expect(answers[0]?.body).toEqual(
        expect.objectContaining({ detail: expect.stringContaining('do not fit together') }),
      )
      expect(answers[10]?.headers.get('retry-after')).toBe('900')
    }
    // Nor does the right password help before the time.
    expect((await signIn()).status).toBe(429)
    t.wall.now += 15 * minuteMs
    expect((await signIn()).status).toBe(200)
  })
})

test('tokens of the release before keep what they were', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-tokens-'))
  try {
    const file = join(folder, 'fanari.db')
    const before = createDatabase(file, migrations.slice(0, 2))
    before.open()
    before.run("INSERT INTO tokens VALUES ('1', 'ops', 'admin', ?, 5, 'platform')", hashOf('an old secret'))
    before.close()
    const database = createDatabase(file, migrations)
    database.open()
    const tokens = createTokens({ database, clock: { now: () => 0, speed: 1 }, adminToken: undefined })
    expect(tokens.load()).toBeNull()
    expect(tokens.principalOf('an old secret')).toMatchObject({ name: 'ops', role: 'admin', municipalities: null })
    database.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
