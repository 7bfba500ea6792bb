import type {
  AssetFeature,
  AssetKind,
  CommunityStatus,
  Incident,
  IncidentExplanation,
  LightExplanation,
  LuminaireStatus,
  Problem,
  ReceivedReading,
  RollCall,
  Ticket,
  TicketAction,
} from '@fanari/contracts'
import { ticketStatuses } from '@fanari/contracts'
import type { LightsSnapshot, Page, PlatformInfo, Session } from './types.ts'

/** A refusal or failure of the API, with the RFC 9457 document when it sent one. `status` 0: nothing was answered. */
export class ApiError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
  }
}

export interface ApiClient {
  platform(): Promise<PlatformInfo>
  assets<Kind extends AssetKind>(municipality: string, kind: Kind): Promise<FeatureOf<Kind>[]>
  lights(municipality: string): Promise<LightsSnapshot>
  communities(municipality: string): Promise<CommunityStatus[]>
  openIncidents(municipality: string): Promise<Incident[]>
  /** Every ticket that is not closed. */
  openTickets(municipality: string): Promise<Ticket[]>
  luminaire(municipality: string, id: string): Promise<LuminaireStatus>
  /** `null` for a light that the detector does not know yet. */
  explainLight(municipality: string, id: string): Promise<LightExplanation | null>
  explainIncident(municipality: string, id: string): Promise<IncidentExplanation>
  /** Of the newest night that has some, in order. */
  rollCalls(municipality: string): Promise<RollCall[]>
  readings(
    municipality: string,
    id: string,
    range: { fromMs: number; toMs: number; limit: number },
  ): Promise<ReceivedReading[]>
  session(token: string): Promise<Session>
  act(municipality: string, ticket: string, action: TicketAction, token: string): Promise<void>
  streamUrl(municipality: string): string
}

export type FeatureOf<Kind extends AssetKind> = Extract<AssetFeature, { properties: { kind: Kind } }>

/** Pages of a list are followed to the end, but never without bound. */
const maxPages = 50

/** The HTTP API as the pages use it. Every method rejects with an `ApiError`. */
export const createApiClient = (options: { origin?: string; fetch?: typeof fetch } = {}): ApiClient => {
  const { origin = '', fetch: send = (input, init) => fetch(input, init) } = options
  const root = `${origin}/api/v1`
  const town = (municipality: string) => `${root}/municipalities/${encodeURIComponent(municipality)}`

  const request = async <Answer>(url: string, init?: RequestInit): Promise<Answer> => {
    const response = await send(url, init).catch((error: unknown) => {
      throw new ApiError(0, error instanceof Error ? error.message : String(error))
    })
    const body: unknown = await response.json().catch(() => null)
    if (!response.ok) throw new ApiError(response.status, describeProblem(body) ?? `HTTP ${response.status}`)
    if (body === null) throw new ApiError(response.status, 'The answer is not JSON')
    return body as Answer
  }

  const post = <Answer>(url: string, token: string, body: unknown): Promise<Answer> =>
    request(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  const list = async <Item>(url: string, query: [string, string][] = []): Promise<Item[]> => {
    const items: Item[] = []
    let cursor: string | null = null
    for (let page = 0; page < maxPages; page++) {
      const search = new URLSearchParams(cursor === null ? query : [...query, ['cursor', cursor]])
      const answer: Page<Item> = await request(search.size === 0 ? url : `${url}?${search}`)
      items.push(...answer.items)
      cursor = answer.next
      if (cursor === null) break
    }
    return items
  }

  return {
    platform: () => request(`${root}/platform`),
    assets: async <Kind extends AssetKind>(municipality: string, kind: Kind) => {
      const answer: { features: FeatureOf<Kind>[] } = await request(`${town(municipality)}/assets?kind=${kind}`)
      return answer.features
    },
    lights: (municipality) => request(`${town(municipality)}/lights`),
    communities: (municipality) => list(`${town(municipality)}/communities`),
    openIncidents: (municipality) => list(`${town(municipality)}/incidents`, [['state', 'open']]),
    openTickets: (municipality) =>
      list(
        `${town(municipality)}/tickets`,
        ticketStatuses.filter((status) => status !== 'closed').map((status) => ['status', status]),
      ),
    luminaire: (municipality, id) => request(`${town(municipality)}/luminaires/${encodeURIComponent(id)}`),
    explainLight: async (municipality, id) => {
      const url = `${town(municipality)}/luminaires/${encodeURIComponent(id)}/explanation`
      return request<LightExplanation>(url).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return null
        throw error
      })
    },
    explainIncident: (municipality, id) =>
      request(`${town(municipality)}/incidents/${encodeURIComponent(id)}/explanation`),
    rollCalls: async (municipality) => {
      const answer: { items: RollCall[] } = await request(`${town(municipality)}/roll-calls`)
      return answer.items
    },
    readings: async (municipality, id, { fromMs, toMs, limit }) => {
      const range = new URLSearchParams({
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        limit: String(limit),
      })
      const url = `${town(municipality)}/luminaires/${encodeURIComponent(id)}/readings?${range}`
      const answer: Page<ReceivedReading> = await request(url)
      return answer.items
    },
    session: (token) => post(`${root}/session`, token, {}),
    act: async (municipality, ticket, action, token) => {
      await post(`${town(municipality)}/tickets/${encodeURIComponent(ticket)}/events`, token, action)
    },
    streamUrl: (municipality) => `${town(municipality)}/stream`,
  }
}

const describeProblem = (body: unknown): string | undefined => {
  if (typeof body !== 'object' || body === null) return undefined
  const { title, detail } = body as Partial<Problem>
  return detail ?? title
}
