import type { RetentionPolicy } from '@fanari/contracts'

/** How to reach InfluxDB, and as whom. */
export interface InfluxConnection {
  /** `http://host:8086`, with a path where a proxy wants one. */
  url: string
  /** Of 1.x; buckets `{database}/{policy}` of 2.x and databases of that name of 3. */
  database: string
  /** Organisation of 2.x, by name; the only one when it is not given. */
  org?: string | undefined
  login: { kind: 'none' } | { kind: 'token'; token: string } | { kind: 'password'; username: string; password: string }
}

export type InfluxMajor = 1 | 2 | 3

export interface InfluxSeries {
  name: string
  tags: Record<string, string>
  columns: string[]
  values: (string | number | boolean | null)[][]
}

/** The server answers something else than it should; `status` 0: it does not answer. */
export class InfluxError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.name = 'InfluxError'
    this.status = status
  }
}

/** Everything but writing points: which server it is, what it holds. All calls reject with an InfluxError. */
export interface InfluxServer {
  /** The header every major sends with `GET /ping`. */
  version(): Promise<{ major: InfluxMajor; version: string }>
  /** One InfluxQL statement over one retention policy; `$name` stands for a parameter. Times in ms. */
  query(policy: RetentionPolicy, statement: string, parameters?: Record<string, string>): Promise<InfluxSeries[]>
  /** A statement of 1.x that is about the server and no policy. */
  command(statement: string): Promise<InfluxSeries[]>
  /** JSON to and from an endpoint of 2.x or 3. A status outside `accepted` and 2xx rejects. */
  call(
    method: string,
    path: string,
    body: unknown,
    accepted?: readonly number[],
  ): Promise<{ status: number; json: unknown }>
}

/** A query that takes longer helps nobody [ms]. */
const timeoutMs = 60_000

export const authorizationOf = (login: InfluxConnection['login']): Record<string, string> => {
  switch (login.kind) {
    case 'none':
      return {}
    case 'token':
      // 3 takes `Token` as well as `Bearer`; 2.x takes nothing else.
      return { authorization: `Token ${login.token}` }
    case 'password':
      return {
        authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`,
      }
  }
}

export const createInfluxServer = ({ url, database, login }: InfluxConnection): InfluxServer => {
  const base = url.replace(/\/+$/, '')
  const headers = authorizationOf(login)

  const request = async (path: string, init: RequestInit): Promise<Response> => {
    try {
      return await fetch(`${base}${path}`, { ...init, signal: AbortSignal.timeout(timeoutMs) })
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
      throw new InfluxError(0, `${String(error)}${cause}`)
    }
  }

  const select = async (parameters: Record<string, string>): Promise<InfluxSeries[]> => {
    const response = await request('/query', {
      method: 'POST',
      headers: { ...headers, accept: 'application/json' },
      body: new URLSearchParams({ epoch: 'ms', ...parameters }),
    })
    const answer = readAnswer(await response.text())
    const error = answer.error ?? answer.results?.find((result) => result.error !== undefined)?.error
    if (error !== undefined || !response.ok)
      throw new InfluxError(response.ok ? 400 : response.status, error ?? `status ${response.status}`)
    return (answer.results ?? []).flatMap(({ series = [] }) =>
      series.map(({ name, tags = {}, columns, values = [] }) => ({ name, tags, columns, values })),
    )
  }

  return {
    async version() {
      const response = await request('/ping', { headers })
      const version = response.headers.get('x-influxdb-version') ?? ''
      const major = /^v?([123])\./.exec(version)?.[1]
      if (major === undefined)
        throw new InfluxError(response.status, `${base} is no InfluxDB of 1.x, 2.x or 3: version "${version}"`)
      return { major: Number(major) as InfluxMajor, version }
    },
    query: (policy, statement, parameters = {}) =>
      select({ db: database, rp: policy, q: statement, params: JSON.stringify(parameters) }),
    command: (statement) => select({ q: statement }),
    async call(method, path, body, accepted = []) {
      const response = await request(path, {
        method,
        headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok && !accepted.includes(response.status))
        throw new InfluxError(response.status, `${method} ${path}: ${response.status} ${text.slice(0, 300)}`)
      return { status: response.status, json: readJson(text) }
    },
  }
}

interface QueryAnswer {
  error?: string
  results?: { error?: string; series?: (Omit<InfluxSeries, 'tags' | 'values'> & Partial<InfluxSeries>)[] }[]
}

const readAnswer = (text: string): QueryAnswer => {
  const json = readJson(text)
  return typeof json === 'object' && json !== null ? json : { error: text.slice(0, 300) }
}

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
