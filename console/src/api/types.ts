import type { CommunityLight, Incident, LightSummary, Municipality, RollCall, Ticket } from '@fanari/contracts'

/** `GET /api/v1/platform`. */
export interface PlatformInfo {
  name: string
  version: string
  time: string
  /** Platform seconds a wall second; above 1 the town is simulated. */
  speed: number
  /** The simulated town, if there is one. */
  town: { municipality: string } | null
  municipalities: Municipality[]
}

export interface Page<Item> {
  items: Item[]
  next: string | null
}

/** `GET …/lights`. */
export interface LightsSnapshot {
  at: string
  lights: LightSummary[]
}

/** `POST /api/v1/session`. */
export interface Session {
  name: string
  role:
    | 'admin'
    | 'supervisor'
    | 'dispatcher'
    | 'operator'
    | 'technician'
    | 'privacyOfficer'
    | 'viewer'
    | 'partner'
    | 'telephony'
    | 'automation'
}

/** The events of `GET …/stream`, by their SSE name. */
export interface StreamEvents {
  lights: LightSummary[]
  community: CommunityLight & { id: string }
  incident: Incident
  ticket: Ticket
  rollCall: RollCall
  clock: { time: string; speed: number }
}
