import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AssetFeature, JournalRecord, LightQueries } from '@fanari/contracts'
import { createFollowers, createJournal, createLightHistory, createRollups } from '@fanari/ingest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { createInfluxd, type Influxd, influxdPath } from './influxd.ts'
import { createTestInflux } from './test-influx.ts'

const zone = 'Europe/Athens'
const lamp: AssetFeature = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [26.5, 41.5] },
  properties: {
    kind: 'luminaire',
    id: 's1',
    device: 'controller-1',
    community: 'village',
    ratedPower: 40,
    reportInterval: 900,
    owner: 'municipality',
    program: 'duskToDawn',
    supply: 'solar',
    panelPower: 200,
    batteryCapacity: 500,
    batteryChemistry: 'lifepo4',
  },
}
const at = (iso: string): number => Date.parse(iso)
const reading = (iso: string, seq: number, fields: Record<string, unknown>): JournalRecord => ({
  kind: 'reading',
  municipality: 'town',
  device: 'controller-1',
  reading: { at: at(iso), seq, ...fields },
})

/** Two readings in an hour, one in the next, and one after the local midnight that ends the 25 hours of 25 October. */
const records: JournalRecord[] = [
  { kind: 'municipality', municipality: { id: 'town', name: 'Πόλη', timeZone: zone } },
  { kind: 'assets', municipality: 'town', features: [lamp] },
  reading('2026-10-25T19:05:00Z', 1, { activePower: 40, lightLevel: 100, panelVoltage: 10, panelCurrent: 0.5 }),
  reading('2026-10-25T19:50:00Z', 2, {
    activePower: 20,
    lightLevel: 50,
    batteryVoltage: 12.5,
    faults: ['batteryLevelTooLow'],
  }),
  reading('2026-10-25T20:10:00Z', 3, { activePower: 30, chargerState: 'night' }),
  // Late, into the hour before.
  reading('2026-10-25T19:20:00Z', 4, { activePower: 60 }),
  reading('2026-10-25T22:30:00Z', 5, { activePower: 10 }),
]
const power = (count: number, mean: number, min: number, max: number, last: number) => ({ count, mean, min, max, last })

interface Store {
  history: Pick<LightQueries, 'readings' | 'history'>
  close(): Promise<void>
}
type Parts = { folder: string; journal: Awaited<ReturnType<typeof filledJournal>>; now: () => number }

const filledJournal = async (folder: string, filled: boolean) => {
  const journal = createJournal({
    folder: join(folder, 'journal'),
    now: () => at('2026-10-26T01:00:00Z'),
    log: () => {},
  })
  await journal.start()
  if (filled) await journal.commands.append(records)
  return journal
}

/** The journal and the platform's own roll-ups. */
const ownStore = async ({ folder, journal }: Parts): Promise<Store> => {
  const followers = createFollowers({ journal, log: () => {} })
  const rollups = createRollups({ folder })
  rollups.start()
  followers.add(rollups)
  followers.start()
  await followers.caughtUp('rollups')
  const history = createLightHistory({
    journal,
    rollups,
    archive: null,
    journalKeepsFrom: () => 0,
    timeZoneOf: () => zone,
    log: () => {},
  })
  return {
    history,
    async close() {
      await followers.stop()
      await rollups.stop()
    },
  }
}

/** InfluxDB alone: a journal that keeps nothing, and roll-ups that never saw anything. */
const influxStore =
  (server: () => Influxd, { rolledUp }: { rolledUp: boolean }) =>
  async ({ folder, journal, now }: Parts): Promise<Store> => {
    const database = rolledUp ? 'rolled' : 'points'
    // October will be beyond the retention of readings one day; what the server has is left as it is.
    await server().query(`CREATE DATABASE ${database} WITH DURATION INF REPLICATION 1 SHARD DURATION 1d NAME "raw"`)
    const influx = createTestInflux({
      url: server().url,
      database,
      folder,
      now,
      journal,
      everyMs: { decisions: 1e6, records: 1e6, health: 1e6, rollups: rolledUp ? 100 : 1e6, nights: 1e6 },
    })
    const followers = createFollowers({ journal, log: () => {} })
    influx.start()
    followers.add(influx.follower)
    followers.start()
    influx.run()
    await eventually(() => expect(influx.follower.cursor()).toBe(records.length))
    if (rolledUp)
      await eventually(async () => {
        const [days] = await server().query('SELECT count(readings) FROM d1.luminaire_reading', database)
        expect(days?.values[0]?.[1]).toBe(2)
      })
    const emptyFolder = join(folder, 'empty')
    const empty = await filledJournal(emptyFolder, false)
    const rollups = createRollups({ folder: emptyFolder })
    rollups.start()
    const history = createLightHistory({
      journal: empty,
      rollups,
      archive: influx.archive,
      journalKeepsFrom: () => Number.POSITIVE_INFINITY,
      timeZoneOf: () => zone,
      log: (level, event, fields) => {
        throw new Error(`${level} ${event} ${JSON.stringify(fields)}`)
      },
    })
    return {
      history,
      async close() {
        await influx.stop()
        await followers.stop()
        influx.close()
        await rollups.stop()
        await empty.stop()
      },
    }
  }

describe.skipIf(influxdPath === undefined)('the history of a light', () => {
  let server: Influxd
  beforeAll(async () => {
    server = await createInfluxd()
    await server.start()
  })
  afterAll(() => server?.dispose())

  describe.each([
    ['from the journal and the own roll-ups', ownStore],
    ['from InfluxDB, rolled up', influxStore(() => server, { rolledUp: true })],
    ['from InfluxDB, before the hours are rolled up', influxStore(() => server, { rolledUp: false })],
  ])('%s', (_title, open) => {
    let store: Store
    let journal: Awaited<ReturnType<typeof filledJournal>>
    const folder = mkdtempSync(join(tmpdir(), 'fanari-history-'))
    const always = { from: -8.64e15, to: 8.64e15, limit: 1_000 }

    beforeAll(async () => {
      journal = await filledJournal(folder, true)
      store = await open({ folder, journal, now: () => at('2026-10-27T00:00:00Z') })
    })
    afterAll(async () => {
      await store?.close()
      await journal.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    it('gives readings back as they were received', async () => {
      const receivedAt = '2026-10-26T01:00:00.000Z'
      const found = await store.history.readings('town', 'controller-1', { ...always, limit: 3 })
      expect(found).toEqual([
        {
          at: '2026-10-25T19:05:00.000Z',
          receivedAt,
          seq: 1,
          activePower: 40,
          lightLevel: 100,
          panelVoltage: 10,
          panelCurrent: 0.5,
        },
        { at: '2026-10-25T19:20:00.000Z', receivedAt, seq: 4, activePower: 60 },
        {
          at: '2026-10-25T19:50:00.000Z',
          receivedAt,
          seq: 2,
          activePower: 20,
          lightLevel: 50,
          batteryVoltage: 12.5,
          faults: ['batteryLevelTooLow'],
        },
      ])
    })

    it('adds them up by hour, what came late with them', async () => {
      const found = await store.history.history('town', 'controller-1', { ...always, resolution: 'hour' })
      expect(found).toEqual([
        {
          from: '2026-10-25T19:00:00.000Z',
          readings: 3,
          fields: {
            activePower: power(3, 40, 20, 60, 20),
            lightLevel: power(2, 75, 50, 100, 50),
            panelPower: power(1, 5, 5, 5, 5),
            batteryVoltage: power(1, 12.5, 12.5, 12.5, 12.5),
          },
        },
        { from: '2026-10-25T20:00:00.000Z', readings: 1, fields: { activePower: power(1, 30, 30, 30, 30) } },
        { from: '2026-10-25T22:00:00.000Z', readings: 1, fields: { activePower: power(1, 10, 10, 10, 10) } },
      ])
    })

    it('adds them up by local day, of which one had 25 hours', async () => {
      const found = await store.history.history('town', 'controller-1', { ...always, resolution: 'day' })
      expect(found.map(({ from, readings, fields }) => [from, readings, fields.activePower])).toEqual([
        ['2026-10-24T21:00:00.000Z', 4, power(4, 37.5, 20, 60, 30)],
        ['2026-10-25T22:00:00.000Z', 1, power(1, 10, 10, 10, 10)],
      ])
    })

    it('shows each reading as a stretch of its own', async () => {
      const range = { from: at('2026-10-25T20:00:00Z'), to: at('2026-10-25T21:00:00Z'), limit: 10 }
      expect(await store.history.history('town', 'controller-1', { ...range, resolution: 'raw' })).toEqual([
        { from: '2026-10-25T20:10:00.000Z', readings: 1, fields: { activePower: power(1, 30, 30, 30, 30) } },
      ])
    })

    it('keeps to its range and limit, and knows nothing of another light', async () => {
      const range = { from: at('2026-10-25T19:00:00Z'), to: at('2026-10-25T20:00:00Z') }
      const hours = await store.history.history('town', 'controller-1', { ...range, limit: 10, resolution: 'hour' })
      expect(hours).toHaveLength(1)
      expect(await store.history.readings('town', 'controller-1', { ...range, limit: 2 })).toHaveLength(2)
      expect(await store.history.readings('town', 'nobody', always)).toEqual([])
      expect(await store.history.history('elsewhere', 'controller-1', { ...always, resolution: 'day' })).toEqual([])
    })
  })
})
