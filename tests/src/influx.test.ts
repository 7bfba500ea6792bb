import { describe, expect, type TestContext, test } from 'vitest'
import { lampAssets } from './assets.ts'
import { eventually } from './eventually.ts'
import { createInfluxd, type Influxd, influxdPath } from './influxd.ts'
import { createPlatformProcess, type PlatformProcess } from './platform-process.ts'
import { letPass, type Scene, setTheScene } from './scene.ts'

const lights = lampAssets('a', 10, { circuit: 'c1', cabinet: 'k1', phase: 'L1' })
const admin = { username: 'fanari', password: 'a secret of the story' }

const startServer = async (
  { onTestFinished }: TestContext,
  options?: Parameters<typeof createInfluxd>[0],
): Promise<Influxd> => {
  const server = await createInfluxd(options)
  onTestFinished(() => server.dispose())
  await server.start()
  return server
}

const startPlatform = async (
  { onTestFinished }: TestContext,
  environment: Record<string, string>,
): Promise<PlatformProcess> => {
  const platform = await createPlatformProcess(environment)
  onTestFinished(() => platform.dispose())
  await platform.start()
  return platform
}

/** Every reading that was acknowledged is one point, and there is no other. */
const expectAllPoints = async (server: Influxd, { fleet }: Pick<Scene, 'fleet'>): Promise<void> => {
  for (const lamp of fleet.lamps) {
    const acknowledged = [...lamp.acknowledged]
    const [series] = await server.query(
      `SELECT seq, active_power_w FROM raw.luminaire_reading WHERE luminaire = '${lamp.id}'`,
      'fanari',
    )
    const points = new Map(series?.values.map(([at, seq, power]) => [at, { seq, power }]))
    const lost = acknowledged.filter(({ at, seq, activePower }) => {
      const point = points.get(at)
      return point?.seq !== seq || point.power !== activePower
    })
    if (lost.length > 0) throw new Error(`${lamp.id} lacks ${lost.length} of ${acknowledged.length} points`)
  }
}

describe.skipIf(influxdPath === undefined)(
  'InfluxDB beside the platform',
  { timeout: 120_000, concurrent: true },
  () => {
    test('gets every reading, what lights do, and the incident and its ticket of a lamp that fails', async (context) => {
      const server = await startServer(context)
      const platform = await startPlatform(context, { FANARI_INFLUX_URL: server.url })
      const { onTestFinished } = context
      const set = await setTheScene({ platform, municipality: 'town', lights, onTestFinished })
      const [lamp] = set.fleet.some('a-01')
      if (lamp === undefined) throw new Error('there is no lamp')
      lamp.powerW = 0
      await eventually(async () => expect(await set.town.tickets()).toHaveLength(1))
      const [ticket] = await set.town.tickets()

      await eventually(() => expectAllPoints(server, set))
      const states = await eventually(async () => {
        const [series] = await server.query(
          `SELECT state, state_code, incident FROM records.light_state WHERE luminaire = 'a-01'`,
          'fanari',
        )
        const found = series?.values.map(([, state, code]) => `${state} ${code}`)
        expect(found).toContain('dark 2')
        return found
      })
      expect(states).toContain('lit 1')
      const incident = await eventually(async () => {
        const [series] = await server.query("SELECT * FROM records.incident WHERE change = 'opened'", 'fanari')
        const row = Object.fromEntries(series?.columns.map((name, i) => [name, series.values[0]?.[i]]) ?? [])
        expect(row.ticket).toBe(ticket?.id)
        return row
      })
      expect(incident).toMatchObject({
        municipality: 'town',
        community: 'village',
        fault: 'lampFailure',
        scope_kind: 'luminaire',
        scope: 'a-01',
        open: 1,
        members: 1,
        lat: 41.5,
      })
      const [opened] = await server.query('SELECT * FROM records.ticket WHERE "event" = \'opened\'', 'fanari')
      expect(Object.fromEntries(opened?.columns.map((name, i) => [name, opened.values[0]?.[i]]) ?? [])).toMatchObject({
        ticket: ticket?.id,
        category: 'street-light-out',
        source: 'telemetry',
        found_before_call: 1,
        status: 'open',
      })
      await eventually(async () => {
        const [lit] = await server.query('SELECT last(lit), last(dark) FROM records.community_light', 'fanari')
        expect(lit?.values[0]?.slice(1)).toEqual([9, 1])
        const [health] = await server.query('SELECT last(readings_total) FROM raw.platform_health', 'fanari')
        expect(health?.values).toHaveLength(1)
      })
    })

    test('that is killed under load, and stays away, loses nothing and holds up nobody', async (context) => {
      const server = await startServer(context)
      const platform = await startPlatform(context, { FANARI_INFLUX_URL: server.url })
      const { onTestFinished } = context
      const set = await setTheScene({ platform, municipality: 'town', lights, onTestFinished })
      await eventually(() => expectAllPoints(server, set))
      await server.kill()
      await letPass(set.fleet.lamps, 6)
      expect((await platform.api.call('GET', '/readyz')).status).toBe(200)
      expect(platform.log.filter(({ event }) => event === 'influx.unreachable')).toHaveLength(1)
      // The platform dies with the backlog that only its journal has.
      await platform.kill()
      await platform.start()
      await letPass(set.fleet.lamps, 4)
      await server.start()
      await eventually(() => expectAllPoints(server, set), 60)
    })

    test('refuses a wrong password for as long as it is wrong', async (context) => {
      const server = await startServer(context, { admin })
      const platform = await startPlatform(context, {
        FANARI_INFLUX_URL: server.url,
        FANARI_INFLUX_USERNAME: admin.username,
        FANARI_INFLUX_PASSWORD: 'another',
      })
      const { onTestFinished } = context
      const set = await setTheScene({ platform, municipality: 'town', lights, onTestFinished })
      await eventually(() => {
        const [line] = platform.log.filter(({ event }) => event === 'influx.unreachable')
        expect(String(line?.reason)).toContain('authorization failed')
      })
      expect(platform.log.map((line) => JSON.stringify(line)).join()).not.toContain('another')
      // The operator changes the user's password to the one the platform has.
      await server.query(`SET PASSWORD FOR "${admin.username}" = 'another'`)
      await eventually(() => expect(platform.log.map(({ event }) => event)).toContain('influx.connected'), 60)
      await letPass(set.fleet.lamps, 2)
    })
  },
)
