import { hourMs, type Instant, minuteMs, type Reading } from '@fanari/contracts'
import { createSky, type Sky } from './harvests.ts'
import { createSolarMemory, type NightPlan, type SolarMemory, type SolarUnit } from './memory.ts'
import { noteReading } from './note-reading.ts'

/** For tests: a light on a lit winter night of 13.5 h, told reading by reading every quarter of an hour. */
export interface Trial {
  memory: SolarMemory
  unit: SolarUnit
  sky: Sky
  plan: NightPlan
  /** Tells one reading after another from `from` on until `until`; `fields` says what they hold. */
  tell(from: Instant, until: Instant, fields: (at: Instant) => Partial<Reading>): void
}

export const dusk = Date.parse('2026-01-15T15:40:00Z')
export const dawn = Date.parse('2026-01-16T05:07:00Z')
const lastDawn = Date.parse('2026-01-15T05:07:00Z')

/** The night of 15 January, with the plan `levels`: from so many hours after dusk on, this level. */
export const night = (levels: readonly (readonly [hours: number, level: number])[] = [[0, 100]]): NightPlan => ({
  number: 20_468,
  startAt: lastDawn,
  onAt: dusk,
  offAt: dawn,
  steps: levels.map(([hours, level], i) => ({
    from: dusk + hours * hourMs,
    until: levels[i + 1] === undefined ? dawn : dusk + (levels[i + 1]?.[0] ?? 0) * hourMs,
    level,
  })),
})

export const nightsAfter = (plan: NightPlan, count: number): NightPlan[] =>
  Array.from({ length: count + 1 }, (_, i) => ({
    number: plan.number + i,
    startAt: plan.startAt + i * 24 * hourMs,
    onAt: plan.onAt + i * 24 * hourMs,
    offAt: plan.offAt + i * 24 * hourMs,
    steps: plan.steps.map((step) => ({
      ...step,
      from: step.from + i * 24 * hourMs,
      until: step.until + i * 24 * hourMs,
    })),
  }))

export const trial = (more: Partial<SolarUnit> = {}, plan = night()): Trial => {
  const unit: SolarUnit = {
    lat: 41.5,
    lon: 26.53,
    ratedPowerW: 30,
    panelPowerW: 200,
    capacityWh: 1_280,
    chemistry: 'lifepo4',
    nominalV: 12.8,
    ...more,
  }
  const memory = createSolarMemory(unit)
  const sky = createSky()
  return {
    memory,
    unit,
    sky,
    plan,
    tell(from, until, fields) {
      for (let at = from; at < until; at += 15 * minuteMs) {
        const reading: Reading = { at, ...fields(at) }
        const lit = reading.loadState === undefined ? 'none' : reading.loadState === 'on' ? 'lit' : 'unlit'
        noteReading(memory, unit, reading, { plan, sky, sign: at < plan.onAt ? 'none' : lit })
      }
    },
  }
}
