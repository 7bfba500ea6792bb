import { dayMs, hourMs, type Instant } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { batteryVoltage, createBattery, stepBattery } from './battery.ts'
import { lampPowerFactor, lampPowerW, standbyPowerW } from './lamp.ts'
import { createMainsVoltage } from './mains.ts'
import { createWeather } from './weather.ts'

describe('lamp', () => {
  test('a 100 W luminaire takes 100 W at full, about half at half, and standby when off', () => {
    expect(lampPowerW(100, 100)).toBeCloseTo(100, 9)
    expect(lampPowerW(50, 100)).toBeCloseTo(50.37, 1)
    expect(lampPowerW(0, 100)).toBe(standbyPowerW)
  })

  test('below 10 % the driver clamps', () => {
    expect(lampPowerW(1, 100)).toBe(lampPowerW(10, 100))
  })

  test('the power factor is good at full load and poor at rest', () => {
    expect(lampPowerFactor(100, 100)).toBe(0.96)
    expect(lampPowerFactor(20, 100)).toBeCloseTo(0.81, 2)
    expect(lampPowerFactor(0.4, 100)).toBe(0.35)
  })
})

describe('battery', () => {
  const mild = { hours: 0.25, celsius: 20 }
  const until = (
    battery: ReturnType<typeof createBattery>,
    flow: { panelW: number; loadW: number },
    done: () => boolean,
  ) => {
    for (let steps = 0; !done(); steps++) {
      if (steps > 10_000) throw new Error('never happens')
      stepBattery(battery, { ...mild, ...flow })
    }
  }

  test('the low-voltage disconnect falls at 10.8 V and holds until 12.6 V', () => {
    const battery = createBattery(1_280, 12.8, 0.5)
    until(battery, { panelW: 0, loadW: 30 }, () => battery.loadDisconnected)
    expect(batteryVoltage(battery, -30)).toBeLessThanOrEqual(10.8)
    expect(battery.energyWh / 1_280).toBeLessThan(0.06)
    until(battery, { panelW: 60, loadW: 0.4 }, () => batteryVoltage(battery, 59.6) > 12.3)
    expect(battery.loadDisconnected).toBe(true)
    until(battery, { panelW: 60, loadW: 0.4 }, () => !battery.loadDisconnected)
    expect(batteryVoltage(battery, 59.6)).toBeGreaterThanOrEqual(12.6)
  })

  test('a 24 V battery has its latches at twice the voltage', () => {
    const battery = createBattery(2_560, 25.6, 0.5)
    until(battery, { panelW: 0, loadW: 30 }, () => battery.loadDisconnected)
    expect(batteryVoltage(battery, -30)).toBeGreaterThan(20)
    expect(batteryVoltage(battery, -30)).toBeLessThanOrEqual(21.6)
  })

  test('standby drains on below the disconnect until the battery protects itself, and light brings it back', () => {
    const battery = createBattery(640, 12.8, 0.02)
    until(battery, { panelW: 0, loadW: 0.4 }, () => battery.protectionOpen)
    until(battery, { panelW: 60, loadW: 0 }, () => !battery.protectionOpen)
    expect(battery.energyWh / 640).toBeGreaterThanOrEqual(0.03)
  })

  test('below freezing it takes no charge but gives, and it never holds more than it can', () => {
    const battery = createBattery(1_000, 12.8, 0.5)
    expect(stepBattery(battery, { hours: 1, panelW: 100, loadW: 0, celsius: -1 })).toBe(0)
    expect(battery.energyWh).toBe(500)
    expect(stepBattery(battery, { hours: 1, panelW: 0, loadW: 20, celsius: -1 })).toBe(-20)
    expect(battery.energyWh).toBeLessThan(500 - 20)
    until(battery, { panelW: 200, loadW: 0 }, () => battery.energyWh === 1_000)
    expect(stepBattery(battery, { ...mild, panelW: 200, loadW: 5 })).toBe(0)
    expect(battery.energyWh).toBe(1_000)
  })

  test('a lead-acid battery shows its charge in its voltage, is cut off at 11.5 V, and charges in the frost', () => {
    const battery = createBattery(1_200, 12, 0.5, 'leadAcid')
    expect(batteryVoltage(battery, 0)).toBeCloseTo(12.1, 2)
    expect(stepBattery(battery, { hours: 1, panelW: 100, loadW: 0, celsius: -5 })).toBe(100)
    until(battery, { panelW: 0, loadW: 30 }, () => battery.loadDisconnected)
    expect(batteryVoltage(battery, -30)).toBeLessThanOrEqual(11.5)
    expect(battery.energyWh / 1_200).toBeGreaterThan(0.05)
    until(battery, { panelW: 100, loadW: 0.4 }, () => !battery.loadDisconnected)
    expect(batteryVoltage(battery, 99.6)).toBeGreaterThanOrEqual(12.5)
  })

  test('a round trip loses about 6 %', () => {
    const battery = createBattery(1_000, 12.8, 0.5)
    stepBattery(battery, { hours: 1, panelW: 100, loadW: 0, celsius: 20 })
    stepBattery(battery, { hours: 0.94, panelW: 0, loadW: 100, celsius: 20 })
    expect(battery.energyWh).toBeCloseTo(500, -1)
  })
})

describe('weather', () => {
  const weather = createWeather({ seed: 1, place: { lat: 41.5, lon: 26.53 } })
  const dailyKWh = (irradiance: (at: Instant) => number, year: number, month: number): number => {
    const [from, to] = [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)]
    let sum = 0
    for (let at = from; at < to; at += hourMs / 2) sum += irradiance(at) / 2_000
    return (sum * dayMs) / (to - from)
  }
  const decade = Array.from({ length: 10 }, (_, i) => 2024 + i)
  const average = (month: number): number =>
    decade.reduce((sum, year) => sum + dailyKWh(weather.irradiance, year, month), 0) / decade.length

  // Estimates for Orestiada between Athens' EPW and a PVGIS series at 45° N, kWh/m² a day.
  test.each([
    ['December', 11, 1.45],
    ['March', 2, 3.6],
    ['June', 5, 6.8],
    ['September', 8, 4.7],
  ])('%s gives about the irradiation known for the place', (_, month, expected) => {
    expect(average(month) / expected).toBeGreaterThan(0.7)
    expect(average(month) / expected).toBeLessThan(1.3)
  })

  test('in December a steep panel gets about twice what the ground gets', () => {
    const ratio = dailyKWh(weather.panelIrradiance, 2026, 11) / dailyKWh(weather.irradiance, 2026, 11)
    expect(ratio).toBeGreaterThan(1.3)
    expect(ratio).toBeLessThan(2.6)
  })

  test('the sun gives nothing at night', () => {
    expect(weather.irradiance(Date.parse('2026-06-21T22:00:00Z'))).toBe(0)
    expect(weather.panelIrradiance(Date.parse('2026-12-21T22:00:00Z'))).toBe(0)
  })

  test('a day is the same whichever is asked about first', () => {
    const other = createWeather({ seed: 1, place: { lat: 41.5, lon: 26.53 } })
    const [noon, later] = [Date.parse('2026-03-05T10:00:00Z'), Date.parse('2026-09-05T10:00:00Z')]
    const [b, a] = [other.irradiance(later), other.irradiance(noon)]
    expect([a, b]).toEqual([weather.irradiance(noon), weather.irradiance(later)])
  })

  test.each([
    ['dull', '2026-11-16', 0.45, 0],
    ['heat', '2026-07-16', 1, 0],
    ['snow', '2027-01-16', 0.6, 1],
  ] as const)('a spell of %s has its own sky for its days, and for no other', (kind, day, brightest, snowfall) => {
    const place = { lat: 41.5, lon: 26.53 }
    const from = Date.parse(`${day}T00:00:00Z`)
    const other = createWeather({ seed: 1, place, spell: { kind, from, to: from + 4 * dayMs } })
    for (let noon = from + 10 * hourMs; noon < from + 4 * dayMs; noon += dayMs) {
      const clear = 1_098 * 0.9
      expect(other.irradiance(noon)).toBeLessThan(brightest * clear)
    }
    expect(other.isSnowing(from + hourMs)).toBe(snowfall === 1)
    expect(other.isSnowing(from + 3 * dayMs)).toBe(false)
    for (const outside of [from - 14 * hourMs, from + 5 * dayMs + 10 * hourMs])
      expect(other.irradiance(outside)).toBe(weather.irradiance(outside))
    // Over a whole day, because a dull sky also lessens the swing between day and night.
    const hours = Array.from({ length: 24 }, (_, hour) => from + dayMs + hour * hourMs)
    const warmer = hours.reduce((sum, at) => sum + other.temperature(at) - weather.temperature(at), 0) / 24
    expect(warmer).toBeCloseTo({ dull: 0, heat: 7, snow: -3.5 }[kind], 0)
  })

  test('July is hot, January near freezing, and the temperature makes no jumps', () => {
    const monthly = (month: number): number => {
      const hours = Array.from({ length: 28 * 24 }, (_, hour) => Date.UTC(2026, month, 1) + hour * hourMs)
      return hours.reduce((sum, at) => sum + weather.temperature(at), 0) / hours.length
    }
    expect(monthly(6)).toBeGreaterThan(21)
    expect(monthly(6)).toBeLessThan(29)
    expect(monthly(0)).toBeGreaterThan(-2)
    expect(monthly(0)).toBeLessThan(6)
    const midnight = Date.parse('2026-05-05T00:00:00Z')
    expect(Math.abs(weather.temperature(midnight) - weather.temperature(midnight - 1))).toBeLessThan(4)
  })
})

test('mains voltage stays within EN 50160, moves smoothly, and each phase by itself', () => {
  const [one, two] = [createMainsVoltage(1, 'p1', 'L1'), createMainsVoltage(1, 'p1', 'L2')]
  const minutes = Array.from({ length: 600 }, (_, minute) => Date.UTC(2026, 0, 1) + minute * 60_000)
  for (const at of minutes) {
    expect(one(at)).toBeGreaterThan(207)
    expect(one(at)).toBeLessThan(253)
    expect(Math.abs(one(at) - one(at + 60_000))).toBeLessThan(2)
  }
  expect(minutes.map(one)).not.toEqual(minutes.map(two))
})
