import { expect } from 'vitest'
import { z } from 'zod'
import { startTestLine, type TestLine } from '../reports/test-line.ts'
import { receiptSchema } from './schemas.ts'

/** For tests: a citizen line and a client of GeoReport with a key. */
export interface TestOpen311 extends TestLine {
  key: string
  get(path: string): Promise<Open311Answer>
  /** Reads JSON by its schema. */
  json<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>>
  send(path: string, form: Record<string, string | string[]>, headers?: Record<string, string>): Promise<Open311Answer>
  /** Sends a request and answers its id. */
  request(more?: Record<string, string | string[]>): Promise<string>
}
interface Open311Answer {
  status: number
  headers: Headers
  text: string
}

export const at = '/open311/v2'

export const startTestOpen311 = async (): Promise<TestOpen311> => {
  const t = await startTestLine()
  const { body } = await t.call('POST', '/api/v1/tokens', { body: { name: 'fixmystreet', role: 'partner' } })
  const { token: key } = body as { token: string }
  const answerOf = async (response: Response): Promise<Open311Answer> => ({
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  })
  const get: TestOpen311['get'] = async (path) => answerOf(await fetch(t.url(`${at}/${path}`)))
  const send: TestOpen311['send'] = async (path, form, headers = {}) => {
    const body = new URLSearchParams()
    for (const [name, values] of Object.entries(form)) for (const value of [values].flat()) body.append(name, value)
    const response = await fetch(t.url(`${at}/${path}`), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...headers },
      body: body.toString(),
    })
    return answerOf(response)
  }
  return {
    ...t,
    // `restart` gives the test another api.
    get api() {
      return t.api
    },
    key,
    get,
    send,
    json: async (path, schema) => {
      const { status, text } = await get(path)
      expect(status, text).toBe(200)
      return schema.parse(JSON.parse(text))
    },
    request: async (more = {}) => {
      const { status, text } = await send('requests.json', {
        api_key: key,
        service_code: 'street-light-out',
        'attribute[LUMINAIRE]': 'A-1',
        description: 'Δεν ανάβει από χθες',
        ...more,
      })
      expect(status, text).toBe(200)
      const [receipt] = z.array(receiptSchema).parse(JSON.parse(text))
      return receipt?.service_request_id ?? ''
    },
  }
}
