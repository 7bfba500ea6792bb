import type { ListedReport, LuminaireStatus, ReportAnswer, Ticket, Tracking } from '@fanari/contracts'
import type { ApiOptions } from '../api-options.ts'
import { epoch, startTestApi, type TestApi } from '../test-api.ts'
import { cabinet, collection, community, luminaire, point } from '../test-documents.ts'

/** For tests: a citizen line with a street of forty lamps on circuit K7-2 (25 m apart) and ten on K7-3, far from it. */
export const base = '/api/v1/municipalities/orestiada'

/** About one metre of longitude at Nea Vyssa [°]. */
const metreDeg = 1 / (111_195 * Math.cos((41.58 * Math.PI) / 180))
const lamp = (id: string, circuit: string, eastM: number) =>
  luminaire(
    id,
    { cabinet: 'K7', circuit, street: 'Καραθεοδωρή', pole: `${id}-p`, device: `dev-${id}` },
    point(26.53 + eastM * metreDeg, 41.58),
  )

export const circuitLamps = Array.from({ length: 40 }, (_, index) => `A-${index + 1}`)

export interface TestLine extends TestApi {
  report(
    body: Record<string, unknown>,
    how?: { token?: string | null },
  ): Promise<{ status: number; body: ReportAnswer }>
  ticket(id: string): Promise<Ticket>
  tickets(): Promise<Ticket[]>
  reportsOf(ticket: string): Promise<ListedReport[]>
  tracking(code: string): Promise<Tracking>
  events(): Promise<
    {
      event: string
      by: string
      subject: { kind: string; id: string }
      ticket: string | null
      details: Record<string, unknown>
    }[]
  >
  post(path: string, body?: unknown): Promise<{ status: number; body: never }>
  light(id: string, state: LuminaireStatus['state'], more?: Partial<LuminaireStatus>): void
}

export const startTestLine = async (overrides: Partial<ApiOptions> = {}): Promise<TestLine> => {
  const t = await startTestApi(overrides)
  await t.call('PUT', `${base}/assets`, {
    body: collection(
      community('vyssa', 'Νέα Βύσσα'),
      cabinet('K7'),
      ...circuitLamps.map((id, index) => lamp(id, 'K7-2', index * 25)),
      ...Array.from({ length: 10 }, (_, index) => lamp(`B-${index + 1}`, 'K7-3', 5_000 + index * 25)),
    ),
  })
  const items = async <Item>(path: string): Promise<Item[]> => {
    const { status, body, text } = await t.call('GET', `${base}/${path}`)
    if (status !== 200) throw new Error(`${path}: ${text}`)
    return (body as { items: Item[] }).items
  }
  return {
    ...t,
    // `restart` gives the test another api.
    get api() {
      return t.api
    },
    report: (body, { token = null } = {}) =>
      t.call('POST', `${base}/reports`, { body: { category: 'street-light-out', channel: 'web', ...body }, token }),
    ticket: async (id) => (await t.call('GET', `${base}/tickets/${id}`)).body as Ticket,
    tickets: () => items<Ticket>('tickets'),
    reportsOf: (ticket) => items<ListedReport>(`tickets/${ticket}/reports`),
    tracking: async (code) => (await t.call('GET', `${base}/tracking/${code}`, { token: null })).body as Tracking,
    events: () => items('citizen-events?limit=1000'),
    post: (path, body = {}) => t.call('POST', `${base}/${path}`, { body }),
    light: (id, state, more = {}) => {
      const at = new Date(t.clock.now()).toISOString()
      const reason = state === 'dark' ? 'noPowerWhenExpectedOn' : 'poweredAsExpected'
      t.lights.statuses.set(id, {
        ...{ id, device: `dev-${id}`, community: 'vyssa', state, since: at, reason, lastReading: null, lastSeen: at },
        ...more,
      })
    },
  }
}

export { epoch }
