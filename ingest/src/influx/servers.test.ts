import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createInfluxServer, type InfluxConnection } from './server.ts'
import { createStorage } from './storage.ts'
import { createWriter } from './writer.ts'

/*
 * 2.x and 3 cannot be run here. Their statuses, headers and bodies are played back as their sources have them:
 * http/legacy/write_handler.go and tenant/http_server_bucket.go of v2.9.1, influxdb3_server/src/http.rs of v3.10.1. What 1.x does is
 * tested with a real server, in tests/.
 */

interface Exchange {
  status: number
  body?: unknown
  headers?: Record<string, string>
}
interface Asked {
  method: string
  path: string
  authorization: string | undefined
  body: string
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
}

/** A server that answers by rule and remembers what it was asked. */
const playBack = async (answer: (asked: Asked) => Exchange): Promise<{ url: string; asked: Asked[] }> => {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    const one = { method, path, authorization: headers.authorization, body: await readBody(request) }
    asked.push(one)
    const { status, body, headers: more } = answer(one)
    response.writeHead(status, { 'content-type': 'application/json', ...more })
    response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const connectionTo = (url: string): InfluxConnection => ({
  url,
  database: 'fanari',
  login: { kind: 'token', token: 'a-token' },
})

const writeTo = async (url: string, lines: string[]) => {
  const writer = createWriter(connectionTo(url))
  onTestFinished(() => writer.close())
  return writer.write('raw', lines)
}

describe('storage of 2.x', () => {
  const ping = { status: 204, headers: { 'x-influxdb-version': 'v2.9.1', 'x-influxdb-build': 'OSS' } }

  it('is a bucket for each retention policy, made where it is missing', async () => {
    const { url, asked } = await playBack(({ method, path }) => {
      if (path === '/ping') return ping
      if (path.startsWith('/api/v2/orgs')) return { status: 200, body: { orgs: [{ id: '0a1b', name: 'town' }] } }
      if (method === 'GET')
        return path.includes('fanari%2Fraw')
          ? { status: 200, body: { buckets: [{ id: 'b1', name: 'fanari/raw' }] } }
          : { status: 200, body: { buckets: [] } }
      return { status: 201, body: { id: 'b2' } }
    })
    const server = createInfluxServer(connectionTo(url))
    expect(await createStorage(server, { database: 'fanari', org: 'town' })).toEqual({
      major: 2,
      version: 'v2.9.1',
      created: ['fanari/records', 'fanari/h1', 'fanari/d1'],
    })
    const made = asked.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body))
    expect(made).toEqual([
      {
        orgID: '0a1b',
        name: 'fanari/records',
        retentionRules: [{ type: 'expire', everySeconds: 157_766_400, shardGroupDurationSeconds: 2_592_000 }],
      },
      {
        orgID: '0a1b',
        name: 'fanari/h1',
        retentionRules: [{ type: 'expire', everySeconds: 157_766_400, shardGroupDurationSeconds: 2_592_000 }],
      },
      { orgID: '0a1b', name: 'fanari/d1', retentionRules: [] },
    ])
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(['Token a-token']))
  })

  it('is not guessed at where a token sees several organisations', async () => {
    const { url } = await playBack(({ path }) =>
      path === '/ping' ? ping : { status: 200, body: { orgs: [{ id: '1' }, { id: '2' }] } },
    )
    const server = createInfluxServer(connectionTo(url))
    await expect(createStorage(server, { database: 'fanari' })).rejects.toThrow('FANARI_INFLUX_ORG')
  })
})

describe('storage of 3', () => {
  it('is a database for each retention policy; one that is there stays', async () => {
    const { url, asked } = await playBack(({ path, body }) => {
      if (path === '/ping') return { status: 200, headers: { 'x-influxdb-version': '3.10.1' }, body: {} }
      return body.includes('fanari/raw')
        ? { status: 409, body: { error: 'already exists' } }
        : { status: 200, body: '' }
    })
    const server = createInfluxServer(connectionTo(url))
    const found = await createStorage(server, { database: 'fanari' })
    expect(found.created).toEqual(['fanari/records', 'fanari/h1', 'fanari/d1'])
    expect(asked.slice(1).map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      ['/api/v3/configure/database', { db: 'fanari/raw', retention_period: '90d' }],
      ['/api/v3/configure/database', { db: 'fanari/records', retention_period: '1826d' }],
      ['/api/v3/configure/database', { db: 'fanari/h1', retention_period: '1826d' }],
      ['/api/v3/configure/database', { db: 'fanari/d1' }],
    ])
  })
})

it('a server that is no InfluxDB is told apart', async () => {
  const { url } = await playBack(() => ({ status: 200, body: 'hello' }))
  await expect(createInfluxServer(connectionTo(url)).version()).rejects.toThrow('is no InfluxDB')
})

describe('a batch of lines', () => {
  const lines = ['m v=1 1', 'm v="bad" 2', 'm v=3 3', 'm v=4 4', 'm v=5 5']

  it('that is taken goes once, whole, to the database and policy', async () => {
    const { url, asked } = await playBack(() => ({ status: 204 }))
    expect(await writeTo(url, lines)).toEqual({ kind: 'taken', refused: [], beyondRetention: 0 })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/write?db=fanari&rp=raw&precision=ms',
      authorization: 'Token a-token',
      body: lines.join('\n'),
    })
  })

  it('of which 2.x takes a part is searched for the one it does not', async () => {
    const { url, asked } = await playBack(({ body }) =>
      body.includes('"bad"')
        ? {
            status: 422,
            body: {
              code: 'unprocessable entity',
              message:
                'failure writing points to database: partial write: field type conflict: input field "v" on measurement "m" is type string, already exists as type float dropped=1',
            },
          }
        : { status: 204 },
    )
    const outcome = await writeTo(url, lines)
    expect(outcome).toMatchObject({ kind: 'taken', refused: [{ line: 'm v="bad" 2' }] })
    // All five; three, two, one, one; one; two.
    expect(asked).toHaveLength(7)
  })

  it.each([400, 201])('of which 3 takes a part, with status %i, says itself which it does not', async (status) => {
    const { url, asked } = await playBack(() => ({
      status,
      body: {
        error: 'partial write of line protocol occurred',
        data: [{ original_line: 'm v="bad" 2', line_number: 2, error_message: 'invalid column type for column v' }],
      },
    }))
    expect(await writeTo(url, lines)).toEqual({
      kind: 'taken',
      refused: [{ line: 'm v="bad" 2', reason: 'invalid column type for column v' }],
      beyondRetention: 0,
    })
    expect(asked).toHaveLength(1)
  })

  it('that is poison through and through ends, each line set aside', async () => {
    const { url } = await playBack(() => ({ status: 400, body: { error: 'unable to parse' } }))
    const outcome = await writeTo(url, lines)
    expect(outcome.kind === 'taken' && outcome.refused.map(({ line }) => line)).toEqual(lines)
  })

  it('that is too large for the server goes in parts', async () => {
    const { url, asked } = await playBack(({ body }) => ({ status: body.split('\n').length > 2 ? 413 : 204 }))
    expect(await writeTo(url, lines)).toEqual({ kind: 'taken', refused: [], beyondRetention: 0 })
    expect(
      new Set(asked.filter(({ body }) => body.split('\n').length <= 2).flatMap(({ body }) => body.split('\n'))),
    ).toEqual(new Set(lines))
  })

  it.each([
    [401, { code: 'unauthorized', message: 'unauthorized access' }, 'unavailable'],
    [429, { message: 'too many requests' }, 'unavailable'],
    [500, { error: 'timeout' }, 'unavailable'],
    [503, { message: 'unavailable' }, 'unavailable'],
    [500, { error: 'retention policy not found: raw' }, 'noStorage'],
    [404, { code: 'not found', message: 'bucket "fanari/raw" not found' }, 'noStorage'],
  ])('that meets %i %j is kept for later: %s', async (status, body, kind) => {
    const { url, asked } = await playBack(() => ({ status, body }))
    expect(await writeTo(url, lines)).toMatchObject({ kind })
    expect(asked).toHaveLength(1)
  })

  it('that meets nobody is kept for later', async () => {
    expect(await writeTo('http://127.0.0.1:9', lines)).toMatchObject({ kind: 'unavailable' })
  })
})
