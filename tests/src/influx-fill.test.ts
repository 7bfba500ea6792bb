import { measurements, rolledUpMeasurements, rollupFieldsOf, shippedRules } from '@fanari/contracts'
import { createWeek, playWeek } from '@fanari/firmware-sim'
import { createInfluxReplay } from '@fanari/platform'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInfluxd, type Influxd, influxdPath } from './influxd.ts'

/** A reading as a controller of the simulated town has sent it. */
interface Sent {
  device: string
  at: number
  activePower: number
}

/** The simulated week has no sensors, citizens, or platform that runs. */
const notOfTheWeek = [
  'sensor_reading',
  'report',
  'platform_info',
  'platform_health',
  'platform_follower',
  'platform_quarantine',
]

describe.skipIf(influxdPath === undefined)('simulated nights put into InfluxDB', { timeout: 180_000 }, () => {
  let server: Influxd
  let points: { points: number; refused: number }
  const sent: Sent[] = []
  const week = createWeek(11, { lights: 60, days: 1 })

  beforeAll(async () => {
    server = await createInfluxd()
    await server.start()
    // The nights lie years from now, or ago: what the server has is left as it is, and this policy keeps everything.
    await server.query('CREATE DATABASE fanari WITH DURATION INF REPLICATION 1 SHARD DURATION 7d NAME "raw"')
    for (const policy of ['records', 'h1', 'd1'])
      await server.query(`CREATE RETENTION POLICY "${policy}" ON fanari DURATION INF REPLICATION 1`)
    const { municipality } = week.town
    const replay = createInfluxReplay({
      connection: { url: server.url, database: 'fanari', login: { kind: 'none' } },
      municipality: municipality.id,
      timeZone: municipality.timeZone,
      assets: week.town.assets().features,
      rules: shippedRules,
      rollUpFrom: week.gridFrom,
      prices: { eurPerKwh: 0.2, co2GramsPerKwh: 400 },
      log: () => {},
    })
    playWeek(week, {
      message({ receivedAt, device, channel, payload }) {
        const value: unknown = JSON.parse(payload)
        if (channel === 'telemetry')
          for (const reading of Array.isArray(value) ? value : [value])
            if (typeof reading.activePower === 'number') sent.push({ device, ...reading })
        replay.playback.message(receivedAt, device, channel, value)
      },
      platform: (at, state) => replay.playback.platform(at, state),
      tick(at) {
        replay.playback.tick(at)
        replay.playback.drain(0)
      },
      truth: () => {},
    })
    points = await replay.finish()
  }, 180_000)
  afterAll(() => server?.dispose())

  it('are taken whole', () => {
    expect(points.refused).toBe(0)
    expect(points.points).toBeGreaterThan(sent.length)
  })

  it.each(Object.keys(measurements).filter((name) => !notOfTheWeek.includes(name)))('fill %s', async (name) => {
    const { retention } = measurements[name as keyof typeof measurements]
    expect(await server.query(`SELECT * FROM "${retention}"."${name}" LIMIT 1`, 'fanari')).toHaveLength(1)
  })

  it.each(rolledUpMeasurements.filter((name) => !notOfTheWeek.includes(name)))(
    'roll %s up by hour and by day, under the names of the table',
    async (name) => {
      for (const policy of ['h1', 'd1']) {
        const keys = await server.query(`SHOW FIELD KEYS ON fanari FROM "${policy}"."${name}"`)
        const known = Object.keys(rollupFieldsOf(name))
        const found = keys.flatMap(({ values }) => values.map(([key]) => String(key)))
        expect(found.length).toBeGreaterThan(1)
        expect(found.filter((key) => !known.includes(key))).toEqual([])
      }
    },
  )

  it('roll up to what the readings of an hour and of a day add up to', async () => {
    const places = new Map(
      week.town
        .assets()
        .features.flatMap(({ properties }) =>
          properties.kind === 'luminaire' ? [[properties.device ?? properties.id, properties.id] as const] : [],
        ),
    )
    const hourMs = 3_600_000
    // The last hour and the last whole UTC day of a light that spoke all the time; repeats of a reading are one reading.
    const device = sent.at(-1)?.device ?? ''
    const all = new Map(sent.filter((one) => one.device === device).map((one) => [one.at, one.activePower]))
    const hour = Math.floor(Math.max(...all.keys()) / hourMs) * hourMs - hourMs
    const of = (from: number, to: number) => [...all].filter(([at]) => at >= from && at < to).sort(([a], [b]) => a - b)
    const powers = of(hour, hour + hourMs).map(([, power]) => power)
    const columns = ['readings', ...['count', 'mean', 'min', 'max', 'last'].map((name) => `active_power_w_${name}`)]
    const where = `luminaire = '${places.get(device)}'`
    const [series] = await server.query(
      `SELECT ${columns.join(', ')} FROM h1.luminaire_reading WHERE ${where} AND time = ${hour}ms`,
      'fanari',
    )
    const row = series?.values[0]?.slice(1) as number[]
    expect(row[1]).toBe(powers.length)
    expect(row[2]).toBeCloseTo(powers.reduce((sum, power) => sum + power, 0) / powers.length, 9)
    expect(row.slice(3)).toEqual([Math.min(...powers), Math.max(...powers), powers.at(-1)])
    const days = await server.query(`SELECT active_power_w_count FROM d1.luminaire_reading WHERE ${where}`, 'fanari')
    const counted = days[0]?.values.reduce((sum, [, count]) => sum + Number(count), 0)
    expect(counted).toBe(all.size)
    // A day of the municipality begins when its clock says midnight: 22:00 or 21:00 UTC in Orestiada.
    for (const [at] of days[0]?.values ?? []) expect([21, 22]).toContain(new Date(Number(at)).getUTCHours())
  })
})
