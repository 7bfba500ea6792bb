import type { Reading } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import {
  cabinet,
  ids,
  lamps,
  lastOf,
  line,
  meter,
  midnight,
  opened,
  reporting,
  type Story,
  tell,
  told,
} from './story.ts'

/** ±0.4 %, the same every run. */
const noise = (at: number): number => 1 + 0.004 * Math.sin(at / 37_000)

describe('what the meter of a cabinet tells', () => {
  const lights = line('a', 12, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' })
  const town = [...lights, cabinet('k1')]
  const all = ids(lights)

  /** Readings of the lights, and the meter every five minutes; `fed` are the lights that draw power. */
  const night = (
    story: Story,
    heard: readonly string[],
    fed: () => readonly string[],
    more: Partial<Reading> = {},
    fields: () => Partial<Reading> = () => ({}),
  ) => {
    const report = reporting(story, heard, 300, fields)
    return (second: number): void => {
      report(second)
      if (second % 300 !== 150) return
      const onPhase = (phase: number): number =>
        58 * fed().filter((id) => (Number(id.slice(1)) - 1) % 3 === phase).length * noise(story.now + phase)
      meter(story, 'k1', { powerL1: onPhase(0), powerL2: onPhase(1), powerL3: onPhase(2), ...more })
    }
  }

  test('a silent light whose power is missing from its phase has lost its supply', () => {
    const story = tell({ assets: town })
    story.pass(
      3_600,
      night(story, all, () => all),
    )
    const rest = all.filter((id) => id !== 'a05')
    story.pass(
      3_000,
      night(story, rest, () => rest),
    )
    expect(opened(told(story))).toEqual(['opened supplyLoss luminaire:a05'])
    expect(story.changes.find((it) => it.incident.fault === 'supplyLoss')?.incident.reason).toBe('feederLoadFell')
    expect(story.state('a05')).toBe('dark')
    story.pass(
      900,
      night(story, all, () => all),
    )
    expect(told(story).at(-1)).toBe('resolved supplyLoss luminaire:a05 supplyRestored')
  })

  test('a light that lost its supply by day is missing from the load of its phase at night', () => {
    const noon = Date.parse('2026-01-15T10:00:00Z')
    const dusk = Date.parse('2026-01-15T15:39:18Z')
    const dawn = Date.parse('2026-01-15T05:07:30Z')
    const story = tell({ start: midnight - 86_400_000, assets: town })
    const isNight = (): boolean => story.now < dawn || story.now > dusk
    const day = (heard: readonly string[], fed: readonly string[]) => {
      const report = reporting(story, heard, 300, () => (isNight() ? {} : { activePower: 0.4 }))
      return (second: number): void => {
        report(second)
        if (second % 300 !== 150) return
        const onPhase = (phase: number): number =>
          (isNight() ? 58 : 0.4) *
          fed.filter((id) => (Number(id.slice(1)) - 1) % 3 === phase).length *
          noise(story.now + phase)
        meter(story, 'k1', { powerL1: onPhase(0), powerL2: onPhase(1), powerL3: onPhase(2) })
      }
    }
    story.pass((noon - story.now) / 1_000, day(all, all))
    expect(told(story)).toEqual([])
    const rest = all.filter((id) => id !== 'a05')
    story.pass(8 * 3_600, day(rest, rest))
    expect(opened(told(story))).toEqual([
      'opened communicationFailure luminaire:a05',
      'opened supplyLoss luminaire:a05',
    ])
  })

  test('of a circuit that is back, the one whose power is missing does not wait for all the reports that its link may lose', () => {
    const story = tell({ assets: town })
    story.pass(
      3_600,
      night(story, all, () => all),
    )
    for (const id of all) story.gasp(id)
    story.pass(
      1_200,
      night(story, [], () => []),
    )
    const rest = all.filter((id) => id !== 'a05')
    const back = story.now
    const anew = () => ({ uptime: (story.now - back) / 1_000, seq: Math.ceil((story.now - back) / 300_000) })
    story.pass(
      1_500,
      night(story, rest, () => rest, {}, anew),
    )
    expect(opened(told(story))).toEqual(['opened circuitOutage circuit:c1 ×12', 'opened supplyLoss luminaire:a05'])
  })

  test('a contactor that stays open at dusk is the cabinet’s, though a cable of it was cut the night before', () => {
    const dawn = Date.parse('2026-01-16T05:20:00Z')
    const elsewhere = lamps('z', 3, { gateway: 'g1', program: 'alwaysOn' })
    const story = tell({ assets: [...town, ...elsewhere] })
    const near = all.slice(0, 6)
    story.pass(
      3_600,
      night(story, [...all, ...ids(elsewhere)], () => all),
    )
    for (const id of all.slice(6)) story.gasp(id)
    const fed = (): readonly string[] => (story.now < dawn ? near : [])
    const byNight = night(story, [...near, ...ids(elsewhere)], fed, { contactorClosed: true })
    const byDay = night(story, ids(elsewhere), fed, { contactorClosed: false })
    story.pass(19 * 3_600, (second) => (story.now < dawn ? byNight : byDay)(second))
    expect(opened(told(story))).toEqual(['opened circuitOutage circuit:c1 ×6', 'opened cabinetOutage cabinet:k1 ×6'])
  })

  test('a circuit that carried all the load of its cabinet is the nearer cause while the contactor is closed', () => {
    const unborn = lamps('n', 4, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' })
    const elsewhere = lamps('z', 3, { gateway: 'g1', program: 'alwaysOn' })
    const story = tell({ assets: [...town, ...unborn, ...elsewhere] })
    story.pass(
      900,
      night(story, [...all, ...ids(elsewhere)], () => all, { contactorClosed: true }),
    )
    for (const id of all.slice(0, 8)) story.gasp(id)
    story.pass(
      1_200,
      night(story, ids(elsewhere), () => [], { contactorClosed: true }),
    )
    expect(opened(told(story))).toEqual(['opened circuitOutage circuit:c1 ×12'])
  })

  test('a silent light whose clock is wrong may think it day: what its phase lacks is no lost supply', () => {
    const story = tell({ assets: town })
    story.pass(
      3_600,
      night(story, all, () => all),
    )
    const rest = all.filter((id) => id !== 'a05')
    const wrong = night(story, rest, () => rest)
    story.pass(1_500, (second) => {
      wrong(second)
      if (second % 300 === 28)
        story.tell({
          kind: 'quarantine',
          municipality: 'town',
          topic: 'city/v1/town/devices/a05/telemetry',
          reason: 'ancientTime: 2000-01-01T05:31:23.389Z',
          payload: '',
        })
    })
    story.pass(2_400, wrong)
    expect(opened(told(story)).filter((it) => it.includes('supplyLoss'))).toEqual([])
  })

  test('a silent light whose power is still drawn is only unreachable', () => {
    const story = tell({ assets: town })
    story.pass(
      3_600,
      night(story, all, () => all),
    )
    story.pass(
      3_600,
      night(
        story,
        all.filter((id) => id !== 'a05'),
        () => all,
      ),
    )
    expect(told(story)).toEqual(['opened communicationFailure luminaire:a05'])
    expect(story.state('a05')).toBe('unknown')
  })

  test('a last gasp is of a dip when the cabinet carries the load again, though the light is not heard for a while', () => {
    const story = tell({ assets: town })
    story.pass(
      3_600,
      night(story, all, () => all),
    )
    for (const id of ['a05', 'a06']) story.gasp(id)
    story.pass(10)
    story.status('a06', { state: 'online', session: '2-a06' })
    story.pass(
      700,
      night(
        story,
        all.filter((id) => id !== 'a05'),
        () => all,
      ),
    )
    expect(opened(told(story))).toEqual([])
  })

  test('two silent lights on one phase of which one lost its supply are told from each other only where their power differs', () => {
    const story = tell({ assets: town })
    story.pass(
      3_600,
      night(story, all, () => all),
    )
    story.pass(
      3_600,
      night(
        story,
        all.filter((id) => id !== 'a05' && id !== 'a08'),
        () => all.filter((id) => id !== 'a05'),
      ),
    )
    expect(opened(told(story)).filter((it) => it.includes('supplyLoss'))).toEqual([])
  })

  test('two silent lights on one phase whose load is all gone have both lost their supply', () => {
    const story = tell({ assets: town })
    const rest = all.filter((id) => id !== 'a05' && id !== 'a08')
    story.pass(
      3_600,
      night(story, all, () => all),
    )
    story.pass(
      3_600,
      night(story, rest, () => rest),
    )
    expect(opened(told(story)).filter((it) => it.includes('supplyLoss'))).toEqual([
      'opened supplyLoss luminaire:a05',
      'opened supplyLoss luminaire:a08',
    ])
  })

  test('a neighbour that was heard after the load fell did not take it, though it is silent now', () => {
    const story = tell({ assets: town })
    const fed = all.filter((id) => id !== 'a05')
    story.pass(
      3_600,
      night(story, all, () => all),
    )
    const silent = night(
      story,
      fed.filter((id) => id !== 'a08'),
      () => fed,
    )
    const a08 = reporting(story, fed, 300, (device) => (device === 'a08' ? {} : null))
    story.pass(3_600, (second) => {
      silent(second)
      if (second < 900) a08(second)
    })
    expect(opened(told(story)).sort()).toEqual([
      'opened communicationFailure luminaire:a08',
      'opened supplyLoss luminaire:a05',
    ])
  })

  test('another load that goes off in the same minutes does not make a silent light dark', () => {
    const story = tell({ assets: town })
    let extraW = 700
    const watts = (phase: number): number => 58 * 4 * noise(story.now + phase) + (phase === 1 ? extraW : 0)
    const withMeter = (heard: readonly string[]) => {
      const report = reporting(story, heard, 300)
      return (second: number): void => {
        report(second)
        if (second % 300 === 150) meter(story, 'k1', { powerL1: watts(0), powerL2: watts(1), powerL3: watts(2) })
      }
    }
    story.pass(3_600, withMeter(all))
    extraW = 0
    story.pass(3_600, withMeter(all.filter((id) => id !== 'a05')))
    expect(told(story)).toEqual([
      'opened energyMismatch cabinet:k1',
      'resolved energyMismatch cabinet:k1 withinLimits',
      'opened communicationFailure luminaire:a05',
    ])
  })

  test('a circuit gone silent while the cabinet carries its load is a matter of radio: no ticket, nobody dark', () => {
    const circuits = [...lights, ...lamps('b', 6, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' })]
    const story = tell({ assets: [...circuits, cabinet('k1')] })
    const everyone = ids(circuits)
    const fed = () => all
    const withB = (heard: readonly string[]) => {
      const rest = night(story, heard, fed)
      return rest
    }
    story.pass(3_600, withB(everyone))
    story.pass(3_600, withB(everyone.filter((id) => id.startsWith('b'))))
    expect(opened(told(story))).toEqual([expect.stringMatching(/^opened communicationFailure circuit:c1/)])
    expect(story.state('a05')).toBe('unknown')
  })

  test('a breaker that the cabinet names is the cause of the outage', () => {
    const story = tell({ assets: [...town, ...lamps('b', 6, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' })] })
    const others = ids(lamps('b', 6))
    story.pass(
      3_600,
      night(story, [...all, ...others], () => all),
    )
    story.pass(
      1_500,
      night(story, others, () => [], { faults: ['circuitBreakerTripped'] }),
    )
    expect(opened(told(story))).toEqual([expect.stringMatching(/^opened circuitOutage circuit:c1/)])
    expect(lastOf(story, 'circuit:c1')).toMatchObject({ fault: 'circuitBreakerTripped', reason: 'breakerTripped' })
  })

  test('a contactor that does not close at dusk is a cabinet outage, though nobody was heard by day', () => {
    const dusk = Date.parse('2026-01-15T15:39:18Z')
    const dawn = Date.parse('2026-01-16T05:07:00Z')
    const two = [...lights, ...lamps('b', 6, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' })]
    const story = tell({ start: midnight - 86_400_000, assets: [...two, cabinet('k1')] })
    const fed = ids(two)
    let works = true
    const report = reporting(story, fed, 300)
    const dayAndNight = (second: number): void => {
      const isNight = story.now % 86_400_000 > dusk % 86_400_000 || story.now % 86_400_000 < dawn % 86_400_000
      const on = isNight && works
      if (on) report(second)
      if (second % 300 !== 150) return
      const watts = on ? 348 : 0
      meter(story, 'k1', { powerL1: watts, powerL2: watts, powerL3: watts, contactorClosed: on })
    }
    story.pass(12 * 3_600, dayAndNight)
    expect(told(story)).toEqual([])
    works = false
    story.pass(7 * 3_600, dayAndNight)
    expect(opened(told(story))).toEqual(['opened cabinetOutage cabinet:k1 ×18'])
    expect(story.changes.find((it) => it.incident.fault === 'cabinetOutage')?.incident.reason).toBe('contactorOpen')
  })
})
