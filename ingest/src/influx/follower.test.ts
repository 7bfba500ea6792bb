import { type AssetFeature, hourMs, type JournalEntry, minuteMs } from '@fanari/contracts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { createInfluxFollower } from './follower.ts'
import { createPlaces } from './places.ts'
import { createInfluxStore } from './store.ts'

const noon = Date.parse('2026-11-25T12:00:00Z')
const lamp: AssetFeature = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [26.5, 41.5] },
  properties: {
    kind: 'luminaire',
    id: 'lamp',
    device: 'lamp',
    community: 'village',
    ratedPower: 60,
    reportInterval: 300,
    owner: 'municipality',
    program: 'duskToDawn',
    supply: 'grid',
  },
}
const reading = (at: number, receivedAt: number): JournalEntry => ({
  kind: 'reading',
  municipality: 'town',
  device: 'lamp',
  reading: { at, activeEnergy: 100 },
  position: 1,
  receivedAt,
})

/** The hours that are to be rolled up once InfluxDB has taken the entry. */
const staleAfter = async (entry: JournalEntry): Promise<number[]> => {
  const store = createInfluxStore({ folder: temporaryFolder() })
  store.start()
  onTestFinished(() => store.stop())
  const places = createPlaces()
  places.put('town', lamp)
  const follower = createInfluxFollower({ store, places, door: { deliver: async () => {} }, batchLines: 1 })
  follower.start(1, async () => {})
  await follower.apply([entry])
  await expect.poll(() => follower.pendingEntries()).toBe(0)
  await follower.stop()
  return store.staleHours().map(({ hour }) => hour)
}

describe('a reading makes stale', () => {
  test.for([
    ['of this hour: its hour', 50 * minuteMs, 51 * minuteMs, [0]],
    [
      'of an hour that is over: also the next, whose energy is counted from its counter',
      55 * minuteMs,
      3 * hourMs,
      [0, hourMs],
    ],
    ['whose clock is ahead: its hour', hourMs + minuteMs, 59 * minuteMs, [hourMs]],
  ] as const)('%s', async ([, at, receivedAt, hours]) => {
    expect(await staleAfter(reading(noon + at, noon + receivedAt))).toEqual(hours.map((hour) => noon + hour))
  })
})
