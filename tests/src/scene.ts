import type { AssetFeature, Incident } from '@fanari/contracts'
import type { TestContext } from 'vitest'
import type { TownClient } from './api-client.ts'
import { cabinetAsset, communityAsset, idsOf, reportIntervalS } from './assets.ts'
import { eventually } from './eventually.ts'
import { createFleet, type Fleet, type Lamp } from './lamp.ts'
import { type Listener, listen } from './listener.ts'
import type { PlatformProcess } from './platform-process.ts'

/** A municipality whose lights are connected and known, with somebody listening. */
export interface Scene {
  town: TownClient
  fleet: Fleet
  listener: Listener
}

/** Registers one village, turns its lights on, and waits until the platform knows of each what it does. */
export const setTheScene = async (options: {
  platform: PlatformProcess
  municipality: string
  /** Of the story: stories at the same time share the global one. */
  onTestFinished: TestContext['onTestFinished']
  lights: AssetFeature[]
  others?: AssetFeature[]
  /** An outside broker's; the platform's own when left out. */
  mqttUrl?: string
}): Promise<Scene> => {
  const { platform, municipality, lights, others = [], mqttUrl = platform.mqttUrl, onTestFinished } = options
  const town = platform.api.town(municipality)
  await town.importAssets([communityAsset(), cabinetAsset('k1'), ...others, ...lights])
  const listener = await listen(mqttUrl, municipality)
  const fleet = createFleet(idsOf(lights), { mqttUrl, municipality, reportIntervalMs: reportIntervalS * 1_000 })
  onTestFinished(async () => {
    await fleet.vanish()
    await listener.close()
  })
  fleet.turnOn()
  await eventually(async () => {
    const [village] = await town.communities()
    if (village?.unknown !== 0) throw new Error(`${village?.unknown} lights are not known yet`)
  })
  return { town, fleet, listener }
}

/** Lets time pass, as these lights live it: until each has been heard `seconds` from now. */
export const letPass = async (lamps: readonly Lamp[], seconds: number): Promise<void> => {
  const until = Date.now() + seconds * 1_000
  await eventually(() => {
    const late = lamps.filter((lamp) => (lamp.acknowledged.at(-1)?.at ?? 0) < until)
    if (late.length > 0) throw new Error(`${late.length} lamps were not heard ${seconds} s later`)
  }, seconds + 30)
}

/** "circuitOutage circuit:c1" */
export const inWords = ({ fault, scope }: Incident): string => `${fault} ${scope.kind}:${scope.id}`

/** Incidents that say why, oldest first: a dark community is a consequence of others, and tells of no cause. */
export const causes = async (town: TownClient, state: 'open' | 'all' = 'all'): Promise<Incident[]> => {
  const incidents = await town.incidents(state)
  return incidents.filter(({ fault }) => fault !== 'communityDark').reverse()
}

/** Readings that were acknowledged and are not, or not exactly once, in the history. */
export const missingReadings = async ({ town, fleet }: Scene): Promise<string[]> => {
  const wrong: string[] = []
  for (const lamp of fleet.lamps) {
    const acknowledged = [...lamp.acknowledged]
    const times = new Map<string, number>()
    for (const { at, seq, activePower } of await town.readings(lamp.id)) {
      const key = `${at} seq ${seq}: ${activePower} W`
      times.set(key, (times.get(key) ?? 0) + 1)
    }
    for (const { at, seq, activePower } of acknowledged) {
      const key = `${new Date(at).toISOString()} seq ${seq}: ${activePower} W`
      if (!times.has(key)) wrong.push(`${lamp.id} lost ${key}`)
    }
    for (const [key, count] of times) if (count > 1) wrong.push(`${lamp.id} has ${count} times ${key}`)
  }
  return wrong
}
