import {
  type AssetFeature,
  type DetectorOutput,
  hourMs,
  type IncidentChange,
  minuteMs,
  type NightQueries,
  type Reading,
  toIso,
} from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { ids, lamp, lamps, m, type Story, tell } from '../detection/story.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { createNightAccumulator, type NightAccumulator } from './night-accumulator.ts'
import { createNightQueries } from './night-queries.ts'
import { createNightStore, type NightStore } from './night-store.ts'

/*
 * On from 18:00 to 06:00 on the wall, so that 18:10 to 05:50 counts: 11 h 40 min a night.
 */
const allNight: AssetFeature = {
  type: 'Feature',
  geometry: null,
  properties: {
    kind: 'program',
    id: 'allNight',
    steps: [
      { at: '18:00', level: 100 },
      { at: '06:00', level: 0 },
    ],
  },
}
const afternoon = Date.parse('2026-01-15T14:00:00Z')
/** Wall time of the first night. */
const at = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return Date.parse('2026-01-14T22:00:00Z') + (hours < 12 ? hours + 24 : hours) * hourMs + minutes * minuteMs
}
const nightMs = 11 * hourMs + 40 * minuteMs
const tonight = '2026-01-15'

interface Nights {
  story: Story
  nights: NightAccumulator
  store: NightStore
  queries: NightQueries
  /** Every device reports every five minutes until then; `null` is silence. */
  live(until: number, reading?: (device: string) => Partial<Reading> | null): void
  sums(
    range?: { from: string; to: string },
    by?: 'municipality' | 'community' | 'circuit',
  ): ReturnType<NightQueries['sums']>
}

const begin = (street: AssetFeature[]): Nights => {
  const store = createNightStore({ folder: null })
  store.start()
  const story = tell({ start: afternoon, assets: [allNight, ...street] })
  const nights = createNightAccumulator(story.detector)
  nights.register(ids(street), afternoon)
  const queries = createNightQueries({ store, jurisdictionOf: () => ({ nights, detector: story.detector }) })
  let taken = 0
  const take = (): void => {
    nights.apply(story.outputs.slice(taken))
    taken = story.outputs.length
    nights.advance(story.now)
    store.keep(m, nights.findings())
    nights.kept()
  }
  take()
  return {
    story,
    nights,
    store,
    queries,
    live(until, reading = () => ({})) {
      while (story.now < until) {
        story.now += minuteMs
        story.tell({ kind: 'tick', hearing: true })
        if (story.now % (5 * minuteMs) === 0)
          for (const id of ids(street)) {
            const wall = (story.now - at('12:00')) % (24 * hourMs)
            const on = wall >= 6 * hourMs && wall < 18 * hourMs
            const fields = reading(id)
            if (fields !== null) story.read(id, { activePower: on ? 58 : 0.4, ...fields })
          }
        take()
      }
    },
    sums: (range = { from: tonight, to: tonight }, by = 'municipality') => queries.sums(m, { ...range, by }),
  }
}
const none = { litMs: 0, darkMs: 0, unknownMs: 0, maintenanceMs: 0, episodes: 0 }

describe('lighting nights', () => {
  test('lit all night: the scheduled hours, and nothing by day', async () => {
    const { live, sums } = begin(lamps('a', 3, { program: 'allNight' }))
    live(at('13:00') + 24 * hourMs)
    expect(await sums()).toEqual([{ group: m, lights: 3, ...none, litMs: 3 * nightMs }])
    expect(await sums({ from: '2026-01-16', to: '2026-01-16' })).toEqual([])
  })

  test('the present night counts as far as it has come', async () => {
    const { live, sums } = begin(lamps('a', 3, { program: 'allNight' }))
    live(at('19:10'))
    expect(await sums()).toEqual([{ group: m, lights: 3, ...none, litMs: 3 * hourMs }])
    live(at('20:10'))
    expect(await sums()).toEqual([{ group: m, lights: 3, ...none, litMs: 6 * hourMs }])
  })

  test('dark from the first dark reading on, though it takes two to be believed', async () => {
    const { live, story, sums } = begin(lamps('a', 2, { program: 'allNight' }))
    live(at('21:00'))
    live(at('23:00'), (id) => (id === 'a01' ? { activePower: 0 } : {}))
    live(at('13:00') + 24 * hourMs)
    expect(story.heard()[0]).toBe('opened lampFailure luminaire:a01')
    // Dark readings from 21:05 to 23:00, light again at 23:05 and believed at 23:10.
    const darkMs = 2 * hourMs + 5 * minuteMs
    expect(await sums()).toEqual([{ group: m, lights: 2, ...none, litMs: 2 * nightMs - darkMs, darkMs, episodes: 1 }])
  })

  test('silence is unknown from the last word on, and neither lit nor dark', async () => {
    const { live, sums } = begin(lamps('a', 2, { program: 'allNight' }))
    live(at('21:00'))
    live(at('23:00'), (id) => (id === 'a01' ? null : {}))
    live(at('23:30'))
    const [night] = await sums()
    expect(night).toMatchObject({ darkMs: 0, episodes: 0, unknownMs: 2 * hourMs + 5 * minuteMs })
  })

  test('who never reported is unknown all night', async () => {
    const { live, sums } = begin(lamps('a', 2, { program: 'allNight' }))
    live(at('13:00') + 24 * hourMs, (id) => (id === 'a01' ? null : {}))
    expect(await sums()).toMatchObject([{ lights: 2, litMs: nightMs, unknownMs: nightMs }])
  })

  test('maintenance stands beside the schedule', async () => {
    const { live, story, sums } = begin(lamps('a', 1, { program: 'allNight' }))
    live(at('21:00'))
    const until = at('22:00')
    story.tell({ kind: 'maintenance', municipality: m, scope: { kind: 'luminaire', id: 'a01' }, until })
    live(at('13:00') + 24 * hourMs)
    expect(await sums()).toMatchObject([{ litMs: nightMs - hourMs, maintenanceMs: hourMs, darkMs: 0 }])
  })

  test('a lamp that stays dead for two nights is one episode', async () => {
    const { live, sums } = begin(lamps('a', 1, { program: 'allNight' }))
    live(at('05:00'))
    const day = 24 * hourMs
    live(at('13:00') + 2 * day, () => ({ activePower: 0.4 }))
    expect(await sums()).toMatchObject([{ darkMs: 45 * minuteMs, episodes: 1 }])
    expect(await sums({ from: '2026-01-16', to: '2026-01-16' })).toMatchObject([{ darkMs: nightMs, episodes: 0 }])
    expect(await sums({ from: tonight, to: '2026-01-16' })).toMatchObject([{ lights: 1, episodes: 1 }])
  })

  test('our own downtime is unknown for who was lit, and stays dark for who was dark', async () => {
    const { live, story, sums } = begin(lamps('a', 2, { program: 'allNight' }))
    live(at('20:00'))
    const dead = (id: string): Partial<Reading> => (id === 'a01' ? { activePower: 0 } : {})
    live(at('21:00'), dead)
    story.tell({ kind: 'platform', state: 'stop' })
    story.now = at('22:00')
    story.tell({ kind: 'platform', state: 'start' })
    live(at('22:30'), dead)
    const [night] = await sums()
    expect(night?.darkMs).toBe(2 * hourMs + 25 * minuteMs)
    expect(night?.unknownMs).toBeGreaterThanOrEqual(hourMs)
    expect(night?.unknownMs).toBeLessThanOrEqual(hourMs + 5 * minuteMs)
  })

  test('add up by community and circuit; a light without a circuit is in none', async () => {
    const street = [
      ...lamps('a', 2, { program: 'allNight', circuit: 'c1' }),
      lamp('b', { program: 'allNight', community: 'hamlet' }),
    ]
    const { live, sums } = begin(street)
    live(at('19:10'))
    expect((await sums(undefined, 'community')).map(({ group, lights }) => [group, lights])).toEqual([
      ['hamlet', 1],
      ['village', 2],
    ])
    expect(await sums(undefined, 'circuit')).toMatchObject([{ group: 'c1', lights: 2, litMs: 2 * hourMs }])
  })

  test('a night at the end of summer time has an hour more', () => {
    const store = createNightStore({ folder: null })
    store.start()
    const start = Date.parse('2026-10-24T12:00:00Z')
    const story = tell({ start, assets: [allNight, lamp('a', { program: 'allNight' })] })
    const nights = createNightAccumulator(story.detector)
    nights.register(['a'], start)
    while (story.now < Date.parse('2026-10-25T11:00:00Z')) {
      story.now += 5 * minuteMs
      const dark = story.now < Date.parse('2026-10-24T15:00:00Z') || story.now >= Date.parse('2026-10-25T04:00:00Z')
      story.read('a', { activePower: dark ? 0.4 : 58 })
    }
    nights.apply(story.outputs)
    nights.advance(story.now)
    store.keep(m, nights.findings())
    expect(store.sums(m, { from: '2026-10-24', to: '2026-10-24', by: 'municipality' })).toMatchObject([
      { litMs: nightMs + hourMs },
    ])
  })
})

describe('what is learned late', () => {
  const change = (
    type: IncidentChange['type'],
    now: number,
    startedAt: number,
    resolvedAt?: number,
    more: Partial<IncidentChange['incident']> = {},
  ): DetectorOutput => ({
    type,
    at: now,
    incident: {
      id: 'lampFailure-1',
      municipality: m,
      fault: 'lampFailure',
      scope: { kind: 'luminaire', id: 'a01' },
      members: ['a01'],
      startedAt: toIso(startedAt),
      detectedAt: toIso(now),
      ...(resolvedAt === undefined ? {} : { resolvedAt: toIso(resolvedAt) }),
      state: resolvedAt === undefined ? 'open' : 'resolved',
      severity: 'major',
      reason: 'noPowerWhenExpectedOn',
      evidence: [],
      revision: 1,
      ...more,
    },
  })

  test('an incident whose beginning moves back makes that stretch dark', async () => {
    const { live, nights, sums, story } = begin(lamps('a', 1, { program: 'allNight' }))
    live(at('23:00'))
    nights.apply([change('incident.opened', story.now, at('22:50'))])
    nights.apply([change('incident.updated', story.now, at('22:00'))])
    expect(await sums()).toMatchObject([{ darkMs: hourMs, episodes: 1 }])
  })

  test('one whose beginning moves forward gives that stretch back', async () => {
    const { live, nights, sums, story } = begin(lamps('a', 1, { program: 'allNight' }))
    live(at('23:00'))
    nights.apply([change('incident.opened', story.now, at('21:00'))])
    nights.apply([change('incident.updated', story.now, at('22:30'))])
    expect(await sums()).toMatchObject([{ darkMs: 30 * minuteMs, litMs: 4 * hourMs + 20 * minuteMs, episodes: 1 }])
  })

  test('an outage found when it was over is dark for its own time alone', async () => {
    const { live, nights, sums, story } = begin(lamps('a', 1, { program: 'allNight' }))
    live(at('21:00'))
    live(at('23:00'), () => ({ activePower: 0 }))
    const darkBefore = (await sums())[0]?.darkMs ?? 0
    const found = { resolution: 'foundInHistory', state: 'resolved', id: 'lampFailure-2' } as const
    nights.apply([
      change('incident.opened', story.now, at('19:00'), at('19:30'), found),
      change('incident.resolved', story.now, at('19:00'), at('19:30'), found),
    ])
    expect(await sums()).toMatchObject([{ darkMs: darkBefore + 30 * minuteMs, episodes: 2 }])
  })

  test('an outage that turns out to be lost communication makes its stretch unknown', async () => {
    const { live, nights, sums, story } = begin(lamps('a', 1, { program: 'allNight' }))
    live(at('23:00'))
    nights.apply([change('incident.opened', story.now, at('22:00'))])
    nights.apply([change('incident.updated', story.now, at('22:00'), undefined, { fault: 'communicationFailure' })])
    expect(await sums()).toMatchObject([{ darkMs: 0, unknownMs: hourMs, episodes: 0 }])
  })

  test('an end that shows late makes the rest lit again', async () => {
    const { live, nights, sums, story } = begin(lamps('a', 1, { program: 'allNight' }))
    live(at('23:00'))
    nights.apply([
      change('incident.opened', story.now, at('20:00')),
      change('incident.resolved', story.now, at('20:00'), at('21:00')),
    ])
    expect(await sums()).toMatchObject([{ darkMs: hourMs, litMs: 4 * hourMs + 50 * minuteMs - hourMs }])
  })

  test('the night before is corrected when its outage is found by day; again changes nothing', async () => {
    const { live, nights, store, sums, story } = begin(lamps('a', 1, { program: 'allNight' }))
    live(at('14:00') + 24 * hourMs)
    expect(await sums()).toMatchObject([{ darkMs: 0, litMs: nightMs }])
    for (let again = 0; again < 2; again++) {
      nights.apply([
        change('incident.opened', story.now, at('01:00')),
        change('incident.resolved', story.now, at('01:00'), at('03:00')),
      ])
      store.keep(m, nights.findings())
      nights.kept()
      expect(await sums()).toMatchObject([{ darkMs: 2 * hourMs, litMs: nightMs - 2 * hourMs, episodes: 1 }])
    }
  })
})

describe('the file of nights', () => {
  test('findings that come again after a crash change nothing, and a restart from a snapshot goes on', () => {
    const { live, nights, story } = begin(lamps('a', 2, { program: 'allNight' }))
    live(at('21:00'))
    const snapshot = nights.snapshot()
    const seen = story.outputs.length
    live(at('23:00'), (id) => (id === 'a01' ? { activePower: 0 } : {}))
    live(at('13:00') + 24 * hourMs)

    const folder = temporaryFolder()
    const read = () => store.sums(m, { from: tonight, to: tonight, by: 'municipality' })
    let store = createNightStore({ folder })
    store.start()
    let first: unknown
    // Twice from the same snapshot, as after a crash; the second time with the file closed between.
    for (let again = 0; again < 2; again++) {
      const restored = createNightAccumulator(story.detector)
      restored.restore(snapshot)
      expect(restored.snapshot()).toBe(snapshot)
      restored.apply(story.outputs.slice(seen))
      restored.advance(story.now)
      store.keep(m, restored.findings())
      store.stop()
      store = createNightStore({ folder })
      store.start()
      first ??= read()
      expect(read()).toEqual(first)
      expect(restored.snapshot()).toBe(nights.snapshot())
    }
    expect(store.rollCalls(m, null).map(({ moment }) => moment)).toEqual(['midnight', '05:00'])
    expect(store.rollCalls(m, '2026-01-01')).toEqual([])
    store.stop()
  })
})
