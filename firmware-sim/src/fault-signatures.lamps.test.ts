import { deviceEventSchema, hourMs, minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import type { FaultKind } from './scenario/faults.ts'
import {
  at,
  between,
  breaking,
  changes,
  circuit,
  evening,
  from,
  lamp,
  members,
  type Run,
  record,
  silent,
  to,
  village,
} from './village.fixture.ts'

const dawn = Date.parse('2026-11-17T04:36:00Z')
const broken = (fault: FaultKind, hours = 4, forMs = 40 * minuteMs) =>
  record(hours, { faults: breaking(fault, lamp.id, from, forMs) })
const states = (run: Run) => changes(run, lamp.id).map((entry) => entry.to)
/** Readings from the first that is wholly of the fault. */
const during = (run: Run, until = to) => between(run, lamp.id, from + 6_000, until)

describe('the signature of a lamp, driver or pole that is not well', () => {
  test.each([
    ['ledString', 0.34, 0.77],
    ['wrongLamp', 1.27, 1.63],
  ] as const)('%s burns at another power than the type, and is lit', (fault, low, high) => {
    const run = broken(fault)
    const [usual] = between(run, lamp.id, from - 6 * minuteMs, from)
    expect(during(run).length).toBeGreaterThanOrEqual(7)
    for (const reading of during(run)) {
      const share = (reading.activePower ?? 0) / (usual?.activePower ?? 1)
      expect(share).toBeGreaterThan(low)
      expect(share).toBeLessThan(high)
      expect(reading.lightLevel).toBe(100)
    }
    expect(states(run)).toEqual(['off', 'lit'])
  })

  test('a driver that ignores dimming burns at full while its controller reports the level it asked for', () => {
    const luminaires = village.luminaires.map((light) =>
      light.circuit === circuit ? { ...light, program: 'evening-dim' } : light,
    )
    const run = record(9, {
      town: { ...village, luminaires },
      faults: breaking('dimmingStuck', lamp.id, from, 10 * hourMs),
    })
    const neighbour = members.find(({ id }) => id !== lamp.id)
    const [stuck] = between(run, lamp.id, at(7), at(7) + 6 * minuteMs)
    const [dimmed] = between(run, neighbour?.id ?? '', at(7), at(7) + 6 * minuteMs)
    expect([stuck?.lightLevel, dimmed?.lightLevel]).toEqual([60, 60])
    expect((stuck?.activePower ?? 0) / lamp.ratedPower).toBeGreaterThan(0.9)
    expect((dimmed?.activePower ?? 0) / (neighbour?.ratedPower ?? 1)).toBeLessThan(0.7)
  })

  test('a cycling lamp goes off for a minute or so several times an hour, and its switch-ons are counted', () => {
    const run = broken('cycling', 8, 4 * hourMs)
    const readings = during(run, from + 4 * hourMs)
    const [first, last] = [readings.at(0), readings.at(-1)]
    const times = (last?.switchOnCount ?? 0) - (first?.switchOnCount ?? 0)
    expect(times).toBeGreaterThan(4 * 3)
    expect(times).toBeLessThan(4 * 14)
    const dark = changes(run, lamp.id).filter((entry) => entry.to === 'dark')
    expect(dark.length).toBeGreaterThan(12)
    for (const entry of dark) {
      expect(entry.cause).toBe('cycling')
      const back = changes(run, lamp.id).find((other) => other.at > entry.at)
      expect(back?.to).toBe('lit')
      expect((back?.at ?? 0) - entry.at).toBeLessThan(2 * minuteMs)
    }
    expect(states(run).at(-1)).toBe('lit')
  })

  test('a relay stuck open: the controller lives at good voltage, and the lamp gets nothing', () => {
    const run = broken('relayOpen')
    for (const reading of during(run)) {
      expect(reading.activePower).toBeLessThan(1)
      expect(reading.supplyVoltage).toBeGreaterThan(207)
      expect(reading.lightLevel).toBe(100)
    }
    expect(silent(run, from, to)).toEqual([])
    expect(states(run)).toEqual(['off', 'lit', 'dark', 'lit'])
  })

  test('a dead capacitor: a poor power factor at full power', () => {
    for (const reading of during(broken('capacitor'))) {
      expect(reading.powerFactor).toBeGreaterThanOrEqual(0.35)
      expect(reading.powerFactor).toBeLessThanOrEqual(0.6)
      expect(reading.activePower).toBeGreaterThan(0.9 * lamp.ratedPower)
      const apparent = (reading.supplyVoltage ?? 0) * (reading.supplyCurrent ?? 0)
      expect(((reading.activePower ?? 0) / apparent) * (1 / (reading.powerFactor ?? 1))).toBeCloseTo(1, 1)
    }
  })

  test('a pole that is run down says so, lies, and loses its supply within two minutes', () => {
    const run = broken('knockdown')
    const [event] = run.lines.filter(({ channel, device }) => channel === 'event' && device === lamp.id)
    expect(deviceEventSchema.parse(event?.payload)).toMatchObject({ type: 'impactDetected', at: from })
    const last = between(run, lamp.id, from, to)
    expect(last.length).toBeGreaterThan(0)
    for (const reading of last) {
      expect(reading.at).toBeLessThan(from + 2 * minuteMs)
      expect(reading.tilt).toBeGreaterThan(29)
      expect(reading.faults).toEqual(['impactDetected'])
    }
    expect(silent(run, from + 2 * minuteMs, to)).toEqual([lamp.id])
    expect(changes(run, lamp.id).map((entry) => [entry.to, entry.cause])).toContainEqual(['dark', 'knockdown'])
    expect(states(run).at(-1)).toBe('lit')
  })

  test('a pole that leans: 12 to 25 degrees, where poles stand within two or so', () => {
    const run = broken('leaning')
    for (const { tilt } of during(run)) {
      expect(tilt).toBeGreaterThan(11.8)
      expect(tilt).toBeLessThan(25.2)
    }
    for (const { id } of members.filter((light) => light.id !== lamp.id))
      for (const { tilt } of between(run, id, evening, to)) expect(tilt).toBeLessThan(2.2)
  })

  test('an overheating controller is at 72 °C or more', () => {
    for (const { temperature } of during(broken('overheating'))) expect(temperature).toBeGreaterThanOrEqual(72)
  })
})

describe('the signature of a controller that is not well', () => {
  test('a wrong clock: stamps and switching follow it', () => {
    const run = record(14, { faults: breaking('clockWrong', lamp.id, from, 12 * hourMs) })
    const wrong = (run.readings.get(lamp.id) ?? []).filter((reading) => reading.receivedAt > from + 10_000)
    const shifts = wrong.map((reading) => Math.round((reading.at - reading.receivedAt) / minuteMs))
    expect(new Set(shifts).size).toBe(1)
    const [shift = 0] = shifts
    expect(Math.abs(shift)).toBeGreaterThanOrEqual(5)
    const caused = changes(run, lamp.id).filter(({ cause }) => cause === 'clockWrong')
    expect(caused.map((entry) => entry.to)).toEqual([shift > 0 ? 'dark' : 'unexpectedlyOn'])
    expect(Math.abs((caused[0]?.at ?? 0) - (shift > 0 ? dawn - shift * minuteMs : dawn))).toBeLessThan(3 * minuteMs)
  })

  test('a controller that hangs is silent while its lamp burns on into the day, until its power is taken away', () => {
    const faults = [
      ...breaking('controllerHang', lamp.id, from, 24 * hourMs),
      ...breaking('circuitTrip', circuit, dawn + 2 * hourMs, 10 * minuteMs),
    ]
    const run = record(18, { faults })
    expect(between(run, lamp.id, from + 2_000, dawn + 2 * hourMs)).toEqual([])
    expect(states(run).slice(0, 4)).toEqual(['off', 'lit', 'unexpectedlyOn', 'off'])
    const [first] = between(run, lamp.id, dawn + 2 * hourMs, at(18)).toSorted((a, b) => a.at - b.at)
    expect(first).toMatchObject({ seq: 0, lightLevel: 0 })
    const log = run.truth.filter((entry) => 'fault' in entry && entry.fault === 'controllerHang')
    expect(log.map(({ event, at }) => [event, at])).toEqual([
      ['fault.started', from],
      ['fault.repaired', dawn + 2 * hourMs + 10 * minuteMs],
    ])
  })

  test('a reboot: counters begin anew, and the lamp does not care', () => {
    const run = broken('reboot', 4, minuteMs)
    const [first] = between(run, lamp.id, from + 1, to).toSorted((a, b) => a.at - b.at)
    expect(first?.seq).toBe(0)
    expect(first?.uptime).toBeLessThan(60)
    expect(states(run)).toEqual(['off', 'lit'])
  })

  test('a poor link loses a third to two thirds of its messages, in bursts', () => {
    const run = record(27, { faults: breaking('poorLink', lamp.id, from, 24 * hourMs) })
    const came = between(run, lamp.id, from, from + 24 * hourMs).length
    expect(came / 288).toBeGreaterThan(0.3)
    expect(came / 288).toBeLessThan(0.8)
    expect(between(run, lamp.id, evening, from).length).toBeGreaterThanOrEqual(36)
  })
})
