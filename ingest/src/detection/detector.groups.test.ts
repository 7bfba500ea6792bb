import type { AssetFeature } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { ids, lamps, opened, reporting, tell } from './story.ts'

describe('groups', () => {
  const town = [
    ...lamps('a', 40, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }),
    ...lamps('b', 30, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' }),
    ...lamps('d', 10, { circuit: 'c3', cabinet: 'k2', gateway: 'g2' }),
  ]
  const everyone = ids(town)

  test('forty lights of a circuit gone silent while their gateway lives make one circuit outage and nothing else', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, everyone, 300))
    const rest = everyone.filter((id) => !id.startsWith('a'))
    story.pass(1_000, reporting(story, rest, 300))
    const heard = story.heard().filter((line) => !line.includes('communityDark'))
    expect(opened(heard)).toEqual([expect.stringMatching(/^opened circuitOutage circuit:c1 ×\d+$/)])
    expect(story.state('a17')).toBe('dark')
    expect(story.changes.at(-1)?.incident.members).toHaveLength(40)
    story.pass(900, reporting(story, everyone, 300))
    expect(story.heard().filter((line) => line.startsWith('resolved circuitOutage'))).toEqual([
      'resolved circuitOutage circuit:c1 ×40 supplyRestored',
    ])
    expect(opened(story.heard().filter((line) => !line.includes('communityDark')))).toHaveLength(1)
    expect(everyone.map(story.state).every((state) => state === 'lit')).toBe(true)
  })

  test('a few last gasps decide sooner, and no single ticket comes first', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, everyone, 300))
    for (const id of everyone.slice(0, 12)) story.gasp(id)
    story.pass(310, reporting(story, everyone.slice(40), 300))
    const heard = story.heard().filter((line) => !line.includes('communityDark'))
    expect(opened(heard)).toEqual(['opened circuitOutage circuit:c1 ×40'])
  })

  test('lights that report no power together are one circuit outage at the second reading of the first of them', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, everyone, 300))
    story.pass(
      600,
      reporting(story, everyone, 300, (id) => (id.startsWith('a') ? { activePower: 0 } : {})),
    )
    const heard = story.heard().filter((line) => !line.includes('communityDark'))
    expect(opened(heard)).toEqual([expect.stringMatching(/^opened circuitOutage circuit:c1/)])
    expect(story.changes.at(-1)?.incident.members.length).toBeGreaterThanOrEqual(39)
  })

  test('one live lamp of the circuit vetoes the circuit: the others are judged one by one', () => {
    const story = tell({ assets: lamps('a', 5, { circuit: 'c1', program: 'alwaysOn', reportInterval: 2 }) })
    const all = ids(lamps('a', 5))
    story.pass(10, reporting(story, all, 2))
    story.pass(
      12,
      reporting(story, all, 2, (id) => (id === 'a05' ? {} : { activePower: 0 })),
    )
    expect(opened(story.heard().filter((line) => !line.includes('communityDark'))).sort()).toEqual([
      'opened lampFailure luminaire:a01',
      'opened lampFailure luminaire:a02',
      'opened lampFailure luminaire:a03',
      'opened lampFailure luminaire:a04',
    ])
  })

  test('all circuits of a cabinet dark are one cabinet outage', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, everyone, 300))
    for (const id of everyone.filter((id) => !id.startsWith('d'))) story.gasp(id)
    story.pass(900, reporting(story, ids(lamps('d', 10)), 300))
    const heard = story.heard().filter((line) => !line.includes('communityDark'))
    expect(opened(heard)).toEqual(['opened cabinetOutage cabinet:k1 ×70'])
  })

  test('a cabinet that announces the loss of its supply is believed, even with a single circuit', () => {
    const cabinet: AssetFeature = {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [26.53, 41.5] },
      properties: { kind: 'cabinet', id: 'k2', community: 'village', device: 'k2-meter' },
    }
    const story = tell({ assets: [...town, cabinet] })
    story.pass(600, reporting(story, everyone, 300))
    story.tell({
      kind: 'reading',
      municipality: 'town',
      device: 'k2-meter',
      reading: { at: story.now, voltageL1: 231, voltageL2: 230, voltageL3: 232 },
    })
    story.tell({
      kind: 'event',
      municipality: 'town',
      device: 'k2-meter',
      event: { type: 'supplyLoss', at: story.now },
    })
    story.pass(400, reporting(story, everyone.slice(0, 70), 300))
    const heard = story.heard().filter((line) => !line.includes('communityDark'))
    expect(opened(heard)).toEqual(['opened cabinetOutage cabinet:k2 ×10'])
  })

  test('a lost phase is told from its circuit', () => {
    const phases = ['L1', 'L2', 'L3'].flatMap((phase) =>
      lamps(`${phase}-`, 8, { circuit: 'c1', phase, program: 'alwaysOn', reportInterval: 10 }),
    )
    const story = tell({ assets: phases })
    story.pass(30, reporting(story, ids(phases), 10))
    for (const id of ids(phases).filter((id) => id.startsWith('L2'))) story.gasp(id)
    story.pass(
      40,
      reporting(
        story,
        ids(phases).filter((id) => !id.startsWith('L2')),
        10,
      ),
    )
    const heard = story.heard().filter((line) => !line.includes('communityDark'))
    expect(opened(heard)).toEqual(['opened phaseLoss phase:c1:L2 ×8'])
  })

  test('a wave of wills from one gateway is one gateway outage and leaves its lights unknown', () => {
    const story = tell({ assets: town })
    for (const id of everyone) story.status(id, { state: 'online', session: id })
    story.pass(600, reporting(story, everyone, 300))
    for (const id of everyone.filter((id) => !id.startsWith('d'))) story.status(id, { state: 'offline', session: id })
    story.pass(900, reporting(story, ids(lamps('d', 10)), 300))
    expect(story.heard()).toEqual(['opened gatewayOutage gateway:g1 ×70'])
    expect(story.state('a01')).toBe('unknown')
    story.pass(900, reporting(story, everyone, 300))
    expect(story.heard().at(-1)).toBe('resolved gatewayOutage gateway:g1 ×70 membersReturned')
    expect(opened(story.heard())).toHaveLength(1)
  })

  test('a gateway that loses its one connection is out an interval later, whatever its lights were about to say', () => {
    const gateway: AssetFeature = {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [26.53, 41.5] },
      properties: { kind: 'gateway', id: 'g2', device: 'g2' },
    }
    const story = tell({ assets: [...town, gateway] })
    story.status('g2', { state: 'online', session: 's' })
    story.pass(600, reporting(story, everyone, 300))
    story.status('g2', { state: 'offline', session: 's' })
    story.pass(310, reporting(story, everyone.slice(0, 70), 300))
    expect(story.heard()).toEqual(['opened gatewayOutage gateway:g2 ×10'])
  })

  test('an outage that goes on unchanged is told once, and confirmed every quarter of an hour', () => {
    const few = lamps('a', 4, { circuit: 'c1', program: 'alwaysOn' })
    const story = tell({ assets: few })
    story.pass(600, reporting(story, ids(few), 300))
    story.pass(
      4_200,
      reporting(story, ids(few), 300, () => ({ activePower: 0, supplyVoltage: 0 })),
    )
    const ofCircuit = story.outputs.filter((it) => 'incident' in it && it.type.startsWith('incident.'))
    const types = ofCircuit.map(({ type }) => type)
    expect(types.filter((type) => type === 'incident.updated').length).toBeLessThanOrEqual(1)
    expect(types.filter((type) => type === 'incident.confirmed').length).toBeGreaterThanOrEqual(3)
    const revisions = story.changes.map(({ incident }) => incident.revision)
    expect(Math.max(...revisions)).toBeLessThanOrEqual(2)
  })

  test.each([
    ['is heard again after five of its reports: they were lost, and not its supply', 1_500, false],
    ['is not heard again has lost its supply by itself', 3_000, true],
  ])('the last light of a circuit that is back, which %s', (_name, silentForS, isDark) => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, everyone, 300))
    for (const id of ids(town).filter((id) => id.startsWith('a'))) story.gasp(id)
    const others = everyone.filter((id) => !id.startsWith('a'))
    story.pass(1_200, reporting(story, others, 300))
    const back = everyone.filter((id) => id !== 'a05')
    story.pass(silentForS, reporting(story, back, 300))
    const heard = story.heard().filter((line) => !line.includes('communityDark') && !line.startsWith('updated'))
    expect(heard.slice(1)).toEqual(
      isDark ? ['resolved circuitOutage circuit:c1 ×40 split', 'opened supplyLoss luminaire:a05'] : [],
    )
  })

  test('partial recovery splits: what stays dark after the circuit is back is a fault of its own', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, everyone, 300))
    story.pass(
      900,
      reporting(story, everyone, 300, (id) => (id.startsWith('a') ? { activePower: 0 } : {})),
    )
    story.pass(
      1_800,
      reporting(story, everyone, 300, (id) => (id === 'a05' ? { activePower: 0 } : {})),
    )
    const heard = story.heard().filter((line) => !line.includes('communityDark') && !line.startsWith('updated'))
    expect(heard.slice(1)).toEqual(['resolved circuitOutage circuit:c1 ×40 split', 'opened lampFailure luminaire:a05'])
  })

  test('a lamp that failed days before keeps its own incident when its circuit trips', () => {
    const circuit = lamps('a', 6, { circuit: 'c1', program: 'alwaysOn', reportInterval: 60 })
    const other = lamps('b', 6, { circuit: 'c2', program: 'alwaysOn', reportInterval: 60 })
    const all = ids([...circuit, ...other])
    const story = tell({ assets: [...circuit, ...other] })
    story.pass(
      7_200,
      reporting(story, all, 60, (id) => (id === 'a01' ? { activePower: 0 } : {})),
    )
    expect(opened(story.heard())).toEqual(['opened lampFailure luminaire:a01'])
    story.pass(600, reporting(story, ids(other), 60))
    const heard = story.heard().filter((line) => !line.includes('communityDark'))
    expect(opened(heard)).toEqual([
      'opened lampFailure luminaire:a01',
      expect.stringMatching(/^opened circuitOutage circuit:c1/),
    ])
    expect(heard.some((line) => line.startsWith('resolved lampFailure'))).toBe(false)
  })

  test('a third of a community dark is a dark community', () => {
    const story = tell({ assets: lamps('a', 10, { program: 'alwaysOn', reportInterval: 10 }) })
    const all = ids(lamps('a', 10))
    story.pass(30, reporting(story, all, 10))
    story.pass(
      40,
      reporting(story, all, 10, (id) => (id < 'a04' ? { activePower: 0 } : {})),
    )
    expect(story.heard().filter((line) => line.includes('community'))).toEqual([
      'opened communityDark community:village ×3',
    ])
    expect(story.detector.communities()).toEqual([
      expect.objectContaining({ id: 'village', lit: 7, dark: 3, unknown: 0, total: 10, darkCommunity: true }),
    ])
    story.pass(40, reporting(story, all, 10))
    expect(story.heard()).toContain('resolved communityDark community:village ×3 litAgain')
  })
})

describe('readings that come late', () => {
  const two = [
    ...lamps('a', 10, { circuit: 'c1', program: 'alwaysOn', reportInterval: 2 }),
    ...lamps('b', 10, { circuit: 'c2', program: 'alwaysOn', reportInterval: 2 }),
  ]
  const failing = ids(two).filter((id) => id.startsWith('b'))

  test('a circuit that went dark shortly before the platform was away is one outage, however its lights come back', () => {
    const story = tell({ assets: two })
    story.pass(20, reporting(story, ids(two), 2))
    const darkAt = story.now
    for (const id of failing.slice(0, 4)) story.read(id, { activePower: 0 })
    // Six seconds away, while the lights go on measuring.
    story.now += 6_000
    story.tell({ kind: 'platform', state: 'start' })
    for (const id of failing) story.status(id, { state: 'online', session: id })
    // They flush what they have, one light after the other.
    for (const id of failing) {
      story.pass(0.5)
      for (const seconds of [2, 4, 6]) story.read(id, { at: darkAt + seconds * 1_000, activePower: 0 })
    }
    story.pass(
      30,
      reporting(story, ids(two), 2, (id) => (id.startsWith('b') ? { activePower: 0 } : {})),
    )
    const heard = story.heard().filter((line) => !line.includes('communityDark'))
    expect(opened(heard)).toEqual([expect.stringMatching(/^opened circuitOutage circuit:c2/)])
  })
})
