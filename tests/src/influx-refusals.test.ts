import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AssetFeature, JournalRecord } from '@fanari/contracts'
import { createFollowers, createJournal } from '@fanari/ingest'
import { describe, expect, type TestContext, test } from 'vitest'
import { cabinetAsset, lampAsset } from './assets.ts'
import { eventually } from './eventually.ts'
import { createInfluxd, type Influxd, influxdPath } from './influxd.ts'
import { createTestInflux, noRecords } from './test-influx.ts'

const dayMs = 86_400_000
const reading = (device: string, at: number, activePower: number): JournalRecord => ({
  kind: 'reading',
  municipality: 'town',
  device,
  reading: { at, activePower },
})
const assets: JournalRecord = {
  kind: 'assets',
  municipality: 'town',
  features: [lampAsset('a-01'), lampAsset('a-02'), cabinetAsset('k1', { device: 'k1' })] as AssetFeature[],
}

/** A journal, and what follows it into a real server. */
const follow = async (
  { onTestFinished }: TestContext,
  server: Influxd,
  { registered = [], segmentBytes }: { registered?: AssetFeature[]; segmentBytes?: number } = {},
) => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-refusals-'))
  const log: { event: string; fields: Record<string, unknown> }[] = []
  const journal = createJournal({
    folder: join(folder, 'journal'),
    now: Date.now,
    log: () => {},
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  })
  await journal.start()
  const influx = createTestInflux({
    url: server.url,
    folder,
    log: (_level, event, fields = {}) => void log.push({ event, fields }),
    journal,
    records: {
      ...noRecords,
      municipalities: async () => [{ id: 'town', name: 'Town', timeZone: 'Europe/Athens' }],
      assets: async () => registered,
    },
  })
  const followers = createFollowers({ journal, log: () => {} })
  if (segmentBytes !== undefined) {
    // Years ago: the assets, then readings until their segment is full, then what retention leaves.
    await journal.commands.append([assets])
    for (let i = 0; journal.first === 1 && i < 100; i++) {
      await journal.commands.append([reading('a-01', Date.now() - 60_000 + i, 58)])
      await journal.prune(Number.POSITIVE_INFINITY, journal.head)
    }
  }
  influx.start()
  followers.add(influx.follower)
  followers.start()
  influx.run()
  onTestFinished(async () => {
    await influx.stop()
    await followers.stop()
    influx.close()
    await journal.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const metric = (name: string): number =>
    influx
      .metrics()
      .find((one) => one.name === name)
      ?.values.reduce((sum, { value }) => sum + value, 0) ?? Number.NaN
  return { journal, influx, log, metric, written: () => expect(influx.follower.cursor()).toBe(journal.head) }
}

const started = async ({ onTestFinished }: TestContext): Promise<Influxd> => {
  const server = await createInfluxd()
  onTestFinished(() => server.dispose())
  await server.start()
  return server
}

describe.skipIf(influxdPath === undefined)('points that a real InfluxDB refuses', () => {
  test('for their type are set aside one by one, and hold up nobody', async (context) => {
    const server = await started(context)
    const now = Date.now()
    await server.query('CREATE DATABASE fanari WITH DURATION 90d REPLICATION 1 SHARD DURATION 1d NAME "raw"')
    // Somebody else wrote text where a number belongs: this shard takes no number there any more.
    const foreign = `cabinet_reading,municipality=town active_power_w="much" ${now}`
    const taken = await fetch(`${server.url}/write?db=fanari&rp=raw&precision=ms`, { method: 'POST', body: foreign })
    expect(taken.status).toBe(204)

    const { journal, metric, log, written } = await follow(context, server)
    await journal.commands.append([
      assets,
      ...Array.from({ length: 50 }, (_, i) => reading('a-01', now + i, 58)),
      reading('k1', now, 700),
      reading('a-02', now, 57),
      reading('k1', now + 1, 710),
    ])
    await eventually(() => {
      written()
      expect(metric('fanari_influx_refused_total')).toBe(2)
    })
    const [lights] = await server.query('SELECT count(active_power_w) FROM raw.luminaire_reading', 'fanari')
    expect(lights?.values[0]?.[1]).toBe(51)
    const { items } = await journal.quarantine('town', { limit: 10 })
    expect(items.map(({ topic, payload }) => [topic, payload.split(' ')[1]])).toEqual([
      ['influxdb/raw', expect.stringContaining('active_power_w=710')],
      ['influxdb/raw', expect.stringContaining('active_power_w=700')],
    ])
    expect(items[0]?.reason).toMatch(/^refusedByInflux: 400 .*field type conflict/)
    expect(log.filter(({ event }) => event === 'influx.pointsRefused')).toHaveLength(1)
  })

  test('because they are older than what it keeps are counted and dropped', async (context) => {
    const server = await started(context)
    const now = Date.now()
    const { journal, metric, written } = await follow(context, server)
    await journal.commands.append([
      assets,
      reading('a-01', now - 100 * dayMs, 58),
      reading('a-01', now - 1_000, 58),
      reading('a-01', now - 101 * dayMs, 58),
    ])
    await eventually(() => {
      written()
      expect(metric('fanari_influx_beyond_retention_total')).toBe(2)
    })
    expect(metric('fanari_influx_points_total')).toBe(1)
    expect((await journal.quarantine('town', { limit: 10 })).items).toEqual([])
  })

  test('no longer, once its storage is made anew after it was lost', async (context) => {
    const server = await started(context)
    const { journal, log, written } = await follow(context, server)
    await journal.commands.append([assets, reading('a-01', Date.now() - 2_000, 58)])
    await eventually(written)
    await server.query('DROP DATABASE fanari')
    await journal.commands.append([reading('a-01', Date.now() - 1_000, 59)])
    await eventually(written)
    expect(log.filter(({ event }) => event === 'influx.connected')).toHaveLength(2)
    const policies = await server.query('SHOW RETENTION POLICIES ON fanari')
    expect(policies[0]?.values.map(([name, duration, shard]) => `${name} ${duration} ${shard}`).sort()).toEqual([
      'd1 0s 8760h0m0s',
      'h1 43824h0m0s 720h0m0s',
      'raw 2160h0m0s 24h0m0s',
      'records 43824h0m0s 720h0m0s',
    ])
  })

  test('are none, though the journal has forgotten the assets: the register knows them', async (context) => {
    const server = await started(context)
    const registered = [lampAsset('a-01', { circuit: 'c1' })]
    const { journal, written } = await follow(context, server, { registered, segmentBytes: 500 })
    expect(journal.first).toBeGreaterThan(1)
    await journal.commands.append([reading('a-01', Date.now(), 61)])
    await eventually(written)
    const [last] = await server.query(
      "SELECT last(active_power_w) FROM raw.luminaire_reading WHERE circuit = 'c1'",
      'fanari',
    )
    expect(last?.values[0]?.[1]).toBe(61)
  })

  test('at no time: a day that passed while it was away is caught up with, whole', async (context) => {
    const server = await started(context)
    await server.kill()
    const { journal, influx, metric, written } = await follow(context, server)
    const now = Date.now()
    const lights = Array.from({ length: 200 }, (_, i) => `l-${i}`)
    await journal.commands.append([
      { kind: 'assets', municipality: 'town', features: lights.map((id) => lampAsset(id)) },
    ])
    for (let round = 0; round < 96; round++)
      await journal.commands.append(
        lights.map((id, i) => reading(id, now - dayMs + round * 900_000 + i, 50 + round / 10)),
      )
    await eventually(() => expect(metric('fanari_influx_failures_total')).toBeGreaterThan(0))
    expect(influx.follower.cursor()).toBe(0)
    await server.start()
    await eventually(written, 60)
    const [counted] = await server.query('SELECT count(active_power_w) FROM raw.luminaire_reading', 'fanari')
    expect(counted?.values[0]?.[1]).toBe(96 * 200)
  })
})
