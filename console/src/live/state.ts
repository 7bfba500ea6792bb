import type { CommunityStatus, Incident, LightState, LightSummary, RollCall, Ticket } from '@fanari/contracts'
import { lightStates } from '@fanari/contracts'
import { emptyRegister, type Register } from './register.ts'

/** Milliseconds since 1970 on the clock of this machine, as distinct from the platform's. */
export type WallMs = number

/** A document on a list. One that has ended stays for a while, greyed; `endedSeenAt` is when this page learned of it. */
export interface Listed<Document> {
  document: Document
  endedSeenAt: WallMs | null
}

type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  /** `since`: when the platform was last heard. */
  | { state: 'lost'; since: WallMs }

/** What the platform's clock showed, and when that was on ours. */
export interface ClockReading {
  timeMs: number
  speed: number
  wallMs: WallMs
}

export type LightTotals = Readonly<Record<LightState, number>>

/** Everything the page knows of one municipality. Never changed in place: a part that is the same object is the same. */
export interface TownState {
  /** Whether a first picture has arrived. */
  loaded: boolean
  connection: Connection
  clock: ClockReading | null
  register: Register
  lights: ReadonlyMap<string, LightSummary>
  totals: LightTotals
  communities: ReadonlyMap<string, CommunityStatus>
  incidents: ReadonlyMap<string, Listed<Incident>>
  tickets: ReadonlyMap<string, Listed<Ticket>>
  /** The last roll-call of each community in the newest night that has some. */
  rollCalls: ReadonlyMap<string, RollCall>
}

export const noLights = Object.fromEntries(lightStates.map((state) => [state, 0])) as LightTotals

export const initialState: TownState = {
  loaded: false,
  connection: { state: 'connecting' },
  clock: null,
  register: emptyRegister,
  lights: new Map(),
  totals: noLights,
  communities: new Map(),
  incidents: new Map(),
  tickets: new Map(),
  rollCalls: new Map(),
}

/** The platform's time at wall time `wallMs`, in milliseconds since 1970 UTC. */
export const platformTime = (clock: ClockReading, wallMs: WallMs): number =>
  clock.timeMs + Math.max(0, wallMs - clock.wallMs) * clock.speed
