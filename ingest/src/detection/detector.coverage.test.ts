import { describe, expect, test } from 'vitest'
import { ids, lamp, lamps, midnight, noon, opened, reporting, tell } from './story.ts'

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

  describe('a last gasp just before the stop', () => {
    const circuit = lamps('c', 6, { circuit: 'c1' })
    const names = ids(circuit)
    const told = (gasping: readonly string[], back: readonly string[]) => {
      const story = tell({ assets: circuit })
      story.pass(900, reporting(story, names, 300))
      for (const id of gasping) story.gasp(id)
      story.pass(2)
      story.tell({ kind: 'platform', state: 'stop' })
      story.now += 1_800_000
      story.tell({ kind: 'platform', state: 'start' })
      story.pass(900, reporting(story, back, 300))
      return opened(story.heard()).filter((line) => !/platformBlind|communityDark/.test(line))
    }

    test.each([
      ['one light', ['c03']],
      ['a whole circuit', names],
    ])('of %s that is back when we are tells nothing', (_, gasping) => {
      expect(told(gasping, names)).toEqual([])
    })

    test('of one light that is not heard again is a lost supply', () => {
      expect(
        told(
          ['c03'],
          names.filter((id) => id !== 'c03'),
        ),
      ).toEqual(['opened supplyLoss luminaire:c03'])
    })
  })

  test('a circuit that failed while we were stopped is not first a lamp, though one light sends all it kept before others say a word', () => {
    const circuit = lamps('c', 6, { circuit: 'c1' })
    const [first = '', ...others] = ids(circuit)
    const story = tell({ assets: circuit })
    story.pass(900, reporting(story, [first, ...others], 300))
    story.tell({ kind: 'platform', state: 'stop' })
    story.now += 900_000
    story.tell({ kind: 'platform', state: 'start' })
    for (const agoMs of [600_000, 300_000, 1_000]) story.read(first, { at: story.now - agoMs, activePower: 0 })
    story.pass(30)
    for (const id of others)
      for (const agoMs of [600_000, 300_000, 1_000]) story.read(id, { at: story.now - agoMs, activePower: 0 })
    story.pass(
      600,
      reporting(story, [first, ...others], 300, () => ({ activePower: 0 })),
    )
    expect(opened(story.heard()).filter((line) => !/communityDark|platformBlind/.test(line))).toEqual([
      'opened circuitOutage circuit:c1 ×6',
    ])
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

  test('a downtime across the planned switch-on: who is dark afterwards is found, who is lit is lit', () => {
    const street = [lamp('a1'), lamp('a2'), lamp('a3')]
    const story = tell({ start: noon, assets: street })
    for (const id of ids(street)) story.read(id, { activePower: 0.4 })
    story.pass(60)
    story.tell({ kind: 'platform', state: 'stop' })
    story.now = midnight
    story.tell({ kind: 'platform', state: 'start' })
    story.pass(
      1_200,
      reporting(story, ids(street), 300, (id) => ({ activePower: id === 'a2' ? 0 : 58 })),
    )
    expect(opened(story.heard())).toContain('opened lampFailure luminaire:a2')
    expect(['a1', 'a2', 'a3'].map(story.state)).toEqual(['lit', 'dark', 'lit'])
    story.pass(
      1_800,
      reporting(story, ['a1', 'a2'], 300, (id) => ({ activePower: id === 'a2' ? 0 : 58 })),
    )
    expect(story.state('a3')).toBe('unknown')
  })
})
