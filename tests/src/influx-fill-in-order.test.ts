import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AssetFeature, JournalEntry } from '@fanari/contracts'
import { createInfluxFill } from '@fanari/ingest/influx'
import { describe, expect, type TestContext, test } from 'vitest'
import { cabinetAsset, lampAsset } from './assets.ts'
import { createInfluxd, influxdPath } from './influxd.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** The evening before the clocks of Greece go back: its day has 25 hours. */
const begins = Date.parse('2026-10-24T18:00:00Z')
const hours = 40

const lamps = ['a-01', 'a-02', 'b 03'].map((id) => lampAsset(id, { circuit: 'c1', cabinet: 'k1' }))
const solar = lampAsset('s-01', { supply: 'solar', community: 'hamlet' })
const features = [...lamps, solar, cabinetAsset('k1', { device: 'k1' })] as AssetFeature[]

function* entries(): Generator<JournalEntry> {
  let position = 1
  yield { kind: 'assets', municipality: 'town', features, position, receivedAt: begins }
  for (let at = begins; at < begins + hours * hourMs; at += 15 * minuteMs) {
    const turn = (at - begins) / (15 * minuteMs)
    const isOn = turn % 96 < 50
    for (const [i, device] of ['a-01', 'a-02', 'b 03', 's-01', 'k1'].entries()) {
      // One falls silent for a day, and its counter begins anew.
      if (device === 'a-02' && turn > 20 && turn < 110) continue
      const reading = {
        at: at + i,
        ...(device === 'k1'
          ? {
              voltageL1: 229 + (turn % 3),
              powerL1: 100.5,
              powerL2: 90.25,
              powerL3: 80,
              faults: ['cabinetDoorOpen' as const, 'leakageDetected' as const],
            }
          : { activePower: isOn ? 57.3 + i : 0.4, lightLevel: isOn ? 70 : 0, temperature: 8 + (turn % 7) / 3 }),
        ...(device === 'a-01' || device === 'a-02' ? { activeEnergy: 0.013 * ((turn % 110) + i) } : {}),
        ...(device === 's-01' ? { batteryLevel: 90 - (turn % 40), panelVoltage: 17.4, panelCurrent: 3.3 } : {}),
      }
      yield { kind: 'reading', municipality: 'town', device, reading, position: ++position, receivedAt: at + 300 }
    }
  }
}

const fill = async (url: string, database: string, isInOrder: boolean, { onTestFinished }: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-in-order-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const filled = createInfluxFill({
    connection: { url, database, login: { kind: 'none' } },
    municipality: 'town',
    timeZone: 'Europe/Athens',
    folder,
    prices: { eurPerKwh: 0.2, co2GramsPerKwh: 400 },
    isInOrder,
    stateOf: () => null,
    forecastOf: () => null,
    log: () => {},
  })
  let taken = 0
  const late: JournalEntry[] = []
  for (const entry of entries()) {
    // A gateway holds back some of an hour that others have told of, until the next day.
    const turn = entry.kind === 'reading' ? Math.floor((entry.reading.at - begins) / (15 * minuteMs)) : 0
    if (turn === 32 || turn === 33) late.push(entry)
    else filled.entry(entry)
    if (++taken % 37 === 0) await filled.flush()
    if (turn === 90) for (const one of late.splice(0)) filled.entry(one)
  }
  await filled.finish()
}

describe.skipIf(influxdPath === undefined)('history that comes in order', { timeout: 60_000 }, () => {
  test('is rolled up on its way, also where some comes late, to what the job makes from the points of the server', async (context) => {
    const server = await createInfluxd()
    context.onTestFinished(() => server.dispose())
    await server.start()
    for (const database of ['asked', 'direct']) {
      await server.query(`CREATE DATABASE ${database} WITH DURATION INF REPLICATION 1 SHARD DURATION 7d NAME "raw"`)
      for (const policy of ['records', 'h1', 'd1'])
        await server.query(`CREATE RETENTION POLICY "${policy}" ON ${database} DURATION INF REPLICATION 1`)
    }
    await fill(server.url, 'asked', false, context)
    await fill(server.url, 'direct', true, context)
    for (const [policy, points] of [
      ['h1', hours],
      ['d1', 3],
    ] as const) {
      for (const name of ['luminaire_reading', 'solar_reading', 'cabinet_reading', 'energy']) {
        const all = async (database: string) =>
          (await server.query(`SELECT * FROM "${policy}"."${name}" GROUP BY *`, database)).map((series) => ({
            ...series,
            // The order in which lights are added up may differ in the last digit.
            values: series.values.map((row) =>
              row.map((value) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value)),
            ),
          }))
        const direct = await all('direct')
        expect(direct).toEqual(await all('asked'))
        expect(Math.max(...direct.map(({ values }) => values.length)), `${policy} ${name}`).toBe(points)
      }
    }
  })
})
