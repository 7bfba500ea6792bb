import { describe, expect, test } from 'vitest'
import { ids, lamps, lastOf, line, noon, reporting, tell, told } from './story.ts'

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

  test('one that lost its supply alone by night makes no outage of its switched circuit at the next dusk', () => {
    const town = lamps('a', 6, { circuit: 'c1', cabinet: 'k1' })
    const story = tell({ assets: town })
    const dawn = Date.parse('2026-01-16T05:20:00Z')
    const dusk = Date.parse('2026-01-16T15:41:00Z')
    const rest = ids(town).filter((id) => id !== 'a03')
    story.pass(600, reporting(story, ids(town), 300))
    story.gasp('a03')
    const report = reporting(story, rest, 300)
    story.pass(20 * 3_600, (second) => {
      if (story.now < dawn || story.now > dusk + 1_200_000) report(second)
    })
    expect(told(story)).toEqual(['opened supplyLoss luminaire:a03'])
  })

  test('a light that announced a lost supply while its neighbours had theirs all day is dark at dusk', () => {
    const town = lamps('a', 6, { circuit: 'c1', cabinet: 'k1' })
    const story = tell({ start: noon, assets: town })
    const dusk = Date.parse('2026-01-15T15:39:18Z')
    const byDay = () => (story.now < dusk ? { activePower: 0.4 } : {})
    story.pass(600, reporting(story, ids(town), 300, byDay))
    story.gasp('a03')
    const rest = ids(town).filter((id) => id !== 'a03')
    story.pass((dusk - story.now) / 1_000 - 60, reporting(story, rest, 300, byDay))
    expect(told(story)).toEqual(['opened communicationFailure luminaire:a03'])
    story.pass(700, reporting(story, rest, 300, byDay))
    expect(told(story).slice(1)).toEqual([
      'opened supplyLoss luminaire:a03',
      'resolved communicationFailure luminaire:a03 absorbed',
    ])
    expect(lastOf(story, 'luminaire:a03')).toMatchObject({ startedAt: '2026-01-15T10:10:00.000Z' })
  })

  test('a cable cut by day, while the rest of its line has its supply, is one outage at dusk', () => {
    const town = line('a', 12, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' })
    const story = tell({ start: noon, assets: town })
    const dusk = Date.parse('2026-01-15T15:39:18Z')
    const byDay = () => (story.now < dusk ? { activePower: 0.4 } : {})
    story.pass(600, reporting(story, ids(town), 300, byDay))
    for (const id of ids(town).slice(6)) story.gasp(id)
    story.pass((dusk - story.now) / 1_000 + 900, reporting(story, ids(town).slice(0, 6), 300, byDay))
    expect(told(story).filter((it) => it.includes('opened') && !it.includes('communicationFailure'))).toEqual([
      'opened circuitOutage circuit:c1 ×6',
    ])
  })
})

describe('one last gasp among lights that live', () => {
  const town = lamps('a', 12, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' })

  test('is believed after five seconds, though the report of another is overdue', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    const heard = ids(town).filter((id) => id !== 'a07')
    story.pass(400, reporting(story, heard, 300))
    story.gasp('a03')
    story.pass(4)
    expect(told(story)).toEqual([])
    story.pass(2)
    expect(told(story)).toEqual(['opened supplyLoss luminaire:a03'])
  })

  test('is told by the wider cause when the others follow: one ticket, which the circuit takes over', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    story.gasp('a03')
    story.pass(8)
    for (const id of ['a05', 'a08', 'a11']) story.gasp(id)
    story.pass(700)
    expect(told(story)).toEqual([
      'opened supplyLoss luminaire:a03',
      expect.stringMatching(/^opened circuitOutage circuit:c1/),
      'resolved supplyLoss luminaire:a03 absorbed',
    ])
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

  test('a light that is not back after three reports is dark, for its fuse may have gone with the dip', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    for (const id of ['a01', 'a02', 'a03', 'a04']) story.gasp(id)
    story.pass(10)
    const back = ids(town).filter((id) => id !== 'a03')
    for (const id of back) story.status(id, { state: 'online', session: `2-${id}` })
    story.pass(880, reporting(story, back, 300))
    expect(told(story)).toEqual([])
    story.pass(60, reporting(story, back, 300))
    expect(told(story)).toEqual(['opened supplyLoss luminaire:a03'])
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

describe('a dip that a whole circuit announces', () => {
  const town = line('a', 12, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' })
  /** All announce it but the last, which is the first to start anew. */
  const dip = (story: ReturnType<typeof tell>): void => {
    story.pass(600, reporting(story, ids(town), 300))
    for (const id of ids(town)) if (id !== 'a12') story.gasp(id)
    story.pass(20)
    story.read('a12', { seq: 0, uptime: 3 })
  }

  test('is none of the phase whose lights are not back yet when the others are', () => {
    const story = tell({ assets: town })
    dip(story)
    story.pass(100)
    const report = reporting(story, ids(town), 300)
    story.pass(600, (second) => report(second + 200))
    expect(told(story)).toEqual([])
  })

  test('leaves that phase dark when its lights do not follow', () => {
    const story = tell({ assets: town })
    dip(story)
    const back = town.flatMap(({ properties: it }) => (it.kind === 'luminaire' && it.phase !== 'L1' ? [it.id] : []))
    story.pass(340, (second) => reporting(story, back, 300)(second + 220))
    expect(told(story)).toEqual(['opened phaseLoss phase:c1:L1 ×4'])
  })
})

describe('controllers of the village that start anew', () => {
  const town = [
    ...lamps('a', 10, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }),
    ...lamps('b', 10, { circuit: 'c2', cabinet: 'k2', gateway: 'g1' }),
  ]
  const others = ids(town).filter((id) => id.startsWith('b'))
  /** How long after its end the silence of the first circuit is told [s], while those of `restarted` begin their counters anew. */
  const toldAfter = (restarted: readonly string[], missed: number): number => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    const { now } = story
    const anew = (device: string) => {
      if (!restarted.includes(device)) return {}
      const seconds = (story.now - now) / 1_000
      if (seconds < 300 * missed) return null
      return {
        seq: Math.floor(seconds / 300) - missed,
        uptime: 5 + (seconds % 300) + 300 * (Math.floor(seconds / 300) - missed),
      }
    }
    const report = reporting(story, others, 300, anew)
    // Each at its own second as before.
    story.pass(2_400, (second) => report(second + 70))
    const found = story.changes.find(({ incident }) => incident.scope.id === 'c1')
    return found === undefined ? Number.NaN : (found.at - now) / 1_000
  }

  test('with new firmware do not delay an outage beside them', () => {
    expect(toldAfter(['b02', 'b03', 'b04', 'b05'], 0)).toBe(toldAfter([], 0))
    expect(toldAfter([], 0)).toBeLessThanOrEqual(902)
  })

  test('after missed reports are a supply that comes back, and every light has three reports to follow', () => {
    expect(toldAfter(['b02', 'b03', 'b04', 'b05'], 1)).toBeGreaterThan(1_200)
  })
})
