import type { AssetFeature, Reading } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { ids, lamps, midnight, opened, reporting, type Story, tell } from './story.ts'

const cabinet = (id: string, more: Partial<Record<string, unknown>> = {}): AssetFeature =>
  ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [26.53, 41.5] },
    properties: { kind: 'cabinet', id, community: 'village', device: `${id}-meter`, reportInterval: 300, ...more },
  }) as AssetFeature

/** Lights along a line: position 1 is next to the cabinet, phases turn. */
const line = (prefix: string, count: number, more: Partial<Record<string, unknown>> = {}): AssetFeature[] =>
  lamps(prefix, count, more).map((feature, i) => ({
    ...feature,
    properties: { ...feature.properties, position: i + 1, phase: `L${(i % 3) + 1}` },
  })) as AssetFeature[]

const told = (story: Story): string[] =>
  story.heard().filter((it) => !it.includes('communityDark') && !it.startsWith('updated'))

const lastOf = (story: Story, scope: string) =>
  story.changes.findLast((it) => `${it.incident.scope.kind}:${it.incident.scope.id}` === scope)?.incident

const meter = (story: Story, id: string, fields: Partial<Reading>): void =>
  story.tell({
    kind: 'reading',
    municipality: 'town',
    device: `${id}-meter`,
    reading: { at: story.now, voltageL1: 231, voltageL2: 230, voltageL3: 232, ...fields },
  })

/** ±0.4 %, the same every run. */
const noise = (at: number): number => 1 + 0.004 * Math.sin(at / 37_000)

describe('a cable that is cut', () => {
  const town = [...line('a', 20, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }), ...lamps('b', 6, { gateway: 'g1' })]
  const all = ids(town)
  const before = all.filter((id) => !id.startsWith('a') || id <= 'a12')

  test('a silent tail is one circuit outage of the tail alone', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    story.pass(1_500, reporting(story, before, 300))
    expect(told(story)).toEqual([expect.stringMatching(/^opened circuitOutage circuit:c1 ×[5-8]$/)])
    const incident = lastOf(story, 'circuit:c1')
    expect(incident?.reason).toBe('tailSilentTogether')
    expect(incident?.members).toEqual(['a13', 'a14', 'a15', 'a16', 'a17', 'a18', 'a19', 'a20'])
    expect(incident?.cause?.margin).toBeGreaterThan(2)
    expect(story.state('a12')).toBe('lit')
    expect(story.state('a20')).toBe('dark')
    story.pass(900, reporting(story, all, 300))
    expect(told(story).slice(1)).toEqual(['resolved circuitOutage circuit:c1 ×8 supplyRestored'])
  })

  test('last gasps of a tail are one circuit outage and no supply loss of single lights', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    for (const id of ['a13', 'a15', 'a16', 'a18', 'a20']) story.gasp(id)
    story.pass(700, reporting(story, before, 300))
    expect(told(story)).toEqual([expect.stringMatching(/^opened circuitOutage circuit:c1 ×[5-8]$/)])
    expect(lastOf(story, 'circuit:c1')?.members).toHaveLength(8)
  })

  test('two lights at the end of a line are judged one by one', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    for (const id of ['a19', 'a20']) story.gasp(id)
    story.pass(
      400,
      reporting(
        story,
        all.filter((id) => id < 'a19' || id.startsWith('b')),
        300,
      ),
    )
    expect(told(story).sort()).toEqual(['opened supplyLoss luminaire:a19', 'opened supplyLoss luminaire:a20'])
  })

  test('a light alive at the far end vetoes the tail', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    story.pass(2_700, reporting(story, [...before, 'a20'], 300))
    expect(opened(told(story)).filter((it) => it.includes('circuit:'))).toEqual([])
  })
})

describe('a stolen cable', () => {
  const town = [...line('a', 18, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }), ...lamps('b', 6, { gateway: 'g1' })]

  test('lights that go out one after another from the far end are a suspected theft, one incident from the first on', () => {
    const story = tell({ assets: town })
    const all = ids(town)
    story.pass(600, reporting(story, all, 300))
    for (let section = 5; section >= 1; section--) {
      const cut = 3 * section
      for (let i = cut + 1; i <= cut + 3; i++) story.gasp(`a${String(i).padStart(2, '0')}`)
      const fed = all.filter((id) => id.startsWith('b') || Number(id.slice(1)) <= cut)
      story.pass(section === 1 ? 400 : 100, (second) => reporting(story, fed, 300)(second + 100 * (5 - section)))
    }
    const heard = told(story)
    expect(opened(heard)).toEqual([expect.stringMatching(/^opened circuitOutage circuit:c1/)])
    expect(lastOf(story, 'circuit:c1')).toMatchObject({
      fault: 'suspectedTheft',
      reason: 'silenceSpreading',
      scope: { kind: 'circuit', id: 'c1' },
    })
    expect(
      new Set(story.changes.filter((it) => it.incident.scope.kind === 'circuit').map((it) => it.incident.id)).size,
    ).toBe(1)
  })
})

describe('supply of an area', () => {
  const near = [
    ...lamps('a', 6, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }),
    ...lamps('b', 6, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' }),
    ...lamps('d', 6, { circuit: 'c3', cabinet: 'k2', gateway: 'g1' }),
    ...lamps('e', 6, { circuit: 'c4', cabinet: 'k2', gateway: 'g1' }),
  ]
  const far: AssetFeature[] = lamps('z', 6, { circuit: 'c9', cabinet: 'k9', gateway: 'g1', community: 'hamlet' }).map(
    (it) => ({ ...it, geometry: { type: 'Point', coordinates: [26.8, 41.7] } }) as AssetFeature,
  )
  const town = [...near, ...far]

  test('neighbouring cabinets that lose their supply together are one incident; a far one lives on', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    for (const id of ids(near)) story.gasp(id)
    story.pass(700, reporting(story, ids(far), 300))
    expect(told(story)).toEqual(['opened supplyLoss area:k1 ×24'])
    expect(story.changes.find((it) => it.incident.scope.kind === 'area')?.incident.reason).toBe('neighbouringCabinets')
    story.pass(900, reporting(story, ids(town), 300))
    expect(told(story).slice(1)).toEqual(['resolved supplyLoss area:k1 ×24 supplyRestored'])
  })

  test('a cabinet that does not come back with its neighbour is an outage of its own', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    for (const id of ids(near)) story.gasp(id)
    story.pass(700, reporting(story, ids(far), 300))
    story.pass(
      2_400,
      reporting(
        story,
        ids(town).filter((id) => id < 'd' || id.startsWith('z')),
        300,
      ),
    )
    expect(told(story).slice(1)).toEqual([
      'resolved supplyLoss area:k1 ×24 split',
      'opened cabinetOutage cabinet:k2 ×12',
    ])
  })

  test('one cabinet alone stays a cabinet outage', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    for (const id of ids(near).filter((it) => it < 'd')) story.gasp(id)
    story.pass(
      700,
      reporting(
        story,
        ids(town).filter((id) => id >= 'd'),
        300,
      ),
    )
    expect(told(story)).toEqual(['opened cabinetOutage cabinet:k1 ×12'])
  })
})

describe('what the meter of a cabinet tells', () => {
  const lights = line('a', 12, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' })
  const town = [...lights, cabinet('k1')]
  const all = ids(lights)

  /** Readings of the lights, and the meter every five minutes; `fed` are the lights that draw power. */
  const night = (story: Story, heard: readonly string[], fed: () => readonly string[], more: Partial<Reading> = {}) => {
    const report = reporting(story, heard, 300)
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

describe('a lamp that is dark with its supply in order', () => {
  test('waits for nobody: at its second dark reading', () => {
    const town = lamps('a', 10, { circuit: 'c1', cabinet: 'k1' })
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    story.read('a03', { activePower: 0.4 })
    story.pass(1)
    story.read('a03', { activePower: 0.4 })
    story.pass(1)
    expect(told(story)).toEqual(['opened lampFailure luminaire:a03'])
  })
})

describe('what a last gasp means by day', () => {
  test('switched circuits lose their supply every morning: their gasps tell nothing, neither then nor at dusk', () => {
    const town = lamps('a', 6, { circuit: 'c1', cabinet: 'k1' })
    const story = tell({ assets: town })
    const dawn = Date.parse('2026-01-16T05:20:00Z')
    const dusk = Date.parse('2026-01-16T15:41:00Z')
    const report = reporting(story, ids(town), 300)
    story.pass(20 * 3_600, (second) => {
      if (story.now === dawn) for (const id of ids(town)) story.gasp(id)
      if (story.now < dawn || story.now > dusk + 1_200_000) report(second)
    })
    expect(told(story)).toEqual([])
  })
})

describe('one phase of a whole cabinet', () => {
  test('lost in all its circuits is one phase loss of the cabinet', () => {
    const town = [
      ...line('a', 12, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }),
      ...line('b', 12, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' }),
    ]
    const lost = town.filter((it) => it.properties.kind === 'luminaire' && it.properties.phase === 'L2')
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    for (const id of ids(lost)) story.gasp(id)
    const rest = ids(town).filter((id) => !ids(lost).includes(id))
    story.pass(700, reporting(story, rest, 300))
    expect(told(story)).toEqual(['opened phaseLoss phase:k1:L2 ×8'])
  })
})

describe('what is over before it matters', () => {
  const town = [
    ...lamps('a', 8, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }),
    ...lamps('b', 8, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' }),
  ]

  test.each([2, 10, 20])('a dip of the mains of %d s, announced by everybody, opens nothing', (seconds) => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    for (const id of ids(town)) story.gasp(id)
    story.pass(seconds)
    for (const id of ids(town)) story.status(id, { state: 'online', session: `2-${id}` })
    story.pass(900, reporting(story, ids(town), 300))
    expect(told(story)).toEqual([])
  })

  test('a light that reports seldom is not dark after a dip, though the others are back before it', () => {
    const seldom = lamps('z', 1, { circuit: 'c1', cabinet: 'k1', gateway: 'g1', reportInterval: 900 })
    const assets = [...town, ...seldom]
    const story = tell({ assets })
    story.pass(1_000, (second) => {
      reporting(story, ids(town), 300)(second)
      reporting(story, ids(seldom), 900)(second)
    })
    for (const id of ids(assets)) story.gasp(id)
    story.pass(14)
    for (const id of ids(town)) story.status(id, { state: 'online', session: `2-${id}` })
    story.pass(800, reporting(story, ids(town), 300))
    story.read('z01')
    story.pass(60, reporting(story, ids(town), 300))
    expect(told(story)).toEqual([])
  })

  test('a storm of restarts opens nothing', () => {
    const story = tell({ assets: town })
    for (const id of ids(town)) story.status(id, { state: 'online', session: `1-${id}` })
    story.pass(600, reporting(story, ids(town), 300))
    for (let round = 2; round < 6; round++) {
      for (const id of ids(town)) story.status(id, { state: 'offline', session: `${round - 1}-${id}` })
      story.pass(45)
      for (const id of ids(town)) {
        story.status(id, { state: 'online', session: `${round}-${id}` })
        story.read(id, { seq: 0, uptime: 5 })
      }
      story.pass(15)
    }
    story.pass(900, reporting(story, ids(town), 300))
    expect(told(story)).toEqual([])
  })
})
