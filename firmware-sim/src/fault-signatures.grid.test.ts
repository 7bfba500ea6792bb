import { hourMs, minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { providerOf } from './scenario/providers.ts'
import {
  at,
  between,
  breaking,
  cabinet,
  changes,
  circuit,
  devices,
  evening,
  from,
  lamp,
  members,
  record,
  silent,
  to,
  village,
} from './village.fixture.ts'

const ofCabinet = village.luminaires.filter((light) => light.cabinet === cabinet)
const meter = (run: ReturnType<typeof record>, when: number) => between(run, cabinet, when, when + 6 * minuteMs).at(0)

describe('the signature of a circuit or a cable', () => {
  test('a cable that is cut silences every light from there on, at once', () => {
    const run = record(4, { faults: breaking('cableCut', `${circuit}#10`, from, 40 * minuteMs) })
    const tail = members.filter(({ position = 0 }) => position >= 10)
    expect(tail.length).toBeGreaterThan(3)
    expect(silent(run, from + 1_000, to)).toEqual(devices(tail))
    const dark = run.truth.filter((entry) => entry.event === 'light.changed' && entry.to === 'dark')
    expect(new Set(dark.map((entry) => entry.at))).toEqual(new Set([from]))
    const [started] = run.truth.filter((entry) => entry.event === 'fault.started')
    expect(started).toMatchObject({ scope: { kind: 'circuit', id: circuit } })
  })

  test('cable thieves work from the far end: some poles, then the next, within minutes, and the load falls with them', () => {
    const run = record(5, { faults: breaking('cableTheft', circuit, from, 90 * minuteMs) })
    const dark = run.truth.flatMap((entry) => (entry.event === 'light.changed' && entry.to === 'dark' ? [entry] : []))
    const position = new Map(members.map((light) => [light.id, light.position ?? 0]))
    const inOrder = dark.toSorted((a, b) => a.at - b.at).map(({ light }) => position.get(light) ?? 0)
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => b - a))
    expect(Math.max(...inOrder)).toBe(Math.max(...position.values()))
    const moments = [...new Set(dark.map((entry) => entry.at))]
    expect(moments.length).toBeGreaterThan(1)
    moments.slice(1).forEach((moment, i) => {
      expect(moment - (moments[i] ?? 0)).toBeGreaterThanOrEqual(minuteMs)
      expect(moment - (moments[i] ?? 0)).toBeLessThanOrEqual(4 * minuteMs)
    })
    const [started] = run.truth.flatMap((entry) => (entry.event === 'fault.started' ? [entry] : []))
    expect(started?.affected.toSorted()).toEqual(dark.map(({ light }) => light).toSorted())
    const gone = members
      .filter(({ id }) => started?.affected.includes(id))
      .reduce((sum, one) => sum + one.ratedPower, 0)
    const [before, after] = [meter(run, from - 6 * minuteMs), meter(run, from + 60 * minuteMs)]
    expect((before?.activePower ?? 0) - (after?.activePower ?? 0)).toBeGreaterThan(0.85 * gone)
    expect(changes(run, started?.affected[0] ?? '').at(-1)).toMatchObject({ to: 'lit', at: from + 90 * minuteMs })
  })

  test('a dip of seconds restarts the lights but not the meter', () => {
    const run = record(4, { faults: breaking('dip', cabinet, from, 8_000) })
    const [before] = between(run, lamp.id, evening, from).slice(-1)
    const [first] = between(run, lamp.id, from + 8_000, to).toSorted((a, b) => a.at - b.at)
    expect(first).toMatchObject({ seq: 0, supplyLossCount: (before?.supplyLossCount ?? 0) + 1 })
    const numbers = between(run, cabinet, evening, to).map(({ seq = 0 }) => seq)
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i))
  })

  test.each([
    ['a circuit', circuit, members],
    ['a cabinet', cabinet, ofCabinet],
  ])('a contactor welded shut for %s: its lamps burn by day, past their controllers', (_, target, burning) => {
    const day = Date.parse('2026-11-17T08:00:00Z')
    const run = record(4, { start: day, faults: breaking('contactorWelded', target, day + hourMs, 2 * hourMs) })
    for (const { id, ratedPower } of burning) {
      const [reading] = between(run, id, day + hourMs + 6_000, day + 2 * hourMs)
      expect(reading?.lightLevel).toBe(0)
      expect((reading?.activePower ?? 0) / ratedPower).toBeGreaterThan(0.85)
      expect(changes(run, id).map((entry) => entry.to)).toEqual(['off', 'unexpectedlyOn', 'off'])
    }
    expect(meter(run, day + 90 * minuteMs)?.activePower).toBeGreaterThan(
      0.85 * burning.reduce((sum, { ratedPower }) => sum + ratedPower, 0),
    )
  })
})

describe('the signature of a supply', () => {
  test.each([
    ['overvoltage', 256, 276],
    ['undervoltage', 175, 203],
  ] as const)('%s on a phase is seen by the meter and by the lamps of that phase alone', (fault, low, high) => {
    const run = record(4, { faults: breaking(fault, `${cabinet}:L2`, from, 40 * minuteMs) })
    const seen = meter(run, from + 6_000)
    expect(seen?.voltageL2).toBeGreaterThan(low)
    expect(seen?.voltageL2).toBeLessThan(high)
    expect(seen?.voltageL1).toBeLessThan(245)
    for (const { id, phase } of ofCabinet) {
      const [reading] = between(run, id, from + 6_000, to)
      if (phase === 'L2') {
        expect(reading?.supplyVoltage).toBeGreaterThan(low - 2)
        expect(reading?.supplyVoltage).toBeLessThan(high)
      } else expect(Math.abs((reading?.supplyVoltage ?? 0) - 230)).toBeLessThan(15)
    }
  })

  test('a stranger who taps a phase is in the power and the energy of the meter, by day too', () => {
    const day = Date.parse('2026-11-17T08:00:00Z')
    const usual = record(4, { start: day })
    const run = record(4, { start: day, faults: breaking('illegalTap', cabinet, day + hourMs, 2 * hourMs) })
    const extra = (field: 'activePower' | 'activeEnergy' | 'powerL1' | 'powerL2' | 'powerL3') =>
      (meter(run, day + 170 * minuteMs)?.[field] ?? 0) - (meter(usual, day + 170 * minuteMs)?.[field] ?? 0)
    expect(extra('activePower')).toBeGreaterThan(295)
    expect(extra('activePower')).toBeLessThan(1_510)
    const phases = [extra('powerL1'), extra('powerL2'), extra('powerL3')]
    expect(phases.filter((watts) => watts > 290)).toHaveLength(1)
    expect(extra('activeEnergy')).toBeGreaterThan((extra('activePower') * 1.7) / 1_000)
    expect(extra('activeEnergy')).toBeLessThan((extra('activePower') * 2) / 1_000)
  })

  test('leakage and an open door are told by the cabinet, and by nothing else', () => {
    const faults = [
      ...breaking('leakage', cabinet, from, 40 * minuteMs),
      ...breaking('doorOpen', cabinet, from, 40 * minuteMs),
    ]
    const run = record(4, { faults })
    const seen = meter(run, from + 6_000)
    expect(seen?.doorOpen).toBe(true)
    expect(seen?.leakageCurrent).toBeGreaterThanOrEqual(350)
    expect(seen?.leakageCurrent).toBeLessThanOrEqual(900)
    expect(meter(run, to + 6_000)).toMatchObject({ doorOpen: false })
    expect(meter(run, to + 6_000)?.leakageCurrent).toBeLessThan(10)
    expect(changes(run, lamp.id)).toHaveLength(2)
  })

  test('an outage of the area takes the cabinet and its lights, and they come back together', () => {
    const run = record(5, { faults: breaking('areaSupply', cabinet, from, 40 * minuteMs) })
    expect(silent(run, from + 1_000, to)).toEqual([...devices(ofCabinet), cabinet].toSorted())
    const back = ofCabinet.map(({ id }) => between(run, id, to, to + hourMs).toSorted((a, b) => a.at - b.at)[0])
    for (const reading of back) {
      expect(reading).toMatchObject({ seq: 0 })
      expect((reading?.at ?? 0) - to).toBeLessThan(70_000)
    }
    expect(changes(run, lamp.id).map(({ cause }) => cause)).toContain('areaSupply')
  })
})

test('a mobile network that goes takes gateways and direct devices with it; they keep their readings', () => {
  const [gateway] = village.gateways
  const provider = providerOf(gateway?.id ?? '')
  const run = record(5, { faults: breaking('providerOutage', provider, from, 60 * minuteMs) })
  const served = village.luminaires.filter((light) => light.gateway === gateway?.id)
  const heard = (id: string, since: number, until: number) =>
    run.lines.some((line) => line.device === id && line.receivedAt > since && line.receivedAt < until)
  for (const { id } of served) {
    expect(heard(id, from + 2_000, from + 60 * minuteMs)).toBe(false)
    expect(between(run, id, from, from + 60 * minuteMs).length).toBeGreaterThanOrEqual(11)
    expect(changes(run, id).map((entry) => entry.to)).toEqual(['off', 'lit'])
  }
  const statuses = run.lines.filter(({ device, channel }) => device === gateway?.id && channel === 'status')
  expect(statuses.map(({ payload }) => (payload as { state: string }).state)).toEqual(['online', 'offline', 'online'])
  const others = village.luminaires.filter((light) => light.gateway === undefined && providerOf(light.id) !== provider)
  for (const { id } of others) expect(heard(id, from + 2_000, at(4))).toBe(true)
})
