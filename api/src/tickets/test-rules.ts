import type { DetectedIncident, IncidentChange, Resolution, Ticket } from '@fanari/contracts'
import { expect } from 'vitest'
import { createInventory } from '../register/inventory.ts'
import { community, incidentChange, luminaire, point, solarLuminaire, stored } from '../test-documents.ts'
import { createTicketBook } from './book.ts'

// For tests of the rules: a street of lights, changes of its incidents, and the tickets that come of them.

export const t0 = Date.parse('2026-01-10T18:00:00.000Z')

const facts = createInventory(
  [
    community('vyssa', 'Νέα Βύσσα'),
    luminaire('L-1', { street: 'Καραθεοδωρή', pole: '12' }, point(26.53, 41.58)),
    luminaire('L-2', { street: 'Καραθεοδωρή', pole: '13' }, point(26.54, 41.6)),
    luminaire('L-3', { owner: 'networkOperator' }),
    solarLuminaire('S-1'),
  ].map(stored),
)

export const circuit = (members: string[]): Partial<DetectedIncident> => ({
  fault: 'circuitOutage',
  scope: { kind: 'circuit', id: 'C-12' },
  severity: 'critical',
  reason: 'membersDarkTogether',
  members,
})
export const opened = (id: string, at: number, more: Partial<DetectedIncident> = {}) =>
  incidentChange('incident.opened', at, { id, ...more })
export const updated = (id: string, at: number, revision: number, more: Partial<DetectedIncident> = {}) =>
  incidentChange('incident.updated', at, { id, revision, ...more })
export const resolved = (
  id: string,
  at: number,
  revision: number,
  resolution: Resolution,
  more: Partial<DetectedIncident> = {},
) => incidentChange('incident.resolved', at, { id, revision, resolution, ...more })

/** What comes out of the rules, change by change, and each ticket as it stands at the end. */
export const play = (...changes: (IncidentChange | IncidentChange[])[]) => {
  const book = createTicketBook(facts, 'Europe/Athens')
  const steps = changes.map((change) => book.apply([change].flat()))
  const tickets = new Map<string, Ticket>()
  for (const { ticket } of steps.flat()) tickets.set(ticket.id, ticket)
  return { types: steps.map((step) => step.map(({ type }) => type)), tickets: [...tickets.values()] }
}

export const only = (tickets: Ticket[]): Ticket => {
  expect(tickets).toHaveLength(1)
  const [ticket] = tickets
  if (ticket === undefined) throw new Error('no ticket')
  return ticket
}
