import { hourMs, type Instant, minuteMs, type Reading } from '@fanari/contracts'
import { ageCharge, moveCharge, seeCharge, seeChargeRepeatedly, seeFull } from './charge-filter.ts'
import { blocksOf, chargeAt, chargeFromVoltage, chemistries, temperatureFactor } from './chemistry.ts'
import { clearSkyIrradiance, clearSkySum } from './clear-sky.ts'
import { closeDay, harvestOn, noteNeighbour, type Sky } from './harvests.ts'
import type { NightPlan, SolarMemory, SolarUnit } from './memory.ts'
import { learnedPowerW, levelAt, neededWh, nominalPowerW, ratioIndex } from './plan.ts'

/** What else is known of a reading: the plan of the night it belongs to, and whether it shows light. */
export interface ReadingContext {
  plan: NightPlan
  sign: 'lit' | 'unlit' | 'none'
  /** Is told the light's harvest of each day. */
  sky: Sky
}

/** Up to here two readings are joined by a straight line; beyond, by what was to be expected. */
const longestJoinMs = 40 * minuteMs
/** Error of counted energy: meters and temperature out, efficiency of charging in; and of energy that is only expected. */
const countedOutError = 0.05
const countedInError = 0.08
const guessedOutError = 0.15
const guessedInError = 0.6
/** What a day brings before anything is known of it [share of clear sky], with the charger's losses. */
const guessedHarvest = 0.5
/** Internal resistance and wiring of a block of 100 Ah [Ω], and how much of the sag it explains is trusted. */
const blockResistance = 0.015
const sagError = 0.5
/** A cut load says where the floor is, to this error. */
const disconnectError = 0.03
/** So near to the floor a lamp that is out was cut off, not broken [share of capacity]. */
const nearFloor = 0.12
/** A sun under which any panel charges [W/m²]. */
const strongSun = 200
/** LiFePO₄ takes no charge below 0 °C; its sensor may sit in a warmer place. */
const frostCelsius = 2
/** Less than this share of its peak power is no charging. */
const idleShare = 0.02
/** Measured power of less than this share of the expected one is a lamp that is off, not one that takes little. */
const leastLitShare = 0.3
/** After so long a voltage stands elsewhere in its table, and a gauge has been set right or has drifted on [h]. */
const tableHours = 6
/** Only where the table is steep does it tell of the capacity too: off the plateau. A gauge only repeats what it was told. */
const teachingError = 0.07
const levelHours = 72
/** How a reported level has agreed counts with this time constant. */
const levelMemoryMs = 24 * hourMs
/** Yields count with the clear-sky sum of about three days [Wh/m²]. */
const yieldMemoryWh = 8_000
/** Measured powers count with this time constant. */
const powerMemoryMs = 4 * hourMs
/** A lamp needs time to settle after a switch before its power is learned. */
const settleMs = 10 * minuteMs

/** Takes what a reading says of battery, panel and lamp. Readings must come in the order of their times; an older one is left aside. */
export const noteReading = (memory: SolarMemory, unit: SolarUnit, reading: Reading, context: ReadingContext): void => {
  const { batteryVoltage, batteryLevel, batteryCurrent, loadState } = reading
  if (batteryVoltage === undefined && batteryLevel === undefined && batteryCurrent === undefined) return
  const { at } = reading
  if (at <= memory.at) return
  const { plan, sign } = context
  /** Time since the last reading; 0 at the first. */
  const ms = memory.at === 0 ? 0 : at - memory.at
  if (plan.number !== memory.night) endDay(memory, unit, plan, at, context.sky)

  const irradiance = at > plan.onAt && at < plan.offAt ? 0 : clearSkyIrradiance(unit, at)
  const level = levelAt(plan, at)
  const powerW = batteryPowerW(memory, unit, reading, level, irradiance, sign)
  const cold = unit.chemistry === 'lifepo4' && (reading.batteryTemperature ?? 20) < frostCelsius
  if (ms > 0) count(memory, unit, plan, at, { powerW, irradiance, cold })
  // Dark for want of energy alone: a broken lamp is no matter of the battery.
  if (memory.latchedAt > 0 && level > 0) memory.darkMs += Math.min(ms, longestJoinMs)
  memory.at = at
  memory.powerW = powerW
  memory.irradiance = irradiance

  const full = isFull(memory, unit, reading, irradiance)
  if (full) {
    memory.day.full = true
    seeFull(memory)
  } else if (reading.chargerState === 'absorption') memory.day.full = true
  noteDisconnect(memory, unit, reading, sign)
  if (!full && loadState !== 'lowVoltageDisconnect') seeVoltage(memory, unit, reading, powerW, ms)
  if (!full) seeLevel(memory, reading, ms)
  noteLamp(memory, unit, plan, at, { ms, level, powerW, irradiance, sign, measuredW: reading.activePower })
  if (irradiance === 0 && reading.batteryTemperature !== undefined) {
    const known = memory.nightCelsius
    memory.nightCelsius = round(
      known === null ? reading.batteryTemperature : known + 0.02 * (reading.batteryTemperature - known),
    )
  }
}

const endDay = (memory: SolarMemory, unit: SolarUnit, plan: NightPlan, at: Instant, sky: Sky): void => {
  const night = plan.number
  closeDay(memory, unit, night, memory.day.clear)
  const harvest = harvestOn(memory, night - 1)
  if (harvest !== null) noteNeighbour(sky, unit.chemistry, night - 1, harvest)
  memory.day.total = clearSkySum(unit, memory.at === 0 ? Math.max(at, plan.startAt) : plan.startAt, plan.onAt)
}

const round = (value: number): number => Math.round(value * 100) / 100

/** Net power into the battery [W], measured or, by night, from the lamp; `null` when nobody says. */
const batteryPowerW = (
  memory: SolarMemory,
  unit: SolarUnit,
  reading: Reading,
  level: number,
  irradiance: number,
  sign: ReadingContext['sign'],
): number | null => {
  const volts = reading.batteryVoltage ?? unit.nominalV
  if (reading.batteryCurrent !== undefined && volts !== null) return reading.batteryCurrent * volts
  const lampW = reading.activePower ?? (level > 0 && sign !== 'unlit' ? learnedPowerW(memory, unit, level) : 0)
  if (irradiance === 0) return -lampW
  if (reading.panelVoltage !== undefined && reading.panelCurrent !== undefined)
    return reading.panelVoltage * reading.panelCurrent * 0.95 - lampW
  return null
}

/** Counts the energy since the last reading. */
const count = (
  memory: SolarMemory,
  unit: SolarUnit,
  plan: NightPlan,
  at: Instant,
  seen: { powerW: number | null; irradiance: number; cold: boolean },
): void => {
  const { powerW, irradiance, cold } = seen
  const ms = at - memory.at
  const hours = ms / hourMs
  ageCharge(memory, hours / 24)
  const joined = ms <= longestJoinMs
  const clear = joined
    ? ((memory.irradiance + irradiance) / 2) * hours
    : clearSkySum(unit, Math.max(memory.at, plan.startAt), at)
  memory.day.clear += clear
  if (joined && powerW !== null && memory.powerW !== null) {
    const wh = ((powerW + memory.powerW) / 2) * hours
    store(memory, unit, wh, wh > 0 ? countedInError : countedOutError)
    noteCharging(memory, unit, {
      clear,
      wh,
      ms,
      irradiance,
      lit: levelAt(plan, at) > 0,
      cold,
      morning: at < (plan.startAt + plan.onAt) / 2,
    })
    return
  }
  const out = neededWh(memory, unit, plan, memory.at, at)
  const into = (clear / 1_000) * unit.panelPowerW * guessedHarvest
  if (out > 0) store(memory, unit, -out, guessedOutError)
  if (into > 0) store(memory, unit, into, guessedInError)
}

/** Moves the charge by energy at the battery's terminals [Wh]. */
const store = (memory: SolarMemory, unit: SolarUnit, wh: number, error: number): void => {
  const capacityWh = memory.capacity * unit.capacityWh
  if (wh >= 0) return moveCharge(memory, (wh * chemistries[unit.chemistry].roundTrip) / capacityWh, error)
  moveCharge(memory, wh / (capacityWh * temperatureFactor(memory.nightCelsius ?? 20)), error)
}

/** The account of the day: what was charged while the battery took what it could get, and how long it got nothing. */
const noteCharging = (
  memory: SolarMemory,
  unit: SolarUnit,
  seen: { clear: number; wh: number; ms: number; irradiance: number; lit: boolean; cold: boolean; morning: boolean },
): void => {
  const { clear, wh, ms, irradiance } = seen
  if (clear <= 0) return
  const { day } = memory
  if (seen.cold && wh <= 0) day.frozenClear += clear
  else if (!day.full) {
    day.takenClear += clear
    day.takenWh += Math.max(0, wh)
    if (irradiance > strongSun)
      noteYield(memory, seen.morning ? 'morning' : 'afternoon', clear, (wh * 1_000) / clear / unit.panelPowerW)
  }
  const idle = wh < (idleShare * unit.panelPowerW * ms) / hourMs
  if (!idle || day.full) day.idleMs = 0
  // A lamp that burns by day takes the charge away, and a frozen battery takes none.
  else if (irradiance > strongSun && !seen.lit && !seen.cold) day.idleMs += ms
}

const noteYield = (memory: SolarMemory, half: 'morning' | 'afternoon', clear: number, share: number): void => {
  const weight = memory[half] === 0 ? 1 : Math.min(0.2, clear / yieldMemoryWh)
  memory[half] += weight * (Math.max(0, share) - memory[half])
}

const isFull = (memory: SolarMemory, unit: SolarUnit, reading: Reading, irradiance: number): boolean => {
  const { chargerState, batteryVoltage } = reading
  const { chemistry } = unit
  const shown =
    batteryVoltage === undefined
      ? null
      : chargeAt(chemistry, batteryVoltage / blocksOf(chemistry, unit.nominalV, batteryVoltage))
  // A charger may say so at dawn out of habit: a battery that shows less than a third is not full.
  if (chargerState === 'float' || chargerState === 'equalize') return shown === null || shown > 0.35
  if (chargerState !== undefined || shown === null || memory.powerW === null) return false
  // Nobody says so, but it takes nothing under a strong sun and stands at the top of its table.
  return irradiance > strongSun && Math.abs(memory.powerW) < 0.02 * unit.panelPowerW && shown >= 0.97
}

/**
 * The controller has cut the load: the charge stands at the floor, and a battery at rest says what floor that is. A controller that does
 * not report its load is taken to have cut it when the lamp is out and the battery nearly so.
 */
const noteDisconnect = (memory: SolarMemory, unit: SolarUnit, reading: Reading, sign: ReadingContext['sign']): void => {
  const above = memory.charge - memory.floor
  const cut =
    reading.loadState === undefined
      ? memory.latchedAt > 0
        ? sign !== 'lit' && above < 2 * nearFloor
        : sign === 'unlit' && memory.unlit > 0 && above < nearFloor
      : reading.loadState === 'lowVoltageDisconnect'
  if (!cut) {
    if (memory.latchedAt > 0) memory.unlit = 0
    memory.latchedAt = 0
    return
  }
  if (memory.latchedAt > 0) return
  memory.latchedAt = reading.at
  // A cut under the sun tells of another moment's charge.
  if (memory.irradiance > 0) return
  memory.disconnects++
  const { chemistry } = unit
  if (reading.batteryVoltage !== undefined) {
    const volts = reading.batteryVoltage / blocksOf(chemistry, unit.nominalV, reading.batteryVoltage)
    const seen = chargeFromVoltage(chemistry, volts, chemistries[chemistry].tableErrorV)
    const gain = memory.floorVariance / (memory.floorVariance + seen.error ** 2)
    memory.floor += gain * (seen.charge - memory.floor)
    memory.floorVariance = Math.max(0.015 ** 2, memory.floorVariance * (1 - gain))
  }
  if (reading.batteryLevel !== undefined) {
    const off = (reading.batteryLevel / 100 - memory.floor) ** 2
    memory.levelVariance += 0.5 * (off - memory.levelVariance)
  }
  seeCharge(memory, memory.floor, Math.sqrt(disconnectError ** 2 + memory.floorVariance), true)
}

/** The voltage of a battery that is not being charged, corrected for the sag under its load. */
const seeVoltage = (
  memory: SolarMemory,
  unit: SolarUnit,
  reading: Reading,
  powerW: number | null,
  ms: number,
): void => {
  if (powerW !== null && powerW > 0.004 * unit.capacityWh) memory.chargedAt = reading.at
  const { batteryVoltage } = reading
  if (batteryVoltage === undefined || batteryVoltage <= 0 || powerW === null || memory.chargedAt === reading.at) return
  const { chemistry } = unit
  const facts = chemistries[chemistry]
  const blocks = blocksOf(chemistry, unit.nominalV, batteryVoltage)
  const ampereHours = unit.capacityWh / (blocks * facts.blockV)
  const sagV = (Math.max(0, -powerW) / batteryVoltage) * blockResistance * (100 / ampereHours)
  const unsettled = reading.at - memory.chargedAt < facts.settleHours * hourMs
  const errorV = Math.hypot(facts.tableErrorV, sagError * sagV) * (unsettled ? 3 : 1)
  const seen = chargeFromVoltage(chemistry, batteryVoltage / blocks + sagV, errorV)
  if (ms === 0) seeCharge(memory, seen.charge, seen.error, false)
  else seeChargeRepeatedly(memory, seen.charge, seen.error, ms / hourMs, tableHours, seen.error < teachingError)
}

/** The reported level, trusted as far as it has agreed with what is known better. */
const seeLevel = (memory: SolarMemory, reading: Reading, ms: number): void => {
  if (reading.batteryLevel === undefined) return
  const seen = reading.batteryLevel / 100
  const error = Math.sqrt(memory.levelVariance)
  if (ms === 0) return seeCharge(memory, seen, error, false)
  const off = (seen - memory.charge) ** 2
  const apart = off > 9 * (memory.chargeVariance + memory.levelVariance)
  if (memory.chargeVariance < 0.06 ** 2 || apart)
    memory.levelVariance += Math.min(0.2, ms / levelMemoryMs) * (Math.max(0.03 ** 2, off) - memory.levelVariance)
  if (!apart) seeChargeRepeatedly(memory, seen, error, ms / hourMs, levelHours, false)
}

/** Learns the lamp's power, and keeps account of planned time without light. */
const noteLamp = (
  memory: SolarMemory,
  unit: SolarUnit,
  plan: NightPlan,
  at: Instant,
  seen: {
    ms: number
    level: number
    powerW: number | null
    irradiance: number
    sign: ReadingContext['sign']
    measuredW: number | undefined
  },
): void => {
  // Clocks and photocells scatter around a switch.
  if (seen.level === 0 || at < plan.onAt + settleMs || at > plan.offAt - settleMs) return
  if (seen.sign === 'unlit') {
    memory.unlit++
    return
  }
  if (seen.sign === 'lit') memory.unlit = 0
  const steady = plan.steps.some((step) => at >= step.from + settleMs && at < step.until)
  const outW = seen.irradiance === 0 && seen.powerW !== null ? -seen.powerW : (seen.measuredW ?? 0)
  const ratio = outW / nominalPowerW(unit, seen.level)
  if (!steady || ratio < leastLitShare || ratio > 2) return
  const index = ratioIndex(seen.level)
  const known = memory.powerRatios[index]
  const weight = known === 0 ? 1 : Math.min(0.2, seen.ms / powerMemoryMs)
  memory.powerRatios[index] = known + weight * (ratio - known)
}
