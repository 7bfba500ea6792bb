import type { AssetFeature, DetectorOutput, Reading } from '@fanari/contracts'
import { shippedRules, toIso } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { createDetector } from './detector.ts'
import { ids, lamp, lamps, m, type Story, tell } from './story.ts'

/** Greece, 15 January 2026, 17:30 on the wall: half an hour before the clock program switches on. */
const evening = Date.parse('2026-01-15T15:30:00Z')
const minuteMs = 60_000

const program = (id: string, ...steps: [at: string, level: number][]): AssetFeature => ({
  type: 'Feature',
  geometry: null,
  properties: { kind: 'program', id, steps: steps.map(([at, level]) => ({ at, level })) },
})
const allNight = program('allNight', ['18:00', 100], ['07:00', 0])

type RollCall = Extract<DetectorOutput, { type: 'rollCall' }>
const callsOf = (story: Story): RollCall[] => story.outputs.filter((output) => output.type === 'rollCall')
const shown = (calls: RollCall[]): string[] =>
  calls.map(
    ({ at, moment, lit, dark, unknown }) =>
      `${toIso(at).slice(5, 19)} ${moment}: ${lit} lit, ${dark} dark, ${unknown} unknown`,
  )

/** Time passes to `until`, a report of each device every five minutes and a tick every half minute. */
const live = (
  story: Story,
  until: string,
  devices: string[],
  reading: (device: string) => Partial<Reading> | null = () => ({}),
): void => {
  const end = Date.parse(until)
  while (story.now < end) {
    story.now += minuteMs / 2
    story.tell({ kind: 'tick', hearing: true })
    if (story.now % (5 * minuteMs) !== 0) continue
    for (const device of devices) {
      const fields = reading(device)
      if (fields !== null) story.read(device, fields)
    }
  }
}
const powered = (story: Story) => (): Partial<Reading> => {
  const on = story.now >= Date.parse('2026-01-15T16:00:00Z') && story.now < Date.parse('2026-01-16T05:00:00Z')
  return { activePower: on ? 58 : 0.4 }
}

describe('the roll-call', () => {
  test('calls every light 10 and 30 minutes after the switch, at midnight and at five, local time', () => {
    const street = lamps('a', 4, { program: 'allNight' })
    const story = tell({ start: evening, assets: [allNight, ...street] })
    live(story, '2026-01-16T06:00:00Z', ids(street), powered(story))
    expect(shown(callsOf(story))).toEqual([
      '01-15T16:10:00 switchOn+10m: 4 lit, 0 dark, 0 unknown',
      '01-15T16:30:00 switchOn+30m: 4 lit, 0 dark, 0 unknown',
      '01-15T22:00:00 midnight: 4 lit, 0 dark, 0 unknown',
      '01-16T03:00:00 05:00: 4 lit, 0 dark, 0 unknown',
    ])
    expect(new Set(callsOf(story).map(({ night }) => night))).toEqual(new Set(['2026-01-15']))
  })

  test('names the dark and the unknown: a dead lamp, one that fell silent, one that never reported', () => {
    const street = lamps('a', 5, { program: 'allNight' })
    const story = tell({ start: evening, assets: [allNight, ...street] })
    live(story, '2026-01-15T17:00:00Z', ['a01', 'a02', 'a03', 'a04'], (device) => {
      if (device === 'a04' && story.now > Date.parse('2026-01-15T16:00:00Z')) return null
      return device === 'a03' ? { activePower: 0 } : powered(story)()
    })
    const last = callsOf(story).at(-1)
    expect(last).toMatchObject({
      moment: 'switchOn+30m',
      lit: 2,
      dark: 1,
      unknown: 2,
      darkLights: ['a03'],
      unknownLights: ['a04', 'a05'],
    })
  })

  test('one dark reading is not confirmed yet: unknown', () => {
    const street = lamps('a', 2, { program: 'allNight', reportInterval: 900 })
    const story = tell({ start: evening, assets: [allNight, ...street] })
    live(story, '2026-01-15T16:08:00Z', ids(street), powered(story))
    story.now = Date.parse('2026-01-15T16:09:00Z')
    story.read('a02', { activePower: 0 })
    live(story, '2026-01-15T16:12:00Z', [])
    expect(callsOf(story)).toMatchObject([{ lit: 1, dark: 0, unknown: 1, unknownLights: ['a02'] }])
  })

  test('who announced the loss of its supply, or lost its connection, is not lit any more', () => {
    const street = lamps('a', 3, { program: 'allNight' })
    const story = tell({ start: evening, assets: [allNight, ...street] })
    for (const id of ids(street)) story.status(id, { state: 'online', session: 's1' })
    live(story, '2026-01-15T16:29:00Z', ids(street), powered(story))
    story.now += minuteMs - 3_000
    story.gasp('a01')
    story.status('a02', { state: 'offline', session: 's1' })
    story.now += 4_000
    story.tell({ kind: 'tick', hearing: true })
    expect(callsOf(story).at(-1)).toMatchObject({ lit: 1, dark: 0, unknownLights: ['a01', 'a02'] })
  })

  test('leaves out who is off by program or worked on', () => {
    const late = program('late', ['20:00', 100], ['07:00', 0])
    const street = [...lamps('a', 4, { program: 'allNight' }), lamp('b', { program: 'late' })]
    const story = tell({ start: evening, assets: [allNight, late, ...street] })
    const until = Date.parse('2026-01-15T21:00:00Z')
    story.tell({ kind: 'maintenance', municipality: m, scope: { kind: 'luminaire', id: 'a01' }, until })
    live(story, '2026-01-15T22:30:00Z', ids(street), (device) =>
      device === 'b' && story.now < Date.parse('2026-01-15T18:00:00Z') ? { activePower: 0.4 } : powered(story)(),
    )
    expect(shown(callsOf(story))).toEqual([
      '01-15T16:10:00 switchOn+10m: 3 lit, 0 dark, 0 unknown',
      '01-15T16:30:00 switchOn+30m: 3 lit, 0 dark, 0 unknown',
      '01-15T22:00:00 midnight: 5 lit, 0 dark, 0 unknown',
    ])
  })

  test('is not held when nobody is planned to be on', () => {
    const halfNight = program('halfNight', ['18:00', 100], ['23:00', 0])
    const street = lamps('a', 3, { program: 'halfNight' })
    const story = tell({ start: evening, assets: [halfNight, ...street] })
    live(story, '2026-01-16T06:00:00Z', ids(street), powered(story))
    expect(callsOf(story).map(({ moment }) => moment)).toEqual(['switchOn+10m', 'switchOn+30m'])
  })

  test.each([
    ['begins, 29 March', '2026-03-28T14:00:00Z', '2026-03-29T04:30:00Z', ['2026-03-28T22:00', '2026-03-29T02:00']],
    ['ends, 25 October', '2026-10-24T13:00:00Z', '2026-10-25T04:30:00Z', ['2026-10-24T21:00', '2026-10-25T03:00']],
  ])('keeps local time when summer time %s', (_, start, end, expected) => {
    const street = lamps('a', 1)
    const story = tell({ start: Date.parse(start), assets: street })
    live(story, end, ids(street))
    const calls = callsOf(story).filter(({ moment }) => moment === 'midnight' || moment === '05:00')
    expect(calls.map(({ at }) => toIso(at).slice(0, 16))).toEqual(expected)
  })

  test('follows dusk where the program does, ten minutes after it', () => {
    const street = lamps('a', 1)
    const story = tell({ start: Date.parse('2026-03-28T14:00:00Z'), assets: street })
    live(story, '2026-03-28T19:00:00Z', ids(street))
    // Civil dusk at 41.50° N 26.53° E: 17:08 UTC, by the tables of the US Naval Observatory.
    const [first, second] = callsOf(story).map(({ at }) => at)
    expect(toIso(first ?? 0).slice(0, 15)).toBe('2026-03-28T17:1')
    expect((second ?? 0) - (first ?? 0)).toBe(20 * minuteMs)
  })

  test('that fell into our own downtime is held when everybody had the chance to report', () => {
    const street = lamps('a', 3, { program: 'allNight' })
    const story = tell({ start: evening, assets: [allNight, ...street] })
    live(story, '2026-01-15T15:55:00Z', ids(street), powered(story))
    story.tell({ kind: 'platform', state: 'stop' })
    story.now = Date.parse('2026-01-15T16:15:00Z')
    story.tell({ kind: 'platform', state: 'start' })
    live(story, '2026-01-15T17:00:00Z', ids(street), powered(story))
    // A minute to connect, an interval of five, two seconds of transport; ticks come every half minute.
    expect(shown(callsOf(story))).toEqual([
      '01-15T16:21:02 switchOn+10m: 3 lit, 0 dark, 0 unknown',
      '01-15T16:30:00 switchOn+30m: 3 lit, 0 dark, 0 unknown',
    ])
    expect(callsOf(story)[0]?.plannedAt).toBe('2026-01-15T16:10:00.000Z')
  })

  test('is skipped when the next one is due by then', () => {
    const street = lamps('a', 3, { program: 'allNight' })
    const story = tell({ start: evening, assets: [allNight, ...street] })
    live(story, '2026-01-15T15:55:00Z', ids(street), powered(story))
    story.tell({ kind: 'platform', state: 'stop' })
    story.now = Date.parse('2026-01-15T16:28:00Z')
    story.tell({ kind: 'platform', state: 'start' })
    live(story, '2026-01-15T17:00:00Z', ids(street), powered(story))
    expect(shown(callsOf(story))).toEqual(['01-15T16:34:02 switchOn+30m: 3 lit, 0 dark, 0 unknown'])
  })

  test('goes on after a restart from a snapshot, and holds no call twice', () => {
    const street = lamps('a', 2, { program: 'allNight' })
    const story = tell({ start: evening, assets: [allNight, ...street] })
    live(story, '2026-01-15T16:20:00Z', ids(street), powered(story))
    const again = createDetector({ municipality: m, timeZone: 'Europe/Athens', rules: shippedRules })
    again.restore(story.detector.snapshot())
    expect(again.snapshot()).toBe(story.detector.snapshot())
    again.advance(Date.parse('2026-01-15T16:40:00Z'))
    expect(again.drain().filter(({ type }) => type === 'rollCall')).toMatchObject([{ moment: 'switchOn+30m' }])
  })
})
