import type { Reading } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { ids, lamp, lamps, midnight, opened, reporting, type Story, tell } from './story.ts'

const iso = (at: number): string => new Date(at).toISOString()
const told = (story: Story): string[] =>
  story.heard().filter((it) => !it.includes('communityDark') && !it.startsWith('updated'))
const lastOf = (story: Story, scope: string, fault: string) =>
  story.changes.findLast(({ incident: it }) => `${it.scope.kind}:${it.scope.id}` === scope && it.fault === fault)
    ?.incident

/** What a light kept while nobody could hear it, oldest first: one reading every five minutes. */
const flush = (story: Story, id: string, from: number, to: number, fields: (at: number) => Partial<Reading>): void => {
  for (let at = from; at <= to; at += 300_000) story.read(id, { at, ...fields(at) })
}

describe('an outage that is open', () => {
  test('began when the readings that come later show it', () => {
    const story = tell({ assets: [lamp('a'), lamp('b')] })
    story.pass(600, reporting(story, ['a', 'b'], 300))
    const darkFrom = story.now + 300_000
    // An hour without a link, dark for most of it; then it is heard again, the newest first.
    story.pass(3_600, reporting(story, ['b'], 300))
    story.read('a', { activePower: 0 })
    story.pass(1)
    story.read('a', { activePower: 0 })
    story.pass(1)
    expect(told(story).at(-1)).toBe('opened lampFailure luminaire:a')
    for (let at = story.now - 600_000; at >= darkFrom; at -= 300_000) story.read('a', { at, activePower: 0 })
    story.pass(1)
    const incident = lastOf(story, 'luminaire:a', 'lampFailure')
    expect(Date.parse(incident?.startedAt ?? '')).toBeLessThan(darkFrom + 300_000)
    expect(incident?.state).toBe('open')
    expect(
      new Set(story.changes.filter((it) => it.incident.fault === 'lampFailure').map((it) => it.incident.id)).size,
    ).toBe(1)
  })

  test('a silent circuit that burned on after it was last heard went dark later, and came back when its readings say', () => {
    const circuit = lamps('a', 6, { circuit: 'c1', gateway: 'g1' })
    const town = [...circuit, ...lamps('b', 6, { gateway: 'g1' })]
    const story = tell({ assets: town })
    story.pass(900, reporting(story, ids(town), 300))
    const lost = story.now
    story.pass(5_400, reporting(story, ids(lamps('b', 6)), 300))
    expect(opened(told(story))).toEqual([expect.stringMatching(/^opened circuitOutage circuit:c1/)])
    // Lit for ten more minutes, dark for half an hour, then lit again: the buffers tell.
    for (const id of ids(circuit))
      flush(story, id, lost + 150_000, story.now - 150_000, (at) =>
        at > lost + 600_000 && at < lost + 2_400_000 ? { activePower: 0, supplyVoltage: 0 } : {},
      )
    story.pass(900, reporting(story, ids(town), 300))
    const incident = lastOf(story, 'circuit:c1', 'circuitOutage')
    expect(incident).toMatchObject({
      state: 'resolved',
      startedAt: iso(lost + 450_000),
      resolvedAt: iso(lost + 2_550_000),
      resolution: 'supplyRestored',
    })
  })
})

describe('an outage that is over before anybody knew of it', () => {
  test('is told once, without ever being open', () => {
    const story = tell({ assets: [lamp('a'), lamp('b')] })
    story.pass(600, reporting(story, ['a', 'b'], 300))
    const lost = story.now
    story.pass(5_400, reporting(story, ['b'], 300))
    flush(story, 'a', lost + 300_000, story.now, (at) =>
      at > lost + 900_000 && at < lost + 2_700_000 ? { activePower: 0.4 } : {},
    )
    story.pass(900, reporting(story, ['a', 'b'], 300))
    expect(told(story).filter((it) => it.includes('lampFailure'))).toEqual([
      'opened lampFailure luminaire:a foundInHistory',
      'resolved lampFailure luminaire:a foundInHistory',
    ])
    expect(lastOf(story, 'luminaire:a', 'lampFailure')).toMatchObject({
      startedAt: iso(lost + 1_200_000),
      resolvedAt: iso(lost + 2_700_000),
      reason: 'darkInHistory',
    })
    expect(story.state('a')).toBe('lit')
  })

  test('of a whole circuit is one outage of the circuit', () => {
    const circuit = lamps('a', 5, { circuit: 'c1', gateway: 'g2' })
    const town = [...circuit, ...lamps('b', 8, { gateway: 'g1' })]
    const story = tell({ assets: town })
    story.pass(600, reporting(story, ids(town), 300))
    const lost = story.now
    story.pass(5_400, reporting(story, ids(lamps('b', 8)), 300))
    expect(told(story)).toEqual([expect.stringMatching(/^opened gatewayOutage gateway:g2/)])
    for (const id of ids(circuit))
      flush(story, id, lost + 300_000, story.now, (at) =>
        at > lost + 900_000 && at < lost + 2_700_000 ? { activePower: 0 } : {},
      )
    story.pass(900, reporting(story, ids(town), 300))
    expect(told(story).slice(1)).toEqual([
      'resolved gatewayOutage gateway:g2 ×5 membersReturned',
      'opened circuitOutage circuit:c1 ×5 foundInHistory',
      'resolved circuitOutage circuit:c1 ×5 foundInHistory',
    ])
  })

  test('a light that comes back with its counters begun anew had lost its supply while it was silent', () => {
    const story = tell({ assets: [lamp('a'), lamp('b')] })
    story.pass(600, reporting(story, ['a', 'b'], 300))
    const last = midnight + 600_000
    story.pass(4_000, reporting(story, ['b'], 300))
    story.read('a', { seq: 0, uptime: 60 })
    story.pass(600, reporting(story, ['b'], 300))
    expect(told(story)).toEqual([
      'opened communicationFailure luminaire:a',
      'resolved communicationFailure luminaire:a restarted',
      'opened supplyLoss luminaire:a foundInHistory',
      'resolved supplyLoss luminaire:a foundInHistory',
    ])
    const incident = lastOf(story, 'luminaire:a', 'supplyLoss')
    expect(Date.parse(incident?.startedAt ?? '')).toBeLessThanOrEqual(last)
    expect(incident?.resolvedAt).toBe(iso(midnight + 4_600_000 - 60_000))
  })

  test('a light that ran on while it was not heard had lost nothing', () => {
    const story = tell({ assets: [lamp('a'), lamp('b')] })
    story.pass(600, reporting(story, ['a', 'b'], 300))
    story.pass(4_000, reporting(story, ['b'], 300))
    story.pass(900, reporting(story, ['a', 'b'], 300))
    expect(told(story)).toEqual([
      'opened communicationFailure luminaire:a',
      'resolved communicationFailure luminaire:a stillRunning',
    ])
  })

  test('one dark reading among late ones is no outage', () => {
    const story = tell({ assets: [lamp('a'), lamp('b')] })
    story.pass(600, reporting(story, ['a', 'b'], 300))
    const lost = story.now
    story.pass(3_600, reporting(story, ['b'], 300))
    flush(story, 'a', lost + 300_000, story.now, (at) => (at === lost + 900_000 ? { activePower: 0 } : {}))
    story.pass(900, reporting(story, ['a', 'b'], 300))
    expect(told(story).filter((it) => it.includes('lampFailure'))).toEqual([])
  })

  test('a restart while the platform was down is no outage: nobody knows of a missed report', () => {
    const story = tell({ assets: [lamp('a'), lamp('b')] })
    story.pass(600, reporting(story, ['a', 'b'], 300))
    story.tell({ kind: 'platform', state: 'stop' })
    story.now += 3_600_000
    story.tell({ kind: 'platform', state: 'start' })
    story.pass(30)
    story.read('a', { seq: 4, uptime: 1_200 })
    story.pass(900, reporting(story, ['b'], 300))
    expect(told(story).filter((it) => !it.includes('platformBlind'))).toEqual([])
  })

  test('a restart of a few minutes is no outage', () => {
    const story = tell({ assets: [lamp('a'), lamp('b')] })
    story.pass(600, reporting(story, ['a', 'b'], 300))
    story.pass(400, reporting(story, ['b'], 300))
    story.read('a', { seq: 0, uptime: 20 })
    story.pass(900, reporting(story, ['b'], 300))
    expect(told(story)).toEqual([])
  })
})
