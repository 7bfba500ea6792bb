import { createHash } from 'node:crypto'
import {
  dayMs,
  deviceEventSchema,
  deviceStatusSchema,
  hourMs,
  minuteMs,
  parseAssetFeature,
  readingSchema,
} from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { faultKinds } from '../scenario/faults.ts'
import { createTargets } from '../scenario/targets.ts'
import { type TruthEntry, truthLine } from '../truth.ts'
import { playWeek } from './play-week.ts'
import { createWeek, type Week } from './week.ts'
import type { WeekMessage } from './week-transport.ts'

const seeds = Array.from({ length: 60 }, (_, i) => i + 1)
const weeks = seeds.map((seed) => createWeek(seed))

describe('weeks drawn from seeds', () => {
  test('all seasons come as often, and every kind of weather comes', () => {
    const seasons = Map.groupBy(weeks, ({ season }) => season)
    expect([...seasons.values()].map((some) => some.length)).toEqual([15, 15, 15, 15])
    expect(new Set(weeks.map(({ spell }) => spell?.kind))).toEqual(
      new Set([undefined, 'dull', 'storm', 'snow', 'heat']),
    )
  })

  test('a town of exactly so many lights in several villages, a sixth solar, some batteries lead-acid, some cabinets without meter', () => {
    for (const { town } of weeks) {
      expect(town.luminaires).toHaveLength(300)
      expect(town.communities.length).toBeGreaterThanOrEqual(3)
      expect(town.cabinets.length).toBeGreaterThanOrEqual(3)
      expect(town.gateways.length).toBeGreaterThanOrEqual(3)
      const solar = town.luminaires.filter(({ supply }) => supply === 'solar').length
      expect(solar / 300).toBeGreaterThan(0.13)
      expect(solar / 300).toBeLessThan(0.17)
      for (const feature of town.assets().features) expect(parseAssetFeature(feature).ok).toBe(true)
    }
    const cabinets = weeks.flatMap(({ town }) => town.cabinets)
    const meterless = cabinets.filter(({ device }) => device === undefined).length / cabinets.length
    expect(meterless).toBeGreaterThan(0.08)
    expect(meterless).toBeLessThan(0.25)
    const batteries = weeks.flatMap(({ town }) => town.luminaires).filter((light) => light.supply === 'solar')
    const leadAcid = batteries.filter(({ batteryChemistry }) => batteryChemistry === 'leadAcid').length
    expect(leadAcid / batteries.length).toBeGreaterThan(0.15)
    expect(leadAcid / batteries.length).toBeLessThan(0.35)
  })

  test('15 to 33 causes in the scored days, over all kinds, of things that are there', () => {
    for (const { town, faults, scoredFrom, until } of weeks) {
      const targets = createTargets(town)
      expect(faults.length).toBeGreaterThanOrEqual(13)
      expect(faults.length).toBeLessThanOrEqual(33)
      for (const { fault, target, at, forMs } of faults) {
        expect(targets(fault, target)).toMatchObject({ ok: true })
        expect(at).toBeGreaterThanOrEqual(scoredFrom)
        expect(at).toBeLessThan(until - 12 * hourMs)
        expect(forMs).toBeGreaterThan(0)
      }
    }
    const seen = new Set(weeks.flatMap(({ faults }) => faults.map(({ fault }) => fault)))
    // Snow comes of the weather, not of a plan.
    expect(faultKinds.filter((kind) => !seen.has(kind))).toEqual(['panelCovered'])
  })

  test('the platform stops once to three times, for a minute to three hours', () => {
    for (const { platformStops, scoredFrom, until } of weeks) {
      expect(platformStops.length).toBeGreaterThanOrEqual(1)
      expect(platformStops.length).toBeLessThanOrEqual(3)
      for (const stop of platformStops) {
        expect(stop.from).toBeGreaterThan(scoredFrom)
        expect(stop.until).toBeLessThan(until)
        expect(stop.until - stop.from).toBeGreaterThanOrEqual(minuteMs)
        expect(stop.until - stop.from).toBeLessThanOrEqual(3 * hourMs)
      }
    }
  })

  test.each([0, 1.5, -1, 61, Number.NaN])('%d days are refused', (days) => {
    expect(() => createWeek(1, { days })).toThrow(/days must be a whole number from 1 to 60/)
  })

  test('nor is a town of no lights', () => {
    expect(() => createWeek(1, { lights: 0 })).toThrow(/lights must be a whole number/)
  })
})

const play = (week: Week) => {
  const messages: WeekMessage[] = []
  const truth: TruthEntry[] = []
  const order: number[] = []
  const ticks: number[] = []
  const platform: [number, string][] = []
  playWeek(week, {
    message: (message) => {
      messages.push(message)
      order.push(message.receivedAt)
    },
    tick: (at) => {
      ticks.push(at)
      order.push(at)
    },
    platform: (at, state) => {
      platform.push([at, state])
      order.push(at)
    },
    truth: (entry) => truth.push(entry),
  })
  return { messages, truth, order, ticks, platform }
}

describe('a week that passes', () => {
  const week = createWeek(4, { lights: 60, days: 2 })
  const run = play(week)
  const digest = ({ messages, truth }: ReturnType<typeof play>): string =>
    createHash('sha256')
      .update(messages.map((message) => JSON.stringify(message)).join(''))
      .update(truth.map(truthLine).join(''))
      .digest('hex')

  test('the same seed gives the same bytes, another seed others', () => {
    expect(digest(play(createWeek(4, { lights: 60, days: 2 })))).toBe(digest(run))
    expect(digest(play(createWeek(8, { lights: 60, days: 2 })))).not.toBe(digest(run))
  })

  test('is told in order of time, with a tick every minute to its end', () => {
    expect(run.order).toEqual(run.order.toSorted((a, b) => a - b))
    expect(run.ticks).toEqual(
      Array.from({ length: (week.until - week.from) / minuteMs }, (_, i) => week.from + (i + 1) * minuteMs),
    )
  })

  test('solar lights are heard from three weeks before, the rest from a day before', () => {
    const first = (ids: ReadonlySet<string>) => run.messages.find(({ device }) => ids.has(device))?.receivedAt ?? 0
    const of = (supply: string) => new Set(week.town.luminaires.flatMap((l) => (l.supply === supply ? [l.id] : [])))
    expect(week.scoredFrom - first(of('solar'))).toBeGreaterThan(20.9 * dayMs)
    expect(week.scoredFrom - first(of('grid'))).toBeGreaterThan(0.9 * dayMs)
    expect(week.scoredFrom - first(of('grid'))).toBeLessThanOrEqual(dayMs)
  })

  test('every message meets its schema and carries no unknown field', () => {
    const schemas = {
      telemetry: z.union([readingSchema.strict(), z.array(readingSchema.strict()).max(500)]),
      status: deviceStatusSchema.strict(),
      event: deviceEventSchema.strict(),
    }
    const wrong = run.messages.filter(
      ({ channel, payload }) => !schemas[channel].safeParse(JSON.parse(payload)).success,
    )
    expect(wrong).toEqual([])
    expect(run.messages.length).toBeGreaterThan(30_000)
  })

  test('a platform that is down hears nothing; then its devices return one by one and bring what they kept', () => {
    expect(run.platform).toEqual(
      week.platformStops.flatMap(({ from, until }) => [
        [from, 'stop'],
        [until, 'start'],
      ]),
    )
    for (const { from, until } of week.platformStops) {
      expect(run.messages.filter(({ receivedAt }) => receivedAt > from && receivedAt < until)).toEqual([])
      const births = run.messages.filter(
        ({ receivedAt, channel, payload }) =>
          channel === 'status' && payload.includes('online') && receivedAt >= until && receivedAt < until + minuteMs,
      )
      expect(new Set(births.map(({ receivedAt }) => receivedAt)).size).toBeGreaterThan(5)
      const kept = run.messages.some(
        ({ receivedAt, channel, payload }) =>
          channel === 'telemetry' &&
          receivedAt >= until &&
          receivedAt < until + 2 * minuteMs &&
          [JSON.parse(payload)].flat().some((reading) => reading.at > from && reading.at < until),
      )
      if (until - from > 6 * minuteMs) expect(kept).toBe(true)
    }
  })

  test('every fault that was planned begins and ends under an id of its own, with the scope it has', () => {
    const started = run.truth.flatMap((entry) => (entry.event === 'fault.started' ? [entry] : []))
    expect(started.map(({ at, fault, target }) => `${at} ${fault} ${target}`)).toEqual(
      expect.arrayContaining(week.faults.map(({ at, fault, target }) => `${at} ${fault} ${target}`)),
    )
    expect(new Set(started.map(({ id }) => id)).size).toBe(started.length)
    for (const entry of run.truth)
      if (entry.event === 'fault.repaired')
        expect(started).toContainEqual({ ...entry, at: expect.any(Number), event: 'fault.started' })
  })

  test('each solar light tells each of its nights', () => {
    const solar = week.town.luminaires.filter(({ supply }) => supply === 'solar')
    const nights = run.truth.flatMap((entry) => (entry.event === 'solar.night' ? [entry] : []))
    expect(nights).toHaveLength(solar.length * 23)
    for (const { plannedHours, litHours, dark, darkAt } of nights) {
      expect(litHours).toBeLessThanOrEqual(plannedHours)
      expect(dark).toBe(darkAt !== null)
    }
  })
})
