import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { adminToken, startTestApi, type TestApi } from '../test-api.ts'

const base = '/api/v1/municipalities/orestiada'
const mebibyte = 1024 * 1024

let t: TestApi
beforeAll(async () => {
  t = await startTestApi()
})
afterAll(() => t.close())

/** A client that writes HTTP by hand and keeps what it is answered. */
const openClient = async () => {
  // As C programs do: the server's FIN does not keep it from sending on.
  const socket = connect({ port: Number(new URL(t.url('/')).port), host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  const chunks: Buffer[] = []
  const errors: Error[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', (error) => errors.push(error))
  await once(socket, 'connect')
  return { socket, errors, answer: () => Buffer.concat(chunks).toString() }
}

/** Resolves when the kernel has taken the bytes, or the connection has failed. */
const send = (socket: Socket, bytes: string | Buffer): Promise<void> =>
  new Promise((resolve) => socket.write(bytes, () => resolve()))

const head = (path: string, ...headers: string[]): string =>
  [
    `PUT ${path} HTTP/1.1`,
    'host: fanari',
    `authorization: Bearer ${adminToken}`,
    'content-type: application/json',
    ...headers,
    '',
    '',
  ].join('\r\n')

const lengthOf = (bytes: number): string => `content-length: ${bytes}`
const chunk = Buffer.alloc(mebibyte, ' ')
const answered = (status: number): RegExp =>
  new RegExp(`^HTTP/1\\.1 ${status} .*connection: close.*\\r\\n\\r\\n\\{.*"status":${status},.*\\}$`, 's')

describe('a client that goes on sending gets its answer, may send the rest, and is then closed', () => {
  test.each<[name: string, status: number, head: string]>([
    ['an import that says it is too large', 413, head(`${base}/assets`, lengthOf(33 * mebibyte))],
    ['a document that says it is too large', 413, head(base, lengthOf(33 * mebibyte))],
    ['what it sends without a token', 401, head(base, lengthOf(33 * mebibyte)).replace(adminToken, 'wrong')],
    ['XML', 415, head(base, lengthOf(33 * mebibyte)).replace('/json', '/xml')],
    ['a body for no address', 413, head('/api/v1/nowhere', lengthOf(33 * mebibyte))],
    ['a body for an address that cannot be read', 400, head('/%zz', lengthOf(33 * mebibyte))],
    ['and it wanted to be closed anyway', 413, head(base, lengthOf(33 * mebibyte), 'connection: close')],
  ])('%s', async (_name, status, request) => {
    const { socket, errors, answer } = await openClient()
    await send(socket, request)
    // The answer does not wait for the body.
    await once(socket, 'data')
    expect(answer()).toMatch(answered(status))
    const ended = once(socket, 'end')
    for (let sent = 0; sent < 33; sent++) await send(socket, chunk)
    await ended
    expect(errors).toEqual([])
    expect(answer()).toMatch(answered(status))
  })

  test('a body in chunks that tells its length only by being too long', async () => {
    const { socket, errors, answer } = await openClient()
    const ended = once(socket, 'end')
    await send(socket, head(base, 'transfer-encoding: chunked'))
    for (let sent = 0; sent < 33; sent++) {
      await send(socket, `${chunk.length.toString(16)}\r\n`)
      await send(socket, chunk)
      await send(socket, '\r\n')
    }
    await send(socket, '0\r\n\r\n')
    await ended
    expect(errors).toEqual([])
    expect(answer()).toMatch(answered(413))
  })

  test('what is no HTTP, and a lot of it', async () => {
    const { socket, errors, answer } = await openClient()
    await send(socket, 'HELLO FANARI\r\n\r\n')
    for (let sent = 0; sent < 33; sent++) await send(socket, chunk)
    expect(answer()).toMatch(/^HTTP\/1\.1 400 .*"status":400,/s)
    expect(errors).toEqual([])
  })
})

test('fetch, which sends its body in one go, always sees the refusal', async () => {
  const body = ' '.repeat(8 * mebibyte)
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(Array.from({ length: 3 }, () => t.call('PUT', base, { body })))
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413])
  }
})

test('a client that never stops is cut off', async () => {
  const { socket, answer } = await openClient()
  let sentMebibytes = 0
  await send(socket, head(base, lengthOf(1024 * mebibyte)))
  while (!socket.destroyed && sentMebibytes < 1024) {
    await send(socket, chunk)
    sentMebibytes++
  }
  expect(sentMebibytes).toBeLessThan(200)
  expect(answer()).toMatch(answered(413))
})

test('the connection of a request that is refused with its whole body there goes on', async () => {
  const { socket, answer } = await openClient()
  for (let round = 1; round <= 2; round++) {
    const heard = once(socket, 'data')
    await send(socket, `${head(base, lengthOf(2))}{}`)
    await heard
    expect(answer().match(/HTTP\/1\.1 400 /g)).toHaveLength(round)
  }
})
