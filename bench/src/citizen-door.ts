import { adminToken } from './peers.ts'

/** The citizen line of a running platform, as its clients see it. */
export interface CitizenDoor {
  /** An answer that is neither 200 nor 201 is an error; `path` is below the municipality. */
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer>
}

const citizenTown = 'orestiada'

export const openDoor = (base: string): CitizenDoor => ({
  call: async <Answer>(method: string, path: string, body?: unknown) => {
    const response = await fetch(`${base}/api/v1/municipalities/${citizenTown}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`)
    return JSON.parse(text) as Answer
  },
})
