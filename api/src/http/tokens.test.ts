import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { adminToken, startTestApi, type TestApi } from '../test-api.ts'
import { collection } from '../test-documents.ts'
import { base, importTwoLights } from './test-two-lights.ts'

let t: TestApi
beforeEach(async () => {
  t = await startTestApi()
})
afterEach(() => t.close())

describe('tokens', () => {
  const make = async (role: string): Promise<{ id: string; token: string }> => {
    const { status, body } = await t.call('POST', '/api/v1/tokens', { body: { name: `the ${role}`, role } })
    expect(status).toBe(201)
    return body
  }

  test.each<[string, string, string, unknown, Record<string, number>]>([
    ['assets', 'PUT', `${base}/assets`, collection(), { admin: 200, operator: 403, technician: 403, viewer: 403 }],
    ['a municipality', 'PUT', base, { name: 'x' }, { admin: 200, operator: 403, technician: 403, viewer: 403 }],
    ['tokens', 'GET', '/api/v1/tokens', undefined, { admin: 200, operator: 403, technician: 403, viewer: 403 }],
    ['the trail', 'GET', `${base}/audit`, undefined, { admin: 200, operator: 200, technician: 403, viewer: 403 }],
    [
      'maintenance',
      'PUT',
      `${base}/luminaires/L-1/maintenance`,
      { until: '2027-01-01T00:00:00Z' },
      { admin: 200, operator: 200, technician: 200, viewer: 403 },
    ],
    ['oneself', 'POST', '/api/v1/session', {}, { admin: 200, operator: 200, technician: 200, viewer: 200 }],
  ])('open %s to their roles alone', async (_name, method, path, body, expected) => {
    await importTwoLights(t)
    for (const [role, status] of Object.entries(expected)) {
      const { token } = await make(role)
      const answer = await t.call(method, path, { token, ...(body === undefined ? {} : { body }) })
      expect([role, answer.status]).toEqual([role, status])
    }
  })

  test('say whom they stand for, survive a restart, and end when they are taken back', async () => {
    const { id, token } = await make('operator')
    await t.restart()
    expect((await t.call('POST', '/api/v1/session', { token })).body).toEqual({
      name: 'the operator',
      role: 'operator',
    })
    expect(t.api.directory.authenticate('token', token)).toEqual({ kind: 'operator', name: 'the operator' })
    expect((await t.call('DELETE', `/api/v1/tokens/${id}`)).status).toBe(204)
    expect((await t.call('POST', '/api/v1/session', { token })).status).toBe(401)
    expect(t.api.directory.authenticate('token', token)).toBeNull()
  })

  test('of those who only look open no MQTT door that commands devices', async () => {
    expect(t.api.directory.authenticate('token', (await make('viewer')).token)).toBeNull()
    expect(t.api.directory.authenticate('token', adminToken)).toEqual({ kind: 'operator', name: 'admin' })
  })

  test('are listed without their secrets', async () => {
    const { token } = await make('viewer')
    const { text } = await t.call('GET', '/api/v1/tokens')
    expect(text).toContain('the viewer')
    expect(text).not.toContain(token)
  })

  test('without a configured one: the first start makes an administrator, whose last token stays', async () => {
    const other = await startTestApi({ adminToken: undefined })
    try {
      const token = other.api.firstAdminToken()
      expect(token).toMatch(/^fanari_[\w-]{32}$/)
      await other.restart()
      expect(other.api.firstAdminToken()).toBeNull()
      const { body } = await other.call('GET', '/api/v1/tokens', { token })
      const [admin] = (body as { items: { id: string }[] }).items
      expect((await other.call('DELETE', `/api/v1/tokens/${admin?.id}`, { token })).status).toBe(409)
    } finally {
      await other.close()
    }
  })
})
