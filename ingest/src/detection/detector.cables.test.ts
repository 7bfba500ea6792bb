import { describe, expect, test } from 'vitest'
import { ids, lamps, lastOf, line, m, midnight, opened, reporting, tell, told } from './story.ts'

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

  /** Three lights a section from the far end inward, a section every `everyS` seconds; the clock of `a08` is wrong by `clockS`. */
  const strip = (everyS: number, clockS = 0) => {
    const story = tell({ assets: town })
    const all = ids(town)
    const fields = (device: string) => (device === 'a08' ? { at: story.now + clockS * 1_000 } : {})
    story.pass(600, reporting(story, all, 300, fields))
    for (let section = 5; section >= 2; section--) {
      const cut = 3 * section
      for (let i = cut + 1; i <= cut + 3; i++) {
        const device = `a${String(i).padStart(2, '0')}`
        if (device !== 'a08') story.gasp(device)
        else
          story.tell({
            kind: 'event',
            municipality: m,
            device,
            event: { type: 'supplyLoss', at: story.now + clockS * 1_000 },
          })
      }
      const fed = all.filter((id) => id.startsWith('b') || Number(id.slice(1)) <= cut)
      const since = (story.now / 1_000) % 300
      story.pass(section === 2 ? 900 : everyS, (second) => reporting(story, fed, 300, fields)(second + since))
    }
    return story
  }
  test('one clock that is minutes slow does not hide the order', () => {
    expect(lastOf(strip(100, -150), 'circuit:c1')?.fault).toBe('suspectedTheft')
  })

  test('a theft that takes three quarters of an hour is one incident of all its lights', () => {
    const story = strip(800)
    expect(lastOf(story, 'circuit:c1')).toMatchObject({ fault: 'suspectedTheft', members: ids(town).slice(6, 18) })
    expect(told(story)).toEqual([expect.stringMatching(/^opened circuitOutage circuit:c1/)])
  })

  test('a light that was only not heard for a while and runs on brings no supply back', () => {
    const story = strip(100)
    const { now } = story
    const fed = ids(town).filter((id) => id.startsWith('b') || id < 'a06')
    const seconds = (from: number) => (second: number) => reporting(story, fed, 300)(second + from)
    story.pass(1_200, seconds(0))
    expect(lastOf(story, 'circuit:c1')?.members).toContain('a06')
    story.pass(1_800, (second) => {
      seconds(1_200)(second)
      if (second % 300 === 7) story.read('a06', { seq: Math.floor((story.now - midnight) / 300_000) })
    })
    const since = story.changes.filter(({ at }) => at > now)
    expect(since.filter(({ type }) => type === 'incident.resolved')).toEqual([])
    expect(lastOf(story, 'circuit:c1')?.members).toEqual(ids(town).slice(6, 18))
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
