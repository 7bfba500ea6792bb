import {
  type AssetFeature,
  type CommunityStatus,
  communityStatusSchema,
  type ImportAnswer,
  type Incident,
  importAnswerSchema,
  incidentSchema,
  type LuminaireStatus,
  luminaireStatusSchema,
  type QuarantineItem,
  quarantineItemSchema,
  type ReceivedReading,
  type Ticket,
  ticketSchema,
} from '@fanari/contracts'
import type { z } from 'zod'

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The text as JSON; undefined when it is none. */
  json: unknown
}

export interface Request {
  /** Sent as it is when it is text, else as JSON. */
  body?: unknown
  /** null: without any; the administrator's when left out. */
  token?: string | null
  headers?: Record<string, string>
}

/** The HTTP API as a program of another maker would use it. */
export interface ApiClient {
  call(method: string, path: string, request?: Request): Promise<Answer>
  town(municipality: string): TownClient
}

/** One municipality through the HTTP API; every answer is checked against its schema. */
export interface TownClient {
  readonly path: string
  importAssets(features: readonly AssetFeature[]): Promise<ImportAnswer>
  incidents(state?: 'open' | 'resolved' | 'all'): Promise<Incident[]>
  tickets(): Promise<Ticket[]>
  light(id: string): Promise<LuminaireStatus>
  readings(id: string): Promise<ReceivedReading[]>
  communities(): Promise<CommunityStatus[]>
  quarantine(): Promise<QuarantineItem[]>
}

export const createApiClient = (origin: string, token: string): ApiClient => {
  const call: ApiClient['call'] = async (method, path, request = {}) => {
    const { body } = request
    const bearer = request.token === undefined ? token : request.token
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: asJson(text) }
  }

  const read = async (method: string, path: string, request?: Request): Promise<unknown> => {
    const answer = await call(method, path, request)
    if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`)
    return answer.json
  }

  const list = async <Item>(path: string, schema?: z.ZodType<Item>): Promise<Item[]> => {
    const { items } = (await read('GET', path)) as { items: unknown[] }
    return schema === undefined ? (items as Item[]) : items.map((item) => schema.parse(item))
  }

  return {
    call,
    town: (municipality) => {
      const path = `/api/v1/municipalities/${municipality}`
      return {
        path,
        importAssets: async (features) => {
          const body = { type: 'FeatureCollection', features }
          return importAnswerSchema.parse(await read('PUT', `${path}/assets`, { body }))
        },
        incidents: (state = 'all') => list(`${path}/incidents?state=${state}`, incidentSchema),
        tickets: () => list(`${path}/tickets`, ticketSchema),
        light: async (id) => luminaireStatusSchema.parse(await read('GET', `${path}/luminaires/${id}`)),
        readings: (id) => list(`${path}/luminaires/${id}/readings?limit=100000`),
        communities: () => list(`${path}/communities`, communityStatusSchema),
        quarantine: () => list(`${path}/quarantine`, quarantineItemSchema),
      }
    },
  }
}

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
