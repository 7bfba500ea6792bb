import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-api.ts'
import { collection, luminaire } from '../test-documents.ts'
import { type Role, roles } from './permissions.ts'

let t: TestApi
/** A token a role, for the municipality there is, and one that is limited to another. */
const tokens = new Map<string, string>()
let routes: { method: string; url: string; permission: string }[] = []
const needed = new Map<string, readonly Role[] | null>()

const makeToken = async (name: string, role: Role, municipalities: string[] | null): Promise<void> => {
  const { status, body } = await t.call('POST', '/api/v1/tokens', { body: { name, role, municipalities } })
  expect(status).toBe(201)
  tokens.set(name, (body as { token: string }).token)
}

beforeAll(async () => {
  t = await startTestApi()
  await t.call('PUT', '/api/v1/municipalities/orestiada/assets', { body: collection(luminaire('L-1')) })
  for (const role of roles) {
    await makeToken(role, role, ['orestiada'])
    await makeToken(`${role} elsewhere`, role, ['elsewhere'])
    await makeToken(`${role} everywhere`, role, null)
  }
  const { body } = await t.call('GET', '/api/v1/permissions')
  const table = body as { routes: typeof routes; permissions: { permission: string; roles: Role[] | null }[] }
  routes = table.routes
  for (const { permission, roles: allowed } of table.permissions) needed.set(permission, allowed)
})
afterAll(() => t.close())

/** What is asked of a route whose permission alone is of interest: nothing it asks for is there. */
const addressOf = (url: string): string =>
  url
    .replace('*', 'nothing.txt')
    .replace(':municipality', 'orestiada')
    .replaceAll(/:[^/.]+/g, 'nothing')

type Outcome = 'in' | 'nobody' | 'wrongRole' | 'wrongMunicipality'

/** Whether a request came in: what it then says of its content does not matter here. */
const knock = async (method: string, url: string, who: string | null): Promise<Outcome> => {
  const leaving = new AbortController()
  const token = who === null ? undefined : tokens.get(who)
  const response = await fetch(t.url(addressOf(url)), {
    method,
    signal: leaving.signal,
    redirect: 'manual',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
  const isRefusal = response.status === 401 || response.status === 403
  const detail = isRefusal ? (((await response.json()) as { detail?: string }).detail ?? '') : ''
  // Streams never end by themselves.
  leaving.abort()
  if (detail.startsWith('Send a valid token')) return 'nobody'
  if (detail.startsWith('This needs the role')) return 'wrongRole'
  return detail.startsWith('You are limited to') ? 'wrongMunicipality' : 'in'
}

describe('every route', () => {
  test('is judged by the table, for nobody, for every role, and for every role of another municipality', async () => {
    expect(routes.length).toBeGreaterThan(30)
    const wrong: string[] = []
    for (const { method, url, permission } of routes) {
      const allowed = needed.get(permission)
      const ofMunicipality = url.includes(':municipality')
      const check = async (who: string | null, expected: Outcome): Promise<void> => {
        const outcome = await knock(method, url, who)
        if (outcome !== expected) wrong.push(`${method} ${url} (${permission}), ${who}: ${outcome}, not ${expected}`)
      }
      await check(null, allowed === null ? 'in' : 'nobody')
      for (const role of roles) {
        const inRole = allowed == null || allowed.includes(role)
        const anyMunicipality = allowed == null || permission === 'account.own'
        const limited = (isHere: boolean): Outcome => {
          if (!inRole) return 'wrongRole'
          return anyMunicipality || (isHere && ofMunicipality) ? 'in' : 'wrongMunicipality'
        }
        await check(`${role} everywhere`, inRole ? 'in' : 'wrongRole')
        await check(role, limited(true))
        await check(`${role} elsewhere`, limited(false))
      }
    }
    expect(wrong).toEqual([])
  })

  // By hand: were the table itself wrong, the test above would agree with it.
  test.each<[string, string, readonly Role[]]>([
    ['GET', '/api/v1/tokens', ['admin']],
    ['POST', '/api/v1/tokens', ['admin']],
    ['DELETE', '/api/v1/tokens/:id', ['admin']],
    ['GET', '/api/v1/users', ['admin']],
    ['POST', '/api/v1/users', ['admin']],
    ['PATCH', '/api/v1/users/:id', ['admin']],
    ['POST', '/api/v1/users/:id/code', ['admin']],
    ['DELETE', '/api/v1/users/:id', ['admin']],
    [
      'GET',
      '/api/v1/municipalities/:municipality/reports/:id/contact',
      ['admin', 'supervisor', 'dispatcher', 'operator'],
    ],
    [
      'PUT',
      '/api/v1/municipalities/:municipality/work-orders/:id/call-back',
      ['admin', 'supervisor', 'dispatcher', 'operator'],
    ],
    ['POST', '/api/v1/municipalities/:municipality/privacy/export', ['admin', 'privacyOfficer']],
    ['POST', '/api/v1/municipalities/:municipality/privacy/erasure', ['admin', 'privacyOfficer']],
    ['PUT', '/api/v1/municipalities/:municipality/privacy/retention', ['admin', 'privacyOfficer']],
    ['POST', '/api/v1/municipalities/:municipality/privacy/retention/run', ['admin', 'privacyOfficer']],
    ['DELETE', '/api/v1/municipalities/:municipality/privacy/holds/:kind/:id', ['admin', 'privacyOfficer']],
    [
      'PUT',
      '/api/v1/municipalities/:municipality/photos/:id/public',
      ['admin', 'supervisor', 'dispatcher', 'operator'],
    ],
    [
      'GET',
      '/api/v1/municipalities/:municipality/reports/:id/photos',
      ['admin', 'supervisor', 'dispatcher', 'operator', 'technician'],
    ],
    ['PUT', '/api/v1/municipalities/:municipality', ['admin']],
    ['PUT', '/api/v1/municipalities/:municipality/assets', ['admin']],
    ['POST', '/api/v1/municipalities/:municipality/devices', ['admin']],
    ['POST', '/api/v1/municipalities/:municipality/devices/:device/credentials', ['admin']],
    [
      'GET',
      '/api/v1/municipalities/:municipality/audit',
      ['admin', 'supervisor', 'dispatcher', 'operator', 'privacyOfficer'],
    ],
    [
      'PUT',
      '/api/v1/municipalities/:municipality/luminaires/:id/maintenance',
      ['admin', 'supervisor', 'dispatcher', 'operator', 'technician'],
    ],
    [
      'POST',
      '/api/v1/municipalities/:municipality/tickets/:id/events',
      ['admin', 'supervisor', 'dispatcher', 'operator', 'technician', 'automation'],
    ],
    [
      'GET',
      '/api/v1/municipalities/:municipality/tickets/:id/dossier',
      ['admin', 'supervisor', 'dispatcher', 'operator', 'technician', 'automation'],
    ],
  ])('that matters is open to its roles and to no other: %s %s', async (method, url, expected) => {
    expect(routes.some((route) => route.method === method && route.url === url)).toBe(true)
    expect(await knock(method, url, null)).toBe('nobody')
    const admitted: Role[] = []
    for (const role of roles) if ((await knock(method, url, `${role} everywhere`)) === 'in') admitted.push(role)
    expect(admitted).toEqual(expected)
  })
})

describe('a token limited to a municipality', () => {
  test('reads what everyone reads, and makes no token for itself elsewhere', async () => {
    const token = tokens.get('admin') ?? ''
    expect((await t.call('GET', '/api/v1/municipalities', { token })).status).toBe(200)
    const body = { name: 'mine', role: 'admin' }
    expect((await t.call('POST', '/api/v1/tokens', { token, body })).status).toBe(403)
  })

  test('opens no MQTT door, which knows no municipalities', () => {
    const { directory } = t.api
    expect(directory.authenticate('token', tokens.get('operator') ?? '')).toBeNull()
    expect(directory.authenticate('token', tokens.get('operator everywhere') ?? '')).not.toBeNull()
  })
})
