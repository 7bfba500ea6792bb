import type { AssetFeature } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { ids, lamp, lamps, midnight, noon, reporting, tell } from './story.ts'

const opened = (heard: string[]): string[] => heard.filter((line) => line.startsWith('opened'))

describe('one light', () => {
  test('a lamp that draws no power while it should burn fails after two readings, and is repaired after two lit ones', () => {
    const story = tell({ assets: [lamp('a')] })
    story.read('a')
    story.pass(300)
    expect(story.state('a')).toBe('lit')
    story.read('a', { activePower: 0.5 })
    story.pass(299)
    expect(story.heard()).toEqual([])
    story.read('a', { activePower: 0.5 })
    story.pass(1)
    expect(story.heard()).toEqual(['opened lampFailure luminaire:a'])
    expect(story.state('a')).toBe('dark')
    expect(story.changes[0]?.incident.startedAt).toBe(new Date(midnight + 300_000).toISOString())
    story.read('a')
    story.pass(300)
    story.read('a')
    story.pass(1)
    expect(story.heard().slice(1)).toEqual(['resolved lampFailure luminaire:a litAgain'])
    expect(story.state('a')).toBe('lit')
  })

  test.each([
    ['no supply voltage', { supplyVoltage: 3, activePower: 0 }, 'supplyLoss'],
    [
      'the load cut by the charge controller',
      { activePower: 0, loadState: 'lowVoltageDisconnect' as const },
      'batteryEmpty',
    ],
    [
      'a dead driver the device knows of',
      { activePower: 1, faults: ['controlGearFailure' as const] },
      'controlGearFailure',
    ],
    ['level 100 but no power', { activePower: 0.4, lightLevel: 100 }, 'lampFailure'],
    [
      'lampFailure raised without a power meter',
      { activePower: undefined, supplyVoltage: undefined, faults: ['lampFailure' as const] },
      'lampFailure',
    ],
  ])('dark by %s is told apart', (_, fields, fault) => {
    const story = tell({ assets: [lamp('a', { program: 'alwaysOn', reportInterval: 2 })] })
    const clean = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
    const silent = Object.keys(fields).filter((name) => fields[name as keyof typeof fields] === undefined)
    story.read('a')
    for (let i = 0; i < 2; i++) {
      story.pass(2)
      const reading: Record<string, unknown> = { activePower: 58, supplyVoltage: 231, ...clean }
      for (const name of silent) delete reading[name]
      story.tell({
        kind: 'reading',
        municipality: 'town',
        device: 'a',
        reading: { at: story.now, seq: 50 + i, ...reading },
      })
    }
    story.pass(1)
    expect(opened(story.heard())).toEqual([`opened ${fault} luminaire:a`])
  })

  test('a dimmed light is not dark', () => {
    const story = tell({ assets: [lamp('a', { program: 'alwaysOn', reportInterval: 2 })] })
    story.pass(20, () => story.read('a', { lightLevel: 20, activePower: 12 }))
    expect(story.state('a')).toBe('lit')
    expect(story.heard()).toEqual([])
  })

  test('a lamp that burns by day is a day burner after three readings, stays so through the night, and ends by day', () => {
    const story = tell({ start: noon, assets: [lamp('a')] })
    for (let i = 0; i < 3; i++) {
      story.read('a', { activePower: 58 })
      story.pass(300)
    }
    expect(story.heard()).toEqual(['opened lampUnexpectedOn luminaire:a'])
    expect(story.state('a')).toBe('unexpectedlyOn')
    story.pass(15 * 3_600, reporting(story, ['a'], 300))
    expect(story.heard()).toHaveLength(1)
    story.pass(
      9 * 3_600,
      reporting(story, ['a'], 300, () => ({ activePower: 0.4 })),
    )
    expect(story.heard().at(-1)).toBe('resolved lampUnexpectedOn luminaire:a offAgain')
    expect(story.state('a')).toBe('off')
  })

  test('through a normal night nothing is said and the state follows the sun', () => {
    const story = tell({ start: noon, assets: [lamp('a')] })
    const dusk = Date.parse('2026-01-15T15:39:18Z')
    const dawn = Date.parse('2026-01-16T05:07:00Z')
    const seen = new Map<string, string>()
    story.pass(24 * 3_600, (second) => {
      if (second % 300 !== 0) return
      const on = story.now >= dusk && story.now < dawn
      story.read('a', { activePower: on ? 58 : 0.4 })
      seen.set(new Date(story.now).toISOString().slice(11, 16), story.state('a'))
    })
    expect(story.heard()).toEqual([])
    expect(seen.get('12:00')).toBe('off')
    expect(seen.get('18:00')).toBe('lit')
    expect(seen.get('04:00')).toBe('lit')
    expect(seen.get('09:00')).toBe('off')
  })

  test('a last gasp at night makes a supply loss after its hold, and the supply back ends it', () => {
    const story = tell({ assets: [lamp('a', { reportInterval: 60 }), lamp('b', { reportInterval: 60 })] })
    story.pass(120, reporting(story, ['a', 'b'], 60))
    story.gasp('a')
    story.pass(4, reporting(story, ['b'], 60))
    expect(story.heard()).toEqual([])
    story.pass(2)
    expect(story.heard()).toEqual(['opened supplyLoss luminaire:a'])
    expect(story.state('a')).toBe('dark')
    story.pass(180, reporting(story, ['a', 'b'], 60))
    expect(story.heard().slice(1)).toEqual(['resolved supplyLoss luminaire:a supplyRestored'])
  })

  test('a short interruption opens nothing', () => {
    const story = tell({ assets: [lamp('a', { reportInterval: 60 })] })
    story.read('a')
    story.gasp('a')
    story.pass(3)
    story.read('a')
    story.pass(30)
    expect(story.heard()).toEqual([])
  })
})

describe('silence', () => {
  test('one light gone silent is unknown, never dark: a communication failure within its own few intervals', () => {
    const story = tell({
      assets: [
        lamp('a', { program: 'alwaysOn', reportInterval: 2 }),
        lamp('b', { program: 'alwaysOn', reportInterval: 2 }),
      ],
    })
    const both = reporting(story, ['a', 'b'], 2)
    story.pass(20, both)
    story.pass(
      7,
      reporting(story, ['x', 'b'], 2, (device) => (device === 'b' ? {} : null)),
    )
    expect(story.heard()).toEqual([])
    story.pass(
      8,
      reporting(story, ['x', 'b'], 2, (device) => (device === 'b' ? {} : null)),
    )
    expect(story.heard()).toEqual(['opened communicationFailure luminaire:a'])
    expect(story.state('a')).toBe('unknown')
    story.pass(6, both)
    expect(story.heard().slice(1)).toEqual(['resolved communicationFailure luminaire:a stillRunning'])
  })

  test('a device that comes back with its counters begun anew had restarted', () => {
    const story = tell({ assets: [lamp('a', { program: 'alwaysOn', reportInterval: 2 })] })
    story.pass(10, reporting(story, ['a'], 2))
    story.pass(30)
    story.read('a', { seq: 0, uptime: 1 })
    story.pass(1)
    expect(story.heard()).toEqual([
      'opened communicationFailure luminaire:a',
      'resolved communicationFailure luminaire:a restarted',
    ])
  })

  test('a light that is silent by day from switch-off on is switched off with its circuit, not lost', () => {
    const story = tell({ start: midnight, assets: lamps('a', 4, { circuit: 'c', cabinet: 'k' }) })
    const dawn = Date.parse('2026-01-16T05:07:00Z')
    const dusk = Date.parse('2026-01-16T15:41:00Z')
    const report = reporting(story, ids(lamps('a', 4)), 300)
    story.pass(20 * 3_600, (second) => {
      if (story.now < dawn || story.now > dusk) report(second)
    })
    expect(story.heard()).toEqual([])
  })

  test('a stale will of an earlier session changes nothing; one of this session shortens the wait', () => {
    const story = tell({ assets: lamps('a', 2, { program: 'alwaysOn', reportInterval: 60 }) })
    for (const id of ['a01', 'a02']) {
      story.status(id, { state: 'online', session: `s2-${id}` })
      story.read(id)
    }
    story.status('a01', { state: 'offline', session: 's1-a01' })
    story.status('a02', { state: 'offline', session: 's2-a02' })
    story.pass(200)
    expect(story.heard()).toEqual(['opened communicationFailure luminaire:a02'])
  })

  test('a sensor gone silent is a communication failure of its own', () => {
    const sensor: AssetFeature = {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [26.53, 41.5] },
      properties: {
        kind: 'sensor',
        id: 's',
        community: 'village',
        measures: { temperature: '°C' },
        reportInterval: 10,
      },
    }
    const story = tell({ assets: [sensor] })
    const told = (seq: number) => ({ at: story.now, seq, measurements: { temperature: 12 } })
    story.tell({ kind: 'reading', municipality: 'town', device: 's', reading: told(1) })
    story.pass(120)
    story.tell({ kind: 'reading', municipality: 'town', device: 's', reading: told(9) })
    story.pass(1)
    expect(story.heard()).toEqual([
      'opened communicationFailure sensor:s',
      'resolved communicationFailure sensor:s stillRunning',
    ])
  })

  test('a light that never reported is unknown and opens nothing', () => {
    const story = tell({ assets: [lamp('a', { program: 'alwaysOn' })] })
    story.pass(3_600)
    expect(story.state('a')).toBe('unknown')
    expect(story.heard()).toEqual([])
  })
})

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

describe('blind is not dark', () => {
  const town = [...lamps('a', 20, { circuit: 'c1' }), ...lamps('b', 20, { circuit: 'c2' })]
  const all = ids(town)

  test("after the platform's own stop nothing is called dark until each device had its chance", () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    story.tell({ kind: 'platform', state: 'stop' })
    story.now += 1_800_000
    story.tell({ kind: 'platform', state: 'start' })
    story.pass(1)
    expect(story.state('a01')).toBe('unknown')
    story.pass(900, reporting(story, all, 300))
    expect(story.heard()).toEqual([
      'opened platformBlind platform:town',
      'resolved platformBlind platform:town hearingAgain',
    ])
    expect(all.map(story.state).every((state) => state === 'lit')).toBe(true)
  })

  test('a circuit that failed while the platform was down is found once after it is back', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    story.tell({ kind: 'platform', state: 'stop' })
    story.now += 1_800_000
    story.tell({ kind: 'platform', state: 'start' })
    story.pass(1_200, reporting(story, all.slice(20), 300))
    const heard = story.heard().filter((line) => !line.includes('communityDark') && !line.includes('platformBlind'))
    expect(opened(heard)).toEqual(['opened circuitOutage circuit:c1 ×20'])
  })

  test('a lamp that was dark before the stop does not make slow returns an outage', () => {
    const circuit = lamps('c', 6, { circuit: 'c1' })
    const names = ids(circuit)
    const story = tell({ assets: circuit })
    story.pass(
      1_500,
      reporting(story, names, 300, (id) => (id === 'c01' ? { activePower: 0 } : {})),
    )
    story.tell({ kind: 'platform', state: 'stop' })
    story.now += 60_000
    story.tell({ kind: 'platform', state: 'start' })
    story.pass(200)
    story.pass(
      900,
      reporting(story, names, 300, (id) => (id === 'c01' ? { activePower: 0 } : {})),
    )
    expect(story.heard().filter((line) => !line.startsWith('updated'))).toEqual(['opened lampFailure luminaire:c01'])
  })

  test('a short restart says nothing at all', () => {
    const story = tell({ assets: lamps('a', 6, { circuit: 'c1', program: 'alwaysOn', reportInterval: 2 }) })
    const six = ids(lamps('a', 6))
    story.pass(20, reporting(story, six, 2))
    story.now += 8_000
    story.tell({ kind: 'platform', state: 'start' })
    story.pass(9)
    story.pass(30, reporting(story, six, 2))
    expect(story.heard()).toEqual([])
  })

  test('time in which a lost broker could not be heard is not silence', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    for (let i = 0; i < 1_200; i++) {
      story.now += 1_000
      story.tell({ kind: 'tick', hearing: false })
    }
    story.pass(1_200, reporting(story, all, 300))
    expect(story.heard()).toEqual([
      'opened platformBlind platform:town',
      'resolved platformBlind platform:town hearingAgain',
    ])
  })

  test('when nearly everything falls silent across causes it is we who are blind', () => {
    const story = tell({ assets: town })
    story.pass(600, reporting(story, all, 300))
    story.pass(2_400)
    expect(story.heard()).toEqual(['opened platformBlind platform:town'])
    story.pass(900, reporting(story, all, 300))
    expect(story.heard().slice(1)).toEqual(['resolved platformBlind platform:town hearingAgain'])
  })
})

describe('maintenance and late data', () => {
  test('what is worked on opens nothing, and what was open is put aside', () => {
    const story = tell({ assets: [lamp('a', { program: 'alwaysOn', reportInterval: 10, circuit: 'c' })] })
    story.pass(
      30,
      reporting(story, ['a'], 10, () => ({ activePower: 0 })),
    )
    expect(story.heard()).toEqual(['opened lampFailure luminaire:a'])
    story.tell({
      kind: 'maintenance',
      municipality: 'town',
      scope: { kind: 'circuit', id: 'c' },
      until: story.now + 600_000,
    })
    story.pass(
      60,
      reporting(story, ['a'], 10, () => ({ activePower: 0 })),
    )
    expect(story.heard().slice(1)).toEqual(['resolved lampFailure luminaire:a underMaintenance'])
    expect(story.state('a')).toBe('maintenance')
    story.pass(
      600,
      reporting(story, ['a'], 10, () => ({ activePower: 0 })),
    )
    expect(story.heard().at(-1)).toBe('opened lampFailure luminaire:a')
  })

  test('buffered readings say what was, not what is', () => {
    const story = tell({ assets: [lamp('a', { program: 'alwaysOn', reportInterval: 60 })] })
    story.read('a')
    story.pass(60)
    for (let i = 0; i < 5; i++)
      story.read('a', { at: midnight - 7_200_000 + i * 60_000, seq: 1_000 + i, activePower: 0 })
    story.read('a')
    story.pass(1)
    expect(story.heard()).toEqual([])
    expect(story.state('a')).toBe('lit')
  })

  test('a fault raised by the device itself opens after two readings and ends when it is no longer raised', () => {
    const story = tell({ assets: [lamp('a', { program: 'alwaysOn', reportInterval: 10 })] })
    story.read('a', { faults: ['highTemperature'] })
    story.pass(10)
    expect(story.heard()).toEqual([])
    story.read('a', { faults: ['highTemperature'] })
    story.pass(10)
    story.read('a')
    story.pass(10)
    story.read('a')
    story.pass(10)
    expect(story.heard()).toEqual([
      'opened highTemperature luminaire:a',
      'resolved highTemperature luminaire:a clearedByDevice',
    ])
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
