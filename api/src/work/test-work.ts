import type { ClockDocument, DetectedIncident, Ticket, WorkOrder } from '@fanari/contracts'
import { toIso } from '@fanari/contracts'
import { epoch, startTestApi, type TestApi } from '../test-api.ts'
import { cabinet, collection, community, incidentChange, luminaire, point } from '../test-documents.ts'

/** For tests: three lamps on one circuit of one cabinet, a crew called `night` and its people, by name in `as`. */
export interface TestWork extends TestApi {
  as<Body>(who: string, method: string, path: string, body?: unknown): Promise<WorkAnswer<Body>>
  asAdmin<Body>(method: string, path: string, body?: unknown): Promise<WorkAnswer<Body>>
  openLamp(id?: string, lamp?: string): Promise<Ticket>
  openCircuit(): Promise<Ticket>
  ticketOf(incident: string): Promise<Ticket>
  workOf(ticket: Ticket, who?: string): Promise<TicketWork>
}
interface WorkAnswer<Body> {
  status: number
  body: Body
  text: string
}
interface TicketWork {
  order: WorkOrder | null
  earlier: WorkOrder[]
  actions: string[]
  clocks: ClockDocument[]
}

const base = '/api/v1/municipalities/orestiada'

export const darkCircuit: Partial<DetectedIncident> = {
  fault: 'circuitOutage',
  scope: { kind: 'circuit', id: 'K-7-2' },
  severity: 'critical',
  members: ['L-1', 'L-2', 'L-3'],
  evidence: [{ at: toIso(epoch), kind: 'members', subject: 'K-7-2', detail: '3 of 3 dark' }],
}

export const startTestWork = async (): Promise<TestWork> => {
  const t = await startTestApi()
  const tokens: Record<string, string> = {}
  const send = async <Body>(method: string, path: string, body: unknown, token?: string | null) => {
    const answer = await t.call(method, `${base}${path}`, {
      ...(token === undefined ? {} : { token }),
      ...(body === undefined ? {} : { body }),
    })
    return { status: answer.status, body: answer.body as Body, text: answer.text }
  }
  const asAdmin: TestWork['asAdmin'] = (method, path, body) => send(method, path, body)
  const as: TestWork['as'] = (who, method, path, body) => send(method, path, body, tokens[who] ?? null)
  const prepare = async (path: string, body: unknown): Promise<void> => {
    const { status, text } = await asAdmin('PUT', path, body)
    if (status !== 200) throw new Error(text)
  }
  await prepare(
    '/assets',
    collection(
      community('vyssa', 'Νέα Βύσσα'),
      cabinet('K-7', { supplyNumber: '1 02345678-01 2' }),
      luminaire('L-1', { street: 'Καραθεοδωρή', pole: '12', cabinet: 'K-7', circuit: 'K-7-2' }, point(26.53, 41.58)),
      luminaire('L-2', { street: 'Καραθεοδωρή', pole: '13', cabinet: 'K-7', circuit: 'K-7-2' }, point(26.531, 41.581)),
      luminaire('L-3', { cabinet: 'K-7', circuit: 'K-7-2' }, point(26.532, 41.582)),
    ),
  )
  for (const [name, role] of Object.entries({ maria: 'technician', nikos: 'technician', ops: 'operator' })) {
    const { body } = await t.call('POST', '/api/v1/tokens', { body: { name, role } })
    tokens[name] = (body as { token: string }).token
  }
  const team = { name: 'Νυχτερινό συνεργείο', service: 'municipalLighting', communities: [], members: ['maria'] }
  await prepare('/teams/night', team)

  const ticketOf = async (incident: string): Promise<Ticket> => {
    const { body } = await asAdmin<{ items: Ticket[] }>('GET', '/tickets')
    const ticket = body.items.find((one) => one.incident === incident)
    if (ticket === undefined) throw new Error(`no ticket of ${incident}`)
    return ticket
  }
  return {
    ...t,
    // `restart` gives the test another api.
    get api() {
      return t.api
    },
    as,
    asAdmin,
    ticketOf,
    openLamp: (id = 'i-1', lamp = 'L-1') => {
      const scope = { kind: 'luminaire', id: lamp } as const
      const change = incidentChange('incident.opened', t.clock.now(), { id, scope, members: [lamp] })
      t.api.incidents.apply('orestiada', [change])
      return ticketOf(id)
    },
    openCircuit: () => {
      t.api.incidents.apply('orestiada', [incidentChange('incident.opened', epoch, { id: 'i-9', ...darkCircuit })])
      return ticketOf('i-9')
    },
    workOf: async (ticket, who = 'maria') => (await as<TicketWork>(who, 'GET', `/tickets/${ticket.id}/work`)).body,
  }
}
