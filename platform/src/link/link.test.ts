import { request } from 'node:http'
import { type Log, ProblemError, type Readiness } from '@fanari/contracts'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLinkClient, type LinkClient } from './client.ts'
import { createInnerDoor, type InnerDoor } from './inner-door.ts'
import { createPeer, readinessStream } from './peer.ts'
import { linkVersion, versionHeader } from './protocol.ts'

const quiet: Log = () => {}
const secret = 'secret-of-this-platform'
const patiently = <T>(assertion: () => T | Promise<T>) => vi.waitFor(assertion, { timeout: 20_000, interval: 10 })

let readiness: Readiness[]
const listeners = new Set<(message: unknown) => void>()
let door: InnerDoor
let client: LinkClient
let url: string

const doorAt = (port: number): InnerDoor =>
  createInnerDoor({
    host: '127.0.0.1',
    port,
    secret,
    calls: {
      'echo.say': async (...args) => args,
      'echo.nothing': async () => undefined,
      'echo.refuse': async () => {
        throw new ProblemError('conflict', 'not twice')
      },
      'echo.fail': async () => {
        throw new Error('the disk is full')
      },
    },
    streams: {
      numbers: (send) => {
        listeners.add(send)
        return () => listeners.delete(send)
      },
      readiness: readinessStream(() => readiness),
    },
    readiness: () => readiness,
    metrics: () => [{ name: 'fanari_x_total', help: 'X', type: 'counter', values: [{ value: 1 }] }],
    log: quiet,
  })

beforeEach(async () => {
  readiness = [{ ready: true, detail: 'all is well' }]
  door = doorAt(0)
  await door.start()
  url = `http://127.0.0.1:${door.port()}`
  client = createLinkClient({ peer: 'other', url, secret, log: quiet })
})
afterEach(async () => {
  client.close()
  await door.stop()
})

/** The door again where it was, as after a crash of its process. */
const restartDoor = async (): Promise<void> => {
  const port = door.port() ?? 0
  await door.stop()
  door = doorAt(port)
  await door.start()
}

describe('a call of another process', () => {
  test('answers what the port answers, text of any script included', async () => {
    expect(await client.call('echo.say', ['Ορεστιάδα', { lit: 3 }, [null, 1.5]])).toEqual([
      'Ορεστιάδα',
      { lit: 3 },
      [null, 1.5],
    ])
    expect(await client.call('echo.nothing', [])).toBeUndefined()
  })

  test.each([
    ['a refusal comes with its code', 'echo.refuse', 'conflict', 'other: not twice'],
    ['a failure may be tried again', 'echo.fail', 'not-ready', 'other: the disk is full'],
    ['so may a call that is not there', 'toString', 'not-ready', 'other: there is no calls toString'],
  ])('%s', async (_, name, code, message) => {
    await expect(client.call(name, [])).rejects.toMatchObject({ name: 'ProblemError', code, message })
  })

  test('says who is away when nobody answers, and works again when it is back, though connections were kept', async () => {
    await client.call('echo.say', [])
    const port = door.port() ?? 0
    await door.stop()
    await expect(client.call('echo.say', [])).rejects.toMatchObject({
      code: 'not-ready',
      message: expect.stringMatching(/^the service other is away: connect ECONNREFUSED/),
    })
    door = doorAt(port)
    await door.start()
    expect(await client.call('echo.say', [1])).toEqual([1])
    await restartDoor()
    expect(await client.call('echo.say', [2])).toEqual([2])
    const failures = client.metrics().find(({ name }) => name === 'fanari_link_call_failures_total')
    expect(failures?.values).toEqual([{ labels: { peer: 'other' }, value: 1 }])
  })
})

describe('the inner door', () => {
  const ask = (path: string, headers: Record<string, string> = {}, body?: string) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const sent = request(
        `${url}${path}`,
        { method: body === undefined ? 'GET' : 'POST', headers },
        async (response) => {
          let text = ''
          for await (const chunk of response) text += chunk
          resolve({ status: response.statusCode, text })
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  const known = { authorization: `Bearer ${secret}`, [versionHeader]: linkVersion }

  test.each([
    ['no secret', {}, '[]', 401],
    ['another secret', { ...known, authorization: 'Bearer guess' }, '[]', 401],
    ['another release', { ...known, [versionHeader]: '0' }, '[]', 409],
    ['no JSON', known, '[1', 400],
    ['no array', known, '{"length":1}', 400],
  ])('refuses %s', async (_, headers, body, status) => {
    expect(await ask('/link/calls/echo.say', headers, body)).toMatchObject({ status })
  })

  test.each(['/', '/link/streams/none', '/link/else/echo.say', '/api/v1/platform'])(
    'has nothing at %s',
    async (path) => {
      expect(await ask(path, known)).toMatchObject({ status: 404 })
    },
  )

  test('refuses arguments larger than 64 MiB and goes on', async () => {
    const large = `[${JSON.stringify('x'.repeat(64 * 1024 * 1024))}]`
    // Whether the answer or the end of the connection comes first is the network's matter.
    const answer = await ask('/link/calls/echo.say', known, large).catch(() => ({ status: 413 }))
    expect(answer).toMatchObject({ status: 413 })
    expect(await client.call('echo.say', [1])).toEqual([1])
  })

  test('tells orchestrators of its health without a secret', async () => {
    expect(await ask('/healthz')).toMatchObject({ status: 200 })
    expect(await ask('/readyz')).toEqual({ status: 200, text: '{"status":"ready","services":["all is well"]}' })
    readiness = [{ ready: false, detail: 'still asleep' }]
    const waiting = await ask('/readyz')
    expect(waiting.status).toBe(503)
    expect(JSON.parse(waiting.text)).toMatchObject({ type: '/problems/not-ready', detail: 'still asleep', retry: true })
    expect(await ask('/metrics')).toMatchObject({ status: 200, text: expect.stringContaining('fanari_x_total 1') })
  })
})

describe('a stream of another process', () => {
  test('comes in order, ends with its process, and is there again with it', async () => {
    const seen: unknown[] = []
    client.follow('numbers', {
      onMessage: (message) => seen.push(message),
      onUp: () => seen.push('up'),
      onDown: () => seen.push('down'),
    })
    await patiently(() => expect(listeners.size).toBe(1))
    for (const send of listeners) for (const number of [1, 2, 3]) send(number)
    await patiently(() => expect(seen).toEqual(['up', 1, 2, 3]))
    await restartDoor()
    await patiently(() => expect(seen).toEqual(['up', 1, 2, 3, 'down', 'up']))
    await patiently(() => expect(listeners.size).toBe(1))
    for (const send of listeners) send('φως')
    await patiently(() => expect(seen.at(-1)).toBe('φως'))
  })

  test('ends at the other side when it is followed no more', async () => {
    const end = client.follow('numbers', { onMessage: () => {} })
    await patiently(() => expect(listeners.size).toBe(1))
    end()
    await patiently(() => expect(listeners.size).toBe(0))
  })

  test('whoever does not read it is cut off and comes back', async () => {
    let ups = 0
    client.follow('numbers', { onMessage: () => {}, onUp: () => ups++ })
    await patiently(() => expect(listeners.size).toBe(1))
    // All in one turn: nothing of it can leave meanwhile.
    const message = 'x'.repeat(1024 * 1024)
    for (const send of [...listeners]) for (let i = 0; i < 40; i++) send(message)
    await patiently(() => expect(ups).toBe(2))
  })
})

test('a peer is away until it is heard, and then as ready as it says', async () => {
  const peer = createPeer('other', client)
  const away = [{ ready: false, detail: 'the service other is away' }]
  expect(peer.readiness()).toEqual(away)
  peer.start()
  await patiently(() => expect(peer.readiness()).toEqual([{ ready: true, detail: 'all is well' }]))
  readiness = [{ ready: false, detail: 'the disk is full' }]
  await patiently(() => expect(peer.readiness()).toEqual(readiness))
  await door.stop()
  await patiently(() => expect(peer.readiness()).toEqual(away))
  peer.stop()
})
