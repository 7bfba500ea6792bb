import { type FaultName, faultCatalogue, type Instant, type Scope } from '@fanari/contracts'
import type { ReplayOutput } from '../replay/playback.ts'
import type { Span } from './facts.ts'

/** An incident as it was last told before it was resolved. */
export interface ToldIncident extends Span {
  id: string
  fault: FaultName
  scope: Scope
  /** Everybody who was ever a member. */
  members: ReadonlySet<string>
  detectedAt: Instant
  /** Explained by a wider incident in the end. */
  isAbsorbed: boolean
  opensTicket: boolean
}

/** A ticket and what it was about, in the order of its incidents. */
export interface ToldTicket {
  id: string
  createdAt: Instant
  incidents: ToldIncident[]
}

export interface Decisions {
  incidents: readonly ToldIncident[]
  tickets: readonly ToldTicket[]
}

/** What was decided, from the outputs of a replay in their order. `until` is when it ended [ms since 1970 UTC]. */
export const decisionsOf = (outputs: readonly ReplayOutput[], until: Instant): Decisions => {
  const incidents = new Map<string, ToldIncident>()
  const tickets = new Map<string, ToldTicket>()
  for (const output of outputs) {
    switch (output.type) {
      case 'incident.opened':
      case 'incident.updated':
      case 'incident.resolved': {
        const { id, fault, scope, members, startedAt, detectedAt, resolvedAt, resolution } = output.incident
        const known = incidents.get(id)
        incidents.set(id, {
          ...known,
          id,
          fault,
          scope,
          members: new Set([...(known?.members ?? []), ...members]),
          from: Date.parse(startedAt),
          to: resolvedAt === undefined ? until : Date.parse(resolvedAt),
          detectedAt: Date.parse(detectedAt),
          isAbsorbed: resolution === 'absorbed',
          opensTicket: faultCatalogue[fault].ticket !== null,
        })
        break
      }
      case 'ticket.opened':
      case 'ticket.updated':
      case 'ticket.resolved':
      case 'ticket.closed':
      case 'ticket.reopened': {
        const { id, createdAt } = output.ticket
        if (!tickets.has(id)) tickets.set(id, { id, createdAt: Date.parse(createdAt), incidents: [] })
        break
      }
      case 'rollCall':
      case 'forecast':
        break
    }
  }
  // Only now is each incident as it was last told.
  for (const output of outputs) {
    if (!('ticket' in output)) continue
    const ticket = tickets.get(output.ticket.id)
    const incident = incidents.get(output.ticket.incident ?? '')
    if (ticket !== undefined && incident !== undefined && !ticket.incidents.includes(incident))
      ticket.incidents.push(incident)
  }
  return { incidents: [...incidents.values()], tickets: [...tickets.values()] }
}
