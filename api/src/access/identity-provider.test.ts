import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-api.ts'
import { startTestProvider, type TestProvider } from './oidc-provider.fixture.ts'

const client = { id: 'fanari', secret: 'a secret of the provider' }
const maria = {
  sub: 'u-17',
  email: 'Maria@dimos.example',
  email_verified: true,
  name: 'Μαρία Παπαδοπούλου',
  preferred_username: 'Desk-1',
  groups: ['everybody', 'call-centre'],
}

let provider: TestProvider
let t: TestApi
beforeEach(async () => {
  provider = await startTestProvider(client)
  provider.claims = maria
  t = await startTestApi({
    identityProvider: {
      issuer: provider.issuer,
      clientId: client.id,
      clientSecret: client.secret,
      roleClaim: 'groups',
      roles: [
        { group: 'lighting-admins', role: 'admin' },
        { group: 'call-centre', role: 'operator' },
      ],
    },
  })
})
afterEach(async () => {
  await t.close()
  await provider.close()
})

const cookieIn = (response: Response, name: string): string =>
  response.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.split(';', 1)[0] ?? ''
const go = (url: string, cookie = '') => fetch(url, { redirect: 'manual', headers: { cookie } })

/** Leaves for the provider as a browser would, and says where it is sent back to. */
const visit = async (): Promise<{ back: string; departure: string }> => {
  const leaving = await go(t.url('/api/v1/sign-in/oidc'))
  expect(leaving.status).toBe(302)
  const atProvider = await go(leaving.headers.get('location') ?? '')
  return { back: atProvider.headers.get('location') ?? '', departure: cookieIn(leaving, 'fanari-departure') }
}
const signIn = async (): Promise<Response> => {
  const { back, departure } = await visit()
  return go(back, departure)
}
const whoIs = async (response: Response) =>
  (await t.call('GET', '/api/v1/account', { token: null, headers: { cookie: cookieIn(response, 'fanari') } })).body

describe('an identity provider', () => {
  test('signs in who has a group with a role, by an account made for him, and leads to the first page', async () => {
    const arrived = await signIn()
    expect([arrived.status, arrived.headers.get('location')]).toEqual([302, '/'])
    expect(await whoIs(arrived)).toMatchObject({
      name: 'desk-1',
      role: 'operator',
      fullName: maria.name,
      email: 'maria@dimos.example',
    })
    await signIn()
    expect((await t.call('GET', '/api/v1/users')).body).toMatchObject({ items: [{ handle: 'desk-1' }] })
    const { items } = (await t.call('GET', '/api/v1/audit')).body as { items: { by: string; event: string }[] }
    expect(items.map(({ by, event }) => `${event} by ${by}`)).toEqual([
      'signedIn by desk-1',
      'signedIn by desk-1',
      'linked by desk-1',
      'created by identity provider',
    ])
  })

  test('changes a role by its groups, the strongest first, and shuts out who has none any more', async () => {
    await signIn()
    provider.claims = { ...maria, groups: ['call-centre', 'lighting-admins'] }
    expect(await whoIs(await signIn())).toMatchObject({ role: 'admin' })
    provider.claims = { ...maria, groups: [] }
    expect((await signIn()).status).toBe(403)
  })

  test('knows an account by its verified e-mail, and from then on by its subject', async () => {
    const grant = { handle: 'crew-2', fullName: 'Μ. Π.', email: 'maria@dimos.example', role: 'technician' }
    await t.call('POST', '/api/v1/users', { body: grant })
    provider.claims = { ...maria, groups: 'none of yours' }
    expect(await whoIs(await signIn())).toMatchObject({ name: 'crew-2', role: 'technician' })
    provider.claims = { ...maria, groups: [], email: 'other@dimos.example' }
    expect(await whoIs(await signIn())).toMatchObject({ name: 'crew-2' })
  })

  test.each<[string, object, number]>([
    ['no group with a role', { groups: ['everybody'] }, 403],
    ['no groups at all', { groups: undefined }, 403],
    ['an e-mail nobody has verified', { email_verified: false }, 403],
  ])('makes no account for %s', async (_name, more, expected) => {
    provider.claims = { ...maria, ...more }
    expect((await signIn()).status).toBe(expected)
    expect((await t.call('GET', '/api/v1/users')).body).toMatchObject({ items: [] })
  })

  test('shuts out whose account is closed', async () => {
    await signIn()
    const { items } = (await t.call('GET', '/api/v1/users')).body as { items: { id: string }[] }
    await t.call('PATCH', `/api/v1/users/${items[0]?.id}`, { body: { active: false } })
    expect((await signIn()).status).toBe(403)
  })

  test.each<[string, TestProvider['forged']]>([
    ['signed by another key', { key: 'another' }],
    ['for another client', { audience: 'somebody else' }],
    ['of another sign-in', { nonce: 'old' }],
  ])('is not believed with a token %s', async (_name, forged) => {
    provider.forged = forged
    expect((await signIn()).status).toBe(401)
    expect((await t.call('GET', '/api/v1/users')).body).toMatchObject({ items: [] })
  })

  test('is not believed in a browser that never left for it, nor with another state or a code used before', async () => {
    const { back, departure } = await visit()
    const other = await visit()
    expect((await go(back)).status).toBe(401)
    expect((await go(back, 'fanari-departure=bogus')).status).toBe(401)
    expect((await go(back, other.departure)).status).toBe(401)
    expect((await go(back, departure)).status).toBe(302)
    expect((await go(back, departure)).status).toBe(401)
  })

  test('that is away is a problem that may pass, and it is asked again', async () => {
    await provider.close()
    const { status, body } = await t.call('GET', '/api/v1/sign-in/oidc', { token: null })
    expect([status, body]).toEqual([503, expect.objectContaining({ retry: true })])
  })
})

test('without one, the ways to sign in say so', async () => {
  const other = await startTestApi()
  try {
    expect((await other.call('GET', '/api/v1/sign-in')).body).toEqual({ password: true, oidc: false })
    expect((await other.call('GET', '/api/v1/sign-in/oidc')).status).toBe(404)
  } finally {
    await other.close()
  }
  expect((await t.call('GET', '/api/v1/sign-in')).body).toEqual({ password: true, oidc: true })
})
