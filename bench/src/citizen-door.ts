import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { adminToken } from './peers.ts'

/** The citizen line of a running platform, as its clients see it. */
export interface CitizenDoor {
  /** An answer that is neither 200 nor 201 is an error; `path` is below the municipality. */
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer>
  close(): void
}

const citizenTown = 'orestiada'
/** As a proxy before the platform would keep them; what comes while all are in use waits, and its waiting counts. */
const connections = 64

export const openDoor = (base: string): CitizenDoor => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    call: async <Answer>(method: string, path: string, body?: unknown) => {
      const sent = request(new URL(`/api/v1/municipalities/${citizenTown}/${path}`, base), {
        agent,
        method,
        headers: {
          authorization: `Bearer ${adminToken}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      })
      const answered = Promise.withResolvers<IncomingMessage>()
      sent.once('response', answered.resolve).once('error', answered.reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
      const response = await answered.promise
      const answer = await text(response)
      const { statusCode = 0 } = response
      if (statusCode !== 200 && statusCode !== 201) {
        throw new Error(`${method} ${path}: ${statusCode} ${answer.slice(0, 300)}`)
      }
      return JSON.parse(answer) as Answer
    },
    close: () => agent.destroy(),
  }
}
