import { minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import type { PlannedFault } from './scenario/scenario.ts'
import { truthLine } from './truth.ts'
import {
  at,
  breaking,
  changes,
  circuit,
  devices,
  evening,
  from,
  lamp,
  members,
  record,
  to,
  village,
} from './village.fixture.ts'

describe('the town as a whole', () => {
  test('lights come on within two minutes of civil dusk and go off at dawn', () => {
    const run = record(16)
    for (const { id, supply } of village.luminaires) {
      const [, on, off] = changes(run, id)
      expect(Math.abs((on?.at ?? 0) - Date.parse('2026-11-16T15:23:30Z'))).toBeLessThan(3 * minuteMs)
      if (supply === 'grid')
        expect(Math.abs((off?.at ?? 0) - Date.parse('2026-11-17T04:35:00Z'))).toBeLessThan(3 * minuteMs)
    }
  })

  test('the truth log names each fault, whom it affects, and its repair', () => {
    const run = record(4, { faults: breaking('circuitTrip', circuit, from, 40 * minuteMs) })
    const log = run.truth.filter(({ event }) => event.startsWith('fault.')).map((entry) => JSON.parse(truthLine(entry)))
    const about = {
      id: 'circuitTrip-1',
      fault: 'circuitTrip',
      target: circuit,
      scope: { kind: 'circuit', id: circuit },
      affected: members.map(({ id }) => id),
    }
    expect(log).toEqual([
      { at: new Date(from).toISOString(), event: 'fault.started', ...about },
      { at: new Date(to).toISOString(), event: 'fault.repaired', ...about },
    ])
    const dark = run.truth.filter((entry) => entry.event === 'light.changed' && entry.to === 'dark')
    expect(dark.map((entry) => (entry.event === 'light.changed' ? entry.light : '')).toSorted()).toEqual(
      devices(members),
    )
  })

  test('a fault until repaired ends with its repair, and only then', () => {
    const faults: PlannedFault[] = [
      { at: from, action: 'break', fault: 'lamp', target: lamp.id },
      { at: to, action: 'repair', fault: 'lamp', target: lamp.id },
      { at: to + minuteMs, action: 'repair', fault: 'lamp', target: lamp.id },
    ]
    const states = changes(record(5, { faults }), lamp.id)
    expect(states.slice(2).map((entry) => [entry.at, entry.to])).toEqual([
      [from, 'dark'],
      [to, 'lit'],
    ])
  })

  test('a town joined late finds broken what broke before, and counters no lower than before', () => {
    const faults = breaking('circuitTrip', circuit, from, 40 * minuteMs)
    const [early, late] = [record(3.2, { faults }), record(2, { faults, start: from + 10 * minuteMs })]
    expect(changes(late, lamp.id).map((entry) => entry.to)).toEqual(['lit', 'dark', 'lit'])
    const [neighbour] = village.luminaires.filter((light) => light.supply === 'grid' && light.circuit !== circuit)
    const before = early.readings.get(neighbour?.id ?? '')?.findLast((reading) => reading.at <= from)
    const [after] = late.readings.get(neighbour?.id ?? '') ?? []
    for (const counter of ['seq', 'uptime', 'switchOnCount', 'supplyLossCount'] as const)
      expect(after?.[counter]).toBeGreaterThanOrEqual(before?.[counter] ?? Number.NaN)
  })

  test('what cannot be broken is refused and changes nothing', () => {
    const { simulation, truth } = record(1)
    const before = truth.length
    expect(simulation.plan({ at: at(1), action: 'break', fault: 'circuitTrip', target: 'nowhere' })).toEqual({
      ok: false,
      reason: 'nowhere is no circuit',
    })
    simulation.advanceTo(at(1) + minuteMs)
    expect(truth.slice(before).filter(({ event }) => event.startsWith('fault.'))).toEqual([])
  })

  test('lines are in order of receipt, with a tick every minute', () => {
    const { all } = record(2)
    const received = all.map(({ receivedAt }) => receivedAt)
    expect(received).toEqual(received.toSorted((a, b) => a - b))
    expect(all.filter(({ tick }) => tick === true).map(({ receivedAt }) => (receivedAt - evening) / minuteMs)).toEqual(
      Array.from({ length: 120 }, (_, i) => i + 1),
    )
  })
})
