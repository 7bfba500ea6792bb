import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A real HTTP receiver, such as an SMS gateway. What it answers is the test's. */
export interface Gateway {
  url: string
  requests: { headers: Record<string, string | string[] | undefined>; body: string }[]
  answer: (body: string) => { status: number; headers?: Record<string, string>; text?: string }
  stop(): Promise<void>
}

export const startGateway = async (): Promise<Gateway> => {
  const server = createServer((request, response) => {
    text(request).then((body) => {
      gateway.requests.push({ headers: request.headers, body })
      const { status, headers = {}, text: said = '' } = gateway.answer(body)
      response.writeHead(status, headers).end(said)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const gateway: Gateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`,
    requests: [],
    answer: () => ({ status: 200 }),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return gateway
}
