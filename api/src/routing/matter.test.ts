import type { DetectedIncident, RoutedMatter, Ticket } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { createInventory } from '../register/inventory.ts'
import { incidentChange, luminaire, solarLuminaire, stored } from '../test-documents.ts'
import { matterOfIncident, matterOfTicket } from './matter.ts'

const facts = createInventory(
  [
    luminaire('L-1', { owner: 'municipality' }),
    luminaire('L-2', { owner: 'networkOperator' }),
    luminaire('L-3', { owner: 'networkOperator' }),
    solarLuminaire('S-1'),
  ].map(stored),
)

describe('what the rules are told of an incident', () => {
  test.each<[string, Partial<DetectedIncident>, Partial<RoutedMatter>]>([
    ['a single lamp', { members: ['L-1'] }, { extent: 'single', owner: 'municipality', supply: 'grid' }],
    ["the operator's lamps", { members: ['L-2', 'L-3'] }, { extent: 'several', owner: 'networkOperator' }],
    ['a solar light', { members: ['S-1'] }, { supply: 'solar' }],
    ['a phase', { fault: 'phaseLoss', scope: { kind: 'phase', id: 'c:L1' }, members: ['L-1'] }, { extent: 'circuit' }],
    ['a cabinet', { fault: 'cabinetOutage', scope: { kind: 'cabinet', id: 'K' } }, { extent: 'cabinet' }],
    ['an area without supply', { fault: 'supplyLoss', scope: { kind: 'area', id: 'a' } }, { extent: 'cabinet' }],
    ['a group that burns by day', { fault: 'dayBurningGroup', members: ['L-1', 'L-2'] }, { extent: 'dayBurningGroup' }],
    ['a door, which concerns no light', { fault: 'cabinetDoorOpen', members: [] }, { extent: 'none' }],
  ])('%s', (_name, incident, expected) => {
    const change = incidentChange('incident.opened', 0, { id: 'i-1', ...incident })
    expect(matterOfIncident(change.incident, 'other-lighting', facts, false)).toMatchObject(expected)
  })

  test('of mixed lights only what is true of all', () => {
    const change = incidentChange('incident.opened', 0, { id: 'i-1', members: ['L-1', 'L-2', 'S-1'] })
    const matter = matterOfIncident(change.incident, 'other-lighting', facts, false)
    expect(matter).not.toHaveProperty('owner')
    expect(matter).not.toHaveProperty('supply')
  })
})

describe('what the rules are told of a citizen’s ticket', () => {
  const ticket: Ticket = {
    id: 't-1',
    municipality: 'orestiada',
    category: 'street-light-out',
    source: 'phone',
    status: 'open',
    service: 'municipalLighting',
    reports: 1,
    members: [],
    createdAt: '2026-01-10T18:00:00.000Z',
    title: 'Σβηστό φωτιστικό',
    location: { community: 'vyssa', text: 'Νέα Βύσσα' },
    history: [],
    revision: 1,
  }
  test.each<[string, Partial<Ticket>, Partial<RoutedMatter>]>([
    ['one lamp', { members: ['L-2'] }, { extent: 'single', owner: 'networkOperator', community: 'vyssa' }],
    ['a place', {}, { extent: 'none', danger: false }],
    ['a whole street on a known circuit', { dedupKey: 'circuit:K7-2:dark' }, { extent: 'circuit' }],
    ['a whole street somewhere', { category: 'street-dark' }, { extent: 'several' }],
    ['hanging wires', { danger: ['looseWires'] }, { danger: true }],
    ['what is dangerous by its kind', { safetyClass: 'danger' }, { danger: true }],
  ])('%s', (_name, more, expected) => {
    expect(matterOfTicket({ ...ticket, ...more }, facts)).toMatchObject(expected)
  })
})
