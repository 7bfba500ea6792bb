import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { problemCodes, problemSchema } from '@fanari/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-api.ts'
import { collection, luminaire } from '../test-documents.ts'

const base = '/api/v1/municipalities/orestiada'

let t: TestApi
beforeAll(async () => {
  t = await startTestApi()
  await t.call('PUT', `${base}/assets`, { body: collection(luminaire('L-1')) })
})
afterAll(() => t.close())

const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`

/** method, path, status, problem, what is sent. */
type Case = [string, string, string, number, keyof typeof problemCodes, Parameters<TestApi['call']>[2]?]

const cases: Case[] = [
  ['an unknown address', 'GET', '/nowhere', 404, 'not-found'],
  ['an unknown address of the API', 'GET', '/api/v1/nowhere', 404, 'not-found'],
  ['a municipality that is not there', 'GET', '/api/v1/municipalities/nowhere', 404, 'not-found'],
  ['its lights', 'GET', '/api/v1/municipalities/nowhere/lights', 404, 'not-found'],
  ['its incidents', 'GET', '/api/v1/municipalities/nowhere/incidents', 404, 'not-found'],
  ['its stream', 'GET', '/api/v1/municipalities/nowhere/stream', 404, 'not-found'],
  ['a light that is not there', 'GET', `${base}/luminaires/L-9`, 404, 'not-found'],
  ['an incident that is not there', 'GET', `${base}/incidents/i-9`, 404, 'not-found'],
  ['a ticket that is not there', 'GET', `${base}/tickets/t-9`, 404, 'not-found'],
  ['a path that is not UTF-8', 'GET', '/api/v1/municipalities/%ff', 400, 'invalid-request'],
  ['a bad escape', 'GET', '/%zz', 400, 'invalid-request'],
  ['an id with a space', 'GET', '/api/v1/municipalities/a%20b', 400, 'invalid-request'],
  ['an id with a slash in it', 'GET', `${base}/luminaires/a%2Fb`, 400, 'invalid-request'],
  ['an id that climbs', 'GET', `${base}/luminaires/..%2F..%2Fetc`, 400, 'invalid-request'],
  ['SQL for an id', 'GET', `${base}/luminaires/${encodeURIComponent("x' OR 1=1 --")}`, 400, 'invalid-request'],
  ['a Greek id', 'GET', `${base}/luminaires/${encodeURIComponent('Λ-1')}`, 400, 'invalid-request'],
  ['an id with NUL', 'GET', `${base}/luminaires/a%00b`, 400, 'invalid-request'],
  ['an id of 1 000 letters', 'GET', `${base}/luminaires/${'x'.repeat(1_000)}`, 400, 'invalid-request'],
  ['a method that is not for it', 'DELETE', `${base}/luminaires/L-1`, 405, 'method-not-allowed'],
  ['a method without sense', 'PATCH', `${base}/assets`, 405, 'method-not-allowed'],

  ['a limit of 0', 'GET', `${base}/incidents?limit=0`, 400, 'invalid-request'],
  ['a limit below 0', 'GET', `${base}/incidents?limit=-1`, 400, 'invalid-request'],
  ['a limit in words', 'GET', `${base}/incidents?limit=many`, 400, 'invalid-request'],
  ['a limit of NaN', 'GET', `${base}/incidents?limit=NaN`, 400, 'invalid-request'],
  ['a limit with an exponent', 'GET', `${base}/incidents?limit=1e3`, 400, 'invalid-request'],
  ['a limit beyond the bound', 'GET', `${base}/tickets?limit=10001`, 400, 'invalid-request'],
  ['a limit twice', 'GET', `${base}/tickets?limit=1&limit=2`, 400, 'invalid-request'],
  ['readings beyond the bound', 'GET', `${base}/luminaires/L-1/readings?limit=100001`, 400, 'invalid-request'],
  ['an unknown state', 'GET', `${base}/incidents?state=bogus`, 400, 'invalid-request'],
  ['an unknown status', 'GET', `${base}/tickets?status=open,bogus`, 400, 'invalid-request'],
  ['an unknown kind', 'GET', `${base}/assets?kind=volcano`, 400, 'invalid-request'],
  ['a time in words', 'GET', `${base}/incidents?since=yesterday`, 400, 'invalid-request'],
  ['a time without a zone', 'GET', `${base}/incidents?since=2026-01-10T18:00:00`, 400, 'invalid-request'],
  ['a range that ends before it begins', 'GET', `${base}/luminaires/L-1/readings?from=2&to=1`, 400, 'invalid-request'],
  ['a history that ends before it begins', 'GET', `${base}/luminaires/L-1/history?from=2&to=1`, 400, 'invalid-request'],
  ['a history by the week', 'GET', `${base}/luminaires/L-1/history?resolution=week`, 400, 'invalid-request'],
  ['the history of nobody', 'GET', `${base}/luminaires/L-9/history`, 404, 'not-found'],
  ['a cursor that is none', 'GET', `${base}/incidents?cursor=hello`, 400, 'invalid-request'],
  ["another list's cursor", 'GET', `${base}/incidents?cursor=IkwtMSI`, 400, 'invalid-request'],
  ['a cursor of 1 000 letters', 'GET', `${base}/tickets?cursor=${'x'.repeat(1_000)}`, 400, 'invalid-request'],

  ['no token', 'PUT', base, 401, 'unauthenticated', { token: null, body: { name: 'x' } }],
  ['a wrong token', 'PUT', base, 401, 'unauthenticated', { token: 'wrong', body: { name: 'x' } }],
  [
    'no token and a large body',
    'PUT',
    `${base}/assets`,
    401,
    'unauthenticated',
    { token: null, body: 'x'.repeat(1e6) },
  ],
  [
    'another scheme',
    'POST',
    '/api/v1/session',
    401,
    'unauthenticated',
    { token: null, headers: { authorization: 'Basic YTpi' } },
  ],

  ['broken JSON', 'PUT', base, 400, 'invalid-json', { body: '{"name":' }],
  ['a prototype in JSON', 'PUT', base, 400, 'invalid-json', { body: '{"name":"x","__proto__":{"admin":true}}' }],
  ['NaN in JSON', 'PUT', base, 400, 'invalid-json', { body: '{"name":NaN}' }],
  ['no body', 'PUT', base, 400, 'invalid-request'],
  [
    'an empty body that says it is JSON',
    'PUT',
    base,
    400,
    'invalid-request',
    { headers: { 'content-type': 'application/json' } },
  ],
  ['an array for an object', 'PUT', base, 400, 'invalid-request', { body: [] }],
  ['null for an object', 'PUT', base, 400, 'invalid-request', { body: 'null' }],
  ['a number for a name', 'PUT', base, 400, 'invalid-request', { body: { name: 7 } }],
  ['an empty name', 'PUT', base, 400, 'invalid-request', { body: { name: '' } }],
  ['a zone on Mars', 'PUT', base, 400, 'invalid-request', { body: { name: 'x', timeZone: 'Mars/Olympus' } }],
  ['deep nesting', 'PUT', `${base}/assets`, 400, 'invalid-request', { body: deep }],
  ['deep nesting in a field', 'PUT', `${base}/assets`, 400, 'invalid-request', { body: `{"type":${deep}}` }],
  ['GeoJSON of another type', 'PUT', `${base}/assets`, 400, 'invalid-request', { body: { type: 'Feature' } }],
  ['text', 'PUT', base, 415, 'unsupported-media-type', { body: 'x', headers: { 'content-type': 'text/plain' } }],
  [
    'XML',
    'PUT',
    `${base}/assets`,
    415,
    'unsupported-media-type',
    { body: '<x/>', headers: { 'content-type': 'application/xml' } },
  ],
  ['64 KiB and more', 'PUT', base, 413, 'too-large', { body: { name: 'x'.repeat(70_000) } }],
  ['32 MiB and more of assets', 'PUT', `${base}/assets`, 413, 'too-large', { body: ' '.repeat(33 * 1024 * 1024) }],
  ['an unknown role', 'POST', '/api/v1/tokens', 400, 'invalid-request', { body: { name: 'x', role: 'god' } }],
  ['a token that is not there', 'DELETE', '/api/v1/tokens/none', 404, 'not-found'],
  [
    'maintenance without an end',
    'PUT',
    `${base}/luminaires/L-1/maintenance`,
    400,
    'invalid-request',
    { body: { note: 'x' } },
  ],
  [
    'maintenance until the end of time',
    'PUT',
    `${base}/luminaires/L-1/maintenance`,
    400,
    'invalid-request',
    { body: { until: 9e15 } },
  ],
]

describe('what is wrong is answered with a problem document', () => {
  test.each(cases)('%s', async (_name, method, path, status, code, request) => {
    const answer = await t.call(method, path, request)
    expect(answer.text).not.toMatch(/node_modules|\.ts:\d/)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    const problem = problemSchema.parse(answer.body)
    expect(problem).toMatchObject({
      type: `/problems/${code}`,
      status,
      title: problemCodes[code].title,
      retry: problemCodes[code].retry,
    })
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="fanari"' : null)
    expect(answer.headers.has('allow')).toBe(status === 405)
  })

  test('that names each wrong field', async () => {
    const { body } = await t.call('PUT', base, { body: { name: '', timeZone: 5 } })
    expect((body as { errors: { path: string }[] }).errors.map(({ path }) => path)).toEqual([
      'body.name',
      'body.timeZone',
    ])
  })

  test('even when it is no HTTP at all', async () => {
    const socket = connect(Number(new URL(t.url('/')).port), '127.0.0.1')
    socket.write('HELLO FANARI\r\n\r\n')
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    const [head, body] = Buffer.concat(chunks).toString().split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/)
    expect(problemSchema.parse(JSON.parse(body ?? '')).type).toBe('/problems/invalid-request')
  })

  test('and the neighbours are unharmed', async () => {
    expect((await t.call('GET', `${base}/luminaires/L-1`)).status).toBe(200)
  })

  test('and a body that stops half way changes nothing', async () => {
    await new Promise<void>((resolve) => {
      const half = httpRequest(t.url(`${base}/assets`), {
        method: 'PUT',
        headers: {
          authorization: 'Bearer test-admin-token',
          'content-type': 'application/json',
          'content-length': 1_000,
        },
      })
      half.on('error', () => {})
      half.on('close', resolve)
      half.write('{"type":"FeatureCollection","features":[', () => half.destroy())
    })
    expect((await t.call('GET', `${base}/assets`)).body).toMatchObject({ features: [{ properties: { id: 'L-1' } }] })
  })
})

describe('the OpenAPI document', () => {
  interface Operation {
    summary?: string
    tags?: string[]
    security?: unknown[]
    responses: Record<string, { description: string; content?: Record<string, unknown> }>
  }
  let operations: { name: string; operation: Operation }[]
  beforeAll(async () => {
    const { body } = await t.call('GET', '/api/v1/openapi.json')
    const document = body as { openapi: string; paths: Record<string, Record<string, Operation>> }
    expect(document.openapi).toBe('3.1.0')
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
    )
  })

  test('describes every operation, its success and its problems', () => {
    expect(operations.length).toBeGreaterThan(30)
    for (const { name, operation } of operations) {
      expect([name, operation.summary, operation.tags?.length]).toEqual([name, expect.any(String), 1])
      expect(
        Object.keys(operation.responses).some((status) => /^[23]/.test(status)),
        name,
      ).toBe(true)
      const problems = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400)
      expect(
        problems.map(([status]) => status),
        name,
      ).toEqual(expect.arrayContaining(['400', '500']))
      // GeoReport has a form of its own for errors, which its clients read.
      if (name.includes('/open311/')) continue
      // Pages for citizens say so in a page.
      if (/\/notices\/(unsubscribe|confirm|status)$/.test(name)) continue
      for (const [, { content }] of problems)
        expect(Object.keys(content ?? {}), name).toEqual(['application/problem+json'])
    }
  })

  test('asks a token or a session of every operation that is not for everyone', async () => {
    const { body } = await t.call('GET', '/api/v1/permissions')
    const { permissions, routes } = body as {
      permissions: { permission: string; roles: string[] | null }[]
      routes: { method: string; url: string; permission: string }[]
    }
    const open = new Set(permissions.filter(({ roles }) => roles === null).map(({ permission }) => permission))
    const permissionOf = new Map(
      routes.map(({ method, url, permission }) => [
        `${method.toLowerCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`,
        permission,
      ]),
    )
    for (const { name, operation } of operations) {
      const permission = permissionOf.get(name) ?? ''
      const isOpen = open.has(permission)
      expect([name, operation.security]).toEqual([name, isOpen ? undefined : [{ token: [] }, { session: [] }]])
      if (isOpen) continue
      const refusals = permission === 'account.own' ? ['401'] : ['401', '403']
      expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(refusals))
    }
  })

  test('names every problem code there is, but the one of addresses that are not in it', () => {
    const described = operations.flatMap(({ operation }) =>
      Object.values(operation.responses).map((r) => r.description),
    )
    const missing = Object.keys(problemCodes).filter((code) => !described.some((text) => text.includes(`\`${code}\``)))
    expect(missing).toEqual(['method-not-allowed'])
  })

  test('says of each address of the table above what it really answers', () => {
    const patterns = operations.map(({ name, operation }) => {
      const [method, path = ''] = name.split(' ')
      return { method, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`), operation }
    })
    for (const [name, method, path, status] of cases) {
      const [address = ''] = path.split('?')
      const found = patterns.find((p) => p.method === method.toLowerCase() && p.pattern.test(address))
      if (found !== undefined)
        expect([name, Object.keys(found.operation.responses)]).toEqual([name, expect.arrayContaining([String(status)])])
    }
  })
})
