import type { CommunityStatus, Incident, LightSummary, RollCall, Ticket } from '@fanari/contracts'
import type { StreamEvents } from '../api/types.ts'
import type { Register } from './register.ts'
import { type LightTotals, type Listed, noLights, type TownState, type WallMs } from './state.ts'

/** The whole picture, fetched when the stream opens. */
export interface Snapshot {
  register: Register
  lights: LightSummary[]
  communities: CommunityStatus[]
  incidents: Incident[]
  tickets: Ticket[]
  rollCalls: RollCall[]
}

export type TownEvent =
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'lost'; wallMs: WallMs }
  | { type: 'lights'; lights: StreamEvents['lights'] }
  | { type: 'community'; community: StreamEvents['community'] }
  | { type: 'incident'; incident: Incident; wallMs: WallMs }
  | { type: 'ticket'; ticket: Ticket; wallMs: WallMs }
  | { type: 'rollCall'; rollCall: RollCall }
  | { type: 'clock'; clock: StreamEvents['clock']; wallMs: WallMs }
  /** Lets go of what ended before `endedBefore`. */
  | { type: 'tidied'; endedBefore: WallMs }

/** How the picture changes with what is heard. Pure; wall time enters as a value. */
export const reduce = (state: TownState, event: TownEvent): TownState => {
  switch (event.type) {
    case 'snapshot':
      return applySnapshot(state, event.snapshot)
    case 'lost':
      // The age of the picture counts from the first loss, not from the last failed attempt.
      return state.connection.state === 'lost'
        ? state
        : { ...state, connection: { state: 'lost', since: event.wallMs } }
    case 'lights':
      return applyLights(state, event.lights)
    case 'community':
      return applyCommunity(state, event.community)
    case 'incident': {
      const ended = event.incident.state === 'resolved' ? event.wallMs : null
      const incidents = put(state.incidents, event.incident, ended)
      return incidents === state.incidents ? state : { ...state, incidents }
    }
    case 'ticket': {
      const ended = event.ticket.status === 'closed' ? event.wallMs : null
      const tickets = put(state.tickets, event.ticket, ended)
      return tickets === state.tickets ? state : { ...state, tickets }
    }
    case 'rollCall':
      return { ...state, rollCalls: withCall(state.rollCalls, event.rollCall) }
    case 'clock':
      return {
        ...state,
        clock: { timeMs: Date.parse(event.clock.time), speed: event.clock.speed, wallMs: event.wallMs },
      }
    case 'tidied': {
      const incidents = withoutEnded(state.incidents, event.endedBefore)
      const tickets = withoutEnded(state.tickets, event.endedBefore)
      return incidents === state.incidents && tickets === state.tickets ? state : { ...state, incidents, tickets }
    }
  }
}

const applySnapshot = (state: TownState, snapshot: Snapshot): TownState => {
  const lights = new Map(snapshot.lights.map((light) => [light.id, light]))
  return {
    ...state,
    loaded: true,
    connection: { state: 'live' },
    register: snapshot.register,
    lights,
    totals: count(lights),
    communities: new Map(snapshot.communities.map((community) => [community.id, community])),
    incidents: renew(state.incidents, snapshot.incidents),
    tickets: renew(state.tickets, snapshot.tickets),
    rollCalls: snapshot.rollCalls.reduce(withCall, new Map<string, RollCall>()),
  }
}

const applyLights = (state: TownState, changes: LightSummary[]): TownState => {
  const lights = new Map(state.lights)
  for (const light of changes) lights.set(light.id, light)
  return { ...state, lights, totals: count(lights) }
}

/** A community the register does not name yet is left to the next snapshot. */
const applyCommunity = (state: TownState, change: StreamEvents['community']): TownState => {
  const known = state.communities.get(change.id)
  if (known === undefined) return state
  return { ...state, communities: new Map(state.communities).set(change.id, { ...known, ...change }) }
}

const count = (lights: ReadonlyMap<string, LightSummary>): LightTotals => {
  const totals = { ...noLights }
  for (const { state } of lights.values()) totals[state]++
  return totals
}

/** A call of a newer night begins a new list; one that comes late changes nothing. */
const withCall = (calls: ReadonlyMap<string, RollCall>, call: RollCall): ReadonlyMap<string, RollCall> => {
  const [known] = calls.values()
  if (known !== undefined && call.night < known.night) return calls
  const ofNight = known?.night === call.night ? calls : []
  const before = calls.get(call.community)
  if (before?.night === call.night && before.plannedAt > call.plannedAt) return calls
  return new Map([...ofNight, [call.community, call]])
}

type Document = { id: string; revision: number }

/** Events may come twice or late: a document of an older revision than the listed one changes nothing. */
const put = <D extends Document>(
  list: ReadonlyMap<string, Listed<D>>,
  document: D,
  endedSeenAt: WallMs | null,
): ReadonlyMap<string, Listed<D>> => {
  const known = list.get(document.id)
  if (known !== undefined && known.document.revision >= document.revision) return list
  return new Map(list).set(document.id, { document, endedSeenAt })
}

/** What a snapshot lists is open; what it no longer lists is gone, except what is still shown as ended. */
const renew = <D extends Document>(list: ReadonlyMap<string, Listed<D>>, open: D[]): ReadonlyMap<string, Listed<D>> => {
  const ended = [...list].filter(([, { endedSeenAt }]) => endedSeenAt !== null)
  return new Map([...ended, ...open.map((document) => [document.id, { document, endedSeenAt: null }] as const)])
}

const withoutEnded = <D>(list: ReadonlyMap<string, Listed<D>>, before: WallMs): ReadonlyMap<string, Listed<D>> => {
  const kept = [...list].filter(([, { endedSeenAt }]) => endedSeenAt === null || endedSeenAt >= before)
  return kept.length === list.size ? list : new Map(kept)
}
