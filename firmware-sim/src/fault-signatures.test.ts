import { deviceEventSchema, deviceStatusSchema, hourMs, type Instant, minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import type { TownPlan } from './town/town.ts'
import {
  between,
  breaking,
  built,
  cabinet,
  changes,
  circuit,
  devices,
  during,
  evening,
  find,
  from,
  lamp,
  members,
  record,
  silent,
  to,
  village,
} from './village.fixture.ts'

describe('the physical signature of a fault', () => {
  const trip = record(5, { faults: breaking('circuitTrip', circuit, from, 40 * minuteMs) })

  test('a circuit trip silences exactly its lights', () => {
    expect(silent(trip, ...during)).toEqual(devices(members))
  })

  test('the cabinet feels the load go, and the lights that come back have restarted', () => {
    const power = (when: Instant) => between(trip, cabinet, when, when + 6 * minuteMs).at(0)?.activePower ?? 0
    const gone = members.reduce((sum, { ratedPower }) => sum + ratedPower, 0)
    expect(power(from - 6 * minuteMs) - power(from + 6_000)).toBeGreaterThan(0.85 * gone)
    expect(power(to + 6_000)).toBeGreaterThan(0.9 * power(from - 6 * minuteMs))
    const [before] = between(trip, lamp.id, evening, from).slice(-1)
    const [first] = between(trip, lamp.id, to, to + hourMs).toSorted((a, b) => a.at - b.at)
    expect(first?.at).toBeLessThan(to + 70_000)
    expect(first).toMatchObject({ seq: 0, supplyLossCount: (before?.supplyLossCount ?? 0) + 1, lightLevel: 100 })
    expect(first?.uptime).toBeLessThan(70)
  })

  test('some of the lights that lose their supply still say so, within seconds', () => {
    const gasps = trip.lines.filter(({ channel }) => channel === 'event')
    expect(gasps.length).toBeGreaterThan(members.length * 0.3)
    expect(gasps.length).toBeLessThan(members.length)
    for (const { receivedAt, payload, device } of gasps) {
      expect(devices(members)).toContain(device)
      expect(deviceEventSchema.parse(payload)).toMatchObject({ type: 'supplyLoss', at: from })
      expect(receivedAt - from).toBeLessThan(3_000)
    }
  })

  test('a phase lost on a circuit silences every third light of it', () => {
    const run = record(4, { faults: breaking('phaseLoss', `${circuit}:L2`, from, 40 * minuteMs) })
    expect(silent(run, ...during)).toEqual(devices(members.filter(({ phase }) => phase === 'L2')))
  })

  test('a phase lost at the cabinet silences that phase of all circuits, and the meter sees no voltage', () => {
    const run = record(4, { faults: breaking('phaseLoss', `${cabinet}:L3`, from, 40 * minuteMs) })
    const lost = village.luminaires.filter((light) => light.cabinet === cabinet && light.phase === 'L3')
    expect(silent(run, ...during)).toEqual(devices(lost))
    const [meter] = between(run, cabinet, from + 10_000, to)
    expect(meter?.voltageL3).toBeLessThan(50)
    expect(meter?.voltageL1).toBeGreaterThan(207)
    expect(meter).toMatchObject({ currentL3: 0, powerL3: 0 })
  })

  test('a cabinet without supply takes its lights along, and its will names its session', () => {
    const run = record(4, { faults: breaking('cabinetSupply', cabinet, from, 40 * minuteMs) })
    const lost = village.luminaires.filter((light) => light.cabinet === cabinet)
    expect(silent(run, ...during)).toEqual([...devices(lost), cabinet].toSorted())
    const [birth, will, rebirth] = run.lines.filter(({ device, channel }) => device === cabinet && channel === 'status')
    const [born, died, reborn] = [birth, will, rebirth].map((line) => deviceStatusSchema.parse(line?.payload))
    expect([born?.state, died?.state, reborn?.state]).toEqual(['online', 'offline', 'online'])
    expect(died?.session).toBe(born?.session)
    expect(reborn?.session).not.toBe(born?.session)
    expect((will?.receivedAt ?? 0) - from).toBeLessThan(120_000)
  })

  test('a contactor stuck open darkens the lights while the cabinet reports on', () => {
    const run = record(4, { faults: breaking('contactorStuckOpen', cabinet, from, 40 * minuteMs) })
    const lost = village.luminaires.filter((light) => light.cabinet === cabinet)
    expect(silent(run, ...during)).toEqual(devices(lost))
    const [meter] = between(run, cabinet, from + 10_000, to)
    expect(meter).toMatchObject({ contactorClosed: false, currentL1: 0, currentL2: 0, currentL3: 0 })
    expect(meter?.voltageL1).toBeGreaterThan(207)
  })

  test('a pole fuse silences one light', () => {
    const run = record(4, { faults: breaking('poleFuse', lamp.id, from, 40 * minuteMs) })
    expect(silent(run, ...during)).toEqual([lamp.id])
  })

  test.each([
    ['lamp', 0.2, undefined],
    ['driver', 0.1, ['controlGearFailure']],
  ] as const)('a dead %s reports on at good voltage and next to no power', (fault, share, raised) => {
    const run = record(4, { faults: breaking(fault, lamp.id, from, 40 * minuteMs) })
    expect(silent(run, ...during)).toEqual([])
    const dead = between(run, lamp.id, ...during)
    expect(dead.length).toBeGreaterThanOrEqual(7)
    for (const reading of dead) {
      expect(reading.activePower).toBeLessThan(share * lamp.ratedPower)
      expect(reading.supplyVoltage).toBeGreaterThan(207)
      expect(reading.faults).toEqual(raised)
    }
    const [repaired] = between(run, lamp.id, to + 5 * minuteMs, to + 11 * minuteMs)
    expect(repaired?.activePower).toBeGreaterThan(0.8 * lamp.ratedPower)
    expect(changes(run, lamp.id).map((entry) => [entry.to, entry.cause])).toEqual([
      ['off', 'program'],
      ['lit', 'program'],
      ['dark', fault],
      ['lit', 'program'],
    ])
  })

  test('a welded relay burns by day', () => {
    const morning = Date.parse('2026-11-17T05:30:00Z')
    const faults = breaking('dayBurner', lamp.id, morning - hourMs * 2, 6 * hourMs)
    const run = record(20, { faults })
    const [neighbour] = members.filter(({ id }) => id !== lamp.id)
    const [burning] = between(run, lamp.id, morning, morning + hourMs)
    const [resting] = between(run, neighbour?.id ?? '', morning, morning + hourMs)
    expect(burning?.activePower).toBeGreaterThan(0.8 * lamp.ratedPower)
    expect(burning?.lightLevel).toBe(100)
    expect(resting?.activePower).toBeLessThan(1)
    expect(changes(run, lamp.id).map((entry) => entry.to)).toEqual(['off', 'lit', 'unexpectedlyOn', 'off'])
  })

  test('when a gateway fails its lights burn on unheard, and tell it afterwards', () => {
    const [gateway] = village.gateways
    const run = record(4, { faults: breaking('gatewayFailure', gateway?.id ?? '', from, 40 * minuteMs) })
    const served = village.luminaires.filter((light) => light.gateway === gateway?.id)
    const heard = new Set(
      run.lines.flatMap(({ receivedAt, channel, device }) =>
        channel === 'telemetry' && receivedAt > from + 5_000 && receivedAt < to ? [device] : [],
      ),
    )
    expect(served.length).toBeGreaterThan(30)
    for (const { id } of served) {
      expect(heard).not.toContain(id)
      expect(changes(run, id).map((entry) => entry.to)).toEqual(['off', 'lit'])
      expect(between(run, id, from, to).length).toBeGreaterThanOrEqual(8)
      const numbers = (run.readings.get(id) ?? []).map(({ seq = 0 }) => seq).toSorted((a, b) => a - b)
      expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i))
    }
    const arrays = run.lines.filter(({ payload }) => Array.isArray(payload))
    expect(arrays.length).toBeGreaterThanOrEqual(served.length)
    expect(heard).toContain(find('solar').id)
  })

  test('a light whose radio is lost is silent, lit, and tells it afterwards', () => {
    const run = record(4, { faults: breaking('radioLoss', lamp.id, from, 40 * minuteMs) })
    const late = between(run, lamp.id, from, to)
    expect(late.length).toBeGreaterThanOrEqual(8)
    for (const { receivedAt } of late) expect(receivedAt).toBeGreaterThanOrEqual(to)
    expect(changes(run, lamp.id).map((entry) => entry.to)).toEqual(['off', 'lit'])
  })

  test('a drained battery disconnects the lamp, which stays dark until a charged one is there', () => {
    const sun = find('solar')
    const run = record(12, { faults: breaking('drainedBattery', sun.id, from, 6 * hourMs) })
    const states = changes(run, sun.id)
    expect(states.map((entry) => [entry.to, entry.cause])).toEqual([
      ['off', 'program'],
      ['lit', 'program'],
      ['dark', 'lowVoltageDisconnect'],
      ['lit', 'program'],
    ])
    const darkAt = states[2]?.at ?? 0
    const dark = between(run, sun.id, darkAt + minuteMs, from + 6 * hourMs)
    expect(dark.length).toBeGreaterThan(10)
    for (const reading of dark) {
      expect(reading).toMatchObject({ loadState: 'lowVoltageDisconnect', chargerState: 'fault' })
      expect(reading.activePower).toBeLessThan(1)
    }
    expect(states[3]?.at).toBe(from + 6 * hourMs)
  })

  test('the lights of a switched cabinet have no supply by day, by design', () => {
    const town: TownPlan = { ...village, cabinets: built.cabinets.map((one) => ({ ...one, feed: 'switched' })) }
    const run = record(24, { town, start: Date.parse('2026-11-16T12:00:00Z') })
    const lit = Date.parse('2026-11-16T15:00:00Z')
    const dawn = Date.parse('2026-11-17T05:00:00Z')
    expect(between(run, lamp.id, 0, lit)).toEqual([])
    expect(between(run, lamp.id, lit, dawn).length).toBeGreaterThan(150)
    expect(between(run, lamp.id, dawn, dawn + 5 * hourMs)).toEqual([])
    expect(changes(run, lamp.id).map((entry) => [entry.to, entry.cause])).toEqual([
      ['off', 'supplySwitchedOff'],
      ['off', 'program'],
      ['lit', 'program'],
      ['off', 'program'],
      ['off', 'supplySwitchedOff'],
    ])
    const closed = (run.readings.get(cabinet) ?? []).filter(({ contactorClosed }) => contactorClosed === true)
    expect(closed.length).toBeGreaterThan(150)
    expect(closed.length).toBeLessThan(190)
  })
})
