import { afterEach, describe, expect, test } from 'vitest'
import type { ApiOptions } from '../api-options.ts'
import { startTestApi, type TestApi } from '../test-api.ts'

let t: TestApi
afterEach(() => t.close())
const start = async (options: Partial<ApiOptions>) => {
  t = await startTestApi(options)
}

/** How often a door that needs no sign-in lets one in, of so many tries. */
const admitted = async (
  tries: number,
  from: (index: number) => Record<string, string>,
  token: string | null = null,
) => {
  const answers = []
  for (let index = 0; index < tries; index++) {
    answers.push(await t.call('POST', '/api/v1/sign-in', { token, body: {}, headers: from(index) }))
  }
  const refused = answers.filter(({ status }) => status === 429)
  return { count: tries - refused.length, first: refused[0] }
}

describe('a flood', () => {
  test('from one address is refused beyond its number a minute, with when to come again', async () => {
    await start({})
    const { count, first } = await admitted(65, () => ({}))
    expect(count).toBe(60)
    expect(first?.body).toMatchObject({ type: '/problems/too-many-requests', status: 429, retry: true })
    expect(Number(first?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(first?.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect((await t.call('GET', '/api/v1/platform', { token: null })).status).toBe(200)
  })

  test('of a client that is known by its token is let through', async () => {
    await start({})
    expect((await admitted(65, () => ({}), 'test-admin-token')).count).toBe(65)
  })

  test('that only claims to come from many addresses is one', async () => {
    await start({})
    expect((await admitted(65, (index) => ({ 'x-forwarded-for': `192.0.2.${index}` }))).count).toBe(60)
  })

  test('is told apart by address behind a proxy that is believed', async () => {
    await start({ trustProxy: 'loopback' })
    expect((await admitted(65, (index) => ({ 'x-forwarded-for': `192.0.2.${index}` }))).count).toBe(65)
  })

  test('from the addresses of one IPv6 network is one', async () => {
    await start({ trustProxy: 'loopback' })
    const { count } = await admitted(65, (index) => ({ 'x-forwarded-for': `2001:db8:1:2::${index + 1}` }))
    expect(count).toBe(60)
  })
})

test('reports of citizens have a number a minute of their own, for one address and for all; staff have none', async () => {
  await start({ trustProxy: 'loopback', floodLimits: { intakePerAddress: 2, intakeInAll: 4 } })
  await t.call('PUT', '/api/v1/municipalities/orestiada', { body: { name: 'Ορεστιάδα' } })
  let sent = 0
  const report = async (address: string, token: string | null = null) => {
    const body = { category: 'street-light-out', address: 'Ευριπίδου', channel: 'web', clientId: `${++sent}` }
    const headers = { 'x-forwarded-for': address }
    return (await t.call('POST', '/api/v1/municipalities/orestiada/reports', { token, body, headers })).status
  }
  const statuses = []
  for (const address of ['a', 'a', 'a', 'b', 'b', 'c'].map((name) => `192.0.2.${name.charCodeAt(0)}`)) {
    statuses.push(await report(address))
  }
  expect(statuses).toEqual([201, 201, 429, 201, 201, 429])
  for (let call = 0; call < 5; call++) expect(await report('192.0.2.1', 'test-admin-token')).toBe(201)
})

test('behind a proxy with https the cookie is bound to https', async () => {
  await start({ trustProxy: 'loopback' })
  const grant = { handle: 'desk-1', fullName: 'Μ. Π.', email: 'm@dimos.example', role: 'operator' }
  const { body } = await t.call('POST', '/api/v1/users', { body: grant })
  const password = 'πέντε λάμπες στη σειρά'
  const { code } = body as { code: string }
  await t.call('POST', '/api/v1/sign-in/code', { body: { email: grant.email, code, password } })
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'fanari.dimos.example' }
  const origin = 'https://fanari.dimos.example'
  const signedIn = await t.call('POST', '/api/v1/sign-in', {
    token: null,
    body: { email: grant.email, password },
    headers: { ...headers, origin },
  })
  const cookie = signedIn.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^__Host-fanari=[\w-]{32}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  const send = { token: null, headers: { ...headers, cookie: cookie.split(';', 1)[0] ?? '' } }
  expect((await t.call('GET', '/api/v1/account', send)).status).toBe(200)
  // The same cookie over plain HTTP is not ours.
  expect(
    (await t.call('GET', '/api/v1/account', { token: null, headers: { cookie: send.headers.cookie } })).status,
  ).toBe(401)
})
