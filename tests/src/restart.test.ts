import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, type TestContext, test } from 'vitest'
import { gatewayAsset, lampAssets, reportIntervalS } from './assets.ts'
import { eventually } from './eventually.ts'
import { createMosquitto, mosquittoPath } from './mosquitto.ts'
import { createPlatformProcess } from './platform-process.ts'
import { causes, inWords, letPass, missingReadings, type Scene, setTheScene } from './scene.ts'

/** How long whoever is away stays away [ms]. */
const awayMs = 21_000
/** When everything that a restart could have made silent would have been called so: the time to reconnect, and some intervals [s]. */
const fairChanceS = 15 + 10 * reportIntervalS

const lights = [
  ...lampAssets('a', 10, { circuit: 'c1', cabinet: 'k1', gateway: 'g1' }),
  ...lampAssets('b', 10, { circuit: 'c2', cabinet: 'k1', gateway: 'g1' }),
]
const others = [gatewayAsset('g1')]

const startPlatform = async (
  { onTestFinished }: TestContext,
  environment: Record<string, string> = {},
): Promise<Awaited<ReturnType<typeof createPlatformProcess>>> => {
  const platform = await createPlatformProcess(environment)
  onTestFinished(() => platform.dispose())
  await platform.start()
  return platform
}

/** Nothing but that the platform could not hear; no ticket; and every light lit as before. */
const expectNothingFalse = async ({ town }: Scene): Promise<void> => {
  const found = (await town.incidents()).map(inWords)
  expect(found.filter((words) => words !== 'platformBlind platform:town')).toEqual([])
  expect(await town.tickets()).toEqual([])
  expect(await town.incidents('open')).toEqual([])
  expect(await town.communities()).toMatchObject([{ lit: 20, dark: 0, unknown: 0, darkCommunity: false }])
}

describe.concurrent('after an absence of the platform', { timeout: 150_000 }, () => {
  test.for(['stop', 'kill'] as const)(
    'by %s, lights that go on and come back make no incident',
    async (how, context) => {
      const platform = await startPlatform(context)
      const { onTestFinished } = context
      const set = await setTheScene({ platform, municipality: 'town', lights, others, onTestFinished })
      await platform[how]()
      await delay(awayMs)
      await platform.start()
      await letPass(set.fleet.lamps, fairChanceS)
      await expectNothingFalse(set)
      expect(await missingReadings(set)).toEqual([])
    },
  )

  test('a circuit that failed meanwhile is found, once, and nothing else', async (context) => {
    const platform = await startPlatform(context)
    const { onTestFinished } = context
    const { town, fleet } = await setTheScene({ platform, municipality: 'town', lights, others, onTestFinished })
    await platform.kill()
    await Promise.all(fleet.some('b-').map((lamp) => lamp.vanish()))
    await delay(awayMs)
    await platform.start()
    await eventually(async () => {
      const [outage] = (await causes(town, 'open')).filter(({ fault }) => fault !== 'platformBlind')
      expect(outage).toMatchObject({ fault: 'circuitOutage', scope: { kind: 'circuit', id: 'c2' } })
      expect(outage?.members).toHaveLength(10)
    }, 60)
    await letPass(fleet.some('a-'), 8 * reportIntervalS)
    const found = (await causes(town)).filter(({ fault }) => fault !== 'platformBlind')
    expect(found.map(inWords)).toEqual(['circuitOutage circuit:c2'])
    expect(await town.tickets()).toMatchObject([{ category: 'street-dark', status: 'open' }])
  })
})

describe.skipIf(mosquittoPath === undefined)('with an outside broker', { timeout: 150_000 }, () => {
  test('killed for a while: nothing false, and whatever its devices were told is kept is in the history, once', async (context) => {
    const { onTestFinished } = context
    const broker = await createMosquitto()
    onTestFinished(() => broker.dispose())
    await broker.start()
    const platform = await startPlatform(context, { FANARI_BROKER_URL: broker.url })
    const stage = { platform, mqttUrl: broker.url, municipality: 'town', lights, others, onTestFinished }
    const set = await setTheScene(stage)

    await broker.kill()
    await eventually(async () => expect((await platform.api.call('GET', '/readyz')).status).toBe(503))
    await delay(awayMs)
    await broker.start()
    await eventually(async () => expect((await platform.api.call('GET', '/readyz')).status).toBe(200))
    await letPass(set.fleet.lamps, fairChanceS)
    await expectNothingFalse(set)
    await eventually(async () => expect(await missingReadings(set)).toEqual([]))

    // Incidents and tickets go out through it as well.
    for (const lamp of set.fleet.some('b-')) lamp.powerW = 0
    await eventually(async () => {
      const [ticket] = await set.town.tickets()
      expect(ticket).toMatchObject({ category: 'street-dark', status: 'open' })
      expect(set.listener.tickets().map(({ document }) => document.id)).toContain(ticket?.id)
      expect(set.listener.incidents().map(({ document }) => inWords(document))).toContain('circuitOutage circuit:c2')
    })
  })
})
