import { type Instant, type LightState, minuteMs, type Reading, type Reason, type Rules } from '@fanari/contracts'
import type { NightPlan } from '../forecast/index.ts'
import { type DarkFault, darkFaultOf, describeReading, type Sign, signOfLight, usualPowerW } from './evidence.ts'
import { createHearing, decisiveMisses, type Hearing, missedAt, missedReports } from './hearing.ts'
import { noteEnergy } from './rules/energy-witness.ts'
import { createMemory, type LightMemory } from './rules/memory.ts'
import type { Mode, Program, Segment } from './schedule.ts'
import { createSolarWatch, type SolarWatch } from './solar.ts'
import type { Timed } from './timers.ts'
import type { LightAsset } from './topology.ts'

/** How long a last gasp waits for the supply to come back, as meters do for momentary outages [ms]. */
export const gaspHoldMs = 5_000

/** From here on a supply is there, however bad [V]; what lies between this and no supply is a sagging or floating line. */
const livingSupplyV = 150

/** Overdue reports that make a light alone `unknown`. */
const unknownAfterMisses = 3

/** What lights are judged under at one moment. */
export interface Moment {
  now: Instant
  rules: Rules
  /** Since when silence may be counted, after what the platform itself did not hear. */
  floor: SilenceFloor
}

/** What a late reading said about light. */
interface LateSign {
  at: Instant
  lit: boolean
  /** Of a dark one. */
  fault: DarkFault | null
}

/** An outage that was over when it was found, not told yet. */
export interface PastOutage {
  since: Instant
  until: Instant
  fault: DarkFault
  /** Known from counters begun anew, and not from dark readings. */
  restarted: boolean
  tellAt: Instant
}

/** All that is remembered of one light. Every field is data, so that a snapshot is a copy. */
export interface Light extends Timed {
  asset: LightAsset
  program: Program
  hearing: Hearing
  /** The expectation by the clock; recomputed, never stored. */
  segment: Segment
  /** The mode that the runs below were counted in. */
  counted: Mode
  litRun: number
  darkRun: number
  darkSince: Instant
  darkFault: DarkFault
  darkDetail: string
  /** The last dark reading showed a supply that is in order: then no lost supply is the cause. */
  darkPowered: boolean
  /** What it last said it draws [W]; −1 when it never did. */
  powerW: number
  /** What it would draw at full level, by its last lit reading [W]; −1 when there was none. */
  fullPowerW: number
  onRun: number
  onSince: Instant
  onDetail: string
  offRun: number
  sign: Sign
  /** Arrival and event time of a last gasp that nothing has contradicted; 0 when there is none. */
  gaspAt: Instant
  gaspEventAt: Instant
  /** By day its neighbours lived on after it: it lost a supply of its own, and not the one that is switched off by day. */
  gaspAlone: boolean
  /** What the rules remember: see rules/memory.ts. */
  memory: LightMemory
  /** Event time of the first lit reading since it was last dark, and of the last lit one; 0 when there is none. */
  litSince: Instant
  lastLitAt: Instant
  /** Its newest reading was old when it came: what is so now is not known. */
  late: boolean
  /** Late readings of this instant. */
  backlog: LateSign[] | null
  past: PastOutage | null
  /** Arrival of the last reading whose counters had begun anew since the one before; 0 when none had. */
  bootedAt: Instant
  /** The same of one that had announced a lost supply, or had missed a report: it may have been without supply. */
  poweredAt: Instant
  /** When others were heard again through its gateway, while it was not heard; 0 when that never was. */
  carriedAt: Instant
  /** Arrival of a reading that showed that it had lost its supply while it was silent; 0 when none did. */
  restartedAt: Instant
  state: LightState
  since: Instant
  reason: Reason
  /** Key of the open group incident this light is a member of. */
  group: string | null
  maintenanceUntil: Instant
  /** What is known of panel and battery; `null` on the grid. */
  solar: SolarWatch | null
  /** The night that is not over yet, for a solar light; worked out anew, never stored. */
  night: NightPlan | null
}

export const createLight = (asset: LightAsset, program: Program, segment: Segment, moment: Moment): Light => ({
  asset,
  program,
  hearing: createHearing(asset.device, asset.intervalMs, moment.rules),
  segment,
  counted: 'either',
  litRun: 0,
  darkRun: 0,
  darkSince: 0,
  darkFault: 'lampFailure',
  darkDetail: '',
  darkPowered: false,
  powerW: -1,
  fullPowerW: -1,
  onRun: 0,
  onSince: 0,
  onDetail: '',
  offRun: 0,
  sign: 'none',
  gaspAt: 0,
  gaspEventAt: 0,
  gaspAlone: false,
  memory: createMemory(),
  litSince: 0,
  lastLitAt: 0,
  late: false,
  backlog: null,
  past: null,
  bootedAt: 0,
  poweredAt: 0,
  carriedAt: 0,
  restartedAt: 0,
  state: 'unknown',
  since: moment.now,
  reason: 'neverReported',
  group: null,
  maintenanceUntil: 0,
  solar: asset.solar === null ? null : createSolarWatch(asset.solar),
  night: null,
  due: Number.POSITIVE_INFINITY,
  surfacesAt: Number.POSITIVE_INFINITY,
})

const resetRuns = (light: Light, mode: Mode): void => {
  light.counted = mode
  light.litRun = 0
  light.darkRun = 0
  light.onRun = 0
  light.offRun = 0
}

/** Counts one current reading toward or against the light's faults. `segment` is the expectation at the reading's own time. */
export const countReading = (light: Light, reading: Reading, segment: Segment, rules: Rules): void => {
  const { asset, memory } = light
  const sign = signOfLight(reading, asset, segment, rules, memory.power)
  light.sign = sign
  if (segment.mode !== light.counted) resetRuns(light, segment.mode)
  const witnessed = hasEnergyWitness(light, reading, segment)
  if (sign === 'none') return
  switch (segment.mode) {
    case 'on':
      if (sign === 'lit') {
        light.litRun++
        light.darkRun = 0
        return
      }
      light.litRun = 0
      if (light.darkRun++ === 0) light.darkSince = reading.at
      // Two independent witnesses are as good as two readings.
      if (reading.activePower !== undefined && (witnessed || namesDarkness(light, reading)))
        light.darkRun = Math.max(light.darkRun, rules.lampFailure.samples)
      light.darkFault = darkFaultOf(reading, asset, rules)
      light.darkDetail = `${describeReading(reading, asset, segment.level, memory.power)}${witnessed ? ', the energy counter agrees' : ''}`
      light.darkPowered = !asset.solar && (reading.supplyVoltage ?? 0) >= livingSupplyV
      return
    case 'off':
      if (sign === 'unlit') {
        light.offRun++
        light.onRun = 0
        return
      }
      light.offRun = 0
      if (light.onRun++ === 0) light.onSince = reading.at
      if (reading.activePower !== undefined && reading.faults?.includes('lampUnexpectedOn'))
        light.onRun = Math.max(light.onRun, rules.lampUnexpectedOn.samples)
      light.onDetail = describeReading(reading, asset, 0, memory.power)
      return
    case 'either':
      return
  }
}

/** Whether the energy counter says that the lamp has not burnt since the last reading, though it should have. */
const hasEnergyWitness = ({ asset, memory }: Light, reading: Reading, segment: Segment): boolean => {
  if (reading.activeEnergy === undefined) return false
  if (segment.mode !== 'on') return noteEnergy(memory.energy, reading, null)
  const level = reading.lightLevel !== undefined && reading.lightLevel > 0 ? reading.lightLevel : segment.level
  const powerW = usualPowerW(asset, memory.power, Math.min(level, segment.level))
  return noteEnergy(memory.energy, reading, { since: segment.modeSince, powerW, intervalMs: asset.intervalMs })
}

/** Whether the device itself says that lamp or driver has failed, in this reading or in an event just before. */
const namesDarkness = ({ memory }: Light, { faults }: Reading): boolean =>
  faults?.includes('lampFailure') === true ||
  faults?.includes('controlGearFailure') === true ||
  (memory.runs?.lampFailure?.named ?? 0) > 0

/** The longest evening twilight in which a lost supply still is that of the night that follows [ms]. */
export const twilightMs = 60 * minuteMs

/**
 * Whether a last gasp tells of a light that is dark now: it counts until something is heard that was sent after it. By day, and when it
 * comes from the day before, it tells nothing: switched circuits lose their supply every morning by design. Unless its neighbours had
 * theirs all day.
 */
export const hasGasped = ({ gaspAt, gaspEventAt, gaspAlone, segment }: Light): boolean =>
  gaspAt > 0 && segment.mode === 'on' && (gaspAlone || gaspEventAt >= segment.modeSince - twilightMs)

/** From when a last gasp counts: one of the twilight before waits until the light should burn. */
export const gaspCountsFrom = ({ gaspAt, segment }: Light): Instant => Math.max(gaspAt, segment.modeSince)

export const isUnderMaintenance = (light: Light, now: Instant): boolean => light.maintenanceUntil > now

/** What the platform's own coverage says about when a device must have been heard: see coverage.ts. */
export interface SilenceFloor {
  of(intervalMs: number): Instant
}

/**
 * Since when `light` should have been heard, or `Infinity` while its silence means nothing: never commissioned, in twilight, by day when
 * it was not heard by day (its circuit may be switched off), or announced asleep.
 */
export const silenceBase = (light: Light, floor: SilenceFloor): Instant => {
  const { hearing, segment } = light
  if (hearing.lastSeenAt === 0 || segment.mode === 'either') return Number.POSITIVE_INFINITY
  const base = Math.max(hearing.lastSeenAt, floor.of(hearing.intervalMs))
  if (segment.mode === 'off')
    return hearing.lastSeenAt >= segment.modeSince && !hearing.sleeping ? base : Number.POSITIVE_INFINITY
  // Silent by day, by design or not: with dusk it gets a fresh chance.
  const silentByDay = hearing.sleeping || hearing.lastSeenAt < segment.modeSince - 2 * hearing.intervalMs
  return silentByDay ? Math.max(base, segment.modeSince) : base
}

export interface Silence {
  base: Instant
  missed: number
  /** Enough to call the device unreachable by itself. */
  decided: boolean
}

export const silenceOf = (light: Light, { floor, now, rules }: Moment): Silence => {
  const base = silenceBase(light, floor)
  const missed = missedReports(light.hearing, base, now)
  return { base, missed, decided: missed > 0 && missed >= decisiveMisses(light.hearing, rules) }
}

/** When `light` must be looked at again if nothing is heard of it. */
export const nextDue = (light: Light, { floor, now, rules }: Moment): Instant => {
  const candidates = [light.segment.until]
  if (light.past !== null) candidates.push(light.past.tellAt)
  if (light.maintenanceUntil > now) candidates.push(light.maintenanceUntil)
  if (light.solar !== null && light.solar.tellAt > now) candidates.push(light.solar.tellAt)
  if (light.gaspAt > 0) candidates.push(gaspCountsFrom(light) + gaspHoldMs)
  const base = silenceBase(light, floor)
  if (base !== Number.POSITIVE_INFINITY)
    for (const count of [rules.circuitOutage.missedReports, unknownAfterMisses, decisiveMisses(light.hearing, rules)])
      candidates.push(missedAt(light.hearing, base, count))
  let next = Number.POSITIVE_INFINITY
  for (const at of candidates) if (at > now && at < next) next = at
  return next
}

/** The state to show and its reason, from what is known of the light itself and the incidents it is part of. */
export const judgeState = (
  light: Light,
  silence: Silence,
  { now, rules }: Moment,
  found: {
    /** The open group incident it belongs to: does it leave its members dark, and why is it believed. */
    group: { dark: boolean; reason: Reason } | null
    /** Why its own open incident says that it is dark; `null` when there is none. */
    dark: Reason | null
    burning: boolean
    /** Why the platform itself may be the cause of what is missing; `null` while it is not. */
    blind: Reason | null
    /** End of the platform's last downtime. */
    resumedAt: Instant
  },
): { state: LightState; reason: Reason } => {
  const { hearing, segment } = light
  if (isUnderMaintenance(light, now)) return { state: 'maintenance', reason: 'underMaintenance' }
  if (hearing.lastSeenAt === 0) return { state: 'unknown', reason: 'neverReported' }
  const expectedOn = segment.mode === 'on'
  if (found.group !== null && !found.group.dark) return { state: 'unknown', reason: found.group.reason }
  if (found.group !== null && expectedOn && light.litRun < rules.lampFailure.clearSamples)
    return { state: 'dark', reason: found.group.reason }
  if (found.dark !== null && expectedOn)
    return { state: 'dark', reason: light.darkRun > 0 ? darkReason[light.darkFault] : found.dark }
  if (silence.missed >= unknownAfterMisses || silence.decided) {
    if (found.blind !== null) return { state: 'unknown', reason: found.blind }
    return { state: 'unknown', reason: hearing.offlineAt > 0 ? 'connectionLost' : 'silent' }
  }
  if (missedReports(hearing, hearing.lastSeenAt, now) >= unknownAfterMisses) {
    if (hearing.lastSeenAt < found.resumedAt) return { state: 'unknown', reason: 'ownDowntime' }
    if (hearing.sleeping) return { state: 'unknown', reason: 'sleeping' }
    return { state: 'unknown', reason: segment.mode === 'off' ? 'silentByDay' : 'silent' }
  }
  if (found.blind !== null && light.late) return { state: 'unknown', reason: found.blind }
  return fromSign(light, found.burning)
}

export const darkReason = {
  lampFailure: 'noPowerWhenExpectedOn',
  supplyLoss: 'noSupplyVoltage',
  batteryEmpty: 'loadDisconnected',
  controlGearFailure: 'raisedByDevice',
  relayFailure: 'raisedByDevice',
} as const satisfies Record<DarkFault, Reason>

const fromSign = (light: Light, burning: boolean): { state: LightState; reason: Reason } => {
  const { segment, sign } = light
  if (sign === 'none') return { state: 'unknown', reason: 'noLightEvidence' }
  switch (segment.mode) {
    case 'on':
      if (sign === 'lit') return { state: 'lit', reason: 'poweredAsExpected' }
      // The reading may stem from before the switch; the next one tells.
      if (light.counted !== 'on') return { state: 'off', reason: 'settling' }
      return { state: light.state === 'lit' ? 'lit' : 'unknown', reason: 'awaitingConfirmation' }
    case 'off':
      if (sign === 'unlit') return { state: 'off', reason: 'notScheduled' }
      if (burning) return { state: 'unexpectedlyOn', reason: 'powerWhenExpectedOff' }
      return { state: 'lit', reason: light.counted === 'off' ? 'awaitingConfirmation' : 'settling' }
    case 'either':
      return { state: sign === 'lit' ? 'lit' : 'off', reason: 'twilight' }
  }
}
