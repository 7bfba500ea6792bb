import { describe, expect, test } from 'vitest'
import { createSchedule, type Program, type Segment } from './schedule.ts'

const orestiada = { lat: 41.503, lon: 26.5297 }
const athens = { lat: 37.9838, lon: 23.7275 }
const duskToDawn: Program = { kind: 'duskToDawn' }
const utc = (text: string): number => Date.parse(`${text}Z`)
const minute = 60_000

const schedule = createSchedule('Europe/Athens')

/** The segments from `from` on, as they follow each other. */
const following = (program: Program, from: number, count: number): Segment[] => {
  const segments: Segment[] = []
  for (let at = from; segments.length < count; at = segments.at(-1)?.until ?? 0)
    segments.push(schedule.segmentAt(orestiada, program, at))
  return segments
}
const clock = (at: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Athens', hour: '2-digit', minute: '2-digit' }).format(at)
const told = (segments: Segment[]): string[] =>
  segments.map((it) => `${clock(it.from)} ${it.mode}${it.mode === 'on' ? ` ${it.level}` : ''}`)

describe('civil dusk and dawn', () => {
  // NREL SPA, topocentric, sea-level horizon, −6°.
  test.each([
    ['Orestiada, winter solstice', orestiada, '2025-12-21T15:18:35'],
    ['Orestiada, January', orestiada, '2026-01-15T15:39:18'],
    ['Orestiada, equinox', orestiada, '2026-03-20T16:53:27'],
    ['Orestiada, the night before summer time begins', orestiada, '2026-03-29T17:03:32'],
    ['Orestiada, summer solstice', orestiada, '2026-06-21T18:25:18'],
    ['Orestiada, the day summer time ends', orestiada, '2026-10-25T15:46:36'],
    ['Orestiada, autumn equinox', orestiada, '2026-09-23T16:37:18'],
    ['Orestiada, a leap day', orestiada, '2028-02-29T16:31:29'],
    ['Athens, winter solstice', athens, '2025-12-21T15:38:35'],
    ['Athens, equinox', athens, '2026-03-20T17:03:03'],
    ['Athens, summer solstice', athens, '2026-06-21T18:22:29'],
    ['Athens, the day summer time ends', athens, '2026-10-25T16:01:21'],
  ])('%s: the night is on from ten minutes after civil dusk', (_, place, dusk) => {
    const on = schedule.segmentAt(place, duskToDawn, utc(dusk) + 3_600_000)
    expect(on.mode).toBe('on')
    expect(Math.abs(on.from - 10 * minute - utc(dusk))).toBeLessThanOrEqual(5_000)
  })

  test.each([
    ['Orestiada, winter solstice', orestiada, '2025-12-21T05:05:28'],
    ['Orestiada, January', orestiada, '2026-01-15T05:07:30'],
    ['Orestiada, equinox', orestiada, '2026-03-20T03:49:58'],
    ['Orestiada, the morning summer time begins', orestiada, '2026-03-29T03:34:31'],
    ['Orestiada, summer solstice', orestiada, '2026-06-21T02:06:03'],
    ['Orestiada, autumn equinox', orestiada, '2026-09-23T03:34:30'],
    ['Orestiada, the morning summer time ends', orestiada, '2026-10-25T04:08:43'],
    ['Orestiada, a leap day', orestiada, '2028-02-29T04:21:45'],
    ['Athens, winter solstice', athens, '2025-12-21T05:07:52'],
    ['Athens, equinox', athens, '2026-03-20T04:02:42'],
    ['Athens, summer solstice', athens, '2026-06-21T02:31:17'],
    ['Athens, the morning summer time ends', athens, '2026-10-25T04:16:27'],
  ])('%s: the night is on until ten minutes before civil dawn', (_, place, dawn) => {
    const on = schedule.segmentAt(place, duskToDawn, utc(dawn) - 3_600_000)
    expect(Math.abs(on.until + 10 * minute - utc(dawn))).toBeLessThanOrEqual(5_000)
  })

  test.each(['2026-01-15', '2026-03-28', '2026-06-21', '2026-10-24'])(
    'one night has one dusk, whichever side of 22:15 UTC it is asked from: %s',
    (day) => {
      const [early, late] = [`${day}T21:50:00`, `${day}T22:40:00`].map((at) =>
        schedule.segmentAt(orestiada, duskToDawn, utc(at)),
      )
      expect(late).toEqual(early)
    },
  )

  test('far north there may be no lighting night: then nothing is judged', () => {
    const tromso = { lat: 69.65, lon: 18.96 }
    expect(schedule.segmentAt(tromso, duskToDawn, utc('2026-06-21T22:00:00')).mode).toBe('either')
  })
})

describe('programs', () => {
  test('dusk to dawn leaves twilight open on both sides, down to the sun at six degrees', () => {
    expect(told(following(duskToDawn, utc('2026-01-15T10:00:00'), 7))).toEqual([
      '12:00 off',
      '16:25 either',
      '17:39 either',
      '17:49 on 100',
      '06:57 either',
      '07:07 either',
      '08:20 off',
    ])
  })

  test('the day does not begin anew at noon', () => {
    const afternoon = schedule.segmentAt(orestiada, duskToDawn, utc('2026-01-15T12:00:00'))
    expect(clock(afternoon.modeSince)).toBe('08:20')
  })

  test('steps by clock, dusk and dawn follow each other; a change of level breaks no run', () => {
    const program: Program = {
      kind: 'steps',
      steps: [
        { at: 'dusk', level: 100 },
        { at: '23:30', level: 40 },
        { at: 'dawn-2h', level: 80 },
        { at: 'dawn', level: 0 },
      ],
    }
    const night = following(program, utc('2026-01-15T16:00:00'), 4).filter((it) => it.mode !== 'either')
    expect(told(night)).toEqual(['17:49 on 100', '23:30 on 40', '05:17 on 80'])
    expect(new Set(night.slice(0, 3).map((it) => it.modeSince)).size).toBe(1)
  })

  test('part-night lighting goes off at its hour, with ten minutes of grace on either side', () => {
    const program: Program = {
      kind: 'steps',
      steps: [
        { at: 'dusk+30m', level: 100 },
        { at: '01:00', level: 0 },
      ],
    }
    expect(told(following(program, utc('2026-01-15T15:00:00'), 7))).toEqual([
      '12:00 off',
      '17:59 either',
      '18:09 either',
      '18:19 on 100',
      '00:50 either',
      '01:00 either',
      '01:10 off',
    ])
  })

  test('a program that never switches off ends at dawn', () => {
    const program: Program = { kind: 'steps', steps: [{ at: 'dusk', level: 70 }] }
    expect(schedule.segmentAt(orestiada, program, utc('2026-01-16T10:30:00')).mode).toBe('off')
    expect(schedule.segmentAt(orestiada, program, utc('2026-01-15T22:00:00'))).toMatchObject({ mode: 'on', level: 70 })
  })

  test('an hour that the clock change leaves out or repeats is still one step', () => {
    const program: Program = {
      kind: 'steps',
      steps: [
        { at: 'dusk', level: 100 },
        { at: '03:30', level: 50 },
        { at: 'dawn', level: 0 },
      ],
    }
    const spring = following(program, utc('2026-03-28T20:00:00'), 2)
    const autumn = following(program, utc('2026-10-24T20:00:00'), 2)
    expect(new Date(spring[1]?.from ?? 0).toISOString()).toBe('2026-03-29T01:30:00.000Z')
    expect(autumn[1]?.level).toBe(50)
    expect(['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z']).toContain(
      new Date(autumn[1]?.from ?? 0).toISOString(),
    )
  })

  test.each([
    ['alwaysOn', 'on'],
    ['off', 'off'],
    ['unknown', 'either'],
  ] as const)('%s is %s at any time', (kind, mode) => {
    for (const at of ['2026-01-15T10:00:00', '2026-06-21T23:00:00'])
      expect(schedule.segmentAt(orestiada, { kind }, utc(at)).mode).toBe(mode)
  })
})
