import { setTimeout as delay } from 'node:timers/promises'
import type { Ticket } from '@fanari/contracts'
import { expect, type TestContext, test } from 'vitest'
import type { TownClient } from './api-client.ts'
import { lampAssets, reportIntervalS } from './assets.ts'
import { eventually } from './eventually.ts'
import { keepBusy } from './lamp.ts'
import { createPlatformProcess } from './platform-process.ts'
import { createRandom } from './random.ts'
import { causes, inWords, letPass, missingReadings, setTheScene } from './scene.ts'

const kills = 20
const seed = Number(process.env.FANARI_TEST_SEED ?? 7)

const lights = [
  ...lampAssets('a', 20, { circuit: 'c1', cabinet: 'k1' }),
  ...lampAssets('b', 20, { circuit: 'c2', cabinet: 'k1' }),
  ...lampAssets('busy', 4),
]
/** Faults as they are told to both platforms: after so many kills of the one, these lights draw no power for good. */
const faults: { afterKills: number; lamps: string }[] = [
  { afterKills: 5, lamps: 'a-07' },
  { afterKills: 11, lamps: 'b-' },
]
const expectedTickets = [
  { category: 'street-light-out', status: 'open', members: ['a-07'] },
  { category: 'street-dark', status: 'open', members: lights.slice(20, 40).map(({ properties }) => properties.id) },
]

const start = async (onTestFinished: TestContext['onTestFinished']) => {
  const platform = await createPlatformProcess()
  onTestFinished(() => platform.dispose())
  await platform.start()
  return { platform, scene: await setTheScene({ platform, municipality: 'town', lights, onTestFinished }) }
}

/** What a ticket is about, without what differs between two runs of the same faults: ids and times. */
const substance = ({ category, source, status, service, members, title, location, history }: Ticket) => ({
  ...{ category, source, status, service, members, title, location },
  history: history.map(({ event, by }) => `${event} by ${by}`),
})
const ticketsOf = async (town: TownClient) => (await town.tickets()).reverse().map(substance)

test(`kill -9, ${kills} times (seed ${seed}): nothing acknowledged is lost or doubled, and the tickets are those of a calm night`, {
  timeout: 240_000,
}, async ({ onTestFinished }) => {
  const random = createRandom(seed)
  const [killed, calm] = await Promise.all([start(onTestFinished), start(onTestFinished)])
  const busy = new AbortController()
  onTestFinished(() => busy.abort())
  for (const lamp of killed.scene.fleet.some('busy')) keepBusy(lamp, busy.signal)

  for (let kill = 1; kill <= kills; kill++) {
    if (random() < 0.25) {
      // While it starts: it may have opened the journal, or begun to catch up.
      await killed.platform.kill()
      const starting = killed.platform.start()
      await Promise.all([delay(200 + 1_500 * random()).then(killed.platform.kill), starting.catch(() => {})])
    } else {
      await delay(2_000 * random())
      await killed.platform.kill()
    }
    await killed.platform.start()
    for (const { lamps } of faults.filter(({ afterKills }) => afterKills === kill)) {
      for (const { scene } of [killed, calm]) for (const lamp of scene.fleet.some(lamps)) lamp.powerW = 0
    }
  }

  for (const { scene } of [calm, killed]) {
    await eventually(async () => expect(await ticketsOf(scene.town)).toMatchObject(expectedTickets))
  }
  // A fair chance for whatever the restarts may have left to be called silent.
  await letPass(killed.scene.fleet.lamps, 15 + 8 * reportIntervalS)
  busy.abort()
  expect(await ticketsOf(killed.scene.town)).toEqual(await ticketsOf(calm.scene.town))
  for (const { scene } of [calm, killed]) {
    const found = (await causes(scene.town)).filter(({ fault }) => fault !== 'platformBlind')
    expect(found.map(inWords)).toEqual(['lampFailure luminaire:a-07', 'circuitOutage circuit:c2'])
  }

  expect(await missingReadings(killed.scene)).toEqual([])
  const acknowledged = killed.scene.fleet.lamps.reduce((sum, lamp) => sum + lamp.acknowledged.length, 0)
  expect(acknowledged).toBeGreaterThan(1_000)
})
