import type { AssetFeature } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { ids, lamp, lamps, midnight, noon, opened, reporting, tell } from './story.ts'

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

  test('a lone last gasp waits for no neighbour; when they turn out to be gone too, the wider cause takes its ticket over', () => {
    const line = ['a', 'b', 'c', 'd'].map((id) => lamp(id, { circuit: 'k', cabinet: 'p', gateway: 'g' }))
    const elsewhere = lamp('z', { gateway: 'g' })
    const story = tell({ assets: [...line, elsewhere] })
    story.pass(900, reporting(story, ['a', 'b', 'c', 'd', 'z'], 300))
    story.gasp('a')
    story.pass(6)
    expect(opened(story.heard())).toEqual(['opened supplyLoss luminaire:a'])
    story.pass(1_200, reporting(story, ['z'], 300))
    const [lone, wider, ...consequences] = story.changes.filter(({ type }) => type === 'incident.opened')
    expect(wider?.incident).toMatchObject({ fault: 'circuitOutage', members: ['a', 'b', 'c', 'd'] })
    expect(consequences.map(({ incident }) => incident.fault)).toEqual(['communityDark'])
    expect(wider?.incident.absorbs).toEqual([lone?.incident.id])
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

describe('a lost supply of one light that is back, while its lamp is dark', () => {
  const dark = { activePower: 0.4 }
  const lost = () => {
    const story = tell({ assets: [lamp('a', { reportInterval: 60 }), lamp('b', { reportInterval: 60 })] })
    story.pass(120, reporting(story, ['a', 'b'], 60))
    story.gasp('a')
    story.pass(10)
    return story
  }

  test('is over, by its counters, and the lamp is a matter of its own', () => {
    const story = lost()
    story.pass(1_800, reporting(story, ['b'], 60))
    story.read('a', { ...dark, seq: 1, uptime: 30 })
    story.pass(60, reporting(story, ['b'], 60))
    story.read('a', { ...dark, seq: 2, uptime: 90 })
    story.pass(1)
    expect(story.heard()).toEqual([
      'opened supplyLoss luminaire:a',
      'resolved supplyLoss luminaire:a supplyRestored',
      'opened lampFailure luminaire:a',
    ])
  })

  test('was the lamp all the while when its counters ran on: the same incident gets its name', () => {
    const story = lost()
    story.pass(
      200,
      reporting(story, ['a', 'b'], 60, (id) => (id === 'a' ? dark : {})),
    )
    story.pass(200, reporting(story, ['a', 'b'], 60))
    expect(story.heard()).toEqual([
      'opened supplyLoss luminaire:a',
      'updated lampFailure luminaire:a',
      'resolved lampFailure luminaire:a litAgain',
    ])
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
    expect(opened(story.heard())).toEqual(['opened lampFailure luminaire:a03'])
  })
})
