import { hourMs, type Reading } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { createSky, noteNeighbour } from './harvests.ts'
import { forecast, tonight } from './outlook.ts'
import { dawn, dusk, night, nightsAfter, trial } from './trial.ts'

/** A charged LiFePO₄ battery by day. */
const full = (): Partial<Reading> => ({
  batteryVoltage: 13.6,
  batteryCurrent: 0,
  chargerState: 'float',
  loadState: 'off',
})
/** A lamp that takes 30 W from a battery on its plateau. */
const burning = (): Partial<Reading> => ({
  batteryVoltage: 13.1,
  batteryCurrent: -2.3,
  chargerState: 'night',
  loadState: 'on',
  activePower: 30,
})
const steady = [0.5, 0.6, 0.7]

describe('tonight', () => {
  test('a battery that was full at dusk lasts the night, and says how much it holds', () => {
    const { memory, unit, plan, tell } = trial()
    tell(dusk - 2 * hourMs, dusk, full)
    const { probabilityDark, usableWh, neededWh, expectedDarkAt } = tonight(memory, unit, plan, steady)
    expect(probabilityDark).toBeLessThan(0.001)
    expect(expectedDarkAt).toBeNull()
    expect(usableWh).toBeGreaterThan(850)
    // 13.45 h at 30 W, with half a watt for the controller.
    expect(neededWh).toBeGreaterThan(400)
    expect(neededWh).toBeLessThan(420)
  })

  test('half of that battery does not last it, and the hour is told', () => {
    const { memory, unit, plan, tell } = trial({ capacityWh: 420 })
    tell(dusk - 2 * hourMs, dusk, full)
    const { probabilityDark, expectedDarkAt } = tonight(memory, unit, plan, steady)
    expect(probabilityDark).toBeGreaterThan(0.75)
    // 0.85 × 420 Wh above the floor at 30.5 W.
    expect(Math.abs((expectedDarkAt ?? 0) - (dusk + 11.1 * hourMs))).toBeLessThan(1.5 * hourMs)
  })

  test('planned dimming is counted: the same battery lasts when it dims by night', () => {
    const dimmed = trial(
      { capacityWh: 420 },
      night([
        [0, 100],
        [4, 50],
        [11.5, 100],
      ]),
    )
    dimmed.tell(dusk - 2 * hourMs, dusk, full)
    expect(tonight(dimmed.memory, dimmed.unit, dimmed.plan, steady).probabilityDark).toBeLessThan(0.35)
  })

  test('the cold of the night takes its share of the capacity', () => {
    const inCold = (batteryTemperature: number): number => {
      const { memory, unit, plan, tell } = trial({ capacityWh: 520 })
      tell(dusk - 2 * hourMs, dusk + 2 * hourMs, (at) => ({ ...(at < dusk ? full() : burning()), batteryTemperature }))
      return tonight(memory, unit, plan, steady).probabilityDark
    }
    expect(inCold(20)).toBeLessThan(0.4)
    expect(inCold(-15)).toBeGreaterThan(0.8)
  })

  test('a load that is cut by night stays off until the sun: dark, whatever the battery holds', () => {
    const { memory, unit, plan, tell } = trial()
    tell(dusk - 2 * hourMs, dusk + 3 * hourMs, (at) => (at < dusk ? full() : burning()))
    tell(dusk + 3 * hourMs, dusk + 4 * hourMs, () => ({
      batteryVoltage: 12.1,
      batteryCurrent: 0,
      loadState: 'lowVoltageDisconnect',
      activePower: 0.3,
    }))
    expect(tonight(memory, unit, plan, steady).probabilityDark).toBe(1)
  })

  test('a lamp that is broken for hours and then mended is dark for no want of energy', () => {
    const { memory, unit, plan, tell } = trial()
    tell(dusk - 2 * hourMs, dusk + 3 * hourMs, (at) =>
      at < dusk ? full() : { ...burning(), batteryCurrent: -0.1, activePower: 1.2, loadState: 'off' },
    )
    tell(dusk + 3 * hourMs, dusk + 4 * hourMs, burning)
    expect(tonight(memory, unit, plan, steady).probabilityDark).toBeLessThan(0.01)
  })

  test('a cut in the last half hour before dawn makes no dark night', () => {
    const { memory, unit, plan, tell } = trial({ capacityWh: 480 })
    tell(dusk - 2 * hourMs, dawn - 20 * 60_000, (at) => (at < dusk ? full() : burning()))
    expect(tonight(memory, unit, plan, steady).probabilityDark).toBe(0)
  })

  test('in the morning the sun of the day is counted, and a dull one so far counts against it', () => {
    const begun = dusk - 9 * hourMs
    const chargedWith = (batteryCurrent: number): number => {
      const { memory, unit, plan, tell } = trial()
      memory.charge = 0.2
      memory.chargeVariance = 0.03 ** 2
      tell(begun, dusk - 4.5 * hourMs, () => ({
        batteryVoltage: 13.3,
        batteryCurrent,
        chargerState: 'bulk',
        batteryTemperature: 12,
      }))
      return tonight(memory, unit, plan, steady).probabilityDark
    }
    expect(chargedWith(6)).toBeLessThan(0.1)
    expect(chargedWith(0.4)).toBeGreaterThan(0.8)
  })
})

describe('a level that is badly wrong', () => {
  /** As in the log of a real street light: the voltage falls with the charge; the capacity is a third of the nameplate's. */
  const discharging = (at: number): Partial<Reading> => {
    const charge = 0.8 - (at - dusk) / hourMs / 13.5
    return {
      batteryVoltage: Math.max(11.3, 11.3 + 1.43 * charge) - 0.03,
      // Its monitor was told three times the real capacity: 68 % at the moment of the disconnect.
      batteryLevel: 95 - (2 * (at - dusk)) / hourMs,
      loadState: 'on',
      activePower: 30,
    }
  }

  test('does not hide what the voltage says', () => {
    const { memory, tell } = trial({ chemistry: 'leadAcid', capacityWh: 1_200, nominalV: 12 })
    tell(dusk, dusk + 7 * hourMs, discharging)
    // 28 % by the voltage, 81 % by the monitor.
    expect(memory.charge).toBeGreaterThan(0.2)
    expect(memory.charge).toBeLessThan(0.5)
  })

  test('counts ever less after it was caught at a cut of the load', () => {
    const { memory, tell } = trial({ chemistry: 'leadAcid', capacityWh: 1_200, nominalV: 12 })
    const before = memory.levelVariance
    tell(dusk, dusk + 10 * hourMs, discharging)
    tell(dusk + 10 * hourMs, dusk + 11 * hourMs, () => ({
      batteryVoltage: 11.35,
      batteryLevel: 68,
      loadState: 'lowVoltageDisconnect',
      activePower: 0,
    }))
    expect(memory.levelVariance).toBeGreaterThan(3 * before)
    expect(memory.charge).toBeLessThan(0.2)
  })
})

describe('what a run down to the cut teaches', () => {
  test('the capacity of a battery that gives half of its nameplate', () => {
    const { memory, tell } = trial({ capacityWh: 600 })
    tell(dusk - 2 * hourMs, dusk, full)
    // 9 h at 30 W: 270 Wh of 600.
    tell(dusk, dusk + 9 * hourMs, burning)
    tell(dusk + 9 * hourMs, dusk + 10 * hourMs, () => ({
      batteryVoltage: 11.6,
      batteryCurrent: 0,
      loadState: 'lowVoltageDisconnect',
      activePower: 0.3,
    }))
    expect(memory.capacity).toBeGreaterThan(0.4)
    expect(memory.capacity).toBeLessThan(0.62)
    expect(memory.disconnects).toBe(1)
  })
})

describe('with fields that are not there', () => {
  const error = (fields: (at: number) => Partial<Reading>): number => {
    const { memory, tell } = trial({ nominalV: null })
    tell(dusk, dusk + 3 * hourMs, fields)
    return Math.sqrt(memory.chargeVariance)
  }

  test('there is still an answer, the wider the less is told', () => {
    const both = error(burning)
    const voltage = error(() => ({ batteryVoltage: 12.9, activePower: 30, loadState: 'on' }))
    const level = error(() => ({ batteryLevel: 60, loadState: 'on' }))
    expect(voltage).toBeLessThan(0.3)
    expect(level).toBeLessThan(0.3)
    expect(both).toBeLessThan(0.3)
    expect(level).toBeGreaterThan(0.05)
  })

  test('a reading without battery is no ground for a forecast', () => {
    const { memory, unit, plan, sky, tell } = trial()
    tell(dusk, dusk + hourMs, () => ({ activePower: 30, loadState: 'on' }))
    expect(memory.at).toBe(0)
    expect(forecast(memory, unit, sky, nightsAfter(plan, 3), plan.number)).toBeNull()
  })

  test('an older reading that comes late changes nothing', () => {
    const { memory, tell } = trial()
    tell(dusk, dusk + hourMs, burning)
    const before = structuredClone(memory)
    tell(dusk - 2 * hourMs, dusk, full)
    expect(memory).toEqual(before)
  })
})

describe('the nights after', () => {
  const plans = nightsAfter(night(), 10)

  test('are four in all, grow darker while days are dull, and lighter while they are clear', () => {
    const ahead = (harvest: number): number[] => {
      const { memory, unit, plan, tell } = trial({ capacityWh: 900, panelPowerW: 130 })
      tell(dusk - 2 * hourMs, dusk, full)
      memory.harvests = Array<number>(30).fill(Math.round(harvest * 1_000))
      memory.harvestsUntil = plan.number - 1
      const found = forecast(memory, unit, createSky(), plans, plan.number)
      return [found?.probabilityDark ?? -1, ...(found?.next.map((it) => it.probabilityDark) ?? [])]
    }
    const [dull, clear] = [ahead(0.1), ahead(0.8)]
    expect(dull).toHaveLength(4)
    expect(dull[3]).toBeGreaterThan(0.9)
    expect(dull[1]).toBeGreaterThanOrEqual(dull[0] ?? 1)
    expect(clear[3]).toBeLessThan(0.1)
  })

  test('one dull day foretells another, though the days before were the same', () => {
    const ahead = (today: number): number => {
      const { memory, unit, plan, tell } = trial({ capacityWh: 700, panelPowerW: 130 })
      tell(dusk - 2 * hourMs, dusk, full)
      memory.harvests = [today, ...Array.from({ length: 24 }, (_, day) => (day % 3 === 0 ? 0.1 : 0.7))].map((harvest) =>
        Math.round(harvest * 1_000),
      )
      memory.harvestsUntil = plan.number - 1
      memory.day.takenClear = 0
      memory.day.full = false
      return forecast(memory, unit, createSky(), plans, plan.number)?.next[0]?.probabilityDark ?? -1
    }
    expect(ahead(0.1)).toBeGreaterThan(1.5 * ahead(0.7))
  })

  test.each([
    ['lead-acid light stays dark until its battery is well charged', 'leadAcid', 12, 0.9],
    ['LiFePO₄ light is given its load back soon', 'lifepo4', 12.8, 0.4],
  ] as const)('after its load was cut, a %s', (_name, batteryChemistry, nominalV, atMostOrLeast) => {
    const { memory, unit, plan } = trial({ chemistry: batteryChemistry, nominalV, capacityWh: 1_200, panelPowerW: 300 })
    memory.at = plan.onAt
    memory.night = plan.number
    memory.charge = memory.floor
    memory.chargeVariance = 0.01 ** 2
    memory.latchedAt = plan.onAt - hourMs
    memory.harvests = Array<number>(30).fill(300)
    memory.harvestsUntil = plan.number
    const next = forecast(memory, unit, createSky(), plans, plan.number)?.next[0]?.probabilityDark ?? -1
    if (batteryChemistry === 'leadAcid') expect(next).toBeGreaterThan(atMostOrLeast)
    else expect(next).toBeLessThan(atMostOrLeast)
  })

  test('a light without past of its own is given its neighbours', () => {
    const withNeighbours = (harvest: number): number => {
      const { memory, unit, plan, tell } = trial({ capacityWh: 900, panelPowerW: 130 })
      tell(dusk - 2 * hourMs, dusk, full)
      memory.harvestsUntil = plan.number - 1
      const sky = createSky()
      for (let day = plan.number - 30; day < plan.number; day++)
        for (let i = 0; i < 5; i++) noteNeighbour(sky, 'lifepo4', day, harvest)
      return forecast(memory, unit, sky, plans, plan.number)?.next[2]?.probabilityDark ?? -1
    }
    expect(withNeighbours(0.1)).toBeGreaterThan(0.9)
    expect(withNeighbours(0.8)).toBeLessThan(0.1)
  })

  test('from a light that has been silent for days they are still told, and for a week at most', () => {
    const { memory, unit, plan, sky, tell } = trial()
    tell(dusk - 2 * hourMs, dusk, full)
    const number = plan.number + 2
    expect(forecast(memory, unit, sky, plans, number)?.number).toBe(number)
    expect(forecast(memory, unit, sky, nightsAfter(night(), 12), plan.number + 8)).toBeNull()
  })
})

test('what is remembered of a light is plain data of less than a kilobyte and a half', () => {
  const { memory, tell } = trial()
  tell(dusk - 2 * hourMs, dawn, (at) => (at < dusk ? full() : burning()))
  memory.harvests = Array<number>(30).fill(1_234)
  expect(JSON.parse(JSON.stringify(memory))).toEqual(memory)
  expect(JSON.stringify(memory).length).toBeLessThan(1_536)
})
