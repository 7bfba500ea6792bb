import { setTimeout as delay } from 'node:timers/promises'
import { lightExplanationSchema } from '@fanari/contracts'
import { connectAsync } from 'mqtt'
import { describe, expect, type TestContext, test } from 'vitest'
import { communityAsset, lampAssets, reportIntervalS } from './assets.ts'
import { accepts, eventually } from './eventually.ts'
import { createLamp, keepBusy } from './lamp.ts'
import { listen } from './listener.ts'
import { createPlatformProcess, type PlatformProcess, type ServiceName } from './platform-process.ts'
import { createRandom } from './random.ts'
import { causes, inWords, letPass, missingReadings, setTheScene } from './scene.ts'

/* A platform of three processes, of which any may be gone at any time. */

const seed = Number(process.env.FANARI_TEST_SEED ?? 11)

const startPlatform = async (
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  environment: Record<string, string> = {},
): Promise<PlatformProcess> => {
  const platform = await createPlatformProcess(environment, 'three processes')
  onTestFinished(() => platform.dispose())
  await platform.start()
  return platform
}
const readiness = async (origin: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${origin}/readyz`)
  return { status: response.status, text: await response.text() }
}

describe.concurrent('three processes', { timeout: 180_000 }, () => {
  test(`each killed under load, in turn (seed ${seed}): nothing acknowledged is lost or doubled, each fault is one incident and one ticket`, async ({
    onTestFinished,
  }) => {
    const platform = await startPlatform({ onTestFinished })
    const lights = [
      ...lampAssets('a', 10, { circuit: 'c1', cabinet: 'k1' }),
      ...lampAssets('b', 10, { circuit: 'c2', cabinet: 'k1' }),
      ...lampAssets('busy', 3),
    ]
    const scene = await setTheScene({ platform, municipality: 'town', lights, onTestFinished })
    const { town, fleet } = scene
    const busy = new AbortController()
    onTestFinished(() => busy.abort())
    for (const lamp of fleet.some('busy')) keepBusy(lamp, busy.signal)
    const random = createRandom(seed)

    /** What breaks while a process is away, by the number of the kill. */
    const faults = new Map([
      [2, 'a-07'],
      [6, 'b-'],
    ])
    const order: ServiceName[] = ['broker', 'ingest', 'api', 'broker', 'api', 'ingest', 'api', 'broker', 'ingest']
    for (const [kill, name] of order.entries()) {
      await platform.service(name).kill()
      for (const lamp of fleet.some(faults.get(kill) ?? 'none')) lamp.powerW = 0
      await delay(1_000 * random())
      await platform.service(name).start()
      await delay(1_500 * random())
    }

    await eventually(async () => {
      expect((await town.tickets()).reverse()).toMatchObject([
        { category: 'street-light-out', status: 'open', members: ['a-07'] },
        { category: 'street-dark', status: 'open', members: fleet.some('b-').map(({ id }) => id) },
      ])
    })
    // A fair chance for whatever the restarts may have left to be called silent.
    await letPass(fleet.lamps, 15 + 8 * reportIntervalS)
    busy.abort()
    const found = (await causes(town)).filter(({ fault }) => fault !== 'platformBlind')
    expect(found.map(inWords)).toEqual(['lampFailure luminaire:a-07', 'circuitOutage circuit:c2'])
    expect(await town.tickets()).toHaveLength(2)
    expect(await missingReadings(scene)).toEqual([])
    const acknowledged = fleet.lamps.reduce((sum, lamp) => sum + lamp.acknowledged.length, 0)
    expect(acknowledged).toBeGreaterThan(1_000)

    // Who comes now hears of every open incident what the api says of it.
    const late = await listen(platform.mqttUrl, 'town')
    onTestFinished(() => late.close())
    await eventually(async () => {
      const retained = late.incidents().map(({ document }) => document)
      const told = (id: string) => retained.findLast((document) => document.id === id)
      for (const incident of await town.incidents('open')) expect(told(incident.id)).toEqual(incident)
    })
    expect(await platform.stop()).toEqual({ code: 0 })
  })

  test('one that is away is missed by name, the others go on, and what waited for it is done when it is back', async ({
    onTestFinished,
  }) => {
    const platform = await startPlatform({ onTestFinished }, { FANARI_DEVICE_AUTH: 'closed' })
    const { api, links, origin } = platform
    const town = api.town('town')
    // So rarely that none is called silent within the story, however slow the machine.
    const lights = lampAssets('a', 2, { reportInterval: 600 })
    const { credentials = [] } = await town.importAssets([communityAsset(), ...lights])
    const lampOf = (id: string) => {
      const own = credentials.find(({ device }) => device === id)
      if (own === undefined) throw new Error(`no credentials for ${id}`)
      const { username, password } = own
      return createLamp({
        mqttUrl: platform.mqttUrl,
        municipality: 'town',
        id,
        reportIntervalMs: 600_000,
        credentials: { username, password },
      })
    }
    const page = await fetch(`${origin}${town.path}/stream`)
    const lamp = lampOf('a-01')
    onTestFinished(() => lamp.vanish())
    lamp.turnOn()
    await eventually(async () => expect((await town.light('a-01')).state).toBe('lit'))

    await platform.service('ingest').kill()
    await eventually(async () => {
      expect(await readiness(origin)).toMatchObject({ status: 503, text: expect.stringContaining('ingest is away') })
    })
    expect(await readiness(links.broker)).toMatchObject({ status: 200 })
    await lamp.report()
    expect(await api.call('GET', `${town.path}/luminaires/a-01`)).toMatchObject({
      status: 503,
      json: { type: '/problems/not-ready', retry: true },
    })
    expect(await town.incidents()).toEqual([])
    // What a citizen tells is taken, whoever could say more about the light.
    const report = { category: 'street-light-flickering', luminaire: 'a-02', channel: 'phone', clientId: 'call-1' }
    expect(await api.call('POST', `${town.path}/reports`, { body: report })).toMatchObject({ status: 201 })
    await platform.service('ingest').start()
    await eventually(async () => expect((await readiness(origin)).status).toBe(200))
    // An open page may have missed something: its stream has ended, so that it comes back and reads the state anew.
    expect(await page.text()).toMatch(/event: lights\ndata: \[{"id":"a-01","state":"lit"/)
    expect(await town.readings('a-01')).toHaveLength(lamp.acknowledged.length)
    const explained = await api.call('GET', `${town.path}/luminaires/a-01/explanation`)
    expect(lightExplanationSchema.parse(explained.json)).toMatchObject({ luminaire: 'a-01', state: 'lit' })

    await platform.service('api').kill()
    await eventually(async () => {
      expect(await readiness(links.ingest)).toMatchObject({ status: 503, text: expect.stringContaining('api is away') })
    })
    // The broker reads the register itself: who has not been there yet may still sign in, and whoever is no device may not.
    const newcomer = lampOf('a-02')
    onTestFinished(() => newcomer.vanish())
    newcomer.turnOn()
    await eventually(() => expect(newcomer.acknowledged.length).toBeGreaterThan(0))
    const stranger = connectAsync(
      platform.mqttUrl,
      { username: 'town/a-02', password: 'wrong', reconnectPeriod: 0 },
      false,
    )
    await expect(stranger).rejects.toThrow(/Bad username or password/)
    // So may it after a restart of its own, whatever the killed api has left beside its database.
    await platform.service('broker').kill()
    await platform.service('broker').start()
    lamp.powerW = 0
    await lamp.report()
    await lamp.report()
    await platform.service('api').start()
    await eventually(async () => {
      const fromTelemetry = (await town.tickets()).filter(({ source }) => source === 'telemetry')
      expect(fromTelemetry).toMatchObject([{ members: ['a-01'], status: 'open' }])
    })

    await platform.service('broker').kill()
    await eventually(async () => {
      expect(await readiness(origin)).toMatchObject({ status: 503, text: expect.stringContaining('broker is away') })
    })
    expect(await town.light('a-01')).toMatchObject({ state: 'dark' })
    expect(await town.readings('a-01')).toHaveLength(lamp.acknowledged.length)
    const stored = await api.call('PUT', `${town.path}/assets`, {
      body: { type: 'FeatureCollection', features: lampAssets('b', 1) },
    })
    expect(stored).toMatchObject({ status: 503, json: { detail: expect.stringMatching(/^Stored, but the journal/) } })
    // A judge without the journal does not know what it has missed, and does not make it up.
    await platform.service('ingest').kill()
    const judging = platform.service('ingest').start()
    await eventually(async () => {
      const { status, json } = await api.call('GET', `${town.path}/luminaires/a-01`)
      expect({ status, json }).toMatchObject({ status: 503, json: { detail: expect.stringContaining('catching up') } })
    })
    await platform.service('broker').start()
    await judging
    await eventually(async () => {
      const explanation = await api.call('GET', `${town.path}/luminaires/b-01/explanation`)
      expect(explanation.status).toBe(200)
    })
  })

  test('started in any order, they wait for each other; a second of a kind, or the whole platform, is refused', async ({
    onTestFinished,
  }) => {
    const platform = await createPlatformProcess({}, 'three processes')
    onTestFinished(() => platform.dispose())
    const ingest = platform.service('ingest').start()
    await eventually(async () => {
      const { status, text } = await readiness(platform.links.ingest)
      expect({ status, text }).toMatchObject({ status: 503, text: expect.stringContaining('journal is not known yet') })
    }, 60)
    const broker = platform.service('broker').start()
    await eventually(async () => {
      const { text } = await readiness(platform.links.broker)
      expect(text).toContain('the api has not made the register yet')
    }, 60)
    expect(await accepts(Number(new URL(platform.mqttUrl).port))).toBe(false)
    await platform.service('api').start()
    await Promise.all([ingest, broker])
    await eventually(async () => expect((await readiness(platform.origin)).status).toBe(200))

    for (const name of ['broker', 'ingest', 'api', 'all'] as const)
      await expect(platform.startAnother(name)).rejects.toThrow(/is in use by another process/)
    expect(await platform.stop()).toEqual({ code: 0 })
  })
})
