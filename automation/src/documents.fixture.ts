import { type Incident, incidentSchema, type Ticket, ticketSchema } from '@fanari/contracts'

/** A ticket of a dark circuit, checked against the contract. */
export const aTicket = (more: Partial<Ticket> = {}): Ticket =>
  ticketSchema.parse({
    id: 't-1',
    municipality: 'soufli',
    category: 'street-dark',
    source: 'telemetry',
    status: 'open',
    service: 'municipalLighting',
    incident: 'i-1',
    reports: 0,
    members: ['a-01', 'a-02', 'a-03'],
    createdAt: '2026-11-25T18:40:00.000Z',
    dueAt: '2026-11-26T18:40:00.000Z',
    title: 'Σκοτεινό κύκλωμα C-12 (3 φωτιστικά), Νέα Βύσσα',
    location: { lat: 41.5, lon: 26.53, text: 'Νέα Βύσσα, Λεωφόρος Δήμητρας' },
    history: [],
    revision: 1,
    ...more,
  })

export const anIncident = (more: Partial<Incident> = {}): Incident =>
  incidentSchema.parse({
    id: 'i-1',
    municipality: 'soufli',
    fault: 'circuitOutage',
    scope: { kind: 'circuit', id: 'C-12' },
    members: ['a-01', 'a-02', 'a-03'],
    startedAt: '2026-11-25T18:38:00.000Z',
    detectedAt: '2026-11-25T18:40:00.000Z',
    state: 'open',
    severity: 'major',
    reason: 'noPowerWhenExpectedOn',
    evidence: [
      { at: '2026-11-25T18:38:00.000Z', kind: 'reading', subject: 'a-01', detail: '0 W' },
      { at: '2026-11-25T18:39:00.000Z', kind: 'reading', subject: 'b-01', detail: '58 W', stance: 'against' },
    ],
    revision: 1,
    ...more,
  })
