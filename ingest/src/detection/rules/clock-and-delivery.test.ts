import { describe, expect, test } from 'vitest'
import { lamp, lamps, opened, type Story, tell } from '../story.ts'
import { report, reportAll } from './report.ts'

const alwaysOn = { program: 'alwaysOn' }
const setAside = (story: Story, device: string, reason: string): void =>
  story.tell({
    kind: 'quarantine',
    municipality: 'town',
    topic: `city/v1/town/devices/${device}/telemetry`,
    reason,
    payload: '{}',
  })

describe('a clock that is wrong', () => {
  test.each([
    ['three minutes ahead', 180, 3],
    ['five minutes behind', -300, 6],
    ['an hour behind', -3_600, 6],
  ])('%s', (_, offsetS, reports) => {
    const story = tell({ assets: [lamp('a', alwaysOn), ...lamps('b', 4, alwaysOn)] })
    const others = ['b01', 'b02', 'b03', 'b04']
    const stamped = (id: string) => (id === 'a' ? { at: story.now + offsetS * 1_000 } : {})
    reportAll(story, ['a', ...others], stamped, reports - 1)
    expect(story.heard()).toEqual([])
    reportAll(story, ['a', ...others], stamped, 1)
    expect(story.heard()).toEqual(['opened clockFault luminaire:a'])
    reportAll(story, ['a', ...others], () => ({}), 3)
    expect(story.heard().slice(1)).toEqual(['resolved clockFault luminaire:a withinLimits'])
  })

  test.each([
    ['ahead within two minutes', (story: Story) => ({ at: story.now + 119_000 })],
    [
      'behind by another amount each time: a slow network',
      (story: Story, i: number) => ({ at: story.now - 130_000 - (i % 3) * 100_000 }),
    ],
  ])('%s is none', (_, fields) => {
    const story = tell({ assets: [lamp('a', alwaysOn)] })
    report(story, 'a', (i) => fields(story, i), 24)
    expect(story.heard()).toEqual([])
  })

  test('a backlog sent at once is none, however old', () => {
    const story = tell({ assets: [lamp('a', alwaysOn)] })
    for (let hour = 0; hour < 8; hour++) {
      story.now += 3_600_000
      for (let i = 11; i >= 0; i--) story.read('a', { at: story.now - i * 300_000 })
    }
    story.pass(1)
    expect(opened(story.heard()).filter((line) => line.includes('clock'))).toEqual([])
  })

  test('hourly batches, the freshest a little old, are none', () => {
    const story = tell({ assets: [lamp('a', { ...alwaysOn, reportInterval: 3_600 })] })
    for (let hour = 0; hour < 12; hour++) {
      story.now += 3_600_000
      for (let i = 11; i >= 0; i--) story.read('a', { at: story.now - 130_000 - i * 300_000 })
    }
    story.pass(1)
    expect(story.heard()).toEqual([])
  })

  test('everybody late by the same is our own delay, not their clocks', () => {
    const town = lamps('a', 10, alwaysOn)
    const story = tell({ assets: town })
    reportAll(
      story,
      town.map((it) => it.properties.id),
      () => ({ at: story.now - 200_000 }),
      12,
    )
    expect(story.heard()).toEqual([])
  })

  test.each(['futureTime: at is 2026-01-16T01:00:00.000Z', 'ancientTime: at is 2000-01-01T00:00:00.000Z'])(
    'reports set aside as "%s" mean that the device lives and its clock is wrong',
    (reason) => {
      const story = tell({ assets: [lamp('a', alwaysOn), lamp('b', alwaysOn)] })
      report(story, 'a', {}, 3)
      story.pass(4 * 3_600, (second) => {
        if (second % 300 !== 0) return
        setAside(story, 'a', reason)
        story.read('b')
      })
      expect(story.heard()).toEqual(['opened clockFault luminaire:a'])
    },
  )

  test.each([
    ['for another reason', 'a', 'invalidField: activePower: not a number'],
    ['of a device that is not known', 'ghost', 'futureTime'],
  ])('a report set aside %s says nothing', (_, device, reason) => {
    const story = tell({ assets: [lamp('a', alwaysOn)] })
    report(story, 'a', {}, 1)
    for (let i = 0; i < 10; i++) {
      story.now += 300_000
      setAside(story, device, reason)
      story.read('a')
    }
    story.pass(1)
    expect(story.heard()).toEqual([])
  })
})

describe('delivery over a day', () => {
  /** Sends one report in an interval, of which those that `arrives` come through. */
  const day = (story: Story, arrives: (index: number) => boolean, from: number, count = 291): void => {
    for (let i = 0; i < count; i++) {
      story.now += 300_000
      if (arrives(i)) story.read('a', { seq: from + i, uptime: undefined as never })
      else story.tell({ kind: 'tick', hearing: true })
    }
    story.pass(1)
  }

  test('below 80 % of the sequence numbers it is poor, a matter of its own without a ticket; above 85 % it is over', () => {
    const story = tell({ assets: [lamp('a', alwaysOn)] })
    day(story, (i) => i % 10 < 7, 1)
    expect(story.heard()).toEqual(['opened communicationFailure luminaire:a'])
    expect(story.changes[0]?.incident.reason).toBe('poorDelivery')
    expect(story.state('a')).toBe('lit')
    day(story, () => true, 292)
    expect(story.heard().slice(1)).toEqual(['resolved communicationFailure luminaire:a stillRunning'])
  })

  test('81 % is not poor, and late arrivals are arrivals', () => {
    const story = tell({ assets: [lamp('a', alwaysOn)] })
    day(story, (i) => i % 5 !== 0, 1)
    const late = tell({ assets: [lamp('a', alwaysOn)] })
    for (let i = 0; i < 300; i++) {
      late.now += 300_000
      if (i % 2 === 0) continue
      late.read('a', { seq: i, at: late.now })
      late.read('a', { seq: i - 1, at: late.now - 300_000 })
    }
    late.pass(1)
    for (const it of [story, late]) expect(it.heard().filter((line) => line.includes('opened'))).toEqual([])
  })

  test('a controller that restarts every hour loses nothing', () => {
    const story = tell({ assets: [lamp('a', alwaysOn)] })
    report(story, 'a', (i) => ({ seq: i % 12 }), 600)
    expect(story.heard()).toEqual([])
  })

  test('a poor link that is lost altogether is one matter', () => {
    const story = tell({ assets: [lamp('a', alwaysOn), lamp('b', alwaysOn)] })
    day(story, (i) => i % 10 < 7, 1)
    story.pass(8 * 3_600, (second) => {
      if (second % 300 === 0) story.read('b')
    })
    const heard = story.heard()
    expect(heard.filter((line) => line.includes('luminaire:a'))).toEqual([
      'opened communicationFailure luminaire:a',
      'resolved communicationFailure luminaire:a stillRunning',
      'opened communicationFailure luminaire:a',
    ])
  })
})
