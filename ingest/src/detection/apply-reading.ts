import { type Instant, type Reading, type Rules, secondMs } from '@fanari/contracts'
import { noteLateness } from './blindness.ts'
import { expectedPowerShare, measuredPowerW, signOfLight } from './evidence.ts'
import { lostBefore, missedReports, noteCounters, noteHeard, returnOf } from './hearing.ts'
import { noteBacklog, noteRestart } from './history.ts'
import { countReading, type Light, silenceBase } from './light.ts'
import { noteStamp } from './rules/clock.ts'
import { noteDelivery } from './rules/delivery.ts'
import { countByRules } from './rules/light-rules.ts'
import { noteCounts } from './rules/switching-rules.ts'
import { noteSolarReading } from './solar.ts'
import { touch, type World } from './world.ts'

/** A reading older than this says what was, not what is: it was buffered. */
const isCurrent = (light: Light, reading: Reading, now: Instant): boolean =>
  now - reading.at <= Math.max(2 * light.asset.intervalMs, 60 * secondMs)

/** Notes a reading of a light: that it is heard, what its lamp does, and what its rules make of it. */
export const applyReading = (world: World, light: Light, reading: Reading): void => {
  const { hearing } = light
  const { floor } = world
  const base = silenceBase(light, floor)
  const wasOverdue = missedReports(hearing, base, world.now) > 0 || light.hearing.offlineAt > 0
  const settled = isSettled(light, world.rules) && !wasOverdue
  const isNewest = reading.at > hearing.lastAt
  noteDelivery(light.memory, reading, { now: world.now, lastSeq: hearing.lastSeq, isNewest }, world.rules)
  noteStamp(light.memory, reading, world.now, light.asset.intervalMs, world.rules)
  if (!settled)
    world.book.resolve(`silence:${light.asset.id}`, returnOf(hearing, reading, hearing.lastSeenAt), world.now)
  noteHeard(hearing, base, world.now, lostBefore(hearing, reading))
  const current = isCurrent(light, reading, world.now)
  if (!current || !isNewest) noteBacklog(world, light, reading)
  if (!isNewest) {
    if (!settled) touch(world, light)
    return
  }
  noteRestart(world, light, reading)
  if (light.gaspAt > 0 && reading.at > light.gaspEventAt) light.gaspAt = 0
  const before = { lastAt: hearing.lastAt, darkRun: light.darkRun, wasOn: light.counted === 'on' }
  noteCounters(hearing, reading)
  noteLateness(world, light, !current)
  if (!current) noteCounts(light.memory, reading)
  if (current || light.solar !== null) {
    const { segment } = light
    const known = reading.at >= segment.from && reading.at < segment.until
    const then = known ? segment : world.schedule.segmentAt(light.asset, light.program, reading.at)
    if (current) {
      countReading(light, reading, then, world.rules)
      if (light.maintenanceUntil <= world.now) countByRules(world, light, reading, then, before)
      noteLight(light, reading)
    }
    // Buffered readings carry the battery's energy count on.
    if (light.solar !== null)
      noteSolarReading(world, light, reading, signOfLight(reading, light.asset, then, world.rules, light.memory.power))
  }
  if (!settled || !isSettled(light, world.rules)) touch(world, light)
}

/** What it draws, since when it burns, and when it last did. */
const noteLight = (light: Light, reading: Reading): void => {
  const powerW = measuredPowerW(reading)
  if (powerW !== undefined) light.powerW = powerW
  if (light.counted !== 'on' || light.sign === 'none') return
  if (light.sign === 'unlit') {
    light.litSince = 0
    return
  }
  if (light.litSince === 0) light.litSince = reading.at
  light.lastLitAt = reading.at
  const level = reading.lightLevel ?? light.segment.level
  if (powerW !== undefined) light.fullPowerW = level === 100 ? powerW : powerW / expectedPowerShare(level)
}

/** Nothing about this light is open, beginning or ending: another reading like the last one changes nothing. */
export const isSettled = (light: Light, rules: Rules): boolean => {
  const { clearSamples } = rules.lampFailure
  if (light.group !== null || light.memory.runs !== null || light.gaspAt > 0 || light.past !== null) return false
  switch (light.reason) {
    case 'poweredAsExpected':
      return light.counted === 'on' && light.sign === 'lit' && light.litRun > clearSamples
    case 'notScheduled':
      return light.counted === 'off' && light.sign === 'unlit' && light.offRun > clearSamples
    default:
      return false
  }
}
