import { describe, expect, test } from 'vitest'
import { ids, lamps, opened, reporting, type Story, tell } from './story.ts'

const town = [
  ...lamps('a', 20, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }),
  ...lamps('b', 20, { circuit: 'c2', cabinet: 'k2', gateway: 'g2' }),
]
const all = ids(town)
const told = (story: Story): string[] =>
  story.heard().filter((it) => !it.includes('communityDark') && !it.startsWith('updated'))
const reasonOf = (story: Story): string | undefined =>
  story.changes.findLast((it) => it.incident.fault === 'platformBlind')?.incident.reason

describe('slow ingest', () => {
  test('readings that come with growing delay while time goes on make the platform blind, and nothing else', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    // Each reading waits longer on the way than the one before: after an hour by half an hour.
    let lag = 0
    story.pass(3_600, (second) => {
      lag = second / 2
      reporting(story, all, 300, () => ({ at: Math.round(story.now - lag * 1_000) }))(second)
    })
    expect(told(story)).toEqual(['opened platformBlind platform:town'])
    expect(reasonOf(story)).toBe('slowIngest')
    expect(story.detector.light('a01')).toMatchObject({ state: 'unknown', reason: 'slowIngest' })
    story.pass(900, reporting(story, all, 300))
    expect(told(story).slice(1)).toEqual(['resolved platformBlind platform:town hearingAgain'])
    expect(story.state('a01')).toBe('lit')
  })

  test('a few lights whose clocks are wrong are no slow ingest', () => {
    const story = tell({ assets: town })
    story.pass(
      3_600,
      reporting(story, all, 300, (id) => (id < 'a06' ? { at: story.now - 3_600_000 } : {})),
    )
    const clocks = ['a05', 'a04', 'a03', 'a02', 'a01'].map((id) => `opened clockFault luminaire:${id}`)
    expect(told(story)).toEqual(clocks)
  })

  test('a backlog that everybody sends after a lost network is not slow ingest', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    const since = story.now
    story.pass(240)
    for (const id of all) {
      for (let at = since; at < story.now; at += 60_000) story.read(id, { at })
      story.read(id)
    }
    story.pass(900, reporting(story, all, 300))
    expect(told(story)).toEqual([])
  })
})

describe('a clock that jumps', () => {
  test('time that leaps without a tick is not silence; stamps that stay behind by as much say why', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    const leap = 7_200_000
    story.now += leap
    story.pass(
      1_500,
      reporting(story, all, 300, () => ({ at: story.now - leap })),
    )
    expect(told(story)).toEqual(['opened platformBlind platform:town'])
    expect(reasonOf(story)).toBe('clockJumped')
    expect(opened(story.heard())).toHaveLength(1)
  })

  test('a machine that slept for an hour and goes on catches up without a storm', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    story.now += 3_600_000
    story.pass(1_200, reporting(story, all, 300))
    expect(told(story)).toEqual([
      'opened platformBlind platform:town',
      'resolved platformBlind platform:town hearingAgain',
    ])
  })
})

describe('connections that end all at once', () => {
  const fast = [
    ...lamps('a', 6, { circuit: 'c1', gateway: 'g1', program: 'alwaysOn', reportInterval: 2 }),
    ...lamps('b', 6, { circuit: 'c2', gateway: 'g2', program: 'alwaysOn', reportInterval: 2 }),
  ]

  test('a wave of wills from a broker that restarts is nothing: everybody is back in seconds', () => {
    const story = tell({ assets: fast })
    for (const id of ids(fast)) story.status(id, { state: 'online', session: `1-${id}` })
    story.pass(20, reporting(story, ids(fast), 2))
    for (const id of ids(fast)) story.status(id, { state: 'offline', session: `1-${id}` })
    story.pass(12)
    for (const id of ids(fast)) story.status(id, { state: 'online', session: `2-${id}` })
    story.pass(60, reporting(story, ids(fast), 2))
    expect(story.heard()).toEqual([])
  })

  test('who does not come back after it is looked for', () => {
    const story = tell({ assets: fast })
    for (const id of ids(fast)) story.status(id, { state: 'online', session: `1-${id}` })
    story.pass(20, reporting(story, ids(fast), 2))
    for (const id of ids(fast)) story.status(id, { state: 'offline', session: `1-${id}` })
    story.pass(40)
    expect(told(story)).toEqual(['opened platformBlind platform:town'])
  })
})

describe('a provider that is out', () => {
  test('lights of several circuits that are connected directly fall silent with it: nobody is called dark', () => {
    const direct = [
      ...lamps('d', 5, { circuit: 'c3', cabinet: 'k3' }),
      ...lamps('e', 12, { circuit: 'c4', cabinet: 'k4' }),
    ]
    const assets = [...town, ...direct]
    const story = tell({ assets })
    story.pass(600, reporting(story, ids(assets), 300))
    // All of c3 and half of c4 have their cards from it.
    const heard = ids(assets).filter((id) => !id.startsWith('d') && !(id > 'e06' && id.startsWith('e')))
    story.pass(3_600, reporting(story, heard, 300))
    const faults = new Set(opened(told(story)).map((line) => line.split(' ')[1]))
    expect([...faults]).toEqual(['communicationFailure'])
    expect(ids(direct).some((id) => story.state(id) === 'dark')).toBe(false)
  })

  test('several gateways silent at once are so many gateway outages', () => {
    const more = [
      ...town,
      ...lamps('d', 20, { circuit: 'c3', cabinet: 'k3', gateway: 'g3' }),
      ...lamps('e', 20, { circuit: 'c4', gateway: 'g4' }),
    ]
    const story = tell({ assets: more })
    story.pass(600, reporting(story, ids(more), 300))
    story.pass(
      3_000,
      reporting(
        story,
        ids(more).filter((id) => id >= 'd'),
        300,
      ),
    )
    const heard = opened(told(story)).map((line) => line.replace(/ ×\d+$/, ''))
    expect(heard.every((line) => /gatewayOutage|platformBlind/.test(line))).toBe(true)
    expect(story.state('a01')).toBe('unknown')
  })
})

describe('a blackout of the whole town', () => {
  test('is told from our own blindness by those who announce it', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    for (const id of all.filter((_, i) => i % 3 === 0)) story.gasp(id)
    story.pass(900)
    expect(told(story)).toEqual(['opened supplyLoss area:k1 ×40'])
    expect(story.state('b20')).toBe('dark')
  })
})

describe('a switch that fell into the time of a downtime', () => {
  test('is no reason to forget what is expected since: lights that do not come back after it are found', () => {
    const beforeDusk = Date.parse('2026-01-15T15:00:00Z')
    const story = tell({ start: beforeDusk, assets: town })
    story.pass(
      1_800,
      reporting(story, all, 300, () => ({ activePower: 0.4 })),
    )
    story.tell({ kind: 'platform', state: 'stop' })
    story.now = Date.parse('2026-01-15T16:30:00Z')
    story.tell({ kind: 'platform', state: 'start' })
    story.pass(
      2_400,
      reporting(
        story,
        all.filter((id) => id.startsWith('b')),
        300,
      ),
    )
    expect(opened(told(story)).at(-1)).toMatch(/^opened gatewayOutage gateway:g1/)
  })
})
