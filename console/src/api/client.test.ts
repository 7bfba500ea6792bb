import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createApiClient } from './client.ts'

let server: Server | undefined
afterEach(() => server?.close())

/** A server that answers each request, by its address, with what `answers` says. */
const clientOf = async (answers: Record<string, { status?: number; body: string }>) => {
  const asked: string[] = []
  const listening = createServer((request, response) => {
    const address = decodeURIComponent(request.url ?? '')
    asked.push(`${request.method} ${address} ${request.headers.authorization ?? ''}`.trim())
    const answer = answers[address] ?? { status: 404, body: '{"title":"There is nothing at this address"}' }
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' })
    response.end(answer.body)
  })
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
  return { client: createApiClient({ origin }), asked }
}

const town = '/api/v1/municipalities/orestiada'

describe('the API client', () => {
  test('follows a list to its last page', async () => {
    const { client } = await clientOf({
      [`${town}/incidents?state=open`]: { body: '{"items":[{"id":"a"}],"next":"p2"}' },
      [`${town}/incidents?state=open&cursor=p2`]: { body: '{"items":[{"id":"b"}],"next":null}' },
    })
    const incidents = await client.openIncidents('orestiada')
    expect(incidents.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('asks for every ticket that is not closed', async () => {
    const statuses = 'status=open&status=assigned&status=inProgress&status=waiting&status=resolved'
    const { client } = await clientOf({ [`${town}/tickets?${statuses}`]: { body: '{"items":[],"next":null}' } })
    expect(await client.openTickets('orestiada')).toEqual([])
  })

  test('shows the token where something is written', async () => {
    const { client, asked } = await clientOf({ [`${town}/tickets/t-1/events`]: { body: '{}' } })
    await client.act('orestiada', 't-1', { event: 'assigned' }, 'secret')
    expect(asked).toEqual([`POST ${town}/tickets/t-1/events Bearer secret`])
  })

  test.each([
    [
      'says what the problem document says',
      { status: 409, body: '{"title":"Conflict","detail":"It is closed"}' },
      { status: 409, message: 'It is closed' },
    ],
    [
      'says the title when there is no detail',
      { status: 401, body: '{"title":"A valid token is needed"}' },
      { status: 401, message: 'A valid token is needed' },
    ],
    [
      'says the status when the answer is no document',
      { status: 502, body: '<html>' },
      { status: 502, message: 'HTTP 502' },
    ],
    [
      'refuses an answer that is not JSON',
      { status: 200, body: '<html>' },
      { status: 200, message: 'The answer is not JSON' },
    ],
  ])('%s', async (_name, answer, error) => {
    const { client } = await clientOf({ '/api/v1/platform': answer })
    await expect(client.platform()).rejects.toMatchObject({ name: 'ApiError', ...error })
  })

  test('says that nobody answered with status 0', async () => {
    const { client } = await clientOf({})
    await new Promise((resolve) => server?.close(resolve))
    await expect(client.platform()).rejects.toMatchObject({ name: 'ApiError', status: 0 })
  })
})
